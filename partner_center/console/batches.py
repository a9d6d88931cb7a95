"""Batches: a deed over chosen rows, each row in a transaction of its own, to the end whatever happens in between.

Asking writes a `BatchTask` with its rows. The request works at them for some seconds; what is left, a drain carries on
in bounded turns. A row's mark and its deed are one transaction: a killed process repeats nothing and forgets nothing.
Whoever asked is asked again at every turn: rights and rows that were lost meanwhile are refused.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import structlog
from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, QueryDict
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from partner_center.console.actions import Deed, Together
from partner_center.console.models import BatchOutcome, BatchRow, BatchState, BatchTask
from partner_center.console.registry import PAGES
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.errors import NotPermitted
from partner_center.foundation.jobs import drain
from partner_center.foundation.steps import advance
from partner_center.kernel import clock
from partner_center.kernel.errors import DomainError

if TYPE_CHECKING:
    from partner_center.console.dialogs import Deeds

log = structlog.get_logger(__name__)

PATIENCE = 3.0
"""Seconds that the request itself works before it answers."""
TURN = 20
"""Rows in one turn of the drain."""
LEASE = dt.timedelta(minutes=2)
_UNSAID = ("csrfmiddlewaretoken", "verification_code", "send_code", "row")


def begin(page: Deeds, deed: Deed, rows: Sequence[Any], facts: dict[str, Any]) -> BatchTask:
    """Write the batch down and work at it for PATIENCE seconds; a drain does what is left.

    rows: what the reader chose and may see. facts: what the form gave beside the row. The verification code, where
    one was due, has been redeemed: it was for the whole batch.
    """
    task = write_batch(Actor.system("console.batches"), page=page, deed=deed, rows=rows)
    _work([*zip(task.rows.all(), rows, strict=True)], page.actor, deed, facts, patience=PATIENCE)
    _rest(task)
    return task


@action("console.write_batch")
def write_batch(actor: Actor, *, page: Deeds, deed: Deed, rows: Sequence[Any]) -> BatchTask:
    """Keep what is asked for: by whom, on which page, over which rows, with which answers in the form."""
    data = page.request.POST.copy()
    for name in _UNSAID:
        data.pop(name, None)
    task = BatchTask.objects.create(
        account_id=page.actor.account_id,
        user_id=page.actor.user_id,
        page=page.name,
        place={name: str(value) for name, value in page.place.items()},
        title=str(page.title)[:128],
        deed=deed.name,
        label=str(deed.label)[:128],
        data=data.urlencode(),
        language=translation.get_language() or "en",
        zone=timezone.get_current_timezone_name(),
        due_at=clock.now() + LEASE,
    )
    BatchRow.objects.bulk_create(
        BatchRow(task=task, place=place, key=str(row.pk), label=str(row)[:256])
        for place, row in enumerate(rows, start=1)
    )
    return task


@action("console.finish_batch", takes=BatchState.finish)
def finish_batch(actor: Actor, *, task: BatchTask) -> None:
    """Every row is done or refused."""
    advance(actor, task, BatchState.finish, about=task.account_id, finished_at=clock.now())


@action("console.delay_batch")
def delay_batch(actor: Actor, *, task: BatchTask, until: dt.datetime) -> bool:
    """Say when the batch is taken up again; False when somebody else has said so meanwhile."""
    taken = BatchTask.objects.filter(pk=task.pk, state=BatchState.RUNNING, due_at=task.due_at).update(
        due_at=until
    )
    task.due_at = until
    return bool(taken)


def next_due() -> dt.datetime | None:
    waiting = BatchTask.objects.filter(state=BatchState.RUNNING).order_by("due_at")
    return waiting.values_list("due_at", flat=True).first()


@drain("console.carry_on_batches", due=next_due)
def carry_on() -> dict[str, Any]:
    """Take one turn at the batch that has waited longest."""
    worker = Actor.system("console.carry_on_batches")
    task = (
        BatchTask.objects.filter(state=BatchState.RUNNING, due_at__lte=clock.now()).order_by("due_at").first()
    )
    if task is None or not delay_batch(worker, task=task, until=clock.now() + LEASE):
        return {}
    with translation.override(task.language), timezone.override(task.zone):
        waiting = list(task.rows.filter(outcome=BatchOutcome.WAITING)[:TURN])
        try:
            _turn(task, waiting)
        except DomainError as refusal:
            _refuse(waiting, str(refusal))
        except Http404:
            _refuse(waiting, _("This is not possible here."))
    _rest(task)
    return {"task": task.pk, "rows": len(waiting)}


def _turn(task: BatchTask, waiting: Sequence[BatchRow]) -> None:
    page = _page_of(task)
    if not page.open_to(page.actor):
        raise NotPermitted(permission=page.permission or "")
    deed = page.deed_called(task.deed)
    rows = {str(row.pk): row for row in page.chosen([one.key for one in waiting])}
    _refuse([one for one in waiting if one.key not in rows], _("It is not there any more."))
    if not rows:
        return
    form = page.form_of(deed, list(rows.values()), QueryDict(task.data))
    if not form.is_valid():
        _refuse(waiting, " ".join(str(words) for errors in form.errors.values() for words in errors))
        return
    pairs = [(one, rows[one.key]) for one in waiting if one.key in rows]
    _work(pairs, page.actor, deed, form.arguments())


def _work(
    pairs: Sequence[tuple[BatchRow, Any]],
    actor: Actor,
    deed: Deed,
    facts: dict[str, Any],
    *,
    patience: float = float("inf"),
) -> None:
    """Do what is asked for to these rows, as far as `patience` goes."""
    if isinstance(deed, Together):
        refusals = deed.do_all(actor, [row for _written, row in pairs], facts)
        for written, _row in pairs:
            if written.key in refusals:
                _refuse([written], str(refusals[written.key]))
        _mark([written for written, _row in pairs], BatchOutcome.DONE)
        return
    until = time.monotonic() + patience
    for written, row in pairs:
        if time.monotonic() > until:
            return
        _do(written, actor, deed, row, facts)


def _do(written: BatchRow, actor: Actor, deed: Deed, row: Any, facts: dict[str, Any]) -> None:
    """The deed and its mark in one transaction; a refusal is marked in the next."""
    try:
        with transaction.atomic():
            if _mark([written], BatchOutcome.DONE):
                deed.do(actor, row, facts)
    except DomainError as refusal:
        _refuse([written], str(refusal))
    except Exception:
        if getattr(settings, "CONSOLE_RAISES", False):
            raise
        log.exception("batch.broken", batch=written.task_id, row=written.place)
        _refuse([written], _("Something went wrong on our side. Nothing was changed."))


def _refuse(rows: Iterable[BatchRow], words: str) -> None:
    _mark(rows, BatchOutcome.REFUSED, words[:512])


def _mark(rows: Iterable[BatchRow], outcome: BatchOutcome, words: str = "") -> int:
    waiting = BatchRow.objects.filter(pk__in=[one.pk for one in rows], outcome=BatchOutcome.WAITING)
    return waiting.update(outcome=outcome, words=words)


def _rest(task: BatchTask) -> None:
    """Finish the batch, or leave what waits to the drain."""
    worker = Actor.system("console.batches")
    if task.rows.filter(outcome=BatchOutcome.WAITING).exists():
        delay_batch(worker, task=task, until=clock.now())
    else:
        finish_batch(worker, task=task)


def _page_of(task: BatchTask) -> Deeds:
    """The page as its reader would find it now."""
    ask: Callable[[int | None], Actor] = import_string(settings.ACTOR_OF_USER)
    request = HttpRequest()
    request.method = "POST"
    request.actor = replace(ask(task.user_id), door="console", language=task.language)  # type: ignore[attr-defined]
    return cast("Deeds", PAGES[task.page](request, **task.place))
