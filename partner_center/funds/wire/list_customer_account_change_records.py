"""查询收支明细(客户) — a customer's own income and expense, purse by purse."""

from __future__ import annotations

from typing import Self

from django.utils.translation import gettext as _

from partner_center.foundation.actor import Actor
from partner_center.funds import trades
from partner_center.funds.errors import NoMoneyAccount, SpanTooLong
from partner_center.funds.models import AccountChange, Direction, Purse
from partner_center.funds.queries import (
    changes_of,
    channels_of,
    currency_of,
    require_money_account_of,
    statement_period,
    through_channels,
)
from partner_center.kernel.period import BillMonth
from partner_center.wire.errors import InvalidParameter
from partner_center.wire.operation import operation
from partner_center.wire.schema import Day, Maybe, Moment, Paging, WireModel, YuanText, field

PURSES = {"BALANCE_TYPE_DEBIT": Purse.CASH, "BALANCE_TYPE_CREDIT": Purse.CREDIT}
DIRECTIONS = {"REVENUE": Direction.REVENUE, "EXPENSE": Direction.EXPENSE}
TRADE_TYPES = (*trades.WIRE_TYPES, "EXPIRED", "DEPOSIT")
CHANNELS = ("1", "2", "4", "5", "6", "7", "10", "11", "317", "319", "320")


class Request(Paging):
    balance_type: str = field(one_of=tuple(PURSES))
    revenue_expense_type: Maybe[str] = field(None, one_of=tuple(DIRECTIONS))
    trade_type: Maybe[str] = field(None, one_of=TRADE_TYPES)
    trade_time_begin: Maybe[Day] = None
    trade_time_end: Maybe[Day] = None
    trade_id: Maybe[str] = field(None, max_length=128)
    payment_channel_id: Maybe[str] = field(None, max_length=64)
    payment_channel_no: Maybe[str] = field(None, max_length=128)


class CustomerAccountChangeRecord(WireModel):
    account_change_id: Maybe[str] = None
    trade_detail_type: Maybe[str] = None
    trade_time: Maybe[str] = None
    trade_id: Maybe[str] = None
    change_amount: Maybe[YuanText] = None
    balance_after_change: Maybe[YuanText] = None
    revenue_expense_type: Maybe[str] = None
    bill_cycle: Maybe[str] = None
    payment_channel_id: Maybe[str] = None
    payment_channel_no: Maybe[str] = None
    consume_time: Maybe[Moment] = None
    account_name: Maybe[str] = field(None, max_length=128)
    cloud_service_type_name: Maybe[str] = field(None, max_length=200)
    resource_type_name: Maybe[str] = field(None, max_length=200)

    @classmethod
    def of(cls, row: AccountChange, channel: tuple[str, str]) -> Self:
        billed = row.trade.billed
        return cls(
            account_change_id=row.number,
            trade_detail_type=row.trade.detail,
            trade_time=row.happened_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            trade_id=row.about,
            change_amount=row.amount,
            balance_after_change=row.balance_after,
            revenue_expense_type="REVENUE" if row.direction == Direction.REVENUE else "EXPENSE",
            bill_cycle=str(BillMonth.of(row.happened_at)) if billed else None,
            payment_channel_id=channel[0] or row.trade.channel or None,
            payment_channel_no=channel[1] or None,
            consume_time=row.happened_at if billed else None,
            account_name=row.owner.name,
            cloud_service_type_name=(row.memo[:200] or None) if billed else None,
        )


class Response(WireModel):
    total_count: Maybe[int] = None
    currency: Maybe[str] = None
    records: Maybe[list[CustomerAccountChangeRecord]] = None


@operation(
    "GET",
    "/v2/accounts/customer-accounts/account-change-records",
    callers="C",
    sites=("cn",),
    items=("billing:balance:view",),
    errors=(NoMoneyAccount, SpanTooLong, InvalidParameter),
)
def list_customer_account_change_records(actor: Actor, request: Request) -> Response:
    """The customer's own statement, newest first; `payment_channel_id` may name several, with commas."""
    require_money_account_of(actor.account_id)
    rows = changes_of(
        actor,
        actor.account_id,
        purse=PURSES[request.balance_type],
        period=statement_period(request.trade_time_begin, request.trade_time_end),
        trade_type=request.trade_type,
        direction=DIRECTIONS.get(request.revenue_expense_type or ""),
        about=request.trade_id,
    )
    rows = through_channels(
        rows,
        actor.account_id,
        channels=_channels(request.payment_channel_id),
        number=request.payment_channel_no,
    )
    page = list(request.slice(rows))
    channels = channels_of(page)
    return Response(
        total_count=rows.count(),
        currency=currency_of(actor),
        records=[CustomerAccountChangeRecord.of(row, channels.get(row.about, ("", ""))) for row in page],
    )


def _channels(text: str | None) -> list[str]:
    asked = [part.strip() for part in text.split(",")] if text else []
    for one in asked:
        if one not in CHANNELS:
            raise InvalidParameter(parameter="payment_channel_id", reason=_("it names an unknown channel"))
    return asked
