"""查询伙伴子客户消费记录: what a customer consumed while it was the partner's, line by line."""

from __future__ import annotations

from typing import Self

from partner_center.billing.models.fees import BillType
from partner_center.billing.reading import Line, Names, Wanted, lines_of, plain, scope_of_partner, tidy
from partner_center.billing.wire.shapes import (
    ASSOCIATIONS,
    CHARGING_MODES,
    CN_BILL_TYPES,
    PARTNER_HISTORY,
    bill_period,
    known_month,
    means_of,
    moment_text,
    window,
)
from partner_center.customers.errors import NotACustomerOfThePartner
from partner_center.foundation.actor import Actor
from partner_center.funds.queries import currency_of
from partner_center.kernel.period import BillMonth
from partner_center.orders.states import OrderType
from partner_center.partners.errors import NoRightOverReseller
from partner_center.wire.operation import operation
from partner_center.wire.schema import Day, Maybe, Moment, Month, Number, Paging, WireModel, Yuan, field

ORDER_TYPES = {
    BillType.NEW: OrderType.NEW,
    BillType.RENEWAL: OrderType.RENEWAL,
    BillType.AUTO_RENEWAL: OrderType.RENEWAL,
    BillType.CHANGE: OrderType.CHANGE,
    BillType.DOWNGRADE: OrderType.CHANGE,
    BillType.UNSUBSCRIPTION: OrderType.UNSUBSCRIPTION,
    BillType.CONVERSION: OrderType.TO_ON_DEMAND,
}


class Request(Paging):
    bill_cycle: Month
    customer_id: str = field(max_length=64)
    service_type_code: Maybe[str] = field(None, max_length=64, empty="filter")
    region_code: Maybe[str] = field(None, max_length=64, empty="filter")
    charging_mode: Maybe[int] = field(None, one_of=CHARGING_MODES)
    bill_detail_type: Maybe[int] = field(None, one_of=CN_BILL_TYPES, empty="rejected")
    resource_id: Maybe[str] = field(None, max_length=64, empty="rejected")
    resource_name: Maybe[str] = field(None, max_length=128, empty="rejected")
    trade_id: Maybe[str] = field(None, max_length=64, empty="rejected")
    account_manager_id: Maybe[str] = field(None, max_length=64, empty="rejected")
    association_type: Maybe[str] = field(None, one_of=("1", "2"))
    indirect_partner_id: Maybe[str] = field(None, max_length=64)
    bill_date_begin: Maybe[Day] = field(None, empty="rejected")
    bill_date_end: Maybe[Day] = field(None, empty="rejected")


