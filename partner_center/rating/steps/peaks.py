"""95th-percentile bandwidth: of a month's (or a day's) 5-minute points the highest 5 % are left out.

The peak is the highest of the others. Its fee is the list price of the peak times points / 288 / days of the month
(spec/api/flows.md §10.10); a day's peak counts with that day's points only. A peak is one line; it stands in the place
of its earliest point, whose price, project and measure it has. Points that arrive late make a peak of their own.
"""

from __future__ import annotations

import ibis
import ibis.expr.datatypes as dt
from ibis.expr.types import Table, Value

from partner_center.rating.decimals import AMOUNT, EXACT, QUANTITY, cut, number, quotient, typed
from partner_center.rating.months import DAY, EAST

POINTS_A_DAY = 288
_WIDE = dt.Decimal(38, 10)
_RECIPROCAL = dt.Decimal(11, 10)
_KEY = ("customer_id", "resource_id", "product_id", "usage_type_id", "cycle", "late", "day_at")


def peaks(points: Table) -> Table:
    """One row a peak: a record like those of usage, with `points`, `left_out` and `day_at` (-1: of a month)."""
    local = points.begin_at + EAST
    rows = points.mutate(day_at=ibis.cases((points.method == "peak95_day", local - local % DAY), else_=-1))
    key = [rows[name] for name in _KEY]
    downwards = ibis.window(
        group_by=key, order_by=[rows.quantity.desc(), rows.begin_at, rows.batch, rows.position]
    )
    onwards = ibis.window(group_by=key, order_by=[rows.begin_at, rows.batch, rows.position])
    rows = rows.mutate(
        above=ibis.row_number().over(downwards),
        earlier=ibis.row_number().over(onwards),
        points=rows.batch.count().over(ibis.window(group_by=key)),
    )
    at_peak = (rows.above * 20 <= rows.points) & ((rows.above + 1) * 20 > rows.points)

    def of(row: Value, name: str) -> Value:
        return typed(ibis.cases((row, rows[name])).max(), points[name].type())

    names = [name for name in points.columns if name not in (*_KEY, "quantity", "value", "end_at")]
    return rows.group_by(list(_KEY)).aggregate(
        **{name: of(rows.earlier == 0, name) for name in names},
        quantity=of(at_peak, "quantity"),
        value=of(at_peak, "value"),
        end_at=rows.end_at.max(),
        points=rows.points.max(),
        left_out=ibis.cases((at_peak, rows.above)).max(),
    )


def dated(peaks: Table, months: Table) -> Table:
    """Peaks with `days_in_month` and `day` as text."""
    month = months.select("days_in_month", "first_day", of=months.cycle)
    rows = peaks.inner_join(month, peaks.cycle == month.of).drop("of")
    rows = rows.mutate(number=quotient(rows.day_at, ibis.literal(DAY)) - rows.first_day + 1)
    two = ("0" + rows.number.cast("string")).right(2)
    return rows.mutate(day=ibis.cases((rows.day_at < 0, ""), else_=rows.cycle + "-" + two))


def report(dated: Table) -> Table:
    """What `out/peaks` says about them."""
    rows = dated.mutate(dividend=typed(dated.points, _WIDE), divisor=ibis.literal(POINTS_A_DAY, type="int64"))
    rows = _divided(rows, {POINTS_A_DAY})
    return rows.mutate(actual_days=typed(rows.quotient, QUANTITY), peak=rows.quantity)


def prorated(rows: Table, column: str) -> Table:
    """`rows` with `column` (exact, not negative) × points / (288 × days_in_month), truncated to 10 places.

    Truncating the product before the division by a whole number does not change the truncated quotient.
    """
    names = rows.columns
    high = cut(rows[column], 10, AMOUNT)
    split = rows.mutate(high=high, divisor=typed(rows.days_in_month, dt.int64) * POINTS_A_DAY)
    low = cut(typed(typed(split[column] - typed(split.high, EXACT), EXACT) * split.points, EXACT), 10, AMOUNT)
    split = split.mutate(low=low)
    split = split.mutate(
        dividend=typed(typed(split.high * split.points, _WIDE) + typed(split.low, _WIDE), _WIDE)
    )
    done = _divided(split, {POINTS_A_DAY * days for days in (28, 29, 30, 31)})
    return done.mutate(**{column: typed(done.quotient, EXACT)}).select(*names)


def _divided(rows: Table, divisors: set[int]) -> Table:
    """`rows` with `quotient`: `dividend` (38,10) by the whole number `divisor`, truncated to 10 places, not divided.

    Each round multiplies what remains with the reciprocal cut to 10 places, which never overshoots and leaves less
    than a hundred-thousandth; six rounds leave less than twice the divisor in units of the tenth place.
    """
    unit = number("0.0000000001", dt.Decimal(11, 10))
    known = [(rows.divisor == whole, number(f"0.{10**10 // whole:010d}", _RECIPROCAL)) for whole in divisors]
    rows = rows.mutate(
        reciprocal=ibis.cases(*known), quotient=typed(ibis.literal(0), _WIDE), rest=rows.dividend
    )
    for _ in range(6):
        rows = rows.mutate(scaled=typed(typed(rows.rest, AMOUNT) * rows.reciprocal, dt.Decimal(38, 20)))
        rows = rows.mutate(more=cut(rows.scaled, 10, _WIDE))
        rows = rows.mutate(
            quotient=typed(rows.quotient + rows.more, _WIDE),
            rest=typed(rows.rest - typed(rows.more * rows.divisor, _WIDE), _WIDE),
        )
    more = ibis.cases(
        (rows.rest >= rows.divisor * unit, typed(unit, _WIDE)), else_=typed(ibis.literal(0), _WIDE)
    )
    return rows.mutate(quotient=typed(rows.quotient + more, _WIDE))
