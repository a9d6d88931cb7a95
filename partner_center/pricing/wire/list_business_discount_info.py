"""查询商务折扣信息: the quoting items of the framework contract in force."""

from __future__ import annotations

from typing import Any

from partner_center.catalogue.models import ChargeMode, Region
from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.pricing import rules
from partner_center.pricing.models import Contract, Discount, DiscountMode, DiscountState
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, Moment, Number, WireModel, field

SITES = {"cn": "HWC_CN", "intl": "HWC_INTL"}
"""site_code: the operating sites of the vendor."""
MODES = {
    "ONDEMAND": ("on_demand", "", None),
    "ONETIME": ("one_time", "", None),
    "DAILY": ("period", "day", None),
} | {
    "MONTHLY": ("period", "month", None),
    **{f"{years}_YEARLY": ("period", "year", years) for years in range(1, 6)},
}
"""charging_mode → charging mode, term and number of terms of a discount. Reserved instances are not sold here."""
LIMIT = 1000


class Request(WireModel):
    quoting_item_type: str = field(one_of=("PRODUCT_ITEM", "CATEGORY_ITEM"))
    cloud_service_types: Maybe[list[str]] = field(None, min_length=1, max_length=64, max_items=100)
    charging_modes: Maybe[list[str]] = field(None, min_length=1, max_length=64, max_items=20)
    site_code: Maybe[str] = field(None, min_length=1, max_length=64)
    offset: int = field(0, ge=0)
    limit: int = field(20, ge=1, le=LIMIT)


class RegionInfo(WireModel):
    region_code: str
    region_name: str


class SiteInfo(WireModel):
    site_code: str
    site_name: str
    regions: list[RegionInfo]


class ProductQuotingItemStep(WireModel):
    step_id: Maybe[str] = None
    step_no: Maybe[str] = None
    step_start: Maybe[Number] = None
    start_measure_id: Maybe[int] = None
    step_end: Maybe[Number] = None
    end_measure_id: Maybe[int] = None
    preferential_type: Maybe[int] = None
    sales_price: Maybe[Number] = None
    discount_ratio: Maybe[Number] = None
    pricing_basis: Maybe[str] = None


class ProductQuotingItem(WireModel):
    item_id: str
    product_id: str
    product_spec_name: str
    cloud_service_type: str
    cloud_service_type_name: str
    site_code: str
    related_regions: list[RegionInfo]
    charge_event_code: Maybe[str] = None
    charging_mode: Maybe[str] = None
    preferential_category: int
    preferential_type: int
    sales_price: Maybe[Number] = None
    discount_ratio: Maybe[Number] = None
    pricing_basis: Maybe[str] = None
    effective_time: Moment
    expire_time: Maybe[Moment] = None
    product_quoting_item_steps: list[ProductQuotingItemStep]


class CategoryQuotingItem(WireModel):
    item_id: str
    cloud_service_type: Maybe[str] = None
    cloud_service_type_name: Maybe[str] = None
    commercial_resource_type: Maybe[str] = None
    resource_type_code: Maybe[str] = None
    resource_type_name: Maybe[str] = None
    sku_family_code: Maybe[str] = None
    sku_family_name: Maybe[str] = None
    site_code: str
    region_code: Maybe[str] = None
    region_name: Maybe[str] = None
    az_code: Maybe[str] = None
    az_name: Maybe[str] = None
    step_no: Maybe[str] = None
    charging_mode: Maybe[str] = None
    discount_ratio: Number
    effective_time: Moment
    expire_time: Maybe[Moment] = None


class CategoryQuotingItemStep(WireModel):
    step_id: Maybe[str] = None
    step_no: Maybe[str] = None
    step_start: Maybe[Number] = None
    start_measure_id: Maybe[int] = None
    step_end: Maybe[Number] = None
    end_measure_id: Maybe[int] = None
    effective_time: Maybe[Moment] = None
    expire_time: Maybe[Moment] = None
    site_code: Maybe[str] = None


class Response(WireModel):
    total_count: int
    commerce_id: Maybe[str] = None
    commerce_code: Maybe[str] = None
    effective_time: Maybe[Moment] = None
    expire_time: Maybe[Moment] = None
    product_quoting_items: list[ProductQuotingItem]
    category_quoting_items: list[CategoryQuotingItem]
    category_quoting_item_steps: list[CategoryQuotingItemStep]
    accumulation_cycle_type: Maybe[str] = None
    sites: list[SiteInfo]


