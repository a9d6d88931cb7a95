"""Work that happens by itself: jobs have slots, drains empty rows that wait.

    @job("billing.close_month", every="day 3 of month at 02:00 Asia/Shanghai")
    def close_last_month(slot: Slot) -> dict: ...

    @drain("orders.fulfil", due=next_fulfilment)      # the earliest moment at which a row wants attention, or None
    def fulfil() -> dict: ...

Both are short: they call actions as `Actor.system(...)`, are safe to run twice and bounded per turn. One worker
runs what is due about every second (`run_due`); a sandbox's fast-forward runs everything that falls due on the
way, in order (`travel`). A lease in the database keeps the two apart.
"""

from __future__ import annotations

import os
import re
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any

import structlog
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.errors import ClockRefused
from partner_center.foundation.models import JobCursor, JobRun, JobRunState, WorkerLease
from partner_center.foundation.rhythm import Rhythm, Slot
from partner_center.kernel import clock

__all__ = [
    "DRAINS",
    "JOBS",
    "Drain",
    "Job",
    "Slot",
    "drain",
    "extend_lease",
    "job",
    "lease_is_held",
    "run_due",
    "travel",
    "worker_lease",
]

log = structlog.get_logger(__name__)

TURNS_PER_DRAIN = 1000
RETRIES = 3
LEASE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Job:
    """Work with a rhythm. With `catch_up` every missed slot is made good, without it only the latest."""

    name: str
    rhythm: Rhythm
    run: Callable[[Slot], Any]
    catch_up: bool

    @property
    def summary(self) -> str:
        return (self.run.__doc__ or "").strip().partition("\n")[0]

    @property
    def halts_travel(self) -> bool:
        """Whether time travel stops at each of its slots.

        Not where slots are less than a day apart and only the latest counts: those run soon after the start, at the
        first stop of each day, and at the end.
        """
        return self.catch_up or not self.rhythm.minutes

    def run_slot(self, slot: Slot) -> bool:
        """Run one slot unless it has been done. True when it ran now and succeeded."""
        claimed = self._claim(slot)
        if claimed is None:
            return False
        try:
            result = self.run(slot)
        except Exception:
            log.exception("job.failed", job=self.name, slot=slot.name)
            _close(claimed, JobRunState.FAILED, error=traceback.format_exc(limit=-6))
            return False
        _close(claimed, JobRunState.DONE, result=result)
        return True

    def _claim(self, slot: Slot) -> JobRun | None:
        try:
            with transaction.atomic():
                return JobRun.objects.create(job=self.name, slot=slot.name, moment=slot.moment)
        except IntegrityError:
            unfinished = (
                JobRun.objects.filter(job=self.name, slot=slot.name).exclude(state=JobRunState.DONE).first()
            )
            if unfinished is None or unfinished.attempts >= RETRIES:
                return None
            taken = JobRun.objects.filter(pk=unfinished.pk, attempts=unfinished.attempts).update(
                state=JobRunState.RUNNING, attempts=unfinished.attempts + 1, started_at=clock.now()
            )
            return unfinished if taken else None


@dataclass(frozen=True, slots=True)
class Drain:
    """Rows that wait for a moment. `due` says, by the rows alone, when the first of them wants attention."""

    name: str
    due: Callable[[], datetime | None]
    run: Callable[[], Any]

    @property
    def summary(self) -> str:
        return (self.run.__doc__ or "").strip().partition("\n")[0]


@dataclass(slots=True)
class Tally:
    """What ran: turns and failures by name."""

    turns: dict[str, int] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)

    def ran(self, name: str) -> None:
        self.turns[name] = self.turns.get(name, 0) + 1

    def failed(self, name: str) -> None:
        self.failures[name] = self.failures.get(name, 0) + 1

    def rows(self) -> list[dict[str, Any]]:
        return [
            {"name": name, "slots": count, "failures": self.failures.get(name, 0)}
            for name, count in sorted(self.turns.items())
        ]


JOBS: dict[str, Job] = {}
DRAINS: dict[str, Drain] = {}


def job(name: str, *, every: str, catch_up: bool = True) -> Callable[[Callable[[Slot], Any]], Job]:
    """Make a function of one slot a job. `every` is a rhythm (see rhythm.py)."""

    def declare(function: Callable[[Slot], Any]) -> Job:
        assert name not in JOBS, f"two jobs named {name}"
        JOBS[name] = Job(name, Rhythm.parse(every), function, catch_up)
        return JOBS[name]

    return declare


