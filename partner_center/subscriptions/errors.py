"""What this room refuses. Codes: spec/api/errors.md, "Resources"."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.kernel.errors import Forbidden, Invalid, Refused


class ResourceNotFound(Refused):
    """Absent, or not yours: the same answer."""

    code = "CBC.99003012"
    says = _("The resource {resource_id} does not exist.")
    resource_id: str


class NotMainResource(Refused):
    code = "CBC.30050007"
    says = _("The resource {resource_id} follows its main resource {main_resource_id}; name that one.")
    resource_id: str
    main_resource_id: str


class RenewalTermNotSold(Refused):
    code = "CBC.30050008"
    says = _("The resource {resource_id} cannot be renewed for this period.")
    resource_id: str


class ResourceGone(Refused):
    code = "CBC.30050009"
    says = _("The resource {resource_id} has expired or does not exist.")
    resource_id: str


class InUnpaidOrder(Refused):
    code = "CBC.30050010"
    says = _("The resource {resource_id} is contained in the unpaid order {order_number}.")
    resource_id: str
    order_number: str


class BeingChanged(Refused):
    code = "CBC.30050011"
    says = _("The resource {resource_id} is being unsubscribed or changed.")
    resource_id: str


class NotRenewable(Refused):
    code = "CBC.30050013"
    says = _("The resource {resource_id} cannot be renewed.")
    resource_id: str


class DuplicateResources(Invalid):
    code = "CBC.30050012"
    says = _("The resource {resource_id} is given more than once.")
    resource_id: str


class InPendingOrder(Refused):
    """Another order has the resource in hand: of two orders at once, one is too late."""

    code = "CBC.99003100"
    says = _("The resource {resource_id} is contained in the pending order {order_number}.")
    resource_id: str
    order_number: str


class NoFuturePeriods(Refused):
    code = "CBC.99003128"
    says = _("The resource {resource_id} has no renewed period that has not begun.")
    resource_id: str


class ExpiredOrFrozen(Refused):
    code = "CBC.99003602"
    says = _("The resource {resource_id} is {state}; what happens at expiry cannot be set.")
    resource_id: str
    state: Any


class StillInUse(Refused):
    """Only what has expired is released; what is in use is unsubscribed."""

    code = "CBC.0100"
    says = _("The resource {resource_id} is in use; unsubscribe it instead of releasing it.")
    resource_id: str


class AutoRenewalNotSet(Refused):
    code = "CBC.99003605"
    says = _("Automatic renewal of the resource {resource_id} has been cancelled already.")
    resource_id: str


class OffShelf(Refused):
    code = "CBC.30010001"
    says = _(
        "The product of the resource {resource_id} is no longer sold; it cannot be renewed automatically."
    )
    resource_id: str


class FrozenByPolice(Refused):
    code = "CBC.99003625"
    says = _("The resource {resource_id} has been frozen by the police.")
    resource_id: str


class AccountFrozen(Refused):
    code = "CBC.99003626"
    says = _("The account is frozen.")


class ResourceFrozen(Refused):
    code = "CBC.99003656"
    says = _("The resource {resource_id} is frozen.")
    resource_id: str


class OrderRunning(Refused):
    code = "CBC.99003651"
    says = _("The order {order_number} is at work on the resource {resource_id}.")
    resource_id: str
    order_number: str


class ResourceClosed(Refused):
    """Only an open resource can be worked on."""

    code = "CBC.30000067"
    says = _("The resource {resource_id} has been deleted.")
    resource_id: str


class NotSoldPayPerUse(Refused):
    """The product has no pay-per-use price."""

    code = "CBC.99006006"
    says = _("The product {spec} is not sold on a pay-per-use basis.")
    spec: str


class ProductNotOffered(Refused):
    """The catalogue has no such product that this customer could open."""

    code = "CBC.99006006"
    says = _("The product {number} is not offered on a pay-per-use basis.")
    number: str


class SizeNotSold(Invalid):
    code = "CBC.0100"
    says = _("The product {spec} is not sold in the size {size}.")
    spec: str
    size: Any


class SettingRefused(Invalid):
    code = "CBC.0100"
    says = _("{name} cannot be {value}; {allowed} is allowed.")
    name: str
    value: Any
    allowed: str


class ForeignCustomer(Forbidden):
    """Not a customer of the caller, or not one whose resources it may see."""

    code = "CBC.0151"
    says = _("Access denied: you may not see the resources of the customer {customer}.")
    customer: str
