"""查询按需产品价格: what a usage costs, to 6 or 10 decimals."""

from __future__ import annotations

from decimal import Decimal

from partner_center.catalogue.errors import NotSoldThisWay, ProductNotFound, UsageFactorNotFound
from partner_center.foundation.actor import Actor
from partner_center.pricing import rules
from partner_center.pricing.errors import (
    AmountTooLarge,
    CustomerNotPriced,
    ProjectNotFound,
    SizeMissing,
    SizeNotSold,
    UsageUnitWrong,
)
from partner_center.pricing.queries import quote_on_demand
from partner_center.pricing.quotes import UsageQuote
from partner_center.pricing.wire.inquiry import YUAN, ProductInfo, check_inquiry, product_of
from partner_center.wire.operation import operation
from partner_center.wire.schema import INT32, Maybe, Number, WireModel, Yuan, field


class DemandProductInfo(ProductInfo):
    usage_factor: str = field(max_length=64)
    usage_value: Number = field(ge=0, places=12)
    usage_measure_id: int = field(ge=0, le=INT32)


class Request(WireModel):
    project_id: str = field(max_length=64)
    inquiry_precision: Maybe[int] = field(0, one_of=(0, 1))
    product_infos: list[DemandProductInfo] = field(min_items=1, max_items=100)


class DemandDiscountRatingResult(WireModel):
    discount_id: str
    discount_type: int
    amount: Yuan
    measure_id: int = YUAN
    discount_name: str


class DemandProductRatingResult(WireModel):
    id: str
    product_id: str
    amount: Yuan
    discount_amount: Yuan
    official_website_amount: Yuan
    measure_id: int = YUAN
    discount_rating_results: list[DemandDiscountRatingResult]


class Response(WireModel):
    amount: Yuan
    discount_amount: Yuan
    official_website_amount: Yuan
    measure_id: int = YUAN
    currency: str
    product_rating_results: list[DemandProductRatingResult]


@operation(
    "POST",
    "/v2/bills/ratings/on-demand-resources",
    callers="S",
    rate=20,
    token_refusal=403,
    errors=(
        ProductNotFound,
        NotSoldThisWay,
        UsageFactorNotFound,
        UsageUnitWrong,
        SizeMissing,
        SizeNotSold,
        AmountTooLarge,
        ProjectNotFound,
        CustomerNotPriced,
    ),
)
def list_on_demand_resource_ratings(actor: Actor, request: Request) -> Response:
    """Ask what pay-per-use products cost for a usage; amounts are cut, not rounded, to the asked precision."""
    check_inquiry(actor, request.project_id, request.product_infos)
    places = rules.PLACES[request.inquiry_precision or 0]
    quotes = [_quote(actor, info) for info in request.product_infos]
    results = [
        _result(info, quote, places) for info, quote in zip(request.product_infos, quotes, strict=True)
    ]
    return Response(
        amount=_sum([result.amount for result in results]),
        discount_amount=_sum([result.discount_amount for result in results]),
        official_website_amount=_sum([result.official_website_amount for result in results]),
        currency=quotes[0].official.currency,
        product_rating_results=results,
    )


def _quote(actor: Actor, info: DemandProductInfo) -> UsageQuote:
    return quote_on_demand(
        customer_id=actor.account_id,
        product=product_of(info),
        factor=info.usage_factor,
        value=info.usage_value,
        measure_id=info.usage_measure_id,
        size=info.resource_size,
        subscription_num=info.subscription_num,
    )


def _result(info: DemandProductInfo, quote: UsageQuote, places: int) -> DemandProductRatingResult:
    reduction = rules.trimmed(quote.reduction_to(places))
    offer = quote.offer
    return DemandProductRatingResult(
        id=info.id,
        product_id=quote.question.product.number,
        amount=rules.trimmed(quote.amount_to(places)),
        discount_amount=reduction,
        official_website_amount=rules.trimmed(quote.official_to(places)),
        discount_rating_results=[
            DemandDiscountRatingResult(
                discount_id=offer.discount_id,
                discount_type=offer.discount_type,
                amount=reduction,
                discount_name=offer.name,
            )
        ]
        if offer
        else [],
    )


def _sum(parts: list[Decimal]) -> Decimal:
    return rules.trimmed(sum(parts, Decimal(0)))
