"""Jobs: a slot once, drains exactly when due, and a fast-forward that passes through every moment."""

import os
import socket
from datetime import UTC, datetime, timedelta

import pytest

from partner_center.foundation import jobs
from partner_center.foundation.errors import ClockRefused
from partner_center.foundation.installation import fast_forward, set_clock
from partner_center.foundation.jobs import Slot, travel, worker_lease
from partner_center.foundation.models import InstallationClock, JobRun, JobRunState, WorkerLease
from partner_center.kernel import clock

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def registry(monkeypatch):
    """Only the jobs of this test."""
    monkeypatch.setattr(jobs, "JOBS", {})
    monkeypatch.setattr(jobs, "DRAINS", {})


def test_a_slot_is_done_once(registry):
    @jobs.job("t.daily", every="day at 03:00 Asia/Shanghai")
    def daily(slot: Slot) -> dict[str, str]:
        return {"slot": slot.name}

    slot = daily.rhythm.next_after(START)
    assert daily.run_slot(slot) is True
    assert daily.run_slot(slot) is False
    assert JobRun.objects.get().result == {"slot": "2026-01-02"}


def test_a_failed_slot_is_tried_again_and_then_left(registry):
    tries = []

    @jobs.job("t.broken", every="hour")
    def broken(slot: Slot) -> None:
        tries.append(slot.name)
        raise RuntimeError("broken")

    slot = broken.rhythm.next_after(START)
    for _ in range(5):
        broken.run_slot(slot)
    assert len(tries) == jobs.RETRIES
    assert JobRun.objects.get().state is JobRunState.FAILED and "RuntimeError" in JobRun.objects.get().error


def test_travelling_stops_at_every_moment_that_matters(registry):
    seen, waiting = [], [START + timedelta(hours=5, seconds=7), START + timedelta(days=9)]

    @jobs.job("t.daily", every="day at 03:00 Asia/Shanghai")
    def daily(slot: Slot) -> None:
        seen.append(("daily", clock.now()))

    @jobs.drain("t.waiting", due=lambda: min(waiting, default=None))
    def empty() -> None:
        seen.append(("drain", clock.now()))
        waiting.remove(min(waiting))

    with clock.at(START):
        tally = travel(START + timedelta(days=2), clock.move_to)
        assert clock.now() == START + timedelta(days=2)

    assert seen == [
        ("drain", START + timedelta(hours=5, seconds=7)),
        ("daily", START + timedelta(hours=19)),
        ("daily", START + timedelta(hours=43)),
    ]
    assert tally.rows() == [
        {"name": "t.daily", "slots": 2, "failures": 0},
        {"name": "t.waiting", "slots": 1, "failures": 0},
    ]


def test_travelling_does_not_stop_for_hours_of_which_only_the_latest_counts(registry):
    seen = []

    @jobs.job("t.daily", every="day at 03:00 Asia/Shanghai", catch_up=False)
    def daily(slot: Slot) -> None:
        seen.append((slot.name, clock.now()))

    @jobs.job("t.hourly", every="hour at :40", catch_up=False)
    def hourly(slot: Slot) -> None:
        seen.append((slot.name, clock.now()))

    @jobs.job("t.nightly", every="day at 04:00 Asia/Shanghai", catch_up=False)
    def nightly(slot: Slot) -> None:
        seen.append((slot.name, clock.now()))

    end = START + timedelta(days=1, hours=1)
    with clock.at(START):
        travel(end, clock.move_to)

    night = START + timedelta(hours=19)
    assert seen == [
        ("2026-01-02", night),
        ("2026-01-01T18:40Z", night),
        ("2026-01-02", night + timedelta(hours=1)),
        ("2026-01-02T00:40Z", end),
    ]


def test_a_failing_drain_does_not_stop_the_others(registry):
    done = []

    @jobs.drain("t.broken", due=lambda: START)
    def broken() -> None:
        raise RuntimeError("broken")

    @jobs.drain("t.fine", due=lambda: None if done else START)
    def fine() -> None:
        done.append(1)

    with clock.at(START):
        tally = jobs.run_due()
    assert done and tally.failures == {"t.broken": 1}


def test_only_a_sandbox_moves_its_clock_and_only_forwards(settings, registry):
    settings.SANDBOX = False
    for move in (set_clock, fast_forward):
        with pytest.raises(ClockRefused):
            move(clock.now() + timedelta(days=1))
    settings.SANDBOX = True
    with pytest.raises(ClockRefused):
        fast_forward(clock.now() - timedelta(seconds=5))
    with pytest.raises(ClockRefused):
        fast_forward(clock.now() + timedelta(days=63))
    assert not InstallationClock.objects.exists()


def test_a_sandbox_clock_ticks_on_from_where_it_was_put(settings, registry):
    settings.SANDBOX = True
    goal = clock.now() + timedelta(days=40)

    fast_forward(goal)

    assert timedelta(0) <= clock.now() - goal < timedelta(seconds=5)
    assert clock.machine_now() < goal


@pytest.mark.parametrize(
    ("holder", "left", "granted"),
    [
        ("another-machine/1/1", timedelta(minutes=5), False),
        ("another-machine/1/1", -timedelta(seconds=1), True),
        (f"{socket.gethostname()}/{os.getpid()}/0", timedelta(minutes=5), False),
        (f"{socket.gethostname()}/{2**22 + 5}/0", timedelta(minutes=5), True),
    ],
    ids=["held elsewhere", "expired", "held by a living process", "its process was killed"],
)
def test_the_lease_is_held_by_one(holder, left, granted):
    WorkerLease.objects.create(name="jobs", holder=holder, until=clock.machine_now() + left)
    with worker_lease(wait=0) as held:
        assert held is granted
    assert WorkerLease.objects.exists() is not granted
