"""查询包年/包月产品价格: list price, every applicable discount, the best offer."""

from __future__ import annotations

from partner_center.catalogue.errors import NotSoldThisWay, ProductNotFound
from partner_center.catalogue.models import PeriodType
from partner_center.foundation.actor import Actor
from partner_center.pricing.errors import (
    AmountTooLarge,
    CustomerNotPriced,
    ProjectNotFound,
    SizeMissing,
    SizeNotSold,
    UsageUnitWrong,
)
from partner_center.pricing.queries import quote_basket
from partner_center.pricing.quotes import Offer, PeriodLine, Quote
from partner_center.pricing.wire.inquiry import YUAN, ProductInfo, check_inquiry, product_of
from partner_center.wire.operation import operation
from partner_center.wire.schema import INT32, Maybe, WireModel, Yuan, field

PERIOD_TYPES = {0: PeriodType.DAY, 2: PeriodType.MONTH, 3: PeriodType.YEAR, 4: PeriodType.HOUR}


class PeriodProductInfo(ProductInfo):
    period_type: int = field(one_of=(0, 2, 3, 4))
    period_num: int = field(ge=1, le=INT32)
    fee_installment_mode: Maybe[str] = field("NA", one_of=("HALF_PAY", "ZERO_PAY", "NA"))


class Request(WireModel):
    project_id: str = field(max_length=64)
    product_infos: list[PeriodProductInfo] = field(min_items=1, max_items=100)


class PeriodProductOfficialRatingResult(WireModel):
    id: str
    product_id: str
    official_website_amount: Yuan
    measure_id: int = YUAN
    installment_official_website_amount: Maybe[str] = None
    installment_period_type: Maybe[int] = None


class OfficialWebsiteRatingResult(WireModel):
    official_website_amount: Yuan
    measure_id: int = YUAN
    installment_official_website_amount: Maybe[str] = None
    installment_period_type: Maybe[int] = None
    product_rating_results: list[PeriodProductOfficialRatingResult]


class PeriodProductRatingResult(WireModel):
    id: str
    product_id: str
    amount: Yuan
    official_website_amount: Yuan
    discount_amount: Yuan
    measure_id: int = YUAN
    installment_official_website_amount: Maybe[str] = None
    installment_official_discount_amount: Maybe[str] = None
    installment_amount: Maybe[str] = None
    installment_period_type: Maybe[int] = None


class OptionalDiscountRatingResult(WireModel):
    discount_id: str
    amount: Yuan
    official_website_amount: Yuan
    discount_amount: Yuan
    measure_id: int = YUAN
    discount_type: int
    discount_name: str
    best_offer: int
    installment_official_website_amount: Maybe[str] = None
    installment_official_discount_amount: Maybe[str] = None
    installment_amount: Maybe[str] = None
    installment_period_type: Maybe[int] = None
    product_rating_results: list[PeriodProductRatingResult]


class Response(WireModel):
    official_website_rating_result: OfficialWebsiteRatingResult
    optional_discount_rating_results: list[OptionalDiscountRatingResult]
    currency: str


@operation(
    "POST",
    "/v2/bills/ratings/period-resources/subscribe-rate",
    callers="S",
    rate=30,
    token_refusal=403,
    errors=(
        ProductNotFound,
        NotSoldThisWay,
        SizeMissing,
        SizeNotSold,
        UsageUnitWrong,
        AmountTooLarge,
        ProjectNotFound,
        CustomerNotPriced,
    ),
)
def list_rate_on_period_detail(actor: Actor, request: Request) -> Response:
    """Ask what yearly/monthly products cost: the list price, each discount that applies, and the best of them."""
    infos = request.product_infos
    check_inquiry(actor, request.project_id, infos)
    quote = quote_basket(customer_id=actor.account_id, lines=[_line(info) for info in infos])
    return Response(
        official_website_rating_result=OfficialWebsiteRatingResult(
            official_website_amount=quote.official,
            product_rating_results=[
                PeriodProductOfficialRatingResult(
                    id=info.id,
                    product_id=line.question.product.number,
                    official_website_amount=line.official,
                )
                for info, line in zip(infos, quote.lines, strict=True)
            ],
        ),
        optional_discount_rating_results=[_result(quote, offer, infos) for offer in quote.offers],
        currency=quote.currency,
    )


def _line(info: PeriodProductInfo) -> PeriodLine:
    product = product_of(info)
    if info.fee_installment_mode != "NA":
        raise NotSoldThisWay(spec=product.spec)
    return PeriodLine(
        product, PERIOD_TYPES[info.period_type], info.period_num, info.subscription_num, info.resource_size
    )


def _result(quote: Quote, offer: Offer, infos: list[PeriodProductInfo]) -> OptionalDiscountRatingResult:
    return OptionalDiscountRatingResult(
        discount_id=offer.discount_id,
        amount=offer.payable,
        official_website_amount=quote.official,
        discount_amount=offer.reduction,
        discount_type=offer.discount_type,
        discount_name=offer.name,
        best_offer=int(offer is quote.best),
        product_rating_results=[
            PeriodProductRatingResult(
                id=info.id,
                product_id=line.question.product.number,
                amount=payable,
                official_website_amount=line.official,
                discount_amount=line.official - payable,
            )
            for info, line, payable in zip(infos, quote.lines, offer.lines, strict=True)
        ],
    )
