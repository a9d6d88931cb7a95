"""查询资源消费记录: what each resource cost, line by line, by day or by month, to eight places."""

from __future__ import annotations

from typing import Self

from partner_center.billing.models.fees import BillType
from partner_center.billing.reading import Line, Names, Statistic, Wanted, lines_of, plain, tidy
from partner_center.billing.wire.formula import formula_of, unit_of
from partner_center.billing.wire.shapes import (
    CHARGE_MODES,
    CN_BILL_TYPES,
    CUSTOMER_HISTORY,
    INTL_BILL_TYPES,
    STATISTICS,
    YUAN,
    OwnPaging,
    bill_period,
    known_month,
    means_of,
    moment_text,
    project_filter,
    window,
)
from partner_center.customers.errors import NoRightOverCustomer
from partner_center.foundation.actor import Actor
from partner_center.funds.queries import currency_of
from partner_center.wire.operation import operation
from partner_center.wire.schema import Day, Maybe, Moment, Month, Number, WireModel, Yuan, field

HOURLY = 12
"""A bill type that the international site lets one filter by; what is charged by the hour is usage (5) on its bills."""


class Request(OwnPaging):
    cycle: Month
    cloud_service_type: Maybe[str] = field(None, max_length=64, empty="filter")
    region: Maybe[str] = field(None, max_length=64, empty="filter")
    charge_mode: Maybe[str] = field(None, one_of=CHARGE_MODES)
    bill_type: Maybe[int] = field(None, one_of={"cn": CN_BILL_TYPES, "intl": (*INTL_BILL_TYPES, HOURLY)})
    resource_id: Maybe[str] = field(None, max_length=64, empty="filter")
    enterprise_project_id: Maybe[str] = field(None, max_length=64, empty="filter")
    include_zero_record: Maybe[bool] = None
    trade_id: Maybe[str] = field(None, max_length=64, empty="filter")
    bill_date_begin: Maybe[Day] = None
    bill_date_end: Maybe[Day] = None
    statistic_type: int = field(3, one_of=STATISTICS)


