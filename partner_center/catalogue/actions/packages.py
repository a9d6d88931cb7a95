"""What resource packages contain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partner_center.catalogue.errors import CatalogueEntryInvalid
from partner_center.catalogue.fields import fits_quantity
from partner_center.catalogue.models import (
    PackageContent,
    PackageCover,
    PackageKind,
    PackageOffer,
    Product,
    Region,
    Renews,
    UsageType,
)
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record

MOST_ITEMS = 20
MOST_PRIORITY = 9999
LONGEST_VALIDITY = {"month": 60, "year": 5}


@dataclass(frozen=True, slots=True)
class CoverEntry:
    """Usage that an item covers: of one `product`, of all products of the usage's resource type in one `region`, or
    of all of them."""

    usage_type: UsageType
    product: Product | None = None
    region: Region | None = None


@dataclass(frozen=True, slots=True)
class ContentEntry:
    """One item: `quantity`, in the measure that all it covers is priced by, anew every `renews`."""

    name: str
    name_zh: str
    quantity: Decimal
    covers: Sequence[CoverEntry]
    renews: str = Renews.NEVER
    priority: int = 100


@action("catalogue.define_package", label=_("Set the contents of a package"))
def define_package(
    actor: Actor,
    *,
    product: Product,
    contents: Sequence[ContentEntry],
    kind: str = PackageKind.PACKAGE,
    valid_unit: str = "month",
    valid_number: int = 1,
) -> PackageOffer:
    """Make `product` a package with these contents, instead of any it had. Packages bought before keep theirs.

    Reserved instances and savings plans hold hours of each hour; packages hold a quantity, renewed by month, by year
    or never. Raises CatalogueEntryInvalid.
    """
    for problem in _problems(contents, kind, valid_unit, valid_number):
        raise CatalogueEntryInvalid(entry=product.spec, reason=problem)
    offer, _is_new = PackageOffer.objects.update_or_create(
        product=product, defaults={"kind": kind, "valid_unit": valid_unit, "valid_number": valid_number}
    )
    offer.contents.all().delete()
    for position, entry in enumerate(contents, start=1):
        content = PackageContent.objects.create(
            offer=offer,
            position=position,
            name=entry.name,
            name_zh=entry.name_zh,
            measure_id=entry.covers[0].usage_type.measure_id,
            quantity=entry.quantity,
            renews=entry.renews,
            priority=entry.priority,
        )
        PackageCover.objects.bulk_create(
            PackageCover(
                content=content, usage_type=cover.usage_type, product=cover.product, region=cover.region
            )
            for cover in entry.covers
        )
    record(actor, "product.package", product, kind=kind, items=[entry.name for entry in contents])
    return offer


def _problems(contents: Sequence[ContentEntry], kind: str, valid_unit: str, valid_number: int) -> list[Any]:
    """Why this is no package, in the caller's language; empty when it is one."""
    if kind not in PackageKind.values:
        return [gettext("unknown kind")]
    if not 1 <= valid_number <= LONGEST_VALIDITY.get(valid_unit, 0):
        return [gettext("the validity is one to sixty months, or one to five years")]
    if not 1 <= len(contents) <= MOST_ITEMS:
        return [gettext("it needs one to twenty items")]
    return [problem for entry in contents if (problem := _problem(entry, kind))]


def _problem(entry: ContentEntry, kind: str) -> Any:
    hourly = entry.renews == Renews.HOUR
    if entry.renews not in Renews.values or hourly != (kind != PackageKind.PACKAGE):
        return gettext("reserved instances and savings plans are renewed every hour, and only they")
    if not entry.name or not entry.name_zh or max(len(entry.name), len(entry.name_zh)) > 128:
        return gettext("each item needs a name in both languages")
    if not fits_quantity(entry.quantity) or not entry.quantity:
        return gettext("quantities are above zero, with at most eight digits and twelve decimals")
    if not 0 <= entry.priority <= MOST_PRIORITY:
        return gettext("priorities are 0 to 9999")
    if not entry.covers:
        return gettext("each item covers some usage")
    if len({cover.usage_type.measure_id for cover in entry.covers}) > 1:
        return gettext("all that an item covers is priced by one measure")
    for cover in entry.covers:
        if cover.product and cover.region:
            return gettext("an item covers a product or a region")
        if cover.product and cover.product.resource_type_id != cover.usage_type.resource_type_id:
            return gettext("the product has no such billing factor")
    return None
