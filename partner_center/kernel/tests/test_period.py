"""Periods tile time: no gap, no overlap, and the 31st finds its way back."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_center.kernel.period import BEIJING, BillMonth, Period, add_months, add_term, beijing_day

moments = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)).map(lambda m: m.replace(tzinfo=UTC))


@given(moments)
def test_every_moment_lies_in_exactly_one_bill_month(moment):
    month = BillMonth.of(moment)

    assert month.period.contains(moment)
    assert not month.next().period.contains(moment)
    assert not month.previous().period.contains(moment)
    assert month.period.end == month.next().period.start


def test_a_bill_month_is_lived_in_beijing():
    assert BillMonth.parse("2026-03").period == Period(
        datetime(2026, 2, 28, 16, tzinfo=UTC), datetime(2026, 3, 31, 16, tzinfo=UTC)
    )
    assert str(BillMonth.of(datetime(2026, 2, 28, 16, tzinfo=UTC))) == "2026-03"


@pytest.mark.parametrize("text", ["2026-13", "2026-3", "26-03", "2026/03", "2026-00", "", "2026-03-01"])
def test_what_is_no_month_is_refused(text):
    with pytest.raises(ValueError):
        BillMonth.parse(text)


def test_months_remember_the_thirty_first():
    bought = datetime(2026, 1, 31, 10, 30, tzinfo=BEIJING)

    february = add_months(bought, 1, anchor_day=31)
    march = add_months(february, 1, anchor_day=31)

    assert february.astimezone(BEIJING) == datetime(2026, 2, 28, 10, 30, tzinfo=BEIJING)
    assert march.astimezone(BEIJING) == datetime(2026, 3, 31, 10, 30, tzinfo=BEIJING)


@given(moments, st.integers(1, 60), st.integers(1, 60))
def test_months_add_up(moment, some, more):
    day = moment.astimezone(BEIJING).day
    assert add_months(add_months(moment, some, anchor_day=day), more, anchor_day=day) == add_months(
        moment, some + more, anchor_day=day
    )


def test_terms():
    start = datetime(2024, 2, 29, 4, tzinfo=UTC)
    assert add_term(start, "year", 1) == datetime(2025, 2, 28, 4, tzinfo=UTC)
    assert add_term(start, "year", 4) == datetime(2028, 2, 29, 4, tzinfo=UTC)
    assert add_term(start, "hour", 25) == start + timedelta(hours=25)
    assert add_term(start, "day", 1) == datetime(2024, 3, 1, 4, tzinfo=UTC)


def test_a_beijing_day_ends_where_the_next_begins():
    day = datetime(2026, 3, 1).date()
    assert beijing_day(day).end == beijing_day(day + timedelta(days=1)).start
