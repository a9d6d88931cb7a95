"""Carrying a bill run on, from wherever it stands, as far as it goes by itself.

Each step does its work outside any transaction, into files that are named when they are whole, and ends with one
action that moves the run on. Who is killed in between costs that one step: the next turn does it again. One process
at a time works on a run.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection

from partner_center.billing.actions import post_rating
from partner_center.billing.errors import ChecksFailed, RunBusy
from partner_center.billing.models import BillRun, BillRunState, ParkedCustomer
from partner_center.billing.runs import checking, comparing, completeness, parking, rated, snapshot
from partner_center.billing.runs.actions import (
    check_run,
    finish_posting,
    freeze_run,
    note_checks,
    note_progress,
    post_run,
    rate_run,
)
from partner_center.billing.runs.engine import reading
from partner_center.billing.runs.folders import RunFolder, verify
from partner_center.billing.runs.queries import lease_of, rating_of
from partner_center.foundation.actor import Actor
from partner_center.foundation.jobs import extend_lease, worker_lease
from partner_center.kernel import clock
from partner_center.kernel.errors import DomainError

Tell = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much; 0 of 0 where that is not known."""

Told = Callable[[int, int], None]

FREEZING, RATING, CHECKING, POSTING = "snapshot", "rate", "check", "post"
EXTENDED_EVERY = 120.0
"""Seconds between two extensions of the lease of whoever works on a run."""

STEPS = {
    BillRunState.OPEN: FREEZING,
    BillRunState.SNAPSHOT: RATING,
    BillRunState.RATED: CHECKING,
    BillRunState.POSTING: POSTING,
}


def carry_on(actor: Actor, run: BillRun, *, tell: Tell = lambda step, done, total: None) -> BillRun:
    """Do what is left to do of `run`: to its checks, and on to the end once it is being posted.

    Raises RunBusy, ChecksFailed, RunFilesCorrupt, RunFilesUnavailable, RatingFailed; the run then stands where it
    stood, with the refusal as its trouble.
    """
    with _alone(run):
        run.refresh_from_db()
        while True:
            if run.state is BillRunState.CHECKED and run.posts_itself:
                post_run(actor, run=run)
            step = STEPS.get(run.state)
            if step is None:
                return run
            told = _telling(actor, run, step, tell)
            told(0, 0)
            try:
                _DO[step](actor, run, told)
            except DomainError as refusal:
                note_progress(actor, run=run, progress={}, trouble=str(refusal))
                raise
            note_progress(actor, run=run, progress={}, trouble="")


def _freeze(actor: Actor, run: BillRun, told: Told) -> None:
    at = clock.now()
    taken = snapshot.take(
        RunFolder(run.folder), run.bill_month, customer_ids=run.customer_ids if run.is_supplement else None
    )
    freeze_run(actor, run=run, manifest=taken.manifest, at=at)


def _rate(actor: Actor, run: BillRun, told: Told) -> None:
    folder = RunFolder(run.folder)
    verify(folder.incoming, digest=run.manifest)
    done = rated.rate_folder(folder, name=str(run))
    rate_run(actor, run=run, totals=done.totals, engine=done.engine, files=done.files)


def _check(actor: Actor, run: BillRun, told: Told) -> None:
    folder = RunFolder(run.folder)
    checks = checking.check_all(run, folder)
    with _files(folder) as files:
        scope = run.customer_ids if run.is_supplement else None
        days = completeness.subscription_days(run.bill_month, files, scope, run.snapshot_at or clock.now())
        parked = parking.to_park(files, days, waived=_waived(run))
    checks.append(_days_check(days))
    replaced = _replaced(run)
    comparison = {
        "month": _compared(folder, _month_before(run)),
        "replaced": _compared(folder, replaced) if replaced else {},
    }
    if not note_checks(actor, run=run, checks=checks, comparison=comparison, parked=parked):
        failed = ", ".join(one["name"] for one in checks if not one["ok"])
        raise ChecksFailed(run=str(run), checks=failed)
    check_run(actor, run=run)


def _post(actor: Actor, run: BillRun, told: Told) -> None:
    rating, folder = rating_of(run), RunFolder(run.folder)
    assert rating is not None, "a run is rated before it is posted"
    left_out = frozenset(run.parked.left_out().values_list("customer_id", flat=True))
    post_rating(actor, rating=rating, leave_out=left_out, told=told)
    rated.point_to(actor, rating, digests={}, left_out=left_out)
    rated.write_consumption(actor, rating, run.customer_ids if run.is_supplement else None, left_out=left_out)
    check = checking.posted_check(run, folder, left_out)
    if not check["ok"]:
        raise ChecksFailed(run=str(run), checks=check["name"])
    kept = [one for one in run.checks if one["name"] != check["name"]]
    finish_posting(actor, run=run, checks=[*kept, check])


_DO: dict[str, Callable[[Actor, BillRun, Told], None]] = {
    FREEZING: _freeze,
    RATING: _rate,
    CHECKING: _check,
    POSTING: _post,
}


def _telling(actor: Actor, run: BillRun, step: str, tell: Tell) -> Told:
    """Tell the caller, and write it into the run for whoever looks at it."""

    def told(done: int, total: int) -> None:
        tell(step, done, total)
        note_progress(actor, run=run, progress={"step": step, "done": done, "total": total}, trouble="")

    return told


@contextmanager
def _alone(run: BillRun) -> Iterator[None]:
    with worker_lease(lease_of(run), wait=0) as mine:
        if not mine:
            raise RunBusy(run=str(run))
        with _holding(lease_of(run)):
            yield


@contextmanager
def _holding(lease: str) -> Iterator[None]:
    """Extend the lease every now and then, from a thread: rating hundreds of millions of records outlasts it."""
    done = threading.Event()

    def hold() -> None:
        while not done.wait(EXTENDED_EVERY):
            try:
                extend_lease(lease)
            except OperationalError:
                continue  # a long transaction of our own has the database
            finally:
                connection.close()

    holder = threading.Thread(target=hold, name=lease, daemon=True)
    holder.start()
    try:
        yield
    finally:
        done.set()
        holder.join()


@contextmanager
def _files(folder: RunFolder) -> Iterator[Any]:
    with reading(
        usage=folder.came_in("usage"),
        customers=folder.came_in("customers"),
        lines=folder.came_out("lines"),
        unrated=folder.came_out("unrated"),
        customer_totals=folder.came_out("customer_totals"),
    ) as files:
        yield files


def _waived(run: BillRun) -> set[str]:
    """Those of whom it was decided, for this month, to bill them without what cannot be rated."""
    rows = ParkedCustomer.objects.decided().filter(run__month=run.month).exclude(decision="")
    return set(rows.values_list("customer_id", flat=True))


def _days_check(days: completeness.Days) -> checking.Check:
    """It never fails the run: customers with uncovered days are parked."""
    return checking.said("subscription days", True, dict(sorted(days.by_cover.items())))


def _month_before(run: BillRun) -> BillRun | None:
    rows = BillRun.objects.of_month(run.bill_month.previous()).filter(
        state=BillRunState.POSTED, is_supplement=False
    )
    return rows.order_by("-number").first()


def _replaced(run: BillRun) -> BillRun | None:
    """The run it replaces, if that got as far as being rated."""
    former = run.replaces
    return former if former is not None and former.rated_at is not None else None


def _compared(folder: RunFolder, with_run: BillRun | None) -> dict[str, Any]:
    other = None if with_run is None else RunFolder(with_run.folder)
    return comparing.compared(folder, other, against=str(with_run or ""))