class SubCustomerMonthlyBillDetail(WireModel):
    bill_cycle: Maybe[Month] = None
    customer_id: Maybe[str] = None
    association_type: Maybe[str] = None
    service_type_code: Maybe[str] = None
    resource_type_code: Maybe[str] = None
    service_type_name: Maybe[str] = None
    resource_type_name: Maybe[str] = None
    charging_mode: Maybe[int] = None
    trade_time: Maybe[str] = None
    trade_id: Maybe[str] = None
    id: Maybe[str] = None
    bill_detail_type: Maybe[int] = None
    resource_id: Maybe[str] = None
    resource_name: Maybe[str] = None
    product_spec_desc: Maybe[str] = None
    region_code: Maybe[str] = None
    product_id: Maybe[str] = None
    product_name: Maybe[str] = None
    resource_tag: Maybe[str] = None
    consume_time: Maybe[Moment] = None
    usage_type: Maybe[str] = None
    usage_amount: Maybe[Number] = None
    usage_measure_id: Maybe[int] = None
    free_resource_usage: Maybe[Number] = None
    free_resource_measure_id: Maybe[int] = None
    ri_usage: Maybe[Number] = None
    ri_usage_measure_id: Maybe[int] = None
    official_amount: Maybe[Yuan] = None
    official_discount_amount: Maybe[Yuan] = None
    payment_amount: Maybe[Yuan] = None
    cash_amount: Maybe[Yuan] = None
    credit_amount: Maybe[Yuan] = None
    coupon_amount: Maybe[Yuan] = None
    flexipurchase_coupon_amount: Maybe[Yuan] = None
    stored_value_card_amount: Maybe[Yuan] = None
    debt_amount: Maybe[Yuan] = None
    writeoff_amount: Maybe[Yuan] = None
    period_type: Maybe[int] = None
    account_manager_id: Maybe[str] = None
    partner_id: Maybe[str] = None
    region_name: Maybe[str] = None
    sub_service_type_code: Maybe[str] = None
    sub_service_type_name: Maybe[str] = None
    sub_resource_type_code: Maybe[str] = None
    sub_resource_type_name: Maybe[str] = None
    sub_resource_id: Maybe[str] = None
    sub_resource_name: Maybe[str] = None
    period_num: Maybe[Number] = None
    enterprise_project_id: Maybe[str] = field(None, max_length=64)
    order_type: Maybe[int] = None
    payment_type: Maybe[str] = None

    @classmethod
    def of(cls, line: Line, names: Names) -> Self:
        measure, means = names.price_measure(line.usage_type_id), means_of(line)
        return cls(
            bill_cycle=BillMonth.parse(line.month),
            customer_id=line.customer_id,
            association_type=ASSOCIATIONS.get(line.association_type),
            service_type_code=line.service_type or None,
            resource_type_code=line.resource_type or None,
            service_type_name=names.service(line.service_type),
            resource_type_name=names.resource_type(line.service_type, line.resource_type),
            charging_mode=line.charging_mode,
            trade_time=moment_text(line.happened_at or line.ends_at),
            trade_id=line.trade_id or None,
            id=str(line.id),
            bill_detail_type=line.bill_type,
            resource_id=line.resource_id or None,
            resource_name=line.resource_name or names.resource(line.resource_id),
            product_spec_desc=names.description(line.product_id, line.size),
            region_code=line.region or None,
            product_id=names.product_number(line.product_id),
            product_name=names.product(line.product_id),
            consume_time=line.happened_at or line.begins_at,
            usage_type=line.usage_type or None,
            usage_amount=tidy(line.usage),
            usage_measure_id=line.usage_measure_id,
            free_resource_usage=tidy(line.free_usage),
            free_resource_measure_id=measure if line.free_usage is not None else None,
            ri_usage=tidy(line.reserved_usage),
            ri_usage_measure_id=measure if line.reserved_usage is not None else None,
            official_amount=plain(line.official),
            official_discount_amount=plain(line.discount),
            payment_amount=plain(line.amount),
            cash_amount=means["cash_amount"],
            credit_amount=means["credit_amount"],
            coupon_amount=means["coupon_amount"],
            flexipurchase_coupon_amount=means["flexipurchase_coupon_amount"],
            stored_value_card_amount=means["stored_card_amount"],
            debt_amount=means["debt_amount"],
            writeoff_amount=means["adjustment_amount"],
            period_type=bill_period(line.period_type),
            account_manager_id=line.manager_id or None,
            partner_id=line.partner_id or None,
            region_name=names.region(line.region),
            period_num=line.period_num,
            enterprise_project_id=line.enterprise_project_id or None,
            order_type=ORDER_TYPES.get(BillType(line.bill_type)),
        )


class Response(WireModel):
    total_count: int
    currency: str
    fee_records: list[SubCustomerMonthlyBillDetail]


@operation(
    "GET",
    "/v2/bills/subcustomer-bills/res-fee-records",
    callers="P",
    sites=("cn",),
    localised=True,
    errors=(NotACustomerOfThePartner, NoRightOverReseller),
)
def list_sub_customer_bill_detail(actor: Actor, request: Request) -> Response:
    """The lines of a customer's month that fell while it was the partner's, or a named reseller's."""
    month = known_month("bill_cycle", request.bill_cycle, PARTNER_HISTORY)
    first, last = window("bill_date_begin", month, request.bill_date_begin, request.bill_date_end)
    page = lines_of(
        actor,
        scope_of_partner(actor, request.customer_id, request.indirect_partner_id),
        month,
        Wanted(
            service_type=request.service_type_code,
            region=request.region_code,
            charging_mode=request.charging_mode,
            bill_type=request.bill_detail_type,
            resource_id=request.resource_id,
            resource_name=request.resource_name,
            trade_id=request.trade_id,
            manager_id=request.account_manager_id,
            association_type=ASSOCIATED.get(request.association_type or ""),
            first_day=first,
            last_day=last,
        ),
        offset=request.offset,
        limit=request.limit,
    )
    names = Names.of(page.lines, actor.language)
    return Response(
        total_count=page.total,
        currency=currency_of(actor),
        fee_records=[SubCustomerMonthlyBillDetail.of(line, names) for line in page.lines],
    )


ASSOCIATED = {wire: kind for kind, wire in ASSOCIATIONS.items()}
