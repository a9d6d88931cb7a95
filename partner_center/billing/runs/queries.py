"""Questions about runs and ratings that load no engine."""

from __future__ import annotations

from datetime import datetime

from partner_center.billing.errors import ParkedNotFound, RunNotFound
from partner_center.billing.models import (
    BillRun,
    BillRunState,
    CustomerRating,
    ParkedCustomer,
    Rating,
    RatingKind,
    RatingState,
)
from partner_center.billing.models.runs import BillRunQuerySet, RatingQuerySet
from partner_center.foundation.actor import Actor
from partner_center.foundation.jobs import lease_is_held
from partner_center.kernel.period import BillMonth
from partner_center.metering.models import Arrival, ClosedMonth


def run_for(actor: Actor, number: str) -> BillRun:
    """The run with this id, if the actor may see it. Raises RunNotFound."""
    found = None
    if number.isascii() and number.isdigit() and len(number) < 19:
        found = BillRun.objects.visible_to(actor).filter(pk=int(number)).first()
    if not isinstance(found, BillRun):
        raise RunNotFound(run=number)
    return found


def parked_for(actor: Actor, run: BillRun, customer_id: str) -> ParkedCustomer:
    """The customer as the run parked it. Raises ParkedNotFound."""
    found = ParkedCustomer.objects.visible_to(actor).filter(run=run, customer_id=customer_id).first()
    if not isinstance(found, ParkedCustomer):
        raise ParkedNotFound(run=str(run), customer=customer_id)
    return found


def rating_of(run: BillRun) -> Rating | None:
    """What the run was rated to, or nothing yet."""
    return run.ratings.ready().filter(kind=RatingKind.CLOSE).first()


def lease_of(run: BillRun) -> str:
    """The lease that whoever works on the run holds."""
    return f"bill-run {run}"


def runs_at_work() -> BillRunQuerySet:
    """Runs with something left to do that nobody has to decide about."""
    return BillRun.objects.filter(trouble="").exclude(
        state__in=(BillRunState.CHECKED, BillRunState.POSTED, BillRunState.ABANDONED)
    ) | BillRun.objects.filter(trouble="", state=BillRunState.CHECKED, posts_itself=True)


def next_run() -> BillRun | None:
    """The first of them that no process is working on."""
    return next((run for run in runs_at_work().order_by("pk") if not lease_is_held(lease_of(run))), None)


def next_supplement() -> BillRun | None:
    """The first posted run that had parked customers of whom it was decided how to bill them."""
    decided = ParkedCustomer.objects.decided().filter(run__state=BillRunState.POSTED)
    busy = BillRun.objects.unfinished().values("month")
    rows = BillRun.objects.filter(pk__in=decided.values("run_id")).exclude(month__in=busy)
    return rows.order_by("pk").first()


def next_arrival() -> datetime | None:
    """When the first customer with new usage wants to be rated."""
    return Arrival.objects.order_by("at").values_list("at", flat=True).first()


def simulations() -> RatingQuerySet:
    """Those that wait to be rated, the oldest first."""
    return Rating.objects.filter(kind=RatingKind.SIMULATION, state=RatingState.RATING).order_by("pk")


def simulation_for(actor: Actor, pk: int) -> Rating:
    """The simulation, if the actor may see it. Raises RunNotFound."""
    found = Rating.objects.visible_to(actor).filter(pk=pk, kind=RatingKind.SIMULATION).first()
    if not isinstance(found, Rating):
        raise RunNotFound(run=str(pk))
    return found


def open_months() -> list[BillMonth]:
    """Months with ratings that still take usage."""
    closed = ClosedMonth.objects.order_by("-month").values_list("month", flat=True).first() or ""
    months = CustomerRating.objects.filter(month__gt=closed).order_by().values_list("month", flat=True)
    return [BillMonth.parse(one) for one in sorted(set(months.distinct()))]


def superseded(before: datetime, limit: int) -> list[Rating]:
    """Month-to-date ratings older than `before` that nobody's month points to any more."""
    pointed = CustomerRating.objects.values("rating_id")
    rows = Rating.objects.ready().filter(kind=RatingKind.OPEN, rated_at__lt=before)
    return list(rows.exclude(pk__in=pointed).order_by("pk")[:limit])


def undecided() -> int:
    """How many parked customers wait for somebody."""
    return ParkedCustomer.objects.undecided().exclude(run__state=BillRunState.ABANDONED).count()
