"""The lines of a month as one list: what orders and adjustments brought, then usage, each in order of time."""

from __future__ import annotations

from partner_center.billing.reading.asking import Scope, Statistic, Wanted
from partner_center.billing.reading.fees import as_lines, fees_beside_usage
from partner_center.billing.reading.line import LinePage
from partner_center.billing.reading.usage import UsageLines
from partner_center.foundation.actor import Actor
from partner_center.kernel.period import BillMonth


def lines_of(
    actor: Actor,
    scope: Scope,
    month: BillMonth,
    wanted: Wanted | None = None,
    statistic: Statistic = Statistic.DETAIL,
    *,
    offset: int = 0,
    limit: int = 100,
) -> LinePage:
    """One page of the lines of a month, and how many there are.

    An order's or adjustment's record is one line in every statistic; usage is told line by line, or by resource and
    kind of usage for each day or the whole month.
    """
    wanted = wanted or Wanted()
    fees = fees_beside_usage(actor, scope, month, wanted)
    before = fees.count()
    by_itself = statistic is Statistic.DETAIL
    first = as_lines(fees[offset : offset + limit], by_itself=by_itself) if offset < before else []
    usage = UsageLines(scope, month, wanted)
    rest_offset, rest_limit = max(0, offset - before), limit - len(first)
    if by_itself:
        rest = usage.page(rest_offset, rest_limit)
    else:
        rest = usage.sums(rest_offset, rest_limit, by_day=statistic is Statistic.DAY)
    return LinePage(before + rest.total, [*first, *rest.lines])
