"""What is told of alerts, budgets and balances."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.outbox import message

message(
    "channel.alerts_found",
    subject=_("{count} new customer alerts"),
    body=_(
        "{count} new alerts of your customers wait to be handled: {scenes}. See Customers > Customer alerts."
    ),
    sms=_("{count} new customer alerts: {scenes}."),
)
message(
    "channel.budget_reached",
    subject=_("{customer} has used {percent} per cent of its budget"),
    body=_(
        "{customer} has used {used} of its budget of {amount} at list price: {percent} per cent. "
        "What happens when it is used up stands with the budget."
    ),
    sms=_("{customer} has used {used} of its budget of {amount}: {percent} per cent."),
)
message(
    "channel.balance_low",
    subject=_("The balance of {name} is low"),
    body=_("The balance of {name} is {balance}, below the threshold of {threshold} that you have set."),
)
