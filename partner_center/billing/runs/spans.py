"""Stretches of time that cut each other: pure arithmetic over half-open spans of epoch seconds.

What holds when several things overlap is decided on the pieces between all their beginnings and ends.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

T = TypeVar("T")
H = TypeVar("H", bound=Hashable)

FOREVER = 253_402_300_800
"""The first second of the year 10000: the end of what has none."""


@dataclass(frozen=True, slots=True)
class Span(Generic[T]):
    """`value` holds from `begins` up to, but not including, `ends`."""

    begins: int
    ends: int
    value: T


def seconds(moment: datetime | None) -> int:
    """A moment as epoch seconds, a begun second not counted; no moment is FOREVER."""
    return FOREVER if moment is None else int(moment.timestamp())


def pieces(
    spans: Sequence[Span[T]], *, since: int, until: int, cuts: Iterable[int] = ()
) -> Iterator[tuple[int, int, list[T]]]:
    """[since, until) cut wherever a span begins or ends (or at one of `cuts`), each piece with what holds in it.

    What holds comes in the order of `spans`. Pieces in which nothing holds come too.
    """
    bounds = {since, until}
    for span in spans:
        bounds |= {span.begins, span.ends}
    bounds |= set(cuts)
    marks = sorted(mark for mark in bounds if since <= mark <= until)
    for begins, ends in zip(marks, marks[1:], strict=False):
        yield begins, ends, [span.value for span in spans if span.begins <= begins and span.ends >= ends]


def chosen(
    spans: Sequence[Span[T]],
    choose: Callable[[list[T], int], H | None],
    *,
    since: int,
    until: int,
    cuts: Iterable[int] = (),
) -> list[Span[H]]:
    """For each piece what `choose(holding, begins)` makes of it, equal neighbours joined; None leaves a gap."""
    found: list[Span[H]] = []
    for begins, ends, holding in pieces(spans, since=since, until=until, cuts=cuts):
        value = choose(holding, begins)
        if value is None:
            continue
        if found and found[-1].ends == begins and found[-1].value == value:
            found[-1] = Span(found[-1].begins, ends, value)
        else:
            found.append(Span(begins, ends, value))
    return found
