"""Plausible rows for tests and the sample world."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from partner_center.catalogue import sample
from partner_center.catalogue.actions import (
    PriceEntry,
    ProductEntry,
    RegionEntry,
    ResourceTypeEntry,
    ServiceEntry,
    UsageTypeEntry,
    define_products,
    define_regions,
    define_services,
    publish_prices,
)
from partner_center.catalogue.models import Product, Region, UsageType
from partner_center.foundation.actor import Actor
from partner_center.reference.makers import make_dictionaries

MAKER = Actor.system("catalogue.makers")


def make_catalogue(regions: Sequence[str] = ("cn-north-1",)) -> None:
    """The sample catalogue in `regions`, once a test; its prices begin now."""
    make_dictionaries()
    if not Region.objects.filter(code__in=regions).exists():
        sample.load(MAKER, regions=regions)


def make_product(
    spec: str = "c6.large.2.linux",
    *,
    month: str | None = "100.00",
    year: str | None = "1000.00",
    hour: str | None = "0.20",
    currency: str = "CNY",
    measure: int | None = None,
    sizes: tuple[int, int, int] = (1, 1, 1),
    service: str = "hws.service.type.ec2",
    resource_type: str = "hws.resource.type.vm",
    region: str = "cn-north-1",
    begins_at: datetime | None = None,
    family: str = "",
    follows: str = "",
) -> Product:
    """One product with its prices by month, year and hour of Duration; None leaves that way of buying out."""
    make_dictionaries()
    usage = UsageTypeEntry("Duration", "Duration", "时长", 4)
    kind = ResourceTypeEntry(resource_type, spec, spec, [usage], follows=follows)
    define_services(
        MAKER,
        services=[ServiceEntry(service, service[17:], service[17:], "", [kind])],
    )
    define_regions(MAKER, regions=[RegionEntry(region, region, region, [f"{region}a", f"{region}b"])])
    (product,) = define_products(
        MAKER,
        products=[
            ProductEntry(
                service, resource_type, spec, region, spec, spec, family=family, measure=measure, sizes=sizes
            )
        ],
    )
    prices = [
        PriceEntry(product, "period", currency, begins_at, Decimal(price), term)
        for term, price in (("month", month), ("year", year))
        if price is not None
    ]
    if hour is not None:
        duration = UsageType.objects.get(resource_type=product.resource_type, code="Duration")
        prices.append(
            PriceEntry(product, "on_demand", currency, begins_at, Decimal(hour), usage_type=duration)
        )
    publish_prices(MAKER, prices=prices)
    return Product.objects.detailed().get(pk=product.pk)
