"""查询成本数据: costs by chosen columns and by day or month, as charged or shared over the days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Self

from django.utils.translation import gettext as _

from partner_center.billing.reading import plain, scope_of_customer
from partner_center.billing.reading.costs import CostGroup, CostQuestion, Only, costs_of
from partner_center.billing.wire.shapes import NO_PROJECT
from partner_center.foundation.actor import Actor
from partner_center.funds.errors import SpanTooLong
from partner_center.funds.queries import currency_of
from partner_center.kernel.period import BillMonth
from partner_center.wire.errors import InvalidParameter
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, Paging, WireModel, YuanText, field

BY_DAY, BY_MONTH = 1, 2
ORIGINAL, AMORTISED = "ORIGINAL_COST", "AMORTIZED_COST"
PAYABLE, NET = "PAYMENT_AMOUNT", "NET_AMOUNT"
DIMENSION, TAG, COST_UNIT = "dimension", "tag", "cost_unit"
LONGEST_MONTHS = 12

HEADING_OF = {
    "CLOUD_SERVICE_TYPE": "service",
    "RESOURCE_TYPE": "resource_type",
    "ASSOCIATED_ACCOUNT": "customer",
    "REGION_CODE": "region",
    "AZ_CODE": "zone",
    "ENTERPRISE_PROJECT_ID": "project",
    "RES_SPEC_CODE": "spec",
    "CHARGING_MODE": "mode",
    "USAGE_TYPE": "usage_type",
    "BILL_TYPE": "bill_type",
    "BE_ID": "entity",
    "PAYER_ACCOUNT_ID": "payer",
    "RESOURCE_ID": "resource",
}
FILTERED_BY = {**HEADING_OF, "RESOURCE_TAG": "tag", "COST_UNIT": "cost_unit"}


class TimeCondition(WireModel):
    time_measure_id: int = field(one_of=(BY_DAY, BY_MONTH))
    begin_time: str = field(pattern="[0-9]{4}-[0-9]{2}(-[0-9]{2})?", max_length=10)
    end_time: str = field(pattern="[0-9]{4}-[0-9]{2}(-[0-9]{2})?", max_length=10)

    def days(self) -> tuple[date, date]:
        """The first and the last day. Raises InvalidParameter, SpanTooLong."""
        first = self._day("begin_time", self.begin_time, last=False)
        last = self._day("end_time", self.end_time, last=True)
        if first > last:
            raise InvalidParameter(parameter="time_condition.begin_time", reason=_("it is after the end"))
        if BillMonth(first.year, first.month).shifted(LONGEST_MONTHS) < BillMonth(last.year, last.month):
            raise SpanTooLong()
        return first, last

    def _day(self, name: str, text: str, *, last: bool) -> date:
        """A day as written, or a month's first or last one; months are also told by a day of theirs."""
        try:
            if len(text) == len("2026-10-01") and self.time_measure_id == BY_DAY:
                return date.fromisoformat(text)
            if self.time_measure_id == BY_MONTH:
                month = BillMonth.parse(text[: len("2026-10")])
                following = month.next()
                return (
                    date(following.year, following.month, 1) - timedelta(days=1)
                    if last
                    else date(month.year, month.month, 1)
                )
        except (ValueError, OverflowError):
            pass
        raise InvalidParameter(parameter=f"time_condition.{name}", reason=_("its format is wrong"))


class GroupBy(WireModel):
    type: str = field(one_of=(TAG, COST_UNIT, DIMENSION))
    key: str = field(max_length=256)

    def heading(self) -> str:
        """Nothing is tagged and there are no cost units: by those everything is one group. Raises InvalidParameter."""
        if self.type != DIMENSION:
            return self.type
        if self.key not in HEADING_OF:
            raise InvalidParameter(parameter="groupby.key", reason=_("it is not one of the values allowed"))
        return HEADING_OF[self.key]


class FilterFactor(WireModel):
    key: str = field(one_of=tuple(FILTERED_BY))
    value: list[str] = field(max_length=256, max_items=100, empty="filter")


class FilterV2(WireModel):
    operator: int = field(one_of=(0, 1))
    filter_factor: FilterFactor


class Request(Paging):
    time_condition: TimeCondition
    groupby: list[GroupBy] = field(max_items=5)
    cost_type: str = field(one_of=(ORIGINAL, AMORTISED))
    amount_type: str = field(one_of=(PAYABLE, NET))
    filters: Maybe[list[FilterV2]] = field(None, max_items=20)

    def question(self) -> CostQuestion:
        """Raises InvalidParameter, SpanTooLong."""
        first, last = self.time_condition.days()
        only = []
        for one in self.filters or []:
            values = tuple("" if value == NO_PROJECT else value for value in one.filter_factor.value)
            if values:
                only.append(Only(FILTERED_BY[one.filter_factor.key], values, excluding=bool(one.operator)))
        return CostQuestion(
            first=first,
            last=last,
            headings=tuple(one.heading() for one in self.groupby),
            by_day=self.time_condition.time_measure_id == BY_DAY,
            amortised=self.cost_type == AMORTISED,
            net=self.amount_type == NET,
            only=tuple(only),
        )


class DimensionGroup(WireModel):
    key: Maybe[str] = None
    value: Maybe[str] = None


class Cost(WireModel):
    time_dimension_value: Maybe[str] = None
    time_measure_id: Maybe[int] = None
    amount: Maybe[YuanText] = None
    official_amount: Maybe[YuanText] = None


class CostDataByDimension(WireModel):
    dimensions: Maybe[list[DimensionGroup]] = None
    costs: Maybe[list[Cost]] = None
    amount_by_costs: Maybe[YuanText] = None
    official_amount_by_costs: Maybe[YuanText] = None

    @classmethod
    def of(cls, group: CostGroup, request: Request) -> Self:
        return cls(
            dimensions=[
                DimensionGroup(key=one.key, value=value)
                for one, value in zip(request.groupby, group.key, strict=True)
            ],
            costs=[
                Cost(
                    time_dimension_value=time,
                    time_measure_id=request.time_condition.time_measure_id,
                    amount=plain(cost.amount),
                    official_amount=plain(cost.official),
                )
                for time, cost in sorted(group.by_time.items())
            ],
            amount_by_costs=plain(group.total.amount),
            official_amount_by_costs=plain(group.total.official),
        )


class Response(WireModel):
    currency: str
    total_count: int
    cost_data: list[CostDataByDimension]


@operation(
    "POST",
    "/v4/costs/cost-analysed-bills/query",
    callers="C",
    items=("billing:billDetail:view",),
    localised=True,
    errors=(SpanTooLong,),
)
def list_costs(actor: Actor, request: Request) -> Response:
    """The caller's costs, the dearest group first; times at which a group cost nothing are left out."""
    groups = costs_of(actor, scope_of_customer(actor), request.question())
    return Response(
        currency=currency_of(actor),
        total_count=len(groups),
        cost_data=[CostDataByDimension.of(one, request) for one in request.cut(groups)],
    )
