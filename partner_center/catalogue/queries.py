"""Finding products and the price in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from partner_center.catalogue.errors import (
    DraftNotFound,
    NotSoldThisWay,
    ProductNotFound,
    UsageFactorNotFound,
)
from partner_center.catalogue.models import (
    AvailabilityZone,
    ChargeMode,
    DraftPrice,
    PackageOffer,
    PriceDraft,
    PriceItem,
    PriceRow,
    Product,
    Scheme,
    UsageType,
)
from partner_center.foundation.actor import Actor
from partner_center.identity.models.accounts import CURRENCY_OF_SITE

MONTHS_OF = {"month": 1, "year": 12}


def product_for(
    cloud_service_type: str, resource_type: str, resource_spec: str, region: str, available_zone: str = ""
) -> Product:
    """The product with these four codes, exactly as written. Raises ProductNotFound.

    available_zone: when given, one of the region's zones; upper and lower case do not matter.
    """
    product = (
        Product.objects.detailed()
        .filter(
            service__code=cloud_service_type,
            resource_type__code=resource_type,
            spec=resource_spec,
            region__code=region,
        )
        .first()
    )
    if product is None or (available_zone and not _has_zone(product, available_zone)):
        raise ProductNotFound(service=cloud_service_type, spec=resource_spec, region=region)
    return product


def product_by_number(actor: Actor, number: str) -> Product:
    """The product with this product_id. Raises ProductNotFound."""
    product = Product.objects.visible_to(actor).detailed().filter(number=number).first()
    if product is None:
        raise ProductNotFound(service="", spec=number, region="")
    return product


def draft_for(actor: Actor, pk: int) -> PriceDraft:
    """The price draft, for the operator. Raises DraftNotFound."""
    draft: PriceDraft | None = PriceDraft.objects.visible_to(actor).filter(pk=pk).first()
    if draft is None:
        raise DraftNotFound(draft=pk)
    return draft


def usage_type_for(product: Product, factor: str) -> UsageType:
    """The billing factor of `product` with this code, whatever its case. Raises UsageFactorNotFound."""
    found = UsageType.objects.filter(resource_type_id=product.resource_type_id, code__iexact=factor).first()
    if found is None:
        raise UsageFactorNotFound(factor=factor, spec=product.spec)
    return found


def price_at(
    product: Product,
    *,
    charge_mode: str,
    currency: str,
    at: datetime,
    period_type: str = "",
    usage_type: UsageType | None = None,
    draft: PriceDraft | None = None,
) -> PriceItem:
    """The row of the price book in force at `at`, on sale. Raises ProductNotFound (off sale) or NotSoldThisWay.

    draft: answer as if this draft had been published, for previews.
    """
    row = price_or_none(
        product,
        charge_mode=charge_mode,
        currency=currency,
        at=at,
        period_type=period_type,
        usage_type=usage_type,
        draft=draft,
    )
    if row is None:
        raise NotSoldThisWay(spec=product.spec)
    if not row.is_on_sale:
        raise ProductNotFound(service=product.service.code, spec=product.spec, region=product.region.code)
    return row


def package_price_at(
    product: Product,
    *,
    currency: str,
    at: datetime,
    period_type: str,
    period_num: int,
    draft: PriceDraft | None = None,
) -> PriceItem:
    """What a resource package costs for its validity, which is the only term it is sold for (12 months is a year).

    Raises as `price_at`, and NotSoldThisWay for another term or a product that is no package.
    """
    offer = PackageOffer.objects.filter(product=product).first()
    if offer is None or offer.months != period_num * MONTHS_OF.get(period_type, 0):
        raise NotSoldThisWay(spec=product.spec)
    return price_at(product, charge_mode=ChargeMode.PACKAGE, currency=currency, at=at, draft=draft)


def price_or_none(
    product: Product,
    *,
    charge_mode: str,
    currency: str,
    at: datetime,
    period_type: str = "",
    usage_type: UsageType | None = None,
    draft: PriceDraft | None = None,
) -> PriceItem | None:
    """The row in force at `at`, on sale or not; None before the first one."""
    usage_type_id = usage_type.pk if usage_type else None
    item = (product.pk, charge_mode, period_type, usage_type_id, currency)
    rows = PriceRow.objects.of_item(*item).filter(begins_at__lte=at).order_by("-begins_at")
    if draft is None:
        return rows.first()
    planned = list(
        DraftPrice.objects.filter(
            draft=draft,
            product=product,
            charge_mode=charge_mode,
            period_type=period_type,
            usage_type_id=usage_type_id,
            currency=currency,
            begins_at__lte=at,
        )
    )
    withdrawn = [line.begins_at for line in planned if line.withdraws]
    published = rows.exclude(begins_at__in=withdrawn).first()
    candidates: list[PriceItem] = [line for line in planned if not line.withdraws]
    if published is not None:
        candidates.append(published)
    return max(candidates, key=lambda row: row.begins_at, default=None)


@dataclass(frozen=True, slots=True)
class PriceChange:
    """What a draft changes for one item: from `begins_at` on until `ends_at` (None: without end)."""

    item: DraftPrice
    begins_at: datetime
    ends_at: datetime | None
    before: PriceItem | None
    after: PriceItem | None

    @property
    def difference(self) -> Decimal | None:
        """The change of a flat price a unit; None where one side is off sale or tiered."""
        before, after = _flat_price(self.before), _flat_price(self.after)
        return None if before is None or after is None else after - before


def changes_of(draft: PriceDraft) -> list[PriceChange]:
    """Every change that publishing `draft` makes, in the order of its rows."""
    lines = draft.prices.select_related("product__service", "product__region", "usage_type")
    return [_change(draft, line) for line in lines]


def currency_of(actor: Actor) -> str:
    """The currency that prices are shown in to `actor`: that of its account's site."""
    return CURRENCY_OF_SITE[actor.site]