class ResFeeRecordV2(WireModel):
    bill_date: Maybe[Day] = None
    bill_type: Maybe[int] = None
    customer_id: Maybe[str] = None
    region: Maybe[str] = None
    region_name: Maybe[str] = None
    cloud_service_type: Maybe[str] = None
    resource_type: Maybe[str] = None
    cloud_service_type_name: Maybe[str] = None
    resource_type_name: Maybe[str] = None
    effective_time: Maybe[str] = None
    expire_time: Maybe[str] = None
    resource_id: Maybe[str] = None
    resource_name: Maybe[str] = None
    resource_tag: Maybe[str] = None
    product_id: Maybe[str] = None
    product_name: Maybe[str] = None
    product_spec_desc: Maybe[str] = None
    sku_code: Maybe[str] = None
    spec_size: Maybe[Number] = None
    spec_size_measure_id: Maybe[int] = None
    trade_id: Maybe[str] = None
    id: Maybe[str] = None
    trade_time: Maybe[str] = None
    enterprise_project_id: Maybe[str] = None
    enterprise_project_name: Maybe[str] = None
    charge_mode: Maybe[str] = None
    order_id: Maybe[str] = None
    period_type: Maybe[str] = None
    usage_type: Maybe[str] = None
    usage: Maybe[Number] = None
    usage_measure_id: Maybe[int] = None
    free_resource_usage: Maybe[Number] = None
    free_resource_measure_id: Maybe[int] = None
    ri_usage: Maybe[Number] = None
    ri_usage_measure_id: Maybe[int] = None
    unit_price: Maybe[Number] = None
    unit: Maybe[str] = None
    official_amount: Maybe[Yuan] = None
    discount_amount: Maybe[Yuan] = None
    amount: Maybe[Yuan] = None
    cash_amount: Maybe[Yuan] = None
    credit_amount: Maybe[Yuan] = None
    coupon_amount: Maybe[Yuan] = None
    flexipurchase_coupon_amount: Maybe[Yuan] = None
    stored_card_amount: Maybe[Yuan] = None
    bonus_amount: Maybe[Yuan] = None
    debt_amount: Maybe[Yuan] = None
    adjustment_amount: Maybe[Yuan] = None
    measure_id: Maybe[int] = None
    formula: Maybe[str] = None
    sub_service_type_code: Maybe[str] = None
    sub_service_type_name: Maybe[str] = None
    sub_resource_type_code: Maybe[str] = None
    sub_resource_type_name: Maybe[str] = None
    sub_resource_id: Maybe[str] = None
    sub_resource_name: Maybe[str] = None
    consume_time: Maybe[Moment] = None
    relative_order_id: Maybe[str] = None
    account_name: Maybe[str] = field(None, max_length=128)
    period_num: Maybe[Number] = None

    @classmethod
    def of(cls, line: Line, names: Names) -> Self:
        measure = names.price_measure(line.usage_type_id)
        period, single = bill_period(line.period_type), line.id is not None
        return cls(
            bill_date=line.day,
            bill_type=line.bill_type,
            customer_id=line.customer_id,
            region=line.region or None,
            region_name=names.region(line.region),
            cloud_service_type=line.service_type or None,
            resource_type=line.resource_type or None,
            cloud_service_type_name=names.service(line.service_type),
            resource_type_name=names.resource_type(line.service_type, line.resource_type),
            effective_time=moment_text(line.begins_at) if line.is_usage else None,
            expire_time=moment_text(line.ends_at) if line.is_usage else None,
            resource_id=line.resource_id or None,
            resource_name=line.resource_name or names.resource(line.resource_id),
            product_id=names.product_number(line.product_id),
            product_name=names.product(line.product_id),
            product_spec_desc=names.description(line.product_id, line.size),
            sku_code=line.resource_spec or None,
            spec_size=line.size if names.size_measure(line.product_id) else None,
            spec_size_measure_id=names.size_measure(line.product_id),
            trade_id=line.trade_id or None,
            id=str(line.id) if single else None,
            trade_time=moment_text(line.happened_at or line.ends_at) if single else None,
            enterprise_project_id=line.enterprise_project_id or None,
            charge_mode=str(line.charging_mode),
            order_id=line.order_number or None,
            period_type=str(period) if period is not None else None,
            usage_type=line.usage_type or None,
            usage=tidy(line.usage),
            usage_measure_id=line.usage_measure_id,
            free_resource_usage=tidy(line.free_usage),
            free_resource_measure_id=measure if line.free_usage is not None else None,
            ri_usage=tidy(line.reserved_usage),
            ri_usage_measure_id=measure if line.reserved_usage is not None else None,
            unit_price=tidy(line.unit_price),
            unit=unit_of(line, names),
            official_amount=plain(line.official),
            discount_amount=plain(line.discount),
            amount=plain(line.amount),
            measure_id=YUAN,
            formula=formula_of(line, names),
            consume_time=line.happened_at or line.begins_at if single else None,
            account_name=names.account(line.customer_id),
            period_num=line.period_num,
            **means_of(line),
        )


class Response(WireModel):
    fee_records: list[ResFeeRecordV2]
    total_count: int
    currency: str


@operation(
    "GET",
    "/v2/bills/customer-bills/res-fee-records",
    callers="C",
    items=("billing:billDetail:view",),
    localised=True,
    errors=(NoRightOverCustomer,),
)
def list_customerself_resource_records(actor: Actor, request: Request) -> Response:
    """The resources' costs of one month: orders and adjustments first, then usage, each in order of time."""
    first, last = window("bill_date_begin", request.cycle, request.bill_date_begin, request.bill_date_end)
    statistic = Statistic(request.statistic_type)
    by_month = statistic is Statistic.CYCLE
    page = lines_of(
        actor,
        request.scope(actor),
        known_month("cycle", request.cycle, CUSTOMER_HISTORY),
        Wanted(
            service_type=request.cloud_service_type,
            region=request.region,
            charging_mode=int(request.charge_mode) if request.charge_mode else None,
            bill_type=BillType.USAGE if request.bill_type == HOURLY else request.bill_type,
            resource_id=request.resource_id,
            enterprise_project_id=project_filter(request.enterprise_project_id),
            trade_id=request.trade_id,
            first_day=None if by_month else first,
            last_day=None if by_month else last,
            with_zero=request.include_zero_record is not False,
        ),
        statistic,
        offset=request.offset,
        limit=request.limit,
    )
    names = Names.of(page.lines, actor.language)
    return Response(
        fee_records=[ResFeeRecordV2.of(line, names) for line in page.lines],
        total_count=page.total,
        currency=currency_of(actor),
    )
