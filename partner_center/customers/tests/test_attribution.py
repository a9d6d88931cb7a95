"""What counts for an account manager: from when, until when, and never for two."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from partner_center.customers.actions import assign_manager, reclaim_customer
from partner_center.customers.attribution import Held, consumption, manager_at, performance, stretches
from partner_center.customers.makers import make_customer
from partner_center.customers.models import ManagerAssignment
from partner_center.customers.tests.conftest import Channel
from partner_center.kernel import clock
from partner_center.kernel.period import BEIJING, Period
from partner_center.partners.makers import as_partner, make_account_manager

START = datetime(2026, 3, 1, tzinfo=UTC)
WHOLE = Period(START - timedelta(days=400), START + timedelta(days=800))


@st.composite
def histories(draw: st.DrawFn) -> list[Held]:
    """One customer through the hands of managers: assigned, kept a while, reclaimed, idle a while, and so on."""
    moment, held = START, []
    for _ in range(draw(st.integers(1, 6))):
        moment += timedelta(minutes=draw(st.integers(0, 5000)))
        until = moment + timedelta(minutes=draw(st.integers(0, 5000)))
        held.append(Held("c", draw(st.integers(1, 3)), moment, until))
        moment = until
    if draw(st.booleans()):
        last = held.pop()
        held.append(Held(last.customer_id, last.manager_id, last.since))
    return held


moments = st.integers(-3000, 40000).map(lambda minutes: START + timedelta(minutes=minutes))


@given(histories(), moments)
def test_nothing_counts_for_two_and_the_stretches_say_what_the_moment_says(
    held: list[Held], moment: datetime
) -> None:
    for begins in (consumption, performance):
        here = [one for one in stretches(held, begins, WHOLE) if one.period.contains(moment)]
        assert len(here) <= 1
        assert [one.manager_id for one in here] == [
            manager for manager in (manager_at(held, begins, moment),) if manager is not None
        ]


@given(histories(), moments)
def test_consumption_counts_exactly_while_the_customer_is_held(held: list[Held], moment: datetime) -> None:
    holders = [
        one.manager_id for one in held if one.since <= moment and not (one.until and moment >= one.until)
    ]
    assert manager_at(held, consumption, moment) == (holders[0] if holders else None)


@given(histories(), moments)
def test_performance_never_counts_on_the_day_of_the_assignment_nor_for_another_than_consumption(
    held: list[Held], moment: datetime
) -> None:
    manager = manager_at(held, performance, moment)
    if manager is None:
        return
    assert manager == manager_at(held, consumption, moment)
    day = moment.astimezone(BEIJING).date()
    assert any(
        one.manager_id == manager and one.since.astimezone(BEIJING).date() < day
        for one in held
        if one.since <= moment and not (one.until and moment >= one.until)
    )


@given(histories(), moments, moments)
def test_a_period_is_counted_like_its_parts(held: list[Held], one: datetime, other: datetime) -> None:
    middle = max(min(one, other), WHOLE.start)
    for begins in (consumption, performance):
        whole = sum((stretch.period.length for stretch in stretches(held, begins, WHOLE)), timedelta())
        parts = sum(
            (
                stretch.period.length
                for part in (Period(WHOLE.start, middle), Period(middle, WHOLE.end))
                for stretch in stretches(held, begins, part)
            ),
            timedelta(),
        )
        assert whole == parts


def test_the_next_day_is_beijings() -> None:
    late = datetime(2026, 3, 1, 15, 59, tzinfo=UTC)
    assert performance(Held("c", 1, late)) == datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
    assert performance(Held("c", 1, late + timedelta(minutes=1))) == datetime(2026, 3, 2, 16, 0, tzinfo=UTC)


def test_what_is_assigned_and_reclaimed_counts_for_its_managers(channel: Channel) -> None:
    anna, ben = make_account_manager(channel.provider), make_account_manager(channel.provider)
    customer, boss = make_customer(channel.provider), as_partner(channel.provider)
    days = [datetime(2026, 5, day, 9, tzinfo=UTC) for day in (1, 3, 5)]
    with clock.at(days[0]):
        assign_manager(boss, customer=customer, manager=anna)
    with clock.at(days[1]):
        assign_manager(boss, customer=customer, manager=ben)
    with clock.at(days[2]):
        reclaim_customer(boss, customer=customer)

    held = [Held.of(one) for one in ManagerAssignment.objects.filter(customer=customer)]

    moments = (days[0], days[0] + timedelta(days=1), days[1], days[1] + timedelta(days=1), days[2])
    assert [manager_at(held, consumption, one) for one in moments] == [anna.pk, anna.pk, ben.pk, ben.pk, None]
    assert [manager_at(held, performance, one) for one in moments] == [None, anna.pk, None, ben.pk, None]
