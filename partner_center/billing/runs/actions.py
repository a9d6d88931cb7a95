"""The steps of a bill run as the database sees them. The work between them is in working.py."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from partner_center.billing.errors import (
    DraftHasNoUsagePrices,
    EarlierMonthOpen,
    MonthInvalid,
    MonthPosted,
    NothingToSimulate,
    ReasonMissing,
    RunInProgress,
    RunMovedOn,
)
from partner_center.billing.models import (
    BillRun,
    BillRunState,
    CustomerRating,
    ParkedCustomer,
    ParkedState,
    RatedFile,
    Rating,
    RatingKind,
    RatingState,
)
from partner_center.billing.runs.deciding import settle_parked, supersede_parked
from partner_center.billing.runs.parked import Parked
from partner_center.catalogue.models import ChargeMode, PriceDraft
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.steps import advance
from partner_center.kernel import clock
from partner_center.kernel.ids import new_id
from partner_center.kernel.period import BillMonth
from partner_center.metering.actions import close_month
from partner_center.metering.models import Arrival, UsageFile


@action("billing.open_run", label=_("Open a bill run"))
def open_run(actor: Actor, *, month: str, posts_itself: bool = False) -> BillRun:
    """Begin a bill run of `month`. Of a month that is over the usage is closed by it, and it is billed once.

    Raises MonthInvalid, RunInProgress, MonthPosted, EarlierMonthOpen.
    """
    billed = _begun(month)
    _refuse_if_at_work(billed)
    closes = clock.now() >= billed.period.end
    posted = BillRun.objects.of_month(billed).closing().filter(state=BillRunState.POSTED).first()
    if posted is not None:
        raise MonthPosted(month=str(billed), run=str(posted))
    if closes:
        _refuse_out_of_turn(billed)
        close_month(actor, month=billed)
    run = _create(actor, billed, closes=closes, posts_itself=posts_itself)
    record(actor, "billing.open_run", run, month=run.month, closes=closes)
    return run


@action("billing.open_supplement", permission="billing.open_run")
def open_supplement(actor: Actor, *, run: BillRun) -> BillRun:
    """Begin a run of those customers of the posted `run` who are to be billed again. Raises RunInProgress."""
    _refuse_if_at_work(run.bill_month)
    people = sorted(run.parked.decided().values_list("customer_id", flat=True))
    assert people, "nobody is to be billed again"
    supplement = _create(actor, run.bill_month, closes=run.closes, posts_itself=True, customer_ids=people)
    record(actor, "billing.open_run", supplement, month=run.month, customers=len(people))
    return supplement


@action("billing.freeze_run", permission="billing.open_run", takes=BillRunState.freeze)
def freeze_run(actor: Actor, *, run: BillRun, manifest: str, at: Any) -> None:
    """The snapshot, taken at `at`, stands in the store. Raises RunMovedOn."""
    advance(
        actor, run, BillRunState.freeze, refusal=RunMovedOn, snapshot_at=at, manifest=manifest, trouble=""
    )


@action("billing.rate_run", permission="billing.open_run", takes=BillRunState.rate)
def rate_run(
    actor: Actor, *, run: BillRun, totals: dict[str, Any], engine: str, files: Sequence[RatedFile]
) -> Rating:
    """What the rating wrote stands in the store. Raises RunMovedOn."""
    assert run.snapshot_at is not None, "rated from a snapshot"
    advance(actor, run, BillRunState.rate, refusal=RunMovedOn, rated_at=clock.now(), trouble="")
    rating = Rating.objects.create(
        month=run.month,
        kind=RatingKind.CLOSE,
        run=run,
        folder=run.folder,
        manifest=run.manifest,
        rated_at=run.snapshot_at,
    )
    finish_rating(actor, rating=rating, totals=totals, engine=engine, files=files)
    return rating


@action("billing.note_checks", permission="billing.open_run")
def note_checks(
    actor: Actor,
    *,
    run: BillRun,
    checks: list[dict[str, Any]],
    comparison: dict[str, Any],
    parked: Iterable[Parked],
) -> bool:
    """Write down what the checks found and who is parked. Whether all of them hold, so that it may go on."""
    present = BillRun.objects.select_for_update().get(pk=run.pk)
    if present.state is not BillRunState.RATED:
        raise RunMovedOn(subject=str(run), state=present.state)
    run.checks, run.comparison = checks, comparison
    run.save(update_fields=["checks", "comparison"])
    run.parked.all().delete()
    ParkedCustomer.objects.bulk_create(
        [
            ParkedCustomer(
                run=run,
                customer_id=one.customer_id,
                reason=one.reason,
                detail=one.detail,
                currency=one.at_stake.currency,
                at_stake=one.at_stake,
            )
            for one in parked
        ],
        batch_size=1000,
    )
    return all(one["ok"] for one in checks)


@action("billing.check_run", permission="billing.open_run", takes=BillRunState.check)
def check_run(actor: Actor, *, run: BillRun) -> None:
    """Every check holds. Raises RunMovedOn."""
    advance(actor, run, BillRunState.check, refusal=RunMovedOn, checked_at=clock.now(), trouble="")


@action("billing.post_run", takes=BillRunState.post, label=_("Post a bill run"), critical=True)
def post_run(actor: Actor, *, run: BillRun) -> None:
    """From now on it is posted, customer by customer, until all are; it can no longer be abandoned.

    Raises RunMovedOn.
    """
    advance(actor, run, BillRunState.post, refusal=RunMovedOn, trouble="")


@action("billing.finish_posting", permission="billing.post_run", takes=BillRunState.posted)
def finish_posting(actor: Actor, *, run: BillRun, checks: list[dict[str, Any]]) -> None:
    """Everybody it bills has been charged. Those whom an earlier run had parked are billed. Raises RunMovedOn."""
    advance(
        actor,
        run,
        BillRunState.posted,
        refusal=RunMovedOn,
        posted_at=clock.now(),
        checks=checks,
        trouble="",
    )
    for one in run.parked.filter(state=ParkedState.WAIVING):
        settle_parked(actor, parked=one)
    if run.is_supplement:
        again = set(run.parked.left_out().values_list("customer_id", flat=True))
        for one in _decided_before(run):
            (supersede_parked if one.customer_id in again else settle_parked)(actor, parked=one)


@action("billing.abandon_run", takes=BillRunState.abandon, label=_("Abandon a bill run"), critical=True)
def abandon_run(actor: Actor, *, run: BillRun, reason: str) -> None:
    """Give it up before anything of it is posted. Raises RunMovedOn, ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing()
    advance(
        actor,
        run,
        BillRunState.abandon,
        refusal=RunMovedOn,
        abandoned_at=clock.now(),
        reason=reason.strip()[:255],
    )
    for rating in Rating.objects.filter(run=run).exclude(state=RatingState.DISCARDED):
        discard_rating(actor, rating=rating)
    for one in run.parked.exclude(state__in=[state for state in ParkedState if state.final]):
        supersede_parked(actor, parked=one)


