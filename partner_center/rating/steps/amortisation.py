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
    for name, running in _boundaries(rows).items():
        rows = rows.mutate(**{f"whole_{name}": running})
        whole = rows[f"whole_{name}"]
        rows = rows.mutate(
            **{f"past_upto_{name}": _share(rows, whole, "past_days")},
            **{f"gone_upto_{name}": _share(rows, whole, "gone_days")},
        )
    columns: dict[str, IntegerValue] = {}
    for name in ("official", "discount", "consume", *MEANS):
        past, gone = _part(rows, "past", name), _part(rows, "gone", name)
        columns[f"past_{name}"] = past
        columns[f"current_{name}"] = gone - past
        columns[f"future_{name}"] = rows[name] - gone
    return rows.select("item_id", "customer_id", "month", **columns)


def _boundaries(rows: Table) -> dict[str, IntegerValue]:
    """Where amounts end that lie one after the other: the means of payment within consume, `paid` within official."""
    found = {"official": rows.official, "paid": rows.official - rows.discount, "consume": rows.consume}
    running: IntegerValue | None = None
    for name in MEANS:
        running = rows[name] if running is None else running + rows[name]
        found[name] = running
    return found


def _part(rows: Table, when: str, name: str) -> IntegerValue:
    """The share of one amount: from where the one before it ends to where it ends."""
    ends = rows[f"{when}_upto_{name}" if name != "discount" else f"{when}_upto_official"]
    former = {"discount": "paid"} | dict(zip(MEANS[1:], MEANS, strict=False))
    return ends - rows[f"{when}_upto_{former[name]}"] if name in former else ends


def _share(rows: Table, whole: IntegerValue, gone: str) -> IntegerValue:
    """`whole` × days gone / days, truncated toward zero, without a product that could be too large."""
    return quotient(whole, rows.days) * rows[gone] + quotient(whole % rows.days * rows[gone], rows.days)


def _within(days: IntegerValue, length: IntegerValue) -> IntegerValue:
    return ibis.cases((days <= 0, 0), (days >= length, length), else_=days)
