"""Names for people beside the codes of bill lines, read once for a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from partner_center.catalogue.models import (
    CloudService,
    Product,
    Region,
    ResourceType,
    UsageMethod,
    UsageType,
)
from partner_center.identity.models import Account
from partner_center.subscriptions.models import OnDemandResource, Resource


@dataclass(frozen=True, slots=True)
class ResourceFacts:
    """What a resource is called, where it stands, and which resource it belongs to ("" for itself)."""

    name: str
    zone: str
    parent_id: str


@dataclass(frozen=True, slots=True)
class Names:
    """What the codes on a page mean, in one language. A code without a name is its own name; "" has none."""

    services: dict[str, str] = field(default_factory=dict)
    resource_types: dict[tuple[str, str], str] = field(default_factory=dict)
    regions: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)
    products: dict[int, Product] = field(default_factory=dict)
    usage_types: dict[int, UsageType] = field(default_factory=dict)
    resources: dict[str, ResourceFacts] = field(default_factory=dict)
    language: str = "en"

    @classmethod
    def of(cls, rows: Iterable[Any], language: str) -> Names:
        """The names for fee records or lines: whatever has their columns. At most seven short statements."""
        rows = list(rows)
        zh = language.startswith("zh")
        column = "name_zh" if zh else "name"
        services, regions = _all(rows, "service_type"), _all(rows, "region")
        products, usage_types = _all(rows, "product_id"), _all(rows, "usage_type_id")
        resources = _all(rows, "resource_id")
        return cls(
            dict(CloudService.objects.filter(code__in=services).values_list("code", column))
            if services
            else {},
            {
                (service, code): name
                for service, code, name in ResourceType.objects.filter(
                    service__code__in=services
                ).values_list("service__code", "code", column)
            }
            if services
            else {},
            dict(Region.objects.filter(code__in=regions).values_list("code", column)) if regions else {},
            dict(Account.objects.filter(pk__in=_all(rows, "customer_id")).values_list("pk", "name")),
            Product.objects.select_related("linear_measure").in_bulk(products) if products else {},
            UsageType.objects.select_related("measure").in_bulk(usage_types) if usage_types else {},
            resource_facts(resources) if resources else {},
            language,
        )

    @classmethod
    def of_codes(cls, rows: Iterable[Mapping[str, Any]], language: str) -> Names:
        """The names for sums: rows that are mappings of columns."""
        return cls.of((SimpleNamespace(**row) for row in rows), language)

    def service(self, code: str) -> str | None:
        return self.services.get(code, code) or None

    def resource_type(self, service: str, code: str) -> str | None:
        return self.resource_types.get((service, code), code) or None

    def region(self, code: str) -> str | None:
        return self.regions.get(code, code) or None

    def account(self, account_id: str) -> str | None:
        return self.accounts.get(account_id)

    def resource(self, resource_id: str) -> str | None:
        found = self.resources.get(resource_id)
        return (found.name or None) if found else None

    def zone(self, resource_id: str) -> str | None:
        found = self.resources.get(resource_id)
        return (found.zone or None) if found else None

    def parent(self, resource_id: str) -> str | None:
        """The resource that it belongs to: a disk's server."""
        found = self.resources.get(resource_id)
        return (found.parent_id or None) if found else None

    def product_number(self, product_id: int | None) -> str | None:
        product = self.products.get(product_id or 0)
        return product.number if product else None

    def product(self, product_id: int | None) -> str | None:
        product = self.products.get(product_id or 0)
        return product.name_in(self.language) if product else None

    def description(self, product_id: int | None, size: int | None) -> str | None:
        """The product's name with its size: "Ultra-high I/O|40GB"."""
        product = self.products.get(product_id or 0)
        if product is None:
            return None
        name = product.name_in(self.language)
        measure = product.linear_measure
        return name if size is None or measure is None else f"{name}|{size}{measure.name_in(self.language)}"

    def size_measure(self, product_id: int | None) -> int | None:
        product = self.products.get(product_id or 0)
        return product.linear_measure_id if product else None

    def is_added_up(self, usage_type_id: int | None) -> bool:
        """Whether usage is charged as the sum of its records, not by a percentile of them."""
        usage_type = self.usage_types.get(usage_type_id or 0)
        return usage_type is not None and usage_type.method == UsageMethod.SUM

    def size_unit(self, product_id: int | None) -> str:
        """The unit of a product's size: "GB"; empty for what has no size."""
        product = self.products.get(product_id or 0)
        measure = product.linear_measure if product else None
        return unit_name(measure.name_in(self.language)) if measure else ""

    def price_unit(self, usage_type_id: int | None) -> str:
        """The unit that a usage type's price is per: "hour"."""
        usage_type = self.usage_types.get(usage_type_id or 0)
        return unit_name(usage_type.measure.name_in(self.language)) if usage_type else ""

    def price_measure(self, usage_type_id: int | None) -> int | None:
        """The measure that prices of the usage type are per."""
        usage_type = self.usage_types.get(usage_type_id or 0)
        return usage_type.measure_id if usage_type else None


def resource_facts(resource_ids: Iterable[str]) -> dict[str, ResourceFacts]:
    """Both kinds of resources by their ids; two statements."""
    ids = list(resource_ids)
    columns = ("resource_id", "name", "available_zone", "main_resource__resource_id")
    found: dict[str, ResourceFacts] = {}
    for model in (OnDemandResource, Resource):
        for one, name, zone, parent in model.objects.filter(resource_id__in=ids).values_list(*columns):
            found[one] = ResourceFacts(name, zone, parent or "")
    return found


def unit_name(measure: str) -> str:
    """ "GB (capacity)" and "GB (traffic)" are both GB beside a number."""
    return measure.partition("(")[0].partition("（")[0].strip()


def _all(rows: list[Any], column: str) -> set[Any]:
    """The values that a column has, without empty ones."""
    return {value for row in rows if (value := getattr(row, column, None))}