@operation("POST", "/v2/promotions/business/discount-info", callers="C", sites=("cn",), localised=True)
def list_business_discount_info(actor: Actor, request: Request) -> Response:
    """Read the quoting items of the framework contract in force: by product, or by category.

    Without a contract in force every list is empty. Items by product are discounts bound to one product,
    items by category are ratios bound to a service, resource type, family or region. Tiers are not agreed in
    contracts here, so the lists of steps are empty.
    """
    contract = Contract.objects.visible_to(actor).in_force(clock.now()).order_by("-begins_at", "-pk").first()
    site_code = SITES[actor.site]
    if contract is None or (request.site_code or site_code).lower() != site_code.lower():
        return _answer(total_count=0)
    rows = (
        contract.items.visible_to(actor)
        .filter(state=DiscountState.GRANTED)
        .select_related("service", "resource_type__service", "product__service", "product__region", "region")
        .order_by("pk")
    )
    by_product = request.quoting_item_type == "PRODUCT_ITEM"
    if by_product:
        rows = rows.filter(product__isnull=False).exclude(mode=DiscountMode.AMOUNT_OFF)
    else:
        rows = rows.filter(product__isnull=True, mode=DiscountMode.RATIO)
    items = [one for one in rows if _wanted(one, request)]
    page = items[request.offset : request.offset + request.limit]
    return _answer(
        total_count=len(items),
        commerce_id=contract.number,
        commerce_code=contract.code,
        effective_time=contract.begins_at,
        expire_time=contract.ends_at,
        product_quoting_items=[_product_item(actor, one, site_code) for one in page] if by_product else [],
        category_quoting_items=[] if by_product else [_category_item(actor, one, site_code) for one in page],
        sites=[_site(actor, site_code)],
    )


def _answer(**given: Any) -> Response:
    empty: dict[str, Any] = {
        "product_quoting_items": [],
        "category_quoting_items": [],
        "category_quoting_item_steps": [],
        "sites": [],
    }
    return Response(**(empty | given))


def _wanted(discount: Discount, request: Request) -> bool:
    services = {code.lower() for code in request.cloud_service_types or ()}
    modes = {mode.lower() for mode in request.charging_modes or ()}
    service = _service_of(discount)
    if services and (service is None or service.code.lower() not in services):
        return False
    mode = _mode(discount)
    return not modes or (mode is not None and mode.lower() in modes)


def _product_item(actor: Actor, discount: Discount, site_code: str) -> ProductQuotingItem:
    product = discount.product
    assert product is not None
    fixed = discount.mode == DiscountMode.FIXED_PRICE
    return ProductQuotingItem(
        item_id=discount.number,
        product_id=product.number,
        product_spec_name=product.name_in(actor.language),
        cloud_service_type=product.service.code,
        cloud_service_type_name=product.service.name_in(actor.language),
        site_code=site_code,
        related_regions=[_region(actor, product.region)],
        charging_mode=_mode(discount),
        preferential_category=0,
        preferential_type=int(fixed),
        sales_price=discount.fixed_price.normalize() if fixed else None,
        discount_ratio=rules.ratio_of(discount.ratio) if discount.ratio is not None else None,
        effective_time=discount.begins_at,
        expire_time=discount.ends_at,
        product_quoting_item_steps=[],
    )


def _category_item(actor: Actor, discount: Discount, site_code: str) -> CategoryQuotingItem:
    service, kind, region = _service_of(discount), discount.resource_type, discount.region
    assert discount.ratio is not None
    return CategoryQuotingItem(
        item_id=discount.number,
        cloud_service_type=service.code if service else None,
        cloud_service_type_name=service.name_in(actor.language) if service else None,
        resource_type_code=kind.code if kind else None,
        resource_type_name=kind.name_in(actor.language) if kind else None,
        sku_family_code=discount.family or None,
        sku_family_name=discount.family or None,
        site_code=site_code,
        region_code=region.code if region else None,
        region_name=region.name_in(actor.language) if region else None,
        charging_mode=_mode(discount),
        discount_ratio=rules.ratio_of(discount.ratio),
        effective_time=discount.begins_at,
        expire_time=discount.ends_at,
    )


def _service_of(discount: Discount) -> Any:
    if discount.product is not None:
        return discount.product.service
    return discount.service or (discount.resource_type.service if discount.resource_type else None)


def _mode(discount: Discount) -> str | None:
    """The charging mode an item is bound to; None when it holds for several."""
    bound = (
        discount.charge_mode or (ChargeMode.PERIOD if discount.period_type else ""),
        discount.period_type,
    )
    for word, (charge_mode, period_type, number) in MODES.items():
        if bound == (charge_mode, period_type) and discount.period_number == number:
            return word
    return None


def _site(actor: Actor, site_code: str) -> SiteInfo:
    regions = [_region(actor, region) for region in Region.objects.visible_to(actor)]
    return SiteInfo(site_code=site_code, site_name=site_code, regions=regions)


def _region(actor: Actor, region: Region) -> RegionInfo:
    return RegionInfo(region_code=region.code, region_name=region.name_in(actor.language))
