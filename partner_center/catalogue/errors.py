"""What this room refuses. Codes and statuses are those of spec/api/errors.md, "Pricing"."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.errors import WrongState
from partner_center.kernel.errors import Invalid, Refused


class ProductNotFound(Refused):
    """No such product, or it is not sold (any more): the same answer."""

    code = "CBC.99006006"
    says = _("The product {spec} of {service} was not found in region {region}.")
    service: str
    spec: str
    region: str


class NotSoldThisWay(Refused):
    """The product exists, but not for this term or in this charging mode."""

    code = "CBC.99006066"
    says = _("The product {spec} has no price for this charging mode and term.")
    spec: str


class UsageFactorNotFound(Refused):
    code = "CBC.99006074"
    says = _("The billing factor {factor} does not exist for the product {spec}.")
    factor: str
    spec: str


class PriceNotPublishable(Invalid):
    """A price that the price book cannot take. `reason` is a translated sentence."""

    code = "CBC.0100"
    says = _("The price of {item} cannot be published: {reason}.")
    item: str
    reason: Any


class CatalogueEntryInvalid(Invalid):
    code = "CBC.0100"
    says = _("The catalogue entry {entry} cannot be saved: {reason}.")
    entry: str
    reason: Any


class DraftNotOpen(WrongState):
    code = "CBC.0100"
    says = _("The draft {subject} is {state}: it can no longer be changed.")


class DraftNotFound(Refused):
    code = "CBC.0100"
    says = _("There is no price draft {draft}.")
    draft: int


class FileUnreadable(Invalid):
    code = "CBC.0100"
    says = _("The file cannot be read: {reason}.")
    reason: Any
