"""Describing what exists: services with their resource and usage types, regions with their zones, products.

Each action takes many entries and brings the catalogue up to them; an entry that is there already is updated,
nothing is ever removed (orders, resources and bills name it).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partner_center.catalogue.errors import CatalogueEntryInvalid
from partner_center.catalogue.models import (
    AvailabilityZone,
    CloudService,
    Product,
    Region,
    ResourceType,
    UsageMethod,
    UsageType,
)
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.reference.models import Measure


@dataclass(frozen=True, slots=True)
class UsageTypeEntry:
    """A billing factor, priced per one unit of `measure` (a measure id)."""

    code: str
    name: str
    name_zh: str
    measure: int
    method: str = UsageMethod.SUM


@dataclass(frozen=True, slots=True)
class ResourceTypeEntry:
    code: str
    name: str
    name_zh: str
    usage_types: Sequence[UsageTypeEntry] = ()
    description: str = ""
    description_zh: str = ""
    follows: str = ""


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    code: str
    name: str
    name_zh: str
    abbreviation: str
    resource_types: Sequence[ResourceTypeEntry]


@dataclass(frozen=True, slots=True)
class RegionEntry:
    """A region and the codes of its zones."""

    code: str
    name: str
    name_zh: str
    zones: Sequence[str]


@dataclass(frozen=True, slots=True)
class ProductEntry:
    """One spec in one region. `measure` (a measure id) and `sizes` (least, greatest, step) for linear products."""

    service: str
    resource_type: str
    spec: str
    region: str
    name: str
    name_zh: str
    family: str = ""
    measure: int | None = None
    sizes: tuple[int, int, int] = (1, 1, 1)
    is_main: bool = True
    attributes: Sequence[dict[str, Any]] = field(default_factory=list)


@action("catalogue.define_services", label=_("Define cloud services"))
def define_services(actor: Actor, *, services: Sequence[ServiceEntry]) -> None:
    """Bring cloud services, their resource types and usage types up to `services`. Raises CatalogueEntryInvalid."""
    measures = set(Measure.objects.values_list("pk", flat=True))
    for entry in services:
        service, _is_new = CloudService.objects.update_or_create(
            code=entry.code,
            defaults={"name": entry.name, "name_zh": entry.name_zh, "abbreviation": entry.abbreviation},
        )
        for kind in entry.resource_types:
            resource_type, _is_new = ResourceType.objects.update_or_create(
                service=service,
                code=kind.code,
                defaults={
                    "name": kind.name,
                    "name_zh": kind.name_zh,
                    "description": kind.description or kind.name,
                    "description_zh": kind.description_zh or kind.name_zh,
                    "follows": kind.follows,
                },
            )
            for usage in kind.usage_types:
                if usage.measure not in measures:
                    raise CatalogueEntryInvalid(entry=usage.code, reason=gettext("unknown measure"))
                UsageType.objects.update_or_create(
                    resource_type=resource_type,
                    code=usage.code,
                    defaults={
                        "name": usage.name,
                        "name_zh": usage.name_zh,
                        "measure_id": usage.measure,
                        "method": usage.method,
                    },
                )
        record(actor, "cloudservice.defined", service)


@action("catalogue.define_regions", label=_("Define regions"))
def define_regions(actor: Actor, *, regions: Sequence[RegionEntry]) -> None:
    """Bring regions and their availability zones up to `regions`."""
    for entry in regions:
        region, _is_new = Region.objects.update_or_create(
            code=entry.code, defaults={"name": entry.name, "name_zh": entry.name_zh}
        )
        for code in entry.zones:
            AvailabilityZone.objects.update_or_create(
                code=code, defaults={"region": region, "name": code, "name_zh": code}
            )
        record(actor, "region.defined", region)


@action("catalogue.define_products", label=_("Define products"))
def define_products(actor: Actor, *, products: Sequence[ProductEntry]) -> list[Product]:
    """Bring products up to `products` and return them in that order. Raises CatalogueEntryInvalid."""
    types = {(one.service.code, one.code): one for one in ResourceType.objects.select_related("service")}
    regions = {one.code: one for one in Region.objects.all()}
    measures = set(Measure.objects.values_list("pk", flat=True))
    known = {
        (row.resource_type_id, row.spec, row.region_id): row
        for row in Product.objects.filter(spec__in={entry.spec for entry in products})
    }
    made: list[Product] = []
    updated: list[Product] = []
    rows: list[Product] = []
    for entry in products:
        resource_type, region = types.get((entry.service, entry.resource_type)), regions.get(entry.region)
        if resource_type is None or region is None:
            raise CatalogueEntryInvalid(entry=entry.spec, reason=gettext("unknown resource type or region"))
        if entry.measure is not None and entry.measure not in measures:
            raise CatalogueEntryInvalid(entry=entry.spec, reason=gettext("unknown measure"))
        least, greatest, step = entry.sizes
        if not 1 <= least <= greatest or step < 1:
            raise CatalogueEntryInvalid(entry=entry.spec, reason=gettext("the sizes are not a range"))
        row = known.get((resource_type.pk, entry.spec, region.pk))
        (made if row is None else updated).append(row := row or Product(spec=entry.spec))
        row.service, row.resource_type, row.region = resource_type.service, resource_type, region
        row.name, row.name_zh, row.family = entry.name, entry.name_zh, entry.family
        row.linear_measure_id, row.is_main, row.attributes = (
            entry.measure,
            entry.is_main,
            list(entry.attributes),
        )
        row.least_size, row.greatest_size, row.size_step = least, greatest, step
        rows.append(row)
    Product.objects.bulk_create(made, batch_size=200)
    Product.objects.bulk_update(updated, _CHANGEABLE, batch_size=100)
    if rows:
        record(actor, "product.defined", rows[0], new=len(made), updated=len(updated))
    return rows


_CHANGEABLE = (
    "name",
    "name_zh",
    "family",
    "linear_measure",
    "is_main",
    "attributes",
    "least_size",
    "greatest_size",
    "size_step",
)
