"""What yearly/monthly orders cost in a month: their amounts shared over their days, in minor units.

The share up to a day is amount × days gone / days of the period, truncated toward zero; a part of the period is the
difference of two such shares, so past + current + future is the whole. The means of payment are cut where they lie one
after the other within consume, consume and discount within official; so the parts of every column add up as well.
"""

from __future__ import annotations

import ibis
from ibis.expr.types import IntegerValue, Table

from partner_center.rating.decimals import quotient
from partner_center.rating.schemas import AMORTISED
from partner_center.rating.tables import shaped

MEANS = ("cash", "credit", "coupon", "flexi", "card", "bonus")


def amortised(periods: Table, month: str, first_day: int, next_first_day: int) -> Table:
    """One row an item: its past, current and future months, seen from `month` (Beijing days, the second exclusive)."""
    length = periods.ends_on - periods.begins_on
    rows = periods.mutate(days=ibis.cases((length > 0, length), else_=1))
    columns: dict[str, IntegerValue] = {}
    before = _shares(rows, _gone(rows, first_day))
    upto = _shares(rows, _gone(rows, next_first_day))
    for name in before:
        columns[f"past_{name}"] = before[name]
        columns[f"current_{name}"] = upto[name] - before[name]
        columns[f"future_{name}"] = rows[name] - upto[name]
    return shaped(rows.select("item_id", "customer_id", month=ibis.literal(month), **columns), AMORTISED)


def _gone(rows: Table, day: int) -> IntegerValue:
    """How many days of the period lie before `day`."""
    gone = day - rows.begins_on
    return ibis.cases((gone <= 0, 0), (gone >= rows.days, rows.days), else_=gone)


def _shares(rows: Table, gone: IntegerValue) -> dict[str, IntegerValue]:
    """Every amount's share of the first `gone` days."""

    def share(whole: IntegerValue) -> IntegerValue:
        return quotient(whole, rows.days) * gone + quotient(whole % rows.days * gone, rows.days)

    shares, upto = {}, ibis.literal(0, type="int64")
    cut = share(upto)
    for name in MEANS:
        upto = upto + rows[name]
        further = share(upto)
        shares[name] = further - cut
        cut = further
    paid = share(rows.official - rows.discount)
    return {
        "official": share(rows.official),
        "discount": share(rows.official) - paid,
        "consume": share(rows.consume),
        **shares,
    }
