"""What this room refuses. Codes and statuses are those of spec/api/errors.md, "Pricing"."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.errors import WrongState
from partner_center.kernel.errors import Forbidden, Invalid, Refused


class SizeMissing(Invalid):
    """A linear product is bought by size."""

    code = "CBC.0101"
    says = _("The product {spec} is sold by size: resource_size and size_measure_id are mandatory.")
    spec: str


class SizeNotSold(Invalid):
    code = "CBC.0100"
    says = _("The product {spec} is not sold in size {size}: from {least} to {greatest} in steps of {step}.")
    spec: str
    size: int
    least: int
    greatest: int
    step: int


class UsageUnitWrong(Refused):
    """The unit of a size or a usage value is not the product's, and does not convert into it."""

    code = "CBC.99006050"
    says = _("The unit {unit} does not fit the product {spec}.")
    unit: int
    spec: str


class AmountTooLarge(Refused):
    code = "CBC.99006055"
    says = _("The result is above the maximum amount of {most}.")
    most: Any


class ProjectNotFound(Refused):
    code = "CBC.99006073"
    says = _("The project {project} does not exist in region {region}.")
    project: str
    region: str


class CustomerNotPriced(Refused):
    """Prices are asked for customers only."""

    code = "CBC.99006017"
    says = _("The customer could not be queried.")


class DiscountInvalid(Invalid):
    code = "CBC.0100"
    says = _("The discount cannot be granted: {reason}.")
    reason: Any


class DiscountNotFound(Refused):
    code = "CBC.0100"
    says = _("There is no discount {discount}.")
    discount: str


class ContractNotFound(Refused):
    code = "CBC.0100"
    says = _("There is no framework contract {contract}.")
    contract: str


class NotYourDiscount(Forbidden):
    code = "CBC.0151"
    says = _("This discount is not yours to grant or to end.")


class DiscountOver(WrongState):
    code = "CBC.0100"
    says = _("The discount {subject} is {state} already.")


class DiscountNotApplicable(Refused):
    """An order asks for a discount that does not hold for it (any more)."""

    code = "CBC.99003108"
    says = _("The discount {discount} cannot be used here.")
    discount: str
