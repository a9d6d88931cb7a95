"""The words of the messages about orders."""

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.outbox import message

message(
    "orders.to_confirm",
    subject=_("Please confirm the order {number}"),
    body=_(
        "{partner} has placed the order {number} over {amount} for you. It becomes valid when you confirm it. "
        "Without confirmation and payment it lapses on {deadline} (Beijing time)."
    ),
    sms=_("{partner} ordered {number} ({amount}) for you. Please confirm it before {deadline}."),
)

message(
    "orders.lapsed",
    subject=_("The order {number} was cancelled"),
    body=_("The order {number} over {amount} was not paid before its deadline and has been cancelled."),
)

message(
    "orders.not_delivered",
    subject=_("The order {number} could not be delivered"),
    body=_(
        "The order {number} could not be delivered: {reason} The {amount} paid for it has been returned in full."
    ),
)

message(
    "orders.refund_released",
    subject=_("The refund of the order {number} has been paid"),
    body=_("The refund of {amount} of the order {number} has been paid."),
)
