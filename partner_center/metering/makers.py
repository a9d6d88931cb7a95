"""Plausible usage and packages for tests, built through the actions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from partner_center.catalogue.actions import (
    ContentEntry,
    CoverEntry,
    PriceEntry,
    define_package,
    publish_prices,
)
from partner_center.catalogue.makers import make_product
from partner_center.catalogue.models import PackageKind, Product, Renews, UsageType
from partner_center.customers.models import Customer
from partner_center.foundation.actor import Actor
from partner_center.metering.actions import grant_package
from partner_center.metering.models import Package

MAKER = Actor.system("metering.makers")


def make_package_product(
    covers: Product,
    *,
    spec: str = "hours.pkg",
    quantities: Sequence[str] = ("100",),
    renews: str = Renews.NEVER,
    kind: str = PackageKind.PACKAGE,
    valid: tuple[str, int] = ("year", 1),
    price: str = "60.00",
    priority: int = 100,
    begins_at: datetime | None = None,
) -> Product:
    """A package of hours of `covers`, sold at `price`; with several quantities a bundle of several items."""
    product = make_product(spec, month=None, year=None, hour=None)
    duration = UsageType.objects.get(resource_type=covers.resource_type, code="Duration")
    unit, number = valid
    define_package(
        MAKER,
        product=product,
        contents=[
            ContentEntry(
                f"Hours {place}",
                f"时长{place}",
                Decimal(quantity),
                (CoverEntry(duration, product=covers),),
                renews=renews,
                priority=priority,
            )
            for place, quantity in enumerate(quantities, start=1)
        ],
        kind=kind,
        valid_unit=unit,
        valid_number=number,
    )
    publish_prices(MAKER, prices=[PriceEntry(product, "package", "CNY", begins_at, Decimal(price))])
    return Product.objects.detailed().get(pk=product.pk)


def make_package(customer: Customer, product: Product, *, begins_at: datetime | None = None) -> Package:
    """A package as the operator grants it."""
    return grant_package(
        MAKER, customer=customer, product=product, reason="A welcome present", begins_at=begins_at
    )