@action("billing.resume_run", permission="billing.open_run", label=_("Go on with a bill run"))
def resume_run(actor: Actor, *, run: BillRun) -> None:
    """Try again what was refused: the background work takes it up. Raises RunMovedOn for a run that is over."""
    if not BillRun.objects.unfinished().filter(pk=run.pk).update(trouble=""):
        raise RunMovedOn(subject=str(run), state=run.state)
    run.trouble = ""
    record(actor, "billing.resume_run", run)


@action("billing.note_progress", permission="billing.open_run")
def note_progress(actor: Actor, *, run: BillRun, progress: dict[str, Any], trouble: str = "") -> None:
    """What is being done now, or why it stopped."""
    BillRun.objects.filter(pk=run.pk).update(progress=progress, trouble=trouble)
    run.progress, run.trouble = progress, trouble


@action("billing.simulate", label=_("Simulate a price change"))
def simulate(actor: Actor, *, draft: PriceDraft, month: str) -> Rating:
    """Ask what `month` would have cost with the draft's prices; it is rated in the background.

    Raises NothingToSimulate where no bill run of the month has a snapshot, DraftHasNoUsagePrices.
    """
    metered = draft.prices.filter(charge_mode=ChargeMode.ON_DEMAND, withdraws=False)
    if not metered.exists():
        raise DraftHasNoUsagePrices(draft=draft.name)
    base = (
        Rating.objects.ready()
        .filter(kind=RatingKind.CLOSE, month=month, run__is_supplement=False)
        .order_by("-pk")
        .first()
    )
    if base is None:
        raise NothingToSimulate(month=month)
    rating = Rating.objects.create(
        month=month,
        kind=RatingKind.SIMULATION,
        draft=draft,
        base=base,
        folder=f"simulations/{month}/{new_id()[:16]}",
        rated_at=clock.now(),
    )
    record(actor, "billing.simulate", rating, draft=draft.name, month=month)
    return rating


@action("billing.finish_rating", permission="billing.open_run", takes=RatingState.finish)
def finish_rating(
    actor: Actor,
    *,
    rating: Rating,
    totals: dict[str, Any],
    engine: str,
    files: Sequence[RatedFile] = (),
    comparison: dict[str, Any] | None = None,
    manifest: str = "",
) -> None:
    """What the engine wrote counts. `files` are its files of lines, not yet saved."""
    advance(
        actor,
        rating,
        RatingState.finish,
        totals=totals,
        engine=engine,
        comparison=comparison or {},
        manifest=manifest or rating.manifest,
    )
    for one in files:
        one.rating = rating
    RatedFile.objects.bulk_create(files)


