"""Metered time as a flat list [begin, end, begin, end, …], ascending and apart; touching spans are one."""

from __future__ import annotations

from bisect import bisect_right


def take(spans: list[int], begin: int, end: int) -> bool:
    """Add [begin, end) to `spans` if no second of it is there yet; False and unchanged otherwise."""
    assert begin < end, "a period has a length"
    if not spans or begin > spans[-1]:
        spans += (begin, end)
        return True
    if begin == spans[-1]:
        spans[-1] = end
        return True
    place = bisect_right(spans, begin)
    if place % 2 or end > spans[place]:
        return False
    first, last = place, place
    if place and spans[place - 1] == begin:
        first, begin = place - 2, spans[place - 2]
    if spans[place] == end:
        last, end = place + 2, spans[place + 1]
    spans[first:last] = (begin, end)
    return True
