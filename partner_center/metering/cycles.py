"""Reuse cycles of package items, and the number under which the rating knows what is left of one.

A cycle is named by its Beijing calendar: "2026-03", "2026", or "" for an item that is not renewed. One item is one
bucket of the rating for each cycle, because what March left over is not April's: `bucket_id` joins both in a number.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from partner_center.kernel.period import BEIJING, BillMonth, Period

_CYCLES = 1_000_000
"""Cycle numbers are YYYYMM, YYYY00 or 0."""


def bucket_id(item_id: int, cycle: str) -> int:
    """The bucket of an item's cycle."""
    year, _, month = cycle.partition("-")
    return item_id * _CYCLES + int(year or 0) * 100 + int(month or 0)


def item_and_cycle(bucket: int) -> tuple[int, str]:
    """The item and the cycle behind a bucket."""
    item_id, number = divmod(bucket, _CYCLES)
    year, month = divmod(number, 100)
    if not year:
        return item_id, ""
    return item_id, f"{year:04d}-{month:02d}" if month else f"{year:04d}"


def cycle_at(renews: str, moment: datetime) -> str:
    """The cycle that `moment` lies in; hours are the rating's to count, so an hourly item has one cycle."""
    match renews:
        case "month":
            return str(BillMonth.of(moment))
        case "year":
            return f"{BillMonth.of(moment).year:04d}"
    return ""


def span_of(cycle: str) -> Period | None:
    """From the beginning to the end of a cycle; None for the one without end."""
    if not cycle:
        return None
    if "-" in cycle:
        return BillMonth.parse(cycle).period
    year = int(cycle)
    return Period(
        datetime(year, 1, 1, tzinfo=BEIJING),
        datetime(year + 1, 1, 1, tzinfo=BEIJING),
    )


def cycles_within(renews: str, life: Period) -> Iterator[tuple[str, Period]]:
    """Every cycle that has a moment of `life` in it, with the part of `life` that it covers."""
    at = life.start
    while at < life.end:
        cycle = cycle_at(renews, at)
        whole = span_of(cycle) or life
        until = min(whole.end, life.end)
        yield cycle, Period(at, until)
        at = until
