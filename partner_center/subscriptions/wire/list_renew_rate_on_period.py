"""查询待续订包年包月资源的续订金额: what renewing resources would cost."""

from __future__ import annotations

from django.utils.translation import gettext as _

from partner_center.foundation.actor import Actor
from partner_center.kernel.errors import DomainError
from partner_center.pricing.quotes import Offer, Quote
from partner_center.subscriptions import rules
from partner_center.subscriptions.errors import (
    BeingChanged,
    DuplicateResources,
    InUnpaidOrder,
    NotMainResource,
    NotRenewable,
    RenewalTermNotSold,
    ResourceGone,
)
from partner_center.subscriptions.models import Resource
from partner_center.subscriptions.renewals import RenewalQuote, quote_renewal, renewable
from partner_center.subscriptions.rules import Term
from partner_center.wire.errors import InvalidParameter
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, WireModel, YuanText, field

UNITS: dict[int, rules.Unit] = {2: "month", 3: "year"}


class Request(WireModel):
    resource_ids: list[str] = field(max_items=10, max_length=64)
    period_type: int = field(one_of=tuple(UNITS))
    period_num: int = field(ge=1, le=11)
    include_relative_resources: bool = False


class RenewInquiryResultInfo(WireModel):
    resource_id: str
    amount: YuanText


class OfficialWebsiteRatingResultV2(WireModel):
    official_website_amount: YuanText
    installment_official_website_amount: Maybe[YuanText] = None
    installment_period_type: Maybe[int] = None


class OptionalDiscountRatingResultV2(WireModel):
    discount_id: str
    amount: YuanText
    official_website_amount: YuanText
    discount_amount: YuanText
    discount_type: int
    discount_name: str
    best_offer: int
    installment_official_website_amount: Maybe[YuanText] = None
    installment_official_discount_amount: Maybe[YuanText] = None
    installment_amount: Maybe[YuanText] = None
    installment_period_type: Maybe[int] = None


class FailResourceInfo(WireModel):
    error_code: str
    error_msg: str
    resource_id: str


class Response(WireModel):
    currency: str
    renew_inquiry_results: list[RenewInquiryResultInfo]
    official_website_rating_result: Maybe[OfficialWebsiteRatingResultV2] = None
    optional_discount_rating_results: list[OptionalDiscountRatingResultV2]
    fail_resource_infos: list[FailResourceInfo]


@operation(
    "POST",
    "/v2/bills/ratings/period-resources/renew-rate",
    callers="C",
    token_refusal=403,
    errors=(
        BeingChanged,
        DuplicateResources,
        InUnpaidOrder,
        NotMainResource,
        NotRenewable,
        RenewalTermNotSold,
        ResourceGone,
    ),
)
def list_renew_rate_on_period(actor: Actor, request: Request) -> Response:
    """What renewing the caller's main resources, each with its children, would cost; what cannot be renewed is named.

    A renewal always covers the children; no other resources are bound to a main one here, so
    `include_relative_resources` changes nothing.
    """
    term = _term(request)
    mains, failures = [], []
    for resource_id in request.resource_ids:
        try:
            mains.append(_priceable(actor, resource_id, term))
        except DomainError as refusal:
            failures.append(
                FailResourceInfo(error_code=refusal.code, error_msg=str(refusal), resource_id=resource_id)
            )
    return _answer(quote_renewal(mains, term) if mains else None, mains, failures, actor)


def _term(request: Request) -> Term:
    for place, resource_id in enumerate(request.resource_ids):
        if resource_id in request.resource_ids[:place]:
            raise DuplicateResources(resource_id=resource_id)
    unit = UNITS[request.period_type]
    if request.period_num not in rules.RENEWAL_NUMBERS[unit]:
        raise InvalidParameter(parameter="period_num", reason=_("it is out of range"))
    return Term(unit, request.period_num)


def _priceable(actor: Actor, resource_id: str, term: Term) -> Resource:
    main = renewable(actor, resource_id)
    quote_renewal([main], term)
    return main


def _answer(
    priced: RenewalQuote | None, mains: list[Resource], failures: list[FailResourceInfo], actor: Actor
) -> Response:
    if priced is None:
        currency = "CNY" if actor.site == "cn" else "USD"
        return Response(
            currency=currency,
            renew_inquiry_results=[],
            optional_discount_rating_results=[],
            fail_resource_infos=failures,
        )
    return Response(
        currency=priced.quote.currency,
        renew_inquiry_results=[
            RenewInquiryResultInfo(resource_id=main.resource_id, amount=priced.payable_of(main))
            for main in mains
        ],
        official_website_rating_result=OfficialWebsiteRatingResultV2(
            official_website_amount=priced.quote.official
        ),
        optional_discount_rating_results=[_offer(offer, priced.quote) for offer in priced.quote.offers],
        fail_resource_infos=failures,
    )


def _offer(offer: Offer, quote: Quote) -> OptionalDiscountRatingResultV2:
    return OptionalDiscountRatingResultV2(
        discount_id=offer.discount_id,
        amount=offer.payable,
        official_website_amount=quote.official,
        discount_amount=offer.reduction,
        discount_type=offer.discount_type,
        discount_name=offer.name,
        best_offer=int(offer is quote.best),
    )
