"""The tables of docs/algorithms/leases.md, and what holds for any lease."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_center.kernel.period import BEIJING
from partner_center.subscriptions import rules
from partner_center.subscriptions.rules import GraceAndRetention, Term

DOCUMENT = Path(__file__).parents[3] / "docs" / "algorithms" / "leases.md"


def beijing(text: str) -> datetime:
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=BEIJING).astimezone(UTC)
        except ValueError:
            continue
    raise ValueError(text)


def table(name: str) -> list[list[str]]:
    """The rows of the document's table under the heading `name`."""
    section = DOCUMENT.read_text().split(f"## {name}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"\|", line)[1:-1]] for line in lines[2:]]


@pytest.mark.parametrize(("begins", "term", "anchor", "ends"), table("Expiry"))
def test_a_lease_ends_as_the_table_says(begins: str, term: str, anchor: str, ends: str) -> None:
    number, unit = term.split()
    assert rules.expiry(
        beijing(begins),
        Term(unit.rstrip("s"), int(number)),
        anchor_day=int(anchor),  # type: ignore[arg-type]
    ) == beijing(ends)


@pytest.mark.parametrize(("expires", "day", "unified", "extra", "of"), table("Unified expiry day"))
def test_expiries_are_unified_as_the_table_says(
    expires: str, day: str, unified: str, extra: str, of: str
) -> None:
    answer = rules.unify(beijing(expires), None if day == "none" else int(day))
    assert answer.expires_at == beijing(unified)
    assert (answer.extra_days, answer.of_days) == (int(extra), int(of))


@pytest.mark.parametrize(("begins", "ends", "hours"), table("Hours"))
def test_hours_are_counted_as_the_table_says(begins: str, ends: str, hours: str) -> None:
    assert rules.hours_between(beijing(begins), beijing(ends)) == int(hours)


@pytest.mark.parametrize(("bought", "renewed"), table("Automatic renewal"))
def test_automatic_renewal_adds_what_the_table_says(bought: str, renewed: str) -> None:
    (number, unit), (by_number, by_unit) = bought.split(), renewed.split()
    term = Term(unit.rstrip("s"), int(number))  # type: ignore[arg-type]
    assert term.auto_renewed_by == Term(by_unit.rstrip("s"), int(by_number))  # type: ignore[arg-type]


@pytest.mark.parametrize(("expires", "days", "tried"), table("Deduction day"))
def test_renewal_is_first_tried_when_the_table_says(expires: str, days: str, tried: str) -> None:
    assert rules.first_deduction(beijing(expires), int(days)) == beijing(tried)


@pytest.mark.parametrize(("policy", "said"), table("Notices"))
def test_customers_are_told_what_the_table_says(policy: str, said: str) -> None:
    expires, release = beijing("2024-03-20 23:59:59"), beijing("2024-04-11 23:59:59")
    notices = rules.notices(
        expires_at=expires,
        renews_itself="renews itself" in policy,
        ends_itself="not to go on" in policy,
        release_at=release if "expired" in policy else None,
    )
    answer = ", ".join(
        f"{one.kind} {one.days} at {one.moment.astimezone(BEIJING):%m-%d %H:%M}" for one in notices
    )
    assert answer == said


def test_grace_goes_by_level_and_an_unknown_level_has_the_least() -> None:
    lengths = GraceAndRetention({"V0": 7, "V3": 15}, 15)
    assert (lengths.grace_of("V3"), lengths.grace_of("V0"), lengths.grace_of("V9")) == (15, 7, 7)


def test_times_zero_is_without_limit() -> None:
    assert rules.may_renew_again(0, 98) and rules.may_renew_again(2, 1) and not rules.may_renew_again(2, 2)


moments = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1)).map(
    lambda one: one.replace(microsecond=0, tzinfo=UTC)
)
terms = st.builds(Term, st.sampled_from(["day", "month", "year"]), st.integers(1, 36))
days = st.one_of(st.just(rules.MONTH_END), st.integers(1, 28))


@given(moments, st.lists(terms, min_size=1, max_size=6))
def test_renewals_tile_time_and_end_with_a_day(began: datetime, bought: list[Term]) -> None:
    anchor = began.astimezone(BEIJING).day
    at = began
    for term in bought:
        ends = rules.expiry(at, term, anchor_day=anchor)
        assert ends > at and ends.astimezone(BEIJING).strftime("%H:%M:%S") == "23:59:59"
        at = ends


@given(moments, st.integers(1, 24))
def test_months_bought_one_by_one_end_as_months_bought_at_once(began: datetime, months: int) -> None:
    anchor = began.astimezone(BEIJING).day
    at = began
    for _ in range(months):
        at = rules.expiry(at, Term("month", 1), anchor_day=anchor)
    assert at == rules.expiry(began, Term("month", months), anchor_day=anchor)


@given(moments, days)
def test_unifying_moves_forward_by_at_most_a_month_and_once_is_enough(moment: datetime, day: int) -> None:
    expires = rules.day_end(moment)
    unified = rules.unify(expires, day)
    assert timedelta(0) <= unified.expires_at - expires <= timedelta(days=31)
    assert 0 <= unified.extra_days <= unified.of_days
    assert unified.expires_at == expires + timedelta(days=unified.extra_days)
    assert rules.unify(unified.expires_at, day).extra_days == 0


@given(moments, st.lists(terms, min_size=1, max_size=5), st.integers(0, 10**8))
def test_hours_used_and_hours_left_are_the_hours_bought(
    began: datetime, bought: list[Term], seconds: int
) -> None:
    ends = began
    for term in bought:
        ends = rules.expiry(ends, term, anchor_day=began.astimezone(BEIJING).day)
    at = min(began + timedelta(seconds=seconds), ends)
    assert rules.hours_between(began, at) + rules.hours_between(at, ends) == rules.hours_between(began, ends)
