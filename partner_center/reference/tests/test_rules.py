"""Units convert exactly, and working days are counted as the calendar says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_center.foundation.actor import Actor
from partner_center.reference.actions import confirm_calendar_year, load_dictionaries, set_calendar_day
from partner_center.reference.errors import UnitsDoNotConvert, YearOutOfRange
from partner_center.reference.models import County, Measure
from partner_center.reference.queries import after_working_days, convert, working_day
from partner_center.reference.rules import Deadline, WorkingDay, factor, scaled

SYSTEM = Actor.system("tests")
RATIOS = [(7, 8, 1024), (8, 9, 1024), (9, 10, 1024), (10, 11, 1024), (0, 4, 24), (4, 5, 60), (5, 6, 60)]


@pytest.mark.parametrize(
    ("measure", "target", "expected"),
    [(10, 11, 1024), (11, 10, Fraction(1, 1024)), (0, 6, 86400), (9, 11, 1048576), (4, 4, 1), (4, 10, None)],
)
def test_any_chain_of_units(measure: int, target: int, expected: Fraction | None) -> None:
    assert factor(measure, target, RATIOS) == expected


@given(st.decimals(0, 10**9, places=6), st.sampled_from([0, 4, 5, 6]), st.sampled_from([0, 4, 5, 6]))
def test_to_a_smaller_unit_nothing_is_lost_and_back_again_at_most_the_last_place(
    quantity: Decimal, one: int, other: int
) -> None:
    by, back = factor(one, other, RATIOS), factor(other, one, RATIOS)
    assert by is not None
    assert back is not None
    there = scaled(quantity, by)
    if by >= 1:
        assert Fraction(there) == Fraction(quantity) * by
        assert scaled(there, back) == quantity
    else:
        assert 0 <= Fraction(quantity) * by - Fraction(there) < Fraction(1, 10**12)


@pytest.mark.django_db
def test_conversion_by_the_dictionary() -> None:
    assert convert(Decimal(2), 10, 11) == 2048
    assert convert(Decimal(90), 5, 4) == Decimal("1.5")
    assert convert(Decimal(3), 17, 17) == 3
    with pytest.raises(UnitsDoNotConvert):
        convert(Decimal(1), 10, 4)
    with pytest.raises(UnitsDoNotConvert):
        convert(Decimal(1), 999, 4)


@pytest.mark.django_db
def test_loading_the_dictionaries_again_changes_nothing() -> None:
    Measure.objects.filter(pk=4).update(name="Spoilt")
    before = County.objects.count()
    load_dictionaries(SYSTEM)
    assert (Measure.objects.get(pk=4).name, County.objects.count()) == ("Hour", before)


@pytest.mark.django_db
class TestWorkingDays:
    def test_holidays_and_make_up_days_of_a_known_year(self) -> None:
        assert working_day(date(2026, 10, 1)) == WorkingDay(works=False, provisional=False)
        assert working_day(date(2026, 9, 20)) == WorkingDay(works=True, provisional=False), (
            "a Sunday made up for"
        )
        assert after_working_days(date(2026, 9, 30), 1) == Deadline(date(2026, 10, 8), provisional=False)

    def test_forty_working_days(self) -> None:
        """The 40th working day after 1 September 2026 is 2 November.

        September 2 to 30 has 21 weekdays less the 25th, plus Sunday the 20th: 21 days. October 8, 9 and
        Saturday the 10th: 24. Three weeks to October 30: 39.
        """
        assert after_working_days(date(2026, 9, 1), 40).day == date(2026, 11, 2)

    def test_a_year_nobody_has_announced_is_provisional(self) -> None:
        assert working_day(date(2090, 10, 2)) == WorkingDay(works=True, provisional=True)
        assert after_working_days(date(2090, 1, 2), 5).provisional

    def test_the_operator_outranks_everything(self) -> None:
        set_calendar_day(SYSTEM, day=date(2090, 10, 2), works=False, note="National holiday")
        assert working_day(date(2090, 10, 2)) == WorkingDay(works=False, provisional=False)
        set_calendar_day(SYSTEM, day=date(2026, 10, 1), works=True)
        assert working_day(date(2026, 10, 1)).works
        confirm_calendar_year(SYSTEM, year=2090)
        assert after_working_days(date(2090, 10, 1), 1) == Deadline(date(2090, 10, 3 + 0), provisional=False)

    def test_years_the_calendar_cannot_hold(self) -> None:
        with pytest.raises(YearOutOfRange):
            confirm_calendar_year(SYSTEM, year=1999)
        with pytest.raises(YearOutOfRange):
            set_calendar_day(SYSTEM, day=date(2300, 1, 1), works=True)
