"""Names of services for people, beside rows that hold only codes."""

from __future__ import annotations

from django.db.models import OuterRef, QuerySet, Subquery

from partner_center.catalogue.models import CloudService
from partner_center.orders.models import Order, OrderLine


def with_service_names(rows: QuerySet[Order], language: str) -> QuerySet[Order]:
    """Each order with `service_name`, the name of its first cloud service in `language`, in the same statement."""
    named = CloudService.objects.filter(code=OuterRef("cloud_service_type"))
    column = "name_zh" if language.startswith("zh") else "name"
    return rows.annotate(service_name=Subquery(named.values(column)[:1]))


def description_of(line: OrderLine, language: str) -> str:
    """The product's name with its size: "Ultra-high I/O|40GB"."""
    name = line.product.name_in(language)
    measure = line.product.linear_measure
    if line.resource_size is None or measure is None:
        return name
    return f"{name}|{line.resource_size}{measure.name_in(language)}"
