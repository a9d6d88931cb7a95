"""查询客户月度消费账单: the customers' months in sums, by service and kind, for the partner that paid for them."""

from __future__ import annotations

from typing import Self

from partner_center.billing.reading import Names, Scope, Wanted, fee_records, scope_of_partner
from partner_center.billing.reading.scopes import scope_of_resale
from partner_center.billing.reading.summaries import NORMAL, OF_PARTNER, Summaries, Summary
from partner_center.billing.wire.shapes import PARTNER_HISTORY, YUAN, known_month
from partner_center.customers.errors import NotACustomerOfThePartner
from partner_center.foundation.actor import Actor
from partner_center.funds.queries import currency_of
from partner_center.partners.errors import NoRightOverReseller
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, Month, Paging, WireModel, Yuan, field

BALANCES = {
    "cash": "BALANCE_TYPE_DEBIT",
    "credit": "BALANCE_TYPE_CREDIT",
    "bonus": "BALANCE_TYPE_BONUS",
    "coupon": "BALANCE_TYPE_COUPON",
    "flexi": "BALANCE_TYPE_RCASH_COUPON",
    "card": "BALANCE_TYPE_STORED_VALUE_CARD",
}


class Request(Paging):
    customer_id: Maybe[str] = field(None, max_length=64)
    cycle: Month
    cloud_service_type: Maybe[str] = field(None, max_length=64)
    charge_mode: str = field(one_of=("1", "3", "11"))
    bill_type: Maybe[str] = field(None, one_of=("0", "1", "2"))
    indirect_partner_id: Maybe[str] = field(None, max_length=64)


class BalanceTypeDeductSumV2(WireModel):
    balance_type: Maybe[str] = None
    amount: Maybe[Yuan] = None
    bill_type: Maybe[str] = None


class BillSumInfoV2(WireModel):
    customer_id: Maybe[str] = None
    cloud_service_type: Maybe[str] = None
    cloud_service_type_name: Maybe[str] = None
    bill_type: Maybe[str] = None
    charge_mode: Maybe[str] = None
    amount: Maybe[Yuan] = None
    debt_amount: Maybe[Yuan] = None
    adjustment_amount: Maybe[Yuan] = None
    discount_amount: Maybe[Yuan] = None
    measure_id: Maybe[int] = None
    account_details: Maybe[list[BalanceTypeDeductSumV2]] = None
    resource_type_code: Maybe[str] = None
    resource_type_name: Maybe[str] = None

    @classmethod
    def of(cls, row: Summary, names: Names) -> Self:
        """What was returned or given back has neither debt nor discount of its own."""
        service, kind = str(row.of["service_type"]), str(row.of["resource_type"])
        amounts, charged = row.amounts, row.kind == NORMAL
        return cls(
            customer_id=str(row.of["customer_id"]),
            cloud_service_type=service or None,
            cloud_service_type_name=names.service(service),
            bill_type=str(row.kind),
            charge_mode=str(row.of["charging_mode"]),
            amount=amounts["consume"],
            debt_amount=amounts["debt"] if charged else None,
            adjustment_amount=amounts["writeoff"] if charged else None,
            discount_amount=amounts["discount"] if charged else None,
            measure_id=YUAN,
            account_details=[
                BalanceTypeDeductSumV2(balance_type=word, amount=amounts[name], bill_type=str(row.kind))
                for name, word in BALANCES.items()
                if amounts[name]
            ],
            resource_type_code=kind or None,
            resource_type_name=names.resource_type(service, kind),
        )


class Response(WireModel):
    bill_sums: list[BillSumInfoV2]
    count: int
    currency: str


@operation(
    "GET",
    "/v2/bills/partner-bills/subcustomer-bills/monthly-sum",
    callers="P",
    sites=("cn",),
    errors=(NotACustomerOfThePartner, NoRightOverReseller),
)
def list_subcustomer_monthly_bills(actor: Actor, request: Request) -> Response:
    """One customer's month, or that of all resale customers, while they were the partner's."""
    month = known_month("cycle", request.cycle, PARTNER_HISTORY)
    wanted = Wanted(service_type=request.cloud_service_type, charging_mode=int(request.charge_mode))
    rows = fee_records(actor, _scope(actor, request), month, wanted)
    columns = ("customer_id", "service_type", "resource_type", "charging_mode")
    sums = Summaries(rows, currency_of(actor), *columns, kinds=OF_PARTNER, otherwise=NORMAL)
    sums = sums.of_kind(int(request.bill_type) if request.bill_type else None)
    page = sums.part(request.offset, request.limit)
    names = Names.of_codes((row.of for row in page), actor.language)
    return Response(
        bill_sums=[BillSumInfoV2.of(row, names) for row in page], count=sums.count(), currency=sums.currency
    )


def _scope(actor: Actor, request: Request) -> Scope:
    if request.customer_id:
        return scope_of_partner(actor, request.customer_id, request.indirect_partner_id)
    return scope_of_resale(actor, request.indirect_partner_id)
