"""What an unsubscription gives back: refund = paid − consumed − fee, never below zero (spec/api/flows.md §7).

Used and total time are whole hours, from the full hour of the beginning to the full hour of the end. Every part
is settled to the cent so that refund + consumed + fee is exactly what was paid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from partner_center.kernel.money import Money
from partner_center.kernel.period import BEIJING
from partner_center.orders.rules.fees import FeeRow, handling_fee
from partner_center.subscriptions.rules import hours_between

Rule = Literal["five_day", "not_effective", "by_the_hour", "nothing_left"]


@dataclass(frozen=True, slots=True)
class PaidPeriod:
    """A stretch of a lease and the money one order paid for it, coupons not counted.

    `bought_months` is the length of the purchase, by which the fee table goes.
    """

    order_number: str
    begins_at: datetime
    ends_at: datetime
    cash: Money
    credit: Money
    bought_months: int = 0

    @property
    def paid(self) -> Money:
        return self.cash + self.credit


@dataclass(frozen=True, slots=True)
class Refund:
    """What becomes of the money of one paid period: refund + consumed + fee = paid, cash + credit = refund."""

    order_number: str
    rule: Rule
    paid: Money
    refund: Money
    consumed: Money
    fee: Money
    cash: Money
    credit: Money
    cash_paid: Money
    used_hours: int
    total_hours: int


def netted(refunds: Sequence[Refund]) -> tuple[Refund, ...]:
    """One refund for each original order: what a downgrade gave back already is taken off its period's.

    Never below zero; the fee gives way first, then what was consumed says the rest.
    """
    merged: dict[str, list[Refund]] = {}
    for one in refunds:
        merged.setdefault(one.order_number, []).append(one)
    return tuple(_merged(parts) if len(parts) > 1 else parts[0] for parts in merged.values())


def refund_of(period: PaidPeriod, *, at: datetime, in_full: bool, fees: Sequence[FeeRow] = ()) -> Refund:
    """What unsubscribing at `at` gives back for one period.

    in_full: the five-day rule applies to the resource. A period that has not begun is given back in full
    whatever the rule; one that is over gives nothing.
    """
    total = max(hours_between(period.begins_at, period.ends_at), 1)
    used = min(hours_between(period.begins_at, at), total)
    nothing = Money.zero(period.paid.currency)
    if at < period.begins_at:
        return _settled(period, "not_effective", nothing, nothing, 0, total)
    if in_full:
        return _settled(period, "five_day", nothing, nothing, used, total)
    if at >= period.ends_at or used >= total:
        return _settled(period, "nothing_left", period.paid, nothing, total, total)
    consumed = period.paid.share(used, total)
    if period.paid.minor <= 0:
        return _settled(period, "by_the_hour", consumed, nothing, used, total)
    fee = handling_fee(fees, paid=period.paid, bought_months=period.bought_months, used_hours=used)
    return _settled(period, "by_the_hour", consumed, min(fee, period.paid - consumed), used, total)


def five_day_applies(
    *,
    site: str,
    is_new_purchase: bool,
    opened_at: datetime,
    at: datetime,
    used_this_year: int,
    hours: int,
    quota: int,
) -> bool:
    """Whether the five-day no-reason rule holds: China site, newly bought, strictly within `hours` of opening,
    and fewer than `quota` uses in the calendar year."""
    return (
        site == "cn"
        and is_new_purchase
        and at < opened_at + timedelta(hours=hours)
        and used_this_year < quota
    )


def calendar_year(moment: datetime) -> int:
    """The year the five-day quota counts in: Beijing's."""
    return moment.astimezone(BEIJING).year


def _merged(parts: Sequence[Refund]) -> Refund:
    main = max(parts, key=lambda one: one.paid.minor)
    currency = main.paid.currency
    paid, consumed, fee = (
        Money.total((getattr(one, name) for one in parts), currency) for name in ("paid", "consumed", "fee")
    )
    left = paid - consumed
    fee = max(min(fee, left), Money.zero(currency))
    refund = max(left - fee, Money.zero(currency))
    cash = Money.total((one.cash_paid for one in parts), currency)
    in_cash, in_credit = _in_parts(refund, cash, paid - cash)
    return Refund(
        order_number=main.order_number,
        rule=main.rule,
        paid=paid,
        refund=refund,
        consumed=paid - refund - fee,
        fee=fee,
        cash=in_cash,
        credit=in_credit,
        cash_paid=cash,
        used_hours=main.used_hours,
        total_hours=main.total_hours,
    )


def _settled(period: PaidPeriod, rule: Rule, consumed: Money, fee: Money, used: int, total: int) -> Refund:
    refund = period.paid - consumed - fee
    cash, credit = _in_parts(refund, period.cash, period.credit)
    return Refund(
        period.order_number, rule, period.paid, refund, consumed, fee, cash, credit, period.cash, used, total
    )


def _in_parts(refund: Money, cash: Money, credit: Money) -> tuple[Money, Money]:
    """A refund goes back to cash and credit as they paid."""
    if not refund:
        return refund, refund
    in_cash, in_credit = refund.split([abs(cash.minor), abs(credit.minor)])
    return in_cash, in_credit
