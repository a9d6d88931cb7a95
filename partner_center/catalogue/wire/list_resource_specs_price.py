"""查询云服务类型资源规格定价 (intl): specs of a region with their attributes and list prices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from partner_center.catalogue.models import ChargeMode, PriceRow, Product
from partner_center.catalogue.queries import currency_of
from partner_center.catalogue.tariffs import plain
from partner_center.catalogue.wire.marker import page
from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.wire.errors import InvalidParameter
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, WireModel, field

MODES = {
    "PERIOD": ChargeMode.PERIOD,
    "ON_DEMAND": ChargeMode.ON_DEMAND,
    "ONE_TIME": ChargeMode.ONE_TIME,
    "ON_DEMAND_PKG": ChargeMode.PACKAGE,
}
WORDS = {str(mode): word for word, mode in MODES.items()}
PERIODS = {"day": 0, "month": 2, "year": 3, "hour": 4}


class ResourceSpecsPriceFilter(WireModel):
    key: str = field(one_of=("RESOURCE_SPEC", "CHARGING_MODE"))
    value: str = field(max_length=400)


class Request(WireModel):
    cloud_service_type: Maybe[str] = field(None, max_length=64)
    resource_type: Maybe[str] = field(None, max_length=64)
    region_code: str = field(max_length=64)
    filters: Maybe[list[ResourceSpecsPriceFilter]] = field(None, max_items=1)
    need_attributes: bool = field(False)
    need_price: bool = field(False)
    marker: Maybe[str] = field(None, max_length=64)
    limit: int = field(50, ge=1, le=50)


class ResourceSpecsPricePageInfo(WireModel):
    next_marker: Maybe[str] = None


class LinearRange(WireModel):
    min: int
    max: int
    step: int


class Attribute(WireModel):
    code: str
    name: str
    value: Maybe[str] = None
    unit: Maybe[str] = None
    linear_range: Maybe[LinearRange] = None


class PriceItem(WireModel):
    offering_id: str
    currency: str
    official_price: str
    charging_mode: str
    period_type: Maybe[int] = None
    period_nums: Maybe[list[int]] = None
    billing_usage_factor: Maybe[str] = None


class ResourceSpecInfo(WireModel):
    cloud_service_type: str
    cloud_service_type_name: str
    resource_type: str
    resource_type_name: str
    resource_spec: str
    resource_spec_name: str
    attributes: Maybe[list[Attribute]] = None
    price_lists: Maybe[list[PriceItem]] = None


class Response(WireModel):
    page_info: ResourceSpecsPricePageInfo
    region_code: str
    resource_spec_infos: list[ResourceSpecInfo]


@operation("POST", "/v2/products/resource-specs-price/query", callers="A", sites=("intl",), localised=True)
def list_resource_specs_price(actor: Actor, request: Request) -> Response:
    """List the specs that are sold in a region, with attributes and list prices where asked."""
    rows = Product.objects.visible_to(actor).detailed().filter(region__code=request.region_code)
    if request.cloud_service_type:
        rows = rows.filter(service__code=request.cloud_service_type)
    if request.resource_type:
        rows = rows.filter(resource_type__code=request.resource_type)
    mode = ""
    for one in request.filters or ():
        if one.key == "RESOURCE_SPEC":
            rows = rows.filter(spec=one.value)
        elif one.value in MODES:
            mode = MODES[one.value]
        else:
            raise InvalidParameter(
                parameter="filters[0].value", reason=_("it is not one of the allowed values")
            )
    products, marker = page(rows.on_sale(currency_of(actor), mode), request.marker, request.limit)
    prices = _prices(products, currency_of(actor), mode) if request.need_price else {}
    return Response(
        page_info=ResourceSpecsPricePageInfo(next_marker=marker),
        region_code=request.region_code,
        resource_spec_infos=[_spec(actor, request, product, prices) for product in products],
    )


def _spec(
    actor: Actor, request: Request, product: Product, prices: Mapping[int, Sequence[PriceItem]]
) -> ResourceSpecInfo:
    return ResourceSpecInfo(
        cloud_service_type=product.service.code,
        cloud_service_type_name=product.service.name_in(actor.language),
        resource_type=product.resource_type.code,
        resource_type_name=product.resource_type.name_in(actor.language),
        resource_spec=product.spec,
        resource_spec_name=product.name_in(actor.language),
        attributes=_attributes(actor, product) if request.need_attributes else None,
        price_lists=list(prices.get(product.pk, ())) if request.need_price else None,
    )


def _attributes(actor: Actor, product: Product) -> list[Attribute]:
    chinese = actor.language.startswith("zh")
    found = [
        Attribute(
            code=one["code"],
            name=one["name_zh"] if chinese else one["name"],
            value=one["value"],
            unit=one["unit"] or None,
        )
        for one in product.attributes
    ]
    if product.linear_measure is not None:
        found.append(
            Attribute(
                code="resource_size",
                name=_("Size"),
                unit=product.linear_measure.name_in(actor.language),
                linear_range=LinearRange(
                    min=product.least_size, max=product.greatest_size, step=product.size_step
                ),
            )
        )
    return found


def _prices(products: Sequence[Product], currency: str, mode: str) -> Mapping[int, list[PriceItem]]:
    rows = PriceRow.objects.in_force(clock.now()).filter(
        product__in=products, currency=currency, unit_price__isnull=False
    )
    if mode:
        rows = rows.filter(charge_mode=mode)
    found: dict[int, list[PriceItem]] = defaultdict(list)
    for row in rows.select_related("product", "usage_type"):
        found[row.product_id].append(_price(row))
    return found


def _price(row: PriceRow) -> PriceItem:
    price: Any = row.unit_price
    return PriceItem(
        offering_id=row.product.number,
        currency=row.currency,
        official_price=plain(price),
        charging_mode=WORDS[row.charge_mode],
        period_type=PERIODS.get(row.period_type),
        period_nums=row.period_numbers or None,
        billing_usage_factor=row.usage_type.code if row.usage_type else None,
    )
