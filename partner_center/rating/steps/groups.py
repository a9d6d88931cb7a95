"""Settlement groups: the grain at which amounts are truncated to the minor unit, and what that cuts off (抹零)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.datatypes as dt
from ibis.expr.types import Table

from partner_center.rating.decimals import AMOUNT, amount, cut, typed
from partner_center.rating.schemas import CUSTOMER_TOTALS, GROUP_KEY, GROUPS
from partner_center.rating.tables import shaped


def groups(lines: Table, minor_digits: Mapping[str, int]) -> Table:
    """What the usage lines of each group add up to, and what is charged of it: payable = minor units + cut-off."""
    wide = dt.Decimal(38, 10)
    rows = lines.filter(lines.source == "usage")
    rows = rows.group_by(list(GROUP_KEY)).aggregate(
        lines=rows.count(),
        official=typed(rows.official.sum(), wide),
        discount=typed(rows.discount.sum(), wide),
        payable=typed(rows.payable.sum(), wide),
    )
    charged, minor = rows.payable, typed(ibis.literal(0), dt.int64)
    for digits in sorted(set(minor_digits.values())):
        here = rows.currency.isin([name for name, places in minor_digits.items() if places == digits])
        whole = cut(rows.payable, digits, AMOUNT)
        scaled = typed(typed(whole * 10**digits, wide), dt.int64)
        charged = ibis.cases((here, whole), else_=amount(charged))
        minor = ibis.cases((here, scaled), else_=minor)
    rows = rows.mutate(payable_minor=minor, charged=charged)
    return shaped(rows.mutate(cut_off=amount(rows.payable - typed(rows.charged, wide))), GROUPS)


def customer_totals(lines: Table, unrated: Table | None, files: Sequence[tuple[str, str]]) -> Table:
    """What each customer's lines of usage add up to, and the file that holds all its lines.

    `files`: ascending, the last customer each holds, and its name.
    """
    usage = lines.group_by("customer_id").aggregate(
        currency=lines.currency.max(),
        lines=lines.count(),
        **{
            name: typed(
                ibis.cases((lines.source == "usage", lines[name]), else_=amount(ibis.literal(0))).sum(),
                AMOUNT,
            )
            for name in ("official", "discount", "payable")
        },
    )
    usage = usage.mutate(
        file=ibis.cases(*[(usage.customer_id <= last, name) for last, name in files[:-1]], else_=files[-1][1])
        if len(files) > 1
        else ibis.literal(files[0][1])
    )
    if unrated is None:
        return shaped(usage.mutate(unrated=ibis.literal(0)), CUSTOMER_TOTALS)
    left = unrated.group_by("customer_id").aggregate(unrated=unrated.count())
    left = left.select("unrated", lost=left.customer_id)
    met = usage.outer_join(left, usage.customer_id == left.lost)
    zero = amount(ibis.literal(0))
    rows = met.select(
        customer_id=ibis.cases((met.customer_id.isnull(), met.lost), else_=met.customer_id),
        currency=ibis.cases((met.currency.isnull(), ""), else_=met.currency),
        file=ibis.cases((met.file.isnull(), ""), else_=met.file),
        lines=ibis.cases((met.lines.isnull(), 0), else_=met.lines),
        unrated=ibis.cases((met.unrated.isnull(), 0), else_=met.unrated),
        **{
            name: ibis.cases((met[name].isnull(), zero), else_=met[name])
            for name in ("official", "discount", "payable")
        },
    )
    return shaped(rows, CUSTOMER_TOTALS)