def drain(
    name: str, *, due: Callable[[], datetime | None]
) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Make a function a drain: it handles a bounded number of due rows and moves each on or puts it off."""

    def declare(function: Callable[[], Any]) -> Callable[[], Any]:
        assert name not in DRAINS, f"two drains named {name}"
        DRAINS[name] = Drain(name, due, function)
        return function

    return declare


def run_due() -> Tally:
    """Run every slot and drain that is due by the installation's clock, and what falls due by doing so.

    The caller holds the lease.
    """
    tally = Tally()
    _run_all(tally)
    return tally


def travel(to: datetime, move: Callable[[datetime], None]) -> Tally:
    """Go forward to `to`, stopping at every moment at which something falls due, and run it there.

    `move(moment)` sets the clock. Raises ClockRefused for a moment in the past. The caller holds the lease.
    Drains are asked again when something has been written since, and once a day.
    """
    if to < clock.now():
        raise ClockRefused(to=to.isoformat(), reason=_("it only goes forwards"))
    tally, began = Tally(), clock.now()
    again, waiting, asked = began, None, Asked()
    with connection.execute_wrapper(asked.watch):
        while True:
            frequent = clock.now() >= min(again, to)
            if frequent:
                again = clock.now() + (timedelta(hours=1) if again == began else timedelta(days=1))
                asked.forget()
            _run_jobs(tally, frequent=frequent)
            if asked.stale or (waiting is not None and waiting <= clock.now()):
                waiting = _run_drains(tally, asked)
            ahead = [moment for moment in (_next_halt(), waiting) if moment is not None]
            stop = min([*ahead, to])
            if stop > clock.now():
                move(stop)
            elif stop == to:
                return tally


@contextmanager
def worker_lease(name: str = "jobs", *, wait: float = 60.0) -> Iterator[bool]:
    """Hold the right to run jobs. Yields False when another holder keeps it for longer than `wait` seconds."""
    holder = f"{socket.gethostname()}/{os.getpid()}/{threading.get_ident()}"
    until = time.monotonic() + wait
    while not _take_lease(name, holder):
        if time.monotonic() >= until:
            yield False
            return
        time.sleep(0.05)
    try:
        yield True
    finally:
        WorkerLease.objects.filter(name=name, holder=holder).delete()


def extend_lease(name: str) -> None:
    """Keep a lease for longer: work goes on that takes more than it lasts."""
    WorkerLease.objects.filter(name=name).update(until=clock.machine_now() + LEASE)


def lease_is_held(name: str) -> bool:
    """Whether somebody holds this lease, and is alive as far as can be told."""
    lease = WorkerLease.objects.filter(name=name).first()
    return lease is not None and lease.until > clock.machine_now() and not _is_gone(lease.holder)


def _run_all(tally: Tally) -> None:
    _run_jobs(tally)
    _run_drains(tally, None)


def _run_jobs(tally: Tally, *, frequent: bool = True) -> None:
    """Run the slots that have come. frequent: also of those jobs for which travel does not stop."""
    with clock.scope():
        cursors = dict(JobCursor.objects.values_list("job", "upto"))
        failed = set(_to_retry().values_list("job", flat=True))
        for one in list(JOBS.values()):
            if not (frequent or one.halts_travel):
                continue
            _run_slots(one, cursors.get(one.name), tally)
            if one.name in failed:
                _retry(one)


def _run_drains(tally: Tally, asked: Asked | None) -> datetime | None:
    """Pass over the drains until a pass finds nothing to do. Returns when the first of them wants attention next."""
    stuck: set[str] = set()
    while True:
        busy, ahead = False, list[datetime]()
        for waiting in list(DRAINS.values()):
            with clock.scope():
                due = None if waiting.name in stuck else (asked.due(waiting) if asked else waiting.due())
                if due is None:
                    continue
                if due > clock.now():
                    ahead.append(due)
                    continue
                busy = True
                if not _empty(waiting, tally):
                    stuck.add(waiting.name)
        if not busy:
            return min(ahead, default=None)


def _next_halt() -> datetime | None:
    """The next slot of a job at which travel stops."""
    halting = (one.rhythm for one in JOBS.values() if one.halts_travel)
    return min((rhythm.next_after(clock.now()).moment for rhythm in halting), default=None)


class Asked:
    """When each drain wants attention, asked again only after something was written where it looked.

    `watch` wraps the statements of the connection. What a statement reads or writes is told by the tables it names.
    """

    def __init__(self) -> None:
        self._answers: dict[str, datetime | None] = {}
        self._looked_at: dict[str, frozenset[str]] = {}
        self._seen: set[str] = set()

    @property
    def stale(self) -> bool:
        """Whether some drain's answer is not known any more."""
        return not self._answers.keys() >= DRAINS.keys()

    def due(self, one: Drain) -> datetime | None:
        """The drain's answer. Who looks at no table is always asked."""
        if one.name in self._answers:
            return self._answers[one.name]
        self._seen.clear()
        answer = one.due()
        if self._seen:
            self._looked_at[one.name] = frozenset(self._seen)
            self._answers[one.name] = answer
        return answer

    def forget(self) -> None:
        """Ask everybody again: others may have written."""
        self._answers.clear()

    def watch(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        writes, tables = _tables_of(sql)
        if not writes:
            self._seen |= tables
            return execute(sql, params, many, context)
        for name in [name for name in self._answers if self._looked_at[name] & tables]:
            del self._answers[name]
        return execute(sql, params, many, context)


_READING = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "SET", "PRAGMA")


