"""A catalogue in the vendor's own coding, so that existing integrations find their codes. Prices are invented.

    load(actor)                      everything, at prices that begin now
    load(actor, regions=("cn-north-1",))
    revise(actor, begins_at=…)       a published price change: the c6 family gets cheaper
    propose(actor, begins_at=…)      an open draft for the console: disks get dearer

Codes were read in the SDK's docstrings and in public documentation; where a spec's code is not public, the
nearest documented spelling stands in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from partner_center.catalogue.actions import (
    PriceEntry,
    define_products,
    define_regions,
    define_services,
    draft_prices,
    publish_draft,
    publish_prices,
    set_policy,
)
from partner_center.catalogue.models import ChargeMode, CloudService, PriceDraft, PriceRow, Product, UsageType
from partner_center.catalogue.sample import packages
from partner_center.catalogue.sample.prices import CURRENCIES, cents, entries_of
from partner_center.catalogue.sample.regions import REGIONS
from partner_center.catalogue.sample.services import POLICIES, SERVICES
from partner_center.catalogue.sample.specs import SPECS, Spec
from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.kernel.period import BillMonth


def load(actor: Actor, *, regions: Sequence[str] | None = None) -> None:
    """Fill the catalogue and its price book, in `regions` (default: all of the sample's)."""
    chosen = [region for region in REGIONS if regions is None or region.code in regions]
    define_services(actor, services=SERVICES)
    define_regions(actor, regions=[region.entry for region in chosen])
    specs = (*SPECS, *packages.sold())
    wanted = [(spec, region) for region in chosen for spec in specs if region.sells(spec.spec)]
    products = define_products(actor, products=[spec.product(region.code) for spec, region in wanted])
    usage_types = {
        (one.resource_type_id, one.code): one for one in UsageType.objects.select_related("resource_type")
    }
    publish_prices(
        actor,
        prices=[
            price
            for product, (spec, region) in zip(products, wanted, strict=True)
            for price in entries_of(product, spec, region.factor, usage_types)
        ],
    )
    sold = [(product, spec) for product, (spec, _region) in zip(products, wanted, strict=True)]
    packages.fill(actor, sold, usage_types)
    month = BillMonth.of(clock.now())
    for service in CloudService.objects.all():
        incentive_class, allows_discount = POLICIES.get(service.code, ("0", True))
        set_policy(
            actor,
            service=service,
            month=month,
            incentive_class=incentive_class,
            allows_discount=allows_discount,
        )


def revise(actor: Actor, *, begins_at: datetime) -> PriceDraft:
    """Publish five per cent off the yearly/monthly prices of the c6 family from `begins_at` on."""
    draft = _change(actor, "General computing c6: five per cent less", "c6", Decimal("0.95"), begins_at)
    publish_draft(actor, draft=draft)
    return draft


def propose(actor: Actor, *, begins_at: datetime) -> PriceDraft:
    """Leave a draft that makes general purpose SSD disks eight per cent dearer from `begins_at` on."""
    return _change(actor, "General purpose SSD: eight per cent more", "GPSSD", Decimal("1.08"), begins_at)


def _change(actor: Actor, name: str, family: str, factor: Decimal, begins_at: datetime) -> PriceDraft:
    rows = PriceRow.objects.in_force(begins_at).filter(
        product__in=Product.objects.filter(family=family),
        charge_mode=ChargeMode.PERIOD,
        currency__in=CURRENCIES,
        unit_price__isnull=False,
    )
    return draft_prices(
        actor,
        name=name,
        prices=[
            PriceEntry(
                product=row.product,
                charge_mode=row.charge_mode,
                currency=row.currency,
                begins_at=begins_at,
                price=cents(row.unit_price * factor),
                period_type=row.period_type,
                period_numbers=tuple(row.period_numbers),
            )
            for row in rows.select_related("product__region", "product__service")
        ],
    )


__all__ = ["SERVICES", "Spec", "load", "propose", "revise"]
