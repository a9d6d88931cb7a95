"""What is refused about alerts, thresholds and subscriptions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.kernel.errors import Forbidden, Invalid, Refused


class AlertUnknown(Refused):
    """Absent or somebody else's: the same answer."""

    says = _("There is no such alert.")


class NotItsOwner(Forbidden):
    """The customer's account manager handles its alerts; without one, the partner's administrator (features F10)."""

    says = _(
        "Only the customer's account manager handles this alert, or the administrator where there is none."
    )


class ResultDoesNotFit(Invalid):
    says = _("“{result}” cannot be the result of an alert of this kind.")
    result: str


class ThresholdOutOfRange(Invalid):
    says = _("The threshold must be above 0 and at most {maximum}.")
    maximum: str


class TooManyReceivers(Invalid):
    says = _("At most {most} further addresses can be told.")
    most: int


class ReceiverMalformed(Invalid):
    says = _("{address} is not an e-mail address.")
    address: str
