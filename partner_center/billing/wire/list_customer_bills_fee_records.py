"""查询流水账单: what was charged and given back, charge by charge, to the cent."""

from __future__ import annotations

from typing import Self

from partner_center.billing.models import FeeRecord
from partner_center.billing.reading import Names, Wanted, fee_records
from partner_center.billing.wire.shapes import (
    CHARGING_MODES,
    CN_BILL_TYPES,
    CUSTOMER_HISTORY,
    OwnPaging,
    known_month,
    moment_text,
    project_filter,
    window,
)
from partner_center.customers.errors import NoRightOverCustomer
from partner_center.foundation.actor import Actor
from partner_center.funds.queries import currency_of
from partner_center.kernel.period import BillMonth
from partner_center.wire.operation import operation
from partner_center.wire.schema import Day, Maybe, Month, WireModel, Yuan, field

VENDOR_OWN = 1
"""provider_type of the vendor itself; 2 is its marketplace, which sells nothing here yet."""


class Request(OwnPaging):
    bill_cycle: Month
    provider_type: Maybe[int] = field(None, one_of=(1, 2))
    service_type_code: Maybe[str] = field(None, max_length=64)
    resource_type_code: Maybe[str] = field(None, max_length=64)
    region_code: Maybe[str] = field(None, max_length=64)
    charging_mode: Maybe[int] = field(None, one_of=CHARGING_MODES)
    bill_type: Maybe[int] = field(None, one_of=CN_BILL_TYPES)
    trade_id: Maybe[str] = field(None, max_length=64)
    enterprise_project_id: Maybe[str] = field(None, max_length=64)
    include_zero_record: Maybe[bool] = None
    status: Maybe[int] = field(None, one_of=(1, 2, 3))
    bill_date_begin: Maybe[Day] = None
    bill_date_end: Maybe[Day] = None


class MonthlyBillRecord(WireModel):
    bill_cycle: Maybe[Month] = None
    customer_id: Maybe[str] = None
    service_type_code: Maybe[str] = None
    resource_type_code: Maybe[str] = None
    service_type_name: Maybe[str] = None
    resource_type_name: Maybe[str] = None
    region_code: Maybe[str] = None
    enterprise_project_id: Maybe[str] = None
    enterprise_project_name: Maybe[str] = None
    charging_mode: Maybe[int] = None
    consume_time: Maybe[str] = None
    trade_time: Maybe[str] = None
    provider_type: Maybe[int] = None
    trade_id: Maybe[str] = None
    id: Maybe[str] = None
    bill_type: Maybe[int] = None
    status: Maybe[int] = None
    official_amount: Maybe[Yuan] = None
    official_discount_amount: Maybe[Yuan] = None
    erase_amount: Maybe[Yuan] = None
    consume_amount: Maybe[Yuan] = None
    cash_amount: Maybe[Yuan] = None
    credit_amount: Maybe[Yuan] = None
    coupon_amount: Maybe[Yuan] = None
    flexipurchase_coupon_amount: Maybe[Yuan] = None
    stored_value_card_amount: Maybe[Yuan] = None
    bonus_amount: Maybe[Yuan] = None
    debt_amount: Maybe[Yuan] = None
    writeoff_amount: Maybe[Yuan] = None
    region_name: Maybe[str] = None
    account_name: Maybe[str] = field(None, max_length=128)

    @classmethod
    def of(cls, row: FeeRecord, names: Names) -> Self:
        return cls(
            bill_cycle=BillMonth.parse(row.month),
            customer_id=row.customer_id,
            service_type_code=row.service_type or None,
            resource_type_code=row.resource_type or None,
            service_type_name=names.service(row.service_type),
            resource_type_name=names.resource_type(row.service_type, row.resource_type),
            region_code=row.region or None,
            enterprise_project_id=row.enterprise_project_id or None,
            charging_mode=row.charging_mode,
            consume_time=moment_text(row.happened_at),
            trade_time=moment_text(row.happened_at),
            provider_type=VENDOR_OWN,
            trade_id=row.trade_id,
            id=row.number,
            bill_type=row.bill_type,
            status=row.status,
            official_amount=row.official,
            official_discount_amount=row.discount,
            erase_amount=row.erase,
            consume_amount=row.consume,
            cash_amount=row.cash,
            credit_amount=row.credit,
            coupon_amount=row.coupon,
            flexipurchase_coupon_amount=row.flexi,
            stored_value_card_amount=row.card,
            bonus_amount=row.bonus,
            debt_amount=row.debt,
            writeoff_amount=row.writeoff,
            region_name=names.region(row.region),
            account_name=names.account(row.customer_id),
        )


class Response(WireModel):
    total_count: int
    records: list[MonthlyBillRecord]
    currency: str


@operation(
    "GET",
    "/v2/bills/customer-bills/fee-records",
    callers="C",
    sites=("cn",),
    items=("billing:billDetail:view",),
    localised=True,
    errors=(NoRightOverCustomer,),
)
def list_customer_bills_fee_records(actor: Actor, request: Request) -> Response:
    """The charges and refunds of one month, newest first."""
    first, last = window(
        "bill_date_begin", request.bill_cycle, request.bill_date_begin, request.bill_date_end
    )
    wanted = Wanted(
        service_type=request.service_type_code,
        resource_type=request.resource_type_code,
        region=request.region_code,
        charging_mode=request.charging_mode,
        bill_type=request.bill_type,
        trade_id=request.trade_id,
        enterprise_project_id=project_filter(request.enterprise_project_id),
        status=request.status,
        first_day=first,
        last_day=last,
        with_zero=request.include_zero_record is not False,
    )
    month = known_month("bill_cycle", request.bill_cycle, CUSTOMER_HISTORY)
    rows = fee_records(actor, request.scope(actor), month, wanted)
    if request.provider_type not in (None, VENDOR_OWN):
        rows = rows.none()
    page = list(request.slice(rows))
    names = Names.of(page, actor.language)
    return Response(
        total_count=rows.count(),
        records=[MonthlyBillRecord.of(row, names) for row in page],
        currency=currency_of(actor),
    )
