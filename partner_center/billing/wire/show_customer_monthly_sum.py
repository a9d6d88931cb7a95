"""查询汇总账单: a month's bill in sums, by service, kind of bill and charging mode."""

from __future__ import annotations

from typing import Self

from partner_center.billing.reading import Names, Wanted, fee_records
from partner_center.billing.reading.summaries import CONSUMPTION, OF_CUSTOMER, Summaries, Summary
from partner_center.billing.wire.shapes import (
    CUSTOMER_HISTORY,
    YUAN,
    OwnPaging,
    known_month,
    project_filter,
)
from partner_center.customers.errors import NoRightOverCustomer
from partner_center.foundation.actor import Actor
from partner_center.funds.queries import currency_of
from partner_center.kernel.period import BillMonth
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, Month, WireModel, Yuan, field

NO_PROJECT = "-1"
"""How this operation alone writes that something belongs to no enterprise project."""


class Request(OwnPaging):
    bill_cycle: Month
    service_type_code: Maybe[str] = field(None, max_length=64)
    enterprise_project_id: Maybe[str] = field(None, max_length=64, empty="rejected")


class BillSumRecordInfoV2(WireModel):
    bill_cycle: Maybe[Month] = None
    resource_type_code: Maybe[str] = None
    service_type_code: Maybe[str] = None
    service_type_name: Maybe[str] = None
    resource_type_name: Maybe[str] = None
    charging_mode: Maybe[int] = None
    official_amount: Maybe[Yuan] = None
    official_discount_amount: Maybe[Yuan] = None
    truncated_amount: Maybe[Yuan] = None
    consume_amount: Maybe[Yuan] = None
    coupon_amount: Maybe[Yuan] = None
    flexipurchase_coupon_amount: Maybe[Yuan] = None
    stored_value_card_amount: Maybe[Yuan] = None
    debt_amount: Maybe[Yuan] = None
    writeoff_amount: Maybe[Yuan] = None
    cash_amount: Maybe[Yuan] = None
    credit_amount: Maybe[Yuan] = None
    measure_id: Maybe[int] = None
    bill_type: Maybe[int] = None
    customer_id: Maybe[str] = None
    account_name: Maybe[str] = field(None, max_length=128)

    @classmethod
    def of(cls, row: Summary, month: BillMonth, names: Names) -> Self:
        service, kind = str(row.of["service_type"]), str(row.of.get("resource_type", ""))
        customer = str(row.of["customer_id"])
        amounts = row.amounts
        return cls(
            bill_cycle=month,
            resource_type_code=kind or None,
            service_type_code=service or None,
            service_type_name=names.service(service),
            resource_type_name=names.resource_type(service, kind),
            charging_mode=int(row.of["charging_mode"]),
            official_amount=amounts["official"],
            official_discount_amount=amounts["discount"],
            truncated_amount=amounts["erase"],
            consume_amount=amounts["consume"],
            coupon_amount=amounts["coupon"],
            flexipurchase_coupon_amount=amounts["flexi"],
            stored_value_card_amount=amounts["card"],
            debt_amount=amounts["debt"],
            writeoff_amount=amounts["writeoff"],
            cash_amount=amounts["cash"],
            credit_amount=amounts["credit"],
            measure_id=YUAN,
            bill_type=row.kind,
            customer_id=customer,
            account_name=names.account(customer),
        )


class Response(WireModel):
    total_count: int
    bill_sums: list[BillSumRecordInfoV2]
    consume_amount: Yuan
    debt_amount: Yuan
    coupon_amount: Yuan
    flexipurchase_coupon_amount: Yuan
    stored_value_card_amount: Yuan
    cash_amount: Yuan
    credit_amount: Yuan
    writeoff_amount: Yuan
    measure_id: int = YUAN
    currency: str


@operation(
    "GET",
    "/v2/bills/customer-bills/monthly-sum",
    callers="C",
    items=("billing:billDetail:view",),
    errors=(NoRightOverCustomer,),
)
def show_customer_monthly_sum(actor: Actor, request: Request) -> Response:
    """The month by service; a service that is named, by kind of resource. The totals include refunds."""
    month = known_month("bill_cycle", request.bill_cycle, CUSTOMER_HISTORY)
    wanted = Wanted(
        service_type=request.service_type_code,
        enterprise_project_id=project_filter(request.enterprise_project_id, NO_PROJECT),
    )
    columns = ["customer_id", "service_type", "charging_mode"]
    if request.service_type_code:
        columns.append("resource_type")
    rows = fee_records(actor, request.scope(actor), month, wanted)
    sums = Summaries(rows, currency_of(actor), *columns, kinds=OF_CUSTOMER, otherwise=CONSUMPTION)
    page, total = sums.part(request.offset, request.limit), sums.total()
    names = Names.of_codes((row.of for row in page), actor.language)
    return Response(
        total_count=sums.count(),
        bill_sums=[BillSumRecordInfoV2.of(row, month, names) for row in page],
        consume_amount=total["consume"],
        debt_amount=total["debt"],
        coupon_amount=total["coupon"],
        flexipurchase_coupon_amount=total["flexi"],
        stored_value_card_amount=total["card"],
        cash_amount=total["cash"],
        credit_amount=total["credit"],
        writeoff_amount=total["writeoff"],
        currency=sums.currency,
    )
