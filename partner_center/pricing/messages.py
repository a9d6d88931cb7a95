"""Mails about discounts."""

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.outbox import message

message(
    "pricing.discount_granted",
    subject=_("You have a new discount: {name}"),
    body=_("The discount {name} holds from {begins} to {ends}. It is offered when you place an order."),
)
message(
    "pricing.discount_ended",
    subject=_("Your discount has ended: {name}"),
    body=_("The discount {name}, granted from {begins} to {ends}, no longer applies to new orders."),
)
