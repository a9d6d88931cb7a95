"""What this room refuses. Codes: spec/api/errors.md, "Orders, payment" and "Resources"."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.errors import WrongState
from partner_center.kernel.errors import Conflict, Forbidden, Invalid, Refused


class OrderNotFound(Refused):
    """Absent, or not yours: the same answer."""

    code = "CBC.30000010"
    says = _("The order {number} does not exist.")
    number: str


class OrderNotReadable(Forbidden):
    """As OrderNotFound, where an operation only reads."""

    code = "CBC.0155"
    says = _("The order {number} does not exist or is not yours.")
    number: str


class OrderUnknown(Invalid):
    """As OrderNotFound, for operations that document no code of their own for it."""

    code = "CBC.0100"
    says = _("The order {number} does not exist.")
    number: str


class CustomerNotReadable(Forbidden):
    """A customer that is not the caller's, in a query of orders."""

    code = "CBC.0155"
    says = _("The customer {customer} does not exist or is not yours.")
    customer: str


class OrderMoved(WrongState):
    """Of two payers at once one is too late; and what is paid, cancelled or waiting otherwise cannot be paid."""

    code = "CBC.99003106"
    says = _("The order {subject} is {state}; it cannot be paid.")


class CannotCancel(WrongState):
    code = "CBC.99005010"
    says = _("The order {subject} is {state}; it cannot be cancelled.")


class NotAwaitingConfirmation(WrongState):
    code = "CBC.99003106"
    says = _("The order {subject} is {state}; there is nothing to confirm.")


class PaymentTooLate(Refused):
    code = "CBC.99003110"
    says = _("The payment deadline of the order {number} has passed.")
    number: str


class CouponNotUsable(Refused):
    code = "CBC.99003112"
    says = _("The coupon or card {coupon_id} does not exist or has been used.")
    coupon_id: str


class NumberNotUsable(Refused):
    """A number that was never reserved by this account, or has its order already."""

    code = "CBC.30000010"
    says = _("The order number {number} was not reserved or has been used.")
    number: str


class TooManyNumbers(Refused):
    code = "CBC.0100"
    says = _("{unused} reserved order numbers are unused; at most {most} may be.")
    unused: int
    most: int


class TooManyOrders(Refused):
    code = "CBC.99008056"
    says = _("The number of orders a day, {most}, has been reached.")
    most: int


class NotOrderable(Invalid):
    """An order that makes no sense; `reason` is a translated sentence."""

    code = "CBC.0100"
    says = _("The order cannot be placed: {reason}")
    reason: Any


class MayNotOrderFor(Forbidden):
    code = "CBC.0151"
    says = _("Access denied: you may not order for the customer {customer}.")
    customer: str


class OnlyTheCustomerConfirms(Forbidden):
    code = "CBC.0151"
    says = _("Access denied: only the customer itself confirms or declines an order placed for it.")


class NothingToChange(Invalid):
    code = "CBC.0100"
    says = _("The resource {resource_id} has this specification and size already.")
    resource_id: str


class NotChangeable(Refused):
    code = "CBC.99003141"
    says = _("The resource {resource_id} cannot be changed so: {reason}")
    resource_id: str
    reason: Any


class AutoPaymentFailed(Refused):
    """The order stands and awaits payment; `reason` is the refusal that met the payment."""

    code = "CBC.30050006"
    says = _("The order {number} was placed but could not be paid automatically: {reason}")
    number: str
    reason: Any


class NotARefundOrder(Refused):
    code = "CBC.99005026"
    says = _("The order {number} is not an unsubscription or downgrade order.")
    number: str


class RefundNotHeld(WrongState):
    code = "CBC.99003106"
    says = _("The order {subject} is {state}; it holds no refund.")


class ReturnQuotaRace(Conflict):
    """Another return without a reason took the same place of the year's quota at this moment; try again."""

    code = "CBC.99003651"
    says = _("Another unsubscription of this account is being handled. Try again.")


class OnlyTheCustomerPays(Forbidden):
    code = "CBC.0151"
    says = _("Access denied: only the customer itself pays its orders.")


class WholeServiceOnly(Refused):
    code = "CBC.99003185"
    says = _(
        "The resource {resource_id} can only be handled together with its main resource {main_resource_id}."
    )
    resource_id: str
    main_resource_id: str


class NotOnThisSite(Forbidden):
    code = "CBC.0156"
    says = _("This is not available on your site.")


class RenewalOutOfRange(Invalid):
    code = "CBC.0100"
    says = _("A renewal is for 1 to 11 months or 1 to 3 years.")


class NothingToFulfil(Refused):
    code = "CBC.99003106"
    says = _("The order {number} has been cancelled; there is nothing to do for the platform.")
    number: str