@action("billing.sweep_rating", permission="billing.rate_usage")
def sweep_rating(actor: Actor, *, rating: Rating) -> None:
    """A month-to-date rating that nobody's month points to counts no more."""
    discard_rating(actor, rating=rating)
    rating.files.all().delete()


@action("billing.keep_open_rating", permission="billing.rate_usage", label=_("Rate usage of the open month"))
def keep_open_rating(
    actor: Actor,
    *,
    month: BillMonth,
    folder: str,
    manifest: str,
    totals: dict[str, Any],
    engine: str,
    files: Sequence[RatedFile],
    at: datetime,
) -> Rating:
    """A month-to-date rating of some customers, of what had arrived by `at`, stands in the store."""
    rating = Rating.objects.create(
        month=str(month), kind=RatingKind.OPEN, folder=folder, manifest=manifest, rated_at=at
    )
    finish_rating(actor, rating=rating, totals=totals, engine=engine, files=files)
    return rating


@action("billing.drop_arrivals", permission="billing.rate_usage")
def drop_arrivals(actor: Actor, *, arrivals: Iterable[Arrival]) -> None:
    """These have been rated. Usage that came meanwhile has moved its row on, and it stays."""
    for one in arrivals:
        Arrival.objects.filter(pk=one.pk, at=one.at).delete()


@action("billing.put_arrivals_off", permission="billing.rate_usage")
def put_arrivals_off(actor: Actor, *, arrivals: Iterable[Arrival], until: datetime) -> None:
    """These could not be rated: try again later."""
    for one in arrivals:
        Arrival.objects.filter(pk=one.pk, at=one.at).update(at=until)


@action("billing.point_customers", permission="billing.open_run")
def point_customers(actor: Actor, *, pointers: Sequence[CustomerRating]) -> None:
    """Let these be the present ratings of the customers' months. A newer rating stays; twice is once."""
    if not pointers:
        return
    newer = set(
        CustomerRating.objects.select_for_update()
        .filter(month=pointers[0].month, customer_id__in=[one.customer_id for one in pointers])
        .filter(rated_at__gt=pointers[0].rated_at)
        .values_list("customer_id", flat=True)
    )
    CustomerRating.objects.bulk_create(
        [one for one in pointers if one.customer_id not in newer],
        update_conflicts=True,
        unique_fields=["customer", "month"],
        update_fields=["rating", "file", "rows", "currency", "official", "payable", "inputs", "rated_at"],
    )


@action("billing.discard_rating", permission="billing.abandon_run", takes=RatingState.discard)
def discard_rating(actor: Actor, *, rating: Rating, trouble: str = "") -> None:
    """It counts no more; its files are removed afterwards."""
    advance(actor, rating, RatingState.discard, trouble=trouble[:1000])


def _begun(text: str) -> BillMonth:
    try:
        month = BillMonth.parse(text)
    except ValueError as error:
        raise MonthInvalid(month=text) from error
    if month.period.start > clock.now():
        raise MonthInvalid(month=text)
    return month


def _refuse_if_at_work(month: BillMonth) -> None:
    unfinished = BillRun.objects.of_month(month).unfinished().first()
    if unfinished is not None:
        raise RunInProgress(month=str(month), run=str(unfinished))


def _refuse_out_of_turn(month: BillMonth) -> None:
    posted = BillRun.objects.closing().filter(state=BillRunState.POSTED).values("month")
    earlier = UsageFile.objects.filter(month__lt=str(month)).exclude(month__in=posted)
    first = earlier.order_by("month").values_list("month", flat=True).first()
    if first is not None:
        raise EarlierMonthOpen(month=str(month), earlier=first)


def _create(
    actor: Actor,
    month: BillMonth,
    *,
    closes: bool,
    posts_itself: bool,
    customer_ids: Sequence[str] = (),
) -> BillRun:
    """Of two at once the database lets one in. Raises RunInProgress."""
    former = BillRun.objects.of_month(month).order_by("-number").first()
    try:
        with transaction.atomic():
            return BillRun.objects.create(
                month=str(month),
                number=former.number + 1 if former else 1,
                closes=closes,
                is_supplement=bool(customer_ids),
                customer_ids=list(customer_ids),
                posts_itself=posts_itself,
                replaces=former,
                opened_by=actor.name[:128],
            )
    except IntegrityError as error:
        raise RunInProgress(month=str(month), run=str(month)) from error


def _decided_before(run: BillRun) -> list[ParkedCustomer]:
    rows = ParkedCustomer.objects.decided().filter(run__month=run.month, customer_id__in=run.customer_ids)
    return list(rows.exclude(run=run))
