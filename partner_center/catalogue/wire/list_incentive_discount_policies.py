"""查询产品的折扣和激励策略: how each service counts towards incentives at the end of a month."""

from __future__ import annotations

from datetime import timedelta

from partner_center.catalogue.models import ProductPolicy
from partner_center.foundation.actor import Actor
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, Month, Paging, WireModel, field

WIRE_CLASS = {"0": "0", "1": "1", "2": "2", "13": "3"}
"""The SDK's text shows "13" for the last class: a footnote mark 1 glued to the value 3 (spec/api/enums.md)."""


class Request(Paging):
    time: Month
    service_type_code: Maybe[str] = field(None, empty="filter")


class IncentiveAndDiscountPolicy(WireModel):
    service_type_code: str
    service_type_name: str
    incentive_policy: str
    allow_discount: str


class Response(WireModel):
    policies: list[IncentiveAndDiscountPolicy]
    total_count: int


@operation(
    "GET",
    "/v2/products/incentive-discount-policies",
    callers="P",
    sites=("cn",),
    items=("BPC_ITEM_SALES_040100",),
    localised=True,
)
def list_incentive_discount_policies(actor: Actor, request: Request) -> Response:
    """List each service's incentive class and whether partner discounts apply, at a month's last second."""
    last = request.time.period.end - timedelta(seconds=1)
    rows = ProductPolicy.objects.visible_to(actor).in_force(last).select_related("service")
    if request.service_type_code is not None:
        rows = rows.filter(service__code=request.service_type_code)
    return Response(
        policies=[_policy(actor, one) for one in request.slice(rows)],
        total_count=rows.count(),
    )


def _policy(actor: Actor, policy: ProductPolicy) -> IncentiveAndDiscountPolicy:
    return IncentiveAndDiscountPolicy(
        service_type_code=policy.service.code,
        service_type_name=policy.service.name_in(actor.language),
        incentive_policy=WIRE_CLASS[policy.incentive_class],
        allow_discount="YES" if policy.allows_discount else "NO",
    )
