"""查询收支明细 — the partner's income and expense, purse by purse."""

from __future__ import annotations

from typing import Self

from partner_center.foundation.actor import Actor
from partner_center.funds import trades
from partner_center.funds.errors import SpanTooLong
from partner_center.funds.models import AccountChange, Direction, Purse
from partner_center.funds.queries import changes_of, currency_of, statement_period
from partner_center.partners.errors import NoRightOverReseller
from partner_center.partners.queries import scope_of
from partner_center.wire.operation import operation
from partner_center.wire.schema import Day, Maybe, Moment, Paging, WireModel, YuanText, field

PURSES = {"BALANCE_TYPE_DEBIT": Purse.CASH, "BALANCE_TYPE_CREDIT": Purse.CREDIT}
INCOME, EXPENSE = "1", "2"
NAMING_THE_OTHER = (trades.ALLOCATION, trades.RECLAIM, trades.UNBIND)


class Request(Paging):
    balance_type: str = field(one_of=tuple(PURSES))
    trade_type: Maybe[str] = field(None, one_of=trades.WIRE_TYPES)
    trade_time_begin: Maybe[Day] = None
    trade_time_end: Maybe[Day] = None
    indirect_partner_id: Maybe[str] = field(None, max_length=64)


class AccountChangeRecord(WireModel):
    account_change_id: Maybe[str] = None
    trade_detail_type: Maybe[str] = None
    trade_time: Maybe[Moment] = None
    trade_id: Maybe[str] = None
    change_amount: Maybe[YuanText] = None
    balance_after_change: Maybe[YuanText] = None
    type: Maybe[str] = None
    customer_id: Maybe[str] = None
    account_name: Maybe[str] = None

    @classmethod
    def of(cls, row: AccountChange) -> Self:
        other = row.counterpart if row.kind in NAMING_THE_OTHER else None
        return cls(
            account_change_id=row.number,
            trade_detail_type=row.trade.detail,
            trade_time=row.happened_at,
            trade_id=row.about,
            change_amount=row.amount,
            balance_after_change=row.balance_after,
            type=INCOME if row.direction == Direction.REVENUE else EXPENSE,
            customer_id=other.pk if other else None,
            account_name=other.name if other else None,
        )


class Response(WireModel):
    total_count: Maybe[int] = None
    currency: Maybe[str] = None
    records: Maybe[list[AccountChangeRecord]] = None


@operation(
    "GET",
    "/v2/accounts/partner-accounts/account-change-records",
    callers="P",
    sites=("cn",),
    errors=(NoRightOverReseller, SpanTooLong),
)
def list_partner_account_change_records(actor: Actor, request: Request) -> Response:
    """The partner's own statement, or that of the reseller that a distributor names; newest first."""
    rows = changes_of(
        actor,
        scope_of(actor, request.indirect_partner_id),
        purse=PURSES[request.balance_type],
        period=statement_period(request.trade_time_begin, request.trade_time_end),
        trade_type=request.trade_type,
    )
    return Response(
        total_count=rows.count(),
        currency=currency_of(actor),
        records=[AccountChangeRecord.of(row) for row in request.slice(rows)],
    )
