"""Settlement groups: the grain at which amounts are truncated to the minor unit, and what that cuts off (抹零)."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.datatypes as dt
from ibis.expr.types import Table

from partner_center.rating.decimals import AMOUNT, amount, cut, typed
from partner_center.rating.schemas import GROUP_KEY

_WIDE = dt.Decimal(38, 10)


def groups(lines: Table, minor_digits: Mapping[str, int]) -> Table:
    """What the usage lines of each group add up to, and what is charged of it: payable = minor units + cut-off."""
    rows = lines.filter(lines.source == "usage")
    rows = rows.group_by(list(GROUP_KEY)).aggregate(
        lines=rows.count(),
        official=typed(rows.official.sum(), _WIDE),
        discount=typed(rows.discount.sum(), _WIDE),
        payable=typed(rows.payable.sum(), _WIDE),
    )
    charged, minor = rows.payable, typed(ibis.literal(0), dt.int64)
    for digits in sorted(set(minor_digits.values())):
        here = rows.currency.isin([name for name, places in minor_digits.items() if places == digits])
        whole = cut(rows.payable, digits, AMOUNT)
        scaled = typed(typed(whole * 10**digits, _WIDE), dt.int64)
        charged = ibis.cases((here, whole), else_=amount(charged))
        minor = ibis.cases((here, scaled), else_=minor)
    rows = rows.mutate(payable_minor=minor, charged=charged)
    return rows.mutate(cut_off=amount(rows.payable - typed(rows.charged, _WIDE)))


def currencies(groups: Table) -> Table:
    """What the groups of each currency add up to."""
    sums = {name: groups[name].sum() for name in ("lines", "payable_minor")}
    sums |= {
        name: typed(groups[name].sum(), _WIDE) for name in ("official", "discount", "payable", "cut_off")
    }
    return groups.group_by("currency").aggregate(**sums)


def customer_totals(lines: Table, unrated: Table, files: Table) -> Table:
    """What each customer's lines of usage add up to, and the file that holds all its lines ("" without lines)."""
    zero = amount(ibis.literal(0))
    usage = lines.group_by("customer_id").aggregate(
        currency=lines.currency.max(),
        lines=lines.count(),
        **{
            name: amount(ibis.cases((lines.source == "usage", lines[name]), else_=zero).sum())
            for name in ("official", "discount", "payable")
        },
    )
    file = files.select("above", "last", file=files.name)
    usage = usage.inner_join(file, [usage.customer_id > file.above, usage.customer_id <= file.last])
    left = unrated.group_by("customer_id").aggregate(unrated=unrated.count())
    left = left.select("unrated", lost=left.customer_id)
    met = usage.outer_join(left, usage.customer_id == left.lost)
    none = met.customer_id.isnull()
    return met.select(
        customer_id=ibis.cases((none, met.lost), else_=met.customer_id),
        currency=ibis.cases((none, ""), else_=met.currency),
        file=ibis.cases((none, ""), else_=met.file),
        lines=ibis.cases((none, 0), else_=met.lines),
        unrated=ibis.cases((met.unrated.isnull(), 0), else_=met.unrated),
        **{name: ibis.cases((none, zero), else_=met[name]) for name in ("official", "discount", "payable")},
    )
