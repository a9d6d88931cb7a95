"""What customers are told about what they owe."""

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.outbox import message

message(
    "billing.in_arrears",
    subject=_("Your account is in arrears"),
    body=_(
        "Your account owes {amount}. Your pay-per-use resources ({count}) go on running until {moment} (UTC+8) at "
        "least; after that they are frozen, and later released with their data. They run on as soon as the arrears are "
        "paid."
    ),
    sms=_(
        "Your account owes {amount}. Pay-per-use resources are frozen from {moment} (UTC+8) on unless it is paid."
    ),
)
message(
    "billing.arrears_settled",
    subject=_("Your arrears are settled"),
    body=_("Your arrears are settled; your pay-per-use resources ({count}) run normally again."),
)