@cache
def _known_tables() -> frozenset[str]:
    return frozenset(model._meta.db_table for model in apps.get_models(include_auto_created=True))


@lru_cache(maxsize=4096)
def _tables_of(sql: str) -> tuple[bool, frozenset[str]]:
    """Whether a statement writes, and the tables it names (all, where a writing one names none that is known)."""
    writes = not sql.lstrip("( ").upper().startswith(_READING)
    named = _known_tables() & set(re.findall(r"[a-z0-9_]+", sql))
    return writes, named or (_known_tables() if writes else named)


def _run_slots(one: Job, upto: datetime | None, tally: Tally) -> None:
    now = clock.now()
    if upto is None:
        JobCursor.objects.bulk_create([JobCursor(job=one.name, upto=now)], ignore_conflicts=True)
        return
    slots = list(one.rhythm.between(upto, now))
    for slot in slots if one.catch_up else slots[-1:]:
        tally.ran(one.name)
        if not one.run_slot(slot):
            left_undone = JobRun.objects.filter(job=one.name, slot=slot.name).exclude(state=JobRunState.DONE)
            if left_undone.exists():
                tally.failed(one.name)
    if slots:
        JobCursor.objects.filter(job=one.name).update(upto=slots[-1].moment)


def _to_retry() -> QuerySet[JobRun]:
    return JobRun.objects.filter(state=JobRunState.FAILED, attempts__lt=RETRIES)


def _retry(one: Job) -> None:
    """Try the failed slots of a job again, each time after a longer wait."""
    for failed in _to_retry().filter(job=one.name):
        wait = timedelta(minutes=5 * failed.attempts)
        if failed.finished_at is not None and failed.finished_at + wait <= clock.now():
            one.run_slot(Slot(failed.slot, failed.moment))


def _empty(waiting: Drain, tally: Tally) -> bool:
    """Run a drain until nothing of it is due. False when it failed or does not get on: it is left until later."""
    for _turn in range(TURNS_PER_DRAIN):
        tally.ran(waiting.name)
        try:
            waiting.run()
        except Exception:
            log.exception("drain.failed", drain=waiting.name)
            tally.failed(waiting.name)
            return False
        due = waiting.due()
        if due is None or due > clock.now():
            return True
    return False


def _close(run: JobRun, state: JobRunState, *, result: Any = None, error: str = "") -> None:
    JobRun.objects.filter(pk=run.pk).update(state=state, finished_at=clock.now(), result=result, error=error)


def _take_lease(name: str, holder: str) -> bool:
    present = clock.machine_now()
    WorkerLease.objects.bulk_create(
        [WorkerLease(name=name, holder=holder, until=present + LEASE)], ignore_conflicts=True
    )
    lease = WorkerLease.objects.filter(name=name).first()
    if lease is None:
        return False
    if lease.holder == holder:
        return True
    if lease.until > present and not _is_gone(lease.holder):
        return False
    return bool(
        WorkerLease.objects.filter(name=name, holder=lease.holder, until=lease.until).update(
            holder=holder, until=present + LEASE
        )
    )


def _is_gone(holder: str) -> bool:
    """A holder on this machine whose process has ended (killed before it could let go)."""
    host, pid, _thread = holder.split("/")
    if host != socket.gethostname():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
