"""查询月度成本: what a month cost, with yearly/monthly orders shared over their days."""

from __future__ import annotations

from typing import Self

from partner_center.billing.reading import Names, Wanted, plain, tidy
from partner_center.billing.reading.amortised import AmortisedLine, amortised_lines
from partner_center.billing.wire.shapes import (
    CHARGING_MODES,
    CN_BILL_TYPES,
    PARTNER_HISTORY,
    OwnPaging,
    bill_period,
    known_month,
    moment_text,
    project_filter,
)
from partner_center.customers.errors import NoRightOverCustomer
from partner_center.foundation.actor import Actor
from partner_center.funds.queries import currency_of
from partner_center.kernel.period import BillMonth
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, Month, Number, WireModel, Yuan, field


class Request(OwnPaging):
    shared_month: Month
    service_type_code: Maybe[str] = field(None, max_length=64, empty="filter")
    resource_type_code: Maybe[str] = field(None, max_length=64, empty="filter")
    region_code: Maybe[str] = field(None, max_length=64)
    charging_mode: Maybe[int] = field(None, one_of=CHARGING_MODES)
    bill_type: Maybe[int] = field(None, one_of=CN_BILL_TYPES)
    resource_id: Maybe[str] = field(None, max_length=64)
    resource_name: Maybe[str] = field(None, max_length=128)
    enterprise_project_id: Maybe[str] = field(None, max_length=64)


class TagPair(WireModel):
    tag_key: Maybe[str] = None
    tag_value: Maybe[str] = None


class CostUnitPair(WireModel):
    cost_unit_name: Maybe[str] = None
    cost_unit_rule_value: Maybe[str] = None


class NvlCostAnalysedBillDetail(WireModel):
    shared_month: Maybe[Month] = None
    bill_cycle: Maybe[Month] = None
    bill_type: Maybe[int] = None
    customer_id: Maybe[str] = None
    region_code: Maybe[str] = None
    region_name: Maybe[str] = None
    service_type_code: Maybe[str] = None
    resource_type_code: Maybe[str] = None
    service_type_name: Maybe[str] = None
    resource_type_name: Maybe[str] = None
    effective_time: Maybe[str] = None
    expire_time: Maybe[str] = None
    resource_id: Maybe[str] = None
    resource_name: Maybe[str] = None
    resource_tag: Maybe[str] = None
    product_spec_desc: Maybe[str] = None
    enterprise_project_id: Maybe[str] = None
    enterprise_project_name: Maybe[str] = None
    charging_mode: Maybe[int] = None
    order_id: Maybe[str] = None
    period_type: Maybe[int] = None
    usage_type: Maybe[str] = None
    usage: Maybe[Number] = None
    usage_measure_id: Maybe[int] = None
    free_resource_usage: Maybe[Number] = None
    free_resource_measure_id: Maybe[int] = None
    ri_usage: Maybe[Number] = None
    ri_usage_measure_id: Maybe[int] = None
    consume_amount: Maybe[Yuan] = None
    past_months_amortized_amount: Maybe[Yuan] = None
    current_month_amortized_amount: Maybe[Yuan] = None
    future_months_amortized_amount: Maybe[Yuan] = None
    amortized_cash_amount: Maybe[Yuan] = None
    amortized_credit_amount: Maybe[Yuan] = None
    amortized_coupon_amount: Maybe[Yuan] = None
    amortized_flexipurchase_coupon_amount: Maybe[Yuan] = None
    amortized_stored_value_card_amount: Maybe[Yuan] = None
    amortized_bonus_amount: Maybe[Yuan] = None
    sub_service_type_code: Maybe[str] = None
    sub_service_type_name: Maybe[str] = None
    sub_resource_type_code: Maybe[str] = None
    sub_resource_type_name: Maybe[str] = None
    sub_resource_id: Maybe[str] = None
    sub_resource_name: Maybe[str] = None
    effective_tag_pairs: Maybe[list[TagPair]] = None
    cost_unit_pairs: Maybe[list[CostUnitPair]] = None

    @classmethod
    def of(cls, row: AmortisedLine, month: BillMonth, names: Names) -> Self:
        line = row.line
        measure = names.price_measure(line.usage_type_id)
        return cls(
            shared_month=month,
            bill_cycle=BillMonth.parse(line.month),
            bill_type=line.bill_type,
            customer_id=line.customer_id,
            region_code=line.region or None,
            region_name=names.region(line.region),
            service_type_code=line.service_type or None,
            resource_type_code=line.resource_type or None,
            service_type_name=names.service(line.service_type),
            resource_type_name=names.resource_type(line.service_type, line.resource_type),
            effective_time=moment_text(line.begins_at),
            expire_time=moment_text(line.ends_at),
            resource_id=line.resource_id or None,
            resource_name=line.resource_name or names.resource(line.resource_id),
            product_spec_desc=names.description(line.product_id, line.size),
            enterprise_project_id=line.enterprise_project_id or None,
            charging_mode=line.charging_mode,
            order_id=line.order_number or None,
            period_type=bill_period(line.period_type),
            usage_type=line.usage_type or None,
            usage=tidy(line.usage),
            usage_measure_id=line.usage_measure_id,
            free_resource_usage=tidy(line.free_usage),
            free_resource_measure_id=measure if line.free_usage is not None else None,
            ri_usage=tidy(line.reserved_usage),
            ri_usage_measure_id=measure if line.reserved_usage is not None else None,
            consume_amount=plain(row.consumed),
            past_months_amortized_amount=plain(row.past),
            current_month_amortized_amount=plain(row.current),
            future_months_amortized_amount=plain(row.future),
            amortized_cash_amount=plain(row.means["cash"]),
            amortized_credit_amount=plain(row.means["credit"]),
            amortized_coupon_amount=plain(row.means["coupon"]),
            amortized_flexipurchase_coupon_amount=plain(row.means["flexi"]),
            amortized_stored_value_card_amount=plain(row.means["card"]),
            amortized_bonus_amount=plain(row.means["bonus"]),
        )


class Response(WireModel):
    currency: str
    total_count: int
    details: list[NvlCostAnalysedBillDetail]


@operation(
    "GET",
    "/v2/costs/cost-analysed-bills/monthly-breakdown",
    callers="C",
    sites=("cn",),
    items=("billing:billDetail:view",),
    localised=True,
    errors=(NoRightOverCustomer,),
)
def list_customer_bills_monthly_break_down(actor: Actor, request: Request) -> Response:
    """Orders by their share of the month, then what was used in it."""
    month = known_month("shared_month", request.shared_month, PARTNER_HISTORY)
    wanted = Wanted(
        service_type=request.service_type_code,
        resource_type=request.resource_type_code,
        region=request.region_code,
        charging_mode=request.charging_mode,
        bill_type=request.bill_type,
        resource_id=request.resource_id,
        resource_name=request.resource_name,
        enterprise_project_id=project_filter(request.enterprise_project_id),
    )
    page = amortised_lines(
        actor, request.scope(actor), month, wanted, offset=request.offset, limit=request.limit
    )
    names = Names.of((row.line for row in page.lines), actor.language)
    return Response(
        currency=currency_of(actor),
        total_count=page.total,
        details=[NvlCostAnalysedBillDetail.of(row, month, names) for row in page.lines],
    )