def terms_sold(product: Product, currency: str, at: datetime) -> list[PriceRow]:
    """The rows in force of `product` in `currency`, on sale: every way it can be bought now."""
    rows = PriceRow.objects.in_force(at).filter(product=product, currency=currency, unit_price__isnull=False)
    return list(rows.select_related("usage_type__measure").order_by("charge_mode", "period_type"))


def is_sold_by_period(product: Product, currency: str, at: datetime) -> bool:
    """Whether the product can be bought yearly/monthly: renewal and auto-renewal ask."""
    return any(row.charge_mode == ChargeMode.PERIOD for row in terms_sold(product, currency, at))


def _flat_price(row: PriceItem | None) -> Decimal | None:
    flat = row is not None and row.scheme == Scheme.FLAT
    price: Decimal | None = row.unit_price if row is not None and flat else None
    return price


def _has_zone(product: Product, code: str) -> bool:
    return AvailabilityZone.objects.filter(region_id=product.region_id, code__iexact=code).exists()


def _change(draft: PriceDraft, line: DraftPrice) -> PriceChange:
    following = (
        PriceRow.objects.of_item(*line.item).filter(begins_at__gt=line.begins_at).order_by("begins_at")
    )
    planned = (
        DraftPrice.objects.filter(draft=draft, product_id=line.product_id, charge_mode=line.charge_mode)
        .filter(period_type=line.period_type, usage_type_id=line.usage_type_id, currency=line.currency)
        .filter(begins_at__gt=line.begins_at)
        .order_by("begins_at")
    )
    ends = [row.begins_at for row in (following.first(), planned.first()) if row is not None]
    facts = {
        "charge_mode": line.charge_mode,
        "currency": line.currency,
        "at": line.begins_at,
        "period_type": line.period_type,
        "usage_type": line.usage_type,
    }
    before = price_or_none(line.product, **facts)  # type: ignore[arg-type]
    after = price_or_none(line.product, draft=draft, **facts)  # type: ignore[arg-type]
    return PriceChange(line, line.begins_at, min(ends, default=None), before, after)
