"""What of bill runs happens by itself. Everything that loads an engine is imported where it is called.

The monthly close, by Beijing time: on the 3rd at 02:00 the run of last month is opened, rated and checked; staff can
look at what moved until 08:00, when it is posted, so that figures are final at 10:00.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from partner_center.billing.models import BillRun, BillRunState
from partner_center.billing.runs import queries
from partner_center.billing.runs.actions import open_run, open_supplement, post_run, sweep_rating
from partner_center.foundation.actor import Actor
from partner_center.foundation.jobs import Slot, drain, job
from partner_center.kernel import clock
from partner_center.kernel.errors import DomainError
from partner_center.kernel.period import BillMonth

KEPT = timedelta(hours=1)
"""How long the files of a month-to-date rating stay after a newer one: somebody may be reading them."""

A_TURN = 100


@drain("billing.rate_arrivals", due=queries.next_arrival)
def rate_arrivals() -> dict[str, int]:
    """Rate the customers of whom new usage has arrived."""
    from partner_center.billing.runs import opened

    return opened.rate_arrivals(Actor.system("billing.rate_arrivals"))


@job("billing.rate_stale", every="hour at :10", catch_up=False)
def rate_stale(slot: Slot) -> dict[str, Any]:
    """Rate again whoever is rated by prices, discounts or packages that have changed since."""
    from partner_center.billing.runs import opened

    actor = Actor.system("billing.rate_stale")
    return {str(month): opened.rate_stale(actor, month) for month in queries.open_months()}


def next_run() -> datetime | None:
    """When the first run has something to do: at once."""
    run = queries.next_run()
    return run.created_at if run is not None else None


@drain("billing.carry_runs_on", due=next_run)
def carry_runs_on() -> dict[str, str]:
    """Take bill runs on: snapshot, rating, checks, and the posting of those that are to be posted."""
    from partner_center.billing.runs import working

    run = queries.next_run()
    if run is None:
        return {}
    try:
        working.carry_on(Actor.system("billing.carry_runs_on"), run)
    except DomainError as refusal:
        return {str(run): str(refusal)}
    return {str(run): run.state.value}


def next_supplement() -> datetime | None:
    """When the first parked customer of whom it was decided waits to be billed: at once."""
    run = queries.next_supplement()
    return run.posted_at if run is not None else None


@drain("billing.open_supplements", due=next_supplement)
def open_supplements() -> dict[str, str]:
    """Bill parked customers as was decided, by a run of their own."""
    run = queries.next_supplement()
    if run is None:
        return {}
    return {"opened": str(open_supplement(Actor.system("billing.open_supplements"), run=run))}


def next_simulation() -> datetime | None:
    """When the first simulation waits."""
    return queries.simulations().values_list("created_at", flat=True).first()


@drain("billing.simulate", due=next_simulation)
def simulate() -> dict[str, bool]:
    """Rate what a month would have cost with a price change."""
    from partner_center.billing.runs import simulating

    return {"rated": simulating.simulate_next(Actor.system("billing.simulate"))}


@job("billing.close_month", every="day 3 of month at 02:00 Asia/Shanghai")
def close_month(slot: Slot) -> dict[str, str]:
    """Close last month's usage, rate it and check it."""
    from partner_center.billing.runs import working

    actor, month = Actor.system("billing.close_month"), BillMonth.parse(slot.name).previous()
    if _is_posted(month):
        return {"month": str(month), "state": "posted"}
    run = BillRun.objects.of_month(month).unfinished().first()
    run = working.carry_on(actor, run or open_run(actor, month=str(month)))
    return {"run": str(run), "state": run.state.value}


@job("billing.post_month", every="day 3 of month at 08:00 Asia/Shanghai")
def post_month(slot: Slot) -> dict[str, str]:
    """Post last month's bill run, so that its figures are final at 10:00. Parked customers wait for a decision."""
    from partner_center.billing.runs import working

    actor, month = Actor.system("billing.post_month"), BillMonth.parse(slot.name).previous()
    if _is_posted(month):
        return {"month": str(month), "state": "posted"}
    run = BillRun.objects.of_month(month).unfinished().first() or open_run(actor, month=str(month))
    run = working.carry_on(actor, run)
    if run.state is BillRunState.CHECKED:
        post_run(actor, run=run)
        run = working.carry_on(actor, run)
    return {"run": str(run), "state": run.state.value, "parked": str(run.parked.left_out().count())}


@job("billing.sweep_ratings", every="hour at :20", catch_up=False)
def sweep_ratings(slot: Slot) -> dict[str, int]:
    """Remove the files of month-to-date ratings that newer ones have replaced."""
    from partner_center.billing.runs.folders import RunFolder

    actor = Actor.system("billing.sweep_ratings")
    swept = 0
    while old := queries.superseded(clock.now() - KEPT, A_TURN):
        for rating in old:
            sweep_rating(actor, rating=rating)
            RunFolder(rating.folder).discard()
            swept += 1
    return {"swept": swept}


def _is_posted(month: BillMonth) -> bool:
    return BillRun.objects.of_month(month).closing().filter(state=BillRunState.POSTED).exists()
