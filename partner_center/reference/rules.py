"""Units and working days as arithmetic over plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Context, Decimal
from fractions import Fraction

import chinese_calendar

_EXACT = Context(prec=76)
FRACTION_PLACES = 12
"""A converted quantity is kept to 12 places, the scale at which usage is rated."""


def factor(measure: int, target: int, ratios: Iterable[tuple[int, int, int]]) -> Fraction | None:
    """How many `target` one `measure` is, over any chain of (measure, smaller one, ratio); None if never."""
    steps: dict[int, list[tuple[int, Fraction]]] = {}
    for larger, smaller, ratio in ratios:
        steps.setdefault(larger, []).append((smaller, Fraction(ratio)))
        steps.setdefault(smaller, []).append((larger, Fraction(1, ratio)))
    found, frontier = {measure: Fraction(1)}, [measure]
    while frontier:
        here = frontier.pop()
        for there, times in steps.get(here, ()):
            if there not in found:
                found[there] = found[here] * times
                frontier.append(there)
    return found.get(target)


def scaled(quantity: Decimal, by: Fraction) -> Decimal:
    """`quantity` times `by`: exact where the quotient ends within 12 places, truncated toward zero beyond them."""
    product = Fraction(quantity) * by
    whole = abs(product.numerator) * 10**FRACTION_PLACES // product.denominator
    return _EXACT.scaleb(Decimal(whole if product >= 0 else -whole), -FRACTION_PLACES).normalize(_EXACT)


@dataclass(frozen=True, slots=True)
class WorkingDay:
    """Whether people work that day; provisional when the year's holidays have not been announced or entered."""

    works: bool
    provisional: bool


def working_day(day: date, stated: Mapping[date, bool], confirmed_years: Iterable[int]) -> WorkingDay:
    """What the operator `stated` first, then the official calendar, then Monday to Friday.

    Only the last is provisional, and only while the operator has not confirmed the year.
    """
    if day in stated:
        return WorkingDay(stated[day], provisional=False)
    try:
        return WorkingDay(chinese_calendar.is_workday(day), provisional=False)
    except NotImplementedError:
        return WorkingDay(day.weekday() < 5, provisional=day.year not in confirmed_years)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of a term of working days. Nothing becomes void on a provisional one."""

    day: date
    provisional: bool


def after_working_days(
    start: date, count: int, stated: Mapping[date, bool], confirmed_years: Iterable[int]
) -> Deadline:
    """The `count`-th working day after `start`; `start` itself is not counted."""
    assert count >= 0, "a term of working days"
    years, day, provisional = frozenset(confirmed_years), start, False
    while count:
        day += timedelta(days=1)
        known = working_day(day, stated, years)
        provisional = provisional or known.provisional
        count -= known.works
    return Deadline(day, provisional)
