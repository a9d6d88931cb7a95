"""What yearly/monthly orders cost in a month: their amounts shared over their days, in minor units.

The share up to a day is amount × days gone / days of the period, truncated toward zero; a part of the period is the
difference of two such shares, so past + current + future is the whole. The means of payment are cut where they lie one
after the other within consume, consume and discount within official; so the parts of every column add up as well.
"""

from __future__ import annotations

import ibis
from ibis.expr.types import IntegerValue, Table

from partner_center.rating.decimals import quotient

MEANS = ("cash", "credit", "coupon", "flexi", "card", "bonus")


def amortised(periods: Table, billed: Table) -> Table:
    """One row an item: its past, current and future months, seen from the one month that is `billed`."""
    rows = periods.cross_join(billed)
    length = rows.ends_on - rows.begins_on
    rows = rows.mutate(days=ibis.cases((length > 0, length), else_=1))
    before = rows.first_day - rows.begins_on
    upto = rows.next_first_day - rows.begins_on
    rows = rows.mutate(past_days=_within(before, rows.days), gone_days=_within(upto, rows.days))
    past, gone = _shares(rows, rows.past_days), _shares(rows, rows.gone_days)
    columns: dict[str, IntegerValue] = {}
    for name in past:
        columns[f"past_{name}"] = past[name]
        columns[f"current_{name}"] = gone[name] - past[name]
        columns[f"future_{name}"] = rows[name] - gone[name]
    return rows.select("item_id", "customer_id", "month", **columns)


def _within(days: IntegerValue, length: IntegerValue) -> IntegerValue:
    return ibis.cases((days <= 0, 0), (days >= length, length), else_=days)


def _shares(rows: Table, gone: IntegerValue) -> dict[str, IntegerValue]:
    """Every amount's share of the first `gone` days."""

    def share(whole: IntegerValue) -> IntegerValue:
        return quotient(whole, rows.days) * gone + quotient(whole % rows.days * gone, rows.days)

    shares: dict[str, IntegerValue] = {}
    upto: IntegerValue | None = None
    for name in MEANS:
        former, upto = upto, rows[name] if upto is None else upto + rows[name]
        shares[name] = share(upto) if former is None else share(upto) - share(former)
    official = share(rows.official)
    return {
        "official": official,
        "discount": official - share(rows.official - rows.discount),
        "consume": share(rows.consume),
        **shares,
    }
