"""Answers from the dictionaries."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from partner_center.reference import rules
from partner_center.reference.errors import UnitsDoNotConvert
from partner_center.reference.models import CalendarDay, CalendarYear, Conversion, Measure
from partner_center.reference.rules import Deadline, WorkingDay


def convert(quantity: Decimal, measure_id: int, target_id: int) -> Decimal:
    """`quantity` of `measure_id` in `target_id`: 1 GB is 1024 MB. Raises UnitsDoNotConvert."""
    if measure_id == target_id:
        return quantity
    by = rules.factor(
        measure_id, target_id, Conversion.objects.values_list("measure_id", "ref_measure_id", "ratio")
    )
    if by is None:
        raise UnitsDoNotConvert(unit=_name(measure_id), target=_name(target_id))
    return rules.scaled(quantity, by)


def working_day(day: date) -> WorkingDay:
    """Whether people work that day in China, and whether that is certain yet."""
    return rules.working_day(day, _stated(day, day), _confirmed())


def after_working_days(start: date, count: int) -> Deadline:
    """The `count`-th working day after `start` (the 40-working-day rule), and whether that is certain yet."""
    return rules.after_working_days(
        start, count, _stated(start, start + timedelta(days=60 + 3 * count)), _confirmed()
    )


def _stated(first: date, last: date) -> dict[date, bool]:
    return dict(CalendarDay.objects.filter(day__range=(first, last)).values_list("day", "works"))


def _confirmed() -> frozenset[int]:
    return frozenset(CalendarYear.objects.values_list("year", flat=True))


def _name(measure_id: int) -> str:
    measure = Measure.objects.filter(pk=measure_id).first()
    return str(measure) if measure else str(measure_id)
