"""Bill lines with their ids: what a customer's month is made of."""

from __future__ import annotations

from typing import Self

from django.utils.translation import gettext as _

from partner_center.billing.reading import Line, Wanted, lines_of, months_back, plain, tidy
from partner_center.billing.reading.scopes import scope_of_reader
from partner_center.customers.errors import NoRightOverCustomer
from partner_center.foundation.actor import Actor
from partner_center.wire.errors import InvalidParameter, MissingParameter
from partner_center.wire.native import native
from partner_center.wire.schema import Day, Maybe, Moment, Month, Number, Paging, WireModel, Yuan, field

HISTORY = 36


class Request(Paging):
    bill_cycle: Month
    customer_id: Maybe[str] = field(None, max_length=64)
    resource_id: Maybe[str] = field(None, max_length=64)


class BillLine(WireModel):
    id: str
    bill_cycle: str
    customer_id: str
    bill_date: Maybe[Day] = None
    bill_type: int
    charging_mode: int
    cloud_service_type: str
    resource_type: str
    resource_spec: str
    region: str
    resource_id: str
    enterprise_project_id: str
    order_id: Maybe[str] = None
    trade_id: Maybe[str] = None
    usage_type: Maybe[str] = None
    usage: Maybe[Number] = None
    usage_measure_id: Maybe[int] = None
    package_usage: Maybe[Number] = None
    unit_price: Maybe[Number] = None
    begin_time: Maybe[Moment] = None
    end_time: Maybe[Moment] = None
    official_amount: Yuan
    discount_amount: Yuan
    cut_off_amount: Yuan
    amount: Yuan
    cash_amount: Yuan
    credit_amount: Yuan
    coupon_amount: Yuan
    flexipurchase_coupon_amount: Yuan
    stored_card_amount: Yuan
    bonus_amount: Yuan
    debt_amount: Yuan
    writeoff_amount: Yuan
    currency: str

    @classmethod
    def of(cls, line: Line) -> Self:
        return cls(
            id=str(line.id),
            bill_cycle=line.month,
            customer_id=line.customer_id,
            bill_date=line.day,
            bill_type=line.bill_type,
            charging_mode=line.charging_mode,
            cloud_service_type=line.service_type,
            resource_type=line.resource_type,
            resource_spec=line.resource_spec,
            region=line.region,
            resource_id=line.resource_id,
            enterprise_project_id=line.enterprise_project_id,
            order_id=line.order_number or None,
            trade_id=line.trade_id or None,
            usage_type=line.usage_type or None,
            usage=tidy(line.usage),
            usage_measure_id=line.usage_measure_id,
            package_usage=tidy(line.package_usage),
            unit_price=tidy(line.unit_price),
            begin_time=line.begins_at,
            end_time=line.ends_at,
            official_amount=plain(line.official),
            discount_amount=plain(line.discount),
            cut_off_amount=plain(line.cut_off),
            amount=plain(line.amount),
            cash_amount=plain(line.means["cash"]),
            credit_amount=plain(line.means["credit"]),
            coupon_amount=plain(line.means["coupon"]),
            flexipurchase_coupon_amount=plain(line.means["flexi"]),
            stored_card_amount=plain(line.means["card"]),
            bonus_amount=plain(line.means["bonus"]),
            debt_amount=plain(line.means["debt"]),
            writeoff_amount=plain(line.means["writeoff"]),
            currency=line.currency,
        )


class Response(WireModel):
    total_count: int
    lines: list[BillLine]


@native("GET", "/bill-lines", needs="billing.view", errors=(NoRightOverCustomer,))
def list_bill_lines(actor: Actor, request: Request) -> Response:
    """A customer's lines of one month: its own, or for a partner or the operator those of the customer it names.

    Orders and adjustments come first, then usage, each in order of time. A partner sees what was consumed while the
    customer was its own.
    """
    if months_back(request.bill_cycle) > HISTORY:
        raise InvalidParameter(
            parameter="bill_cycle", reason=_("it is more than {months} months ago").format(months=HISTORY)
        )
    customer_id = request.customer_id or (actor.account_id if actor.kind == "customer" else None)
    if customer_id is None:
        raise MissingParameter(parameter="customer_id")
    page = lines_of(
        actor,
        scope_of_reader(actor, customer_id),
        request.bill_cycle,
        Wanted(resource_id=request.resource_id),
        offset=request.offset,
        limit=request.limit,
    )
    return Response(total_count=page.total, lines=[BillLine.of(line) for line in page.lines])
