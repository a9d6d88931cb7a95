"""The reader's batches: how far they are, and what became of each row."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from partner_center.console.columns import Choice, Number, State, Text, When
from partner_center.console.detail import DetailPage
from partner_center.console.filters import States
from partner_center.console.listing import ListPage
from partner_center.console.models import BatchOutcome, BatchState, BatchTask
from partner_center.console.panels import Facts, Rows
from partner_center.foundation.actor import Actor


def with_counts(actor: Actor) -> Any:
    """The reader's batches, with the number of rows in all, done, and refused."""
    return BatchTask.objects.visible_to(actor).annotate(
        size=Count("rows"),
        done=Count("rows", filter=Q(rows__outcome=BatchOutcome.DONE)),
        refused=Count("rows", filter=Q(rows__outcome=BatchOutcome.REFUSED)),
    )


def batch_for(actor: Actor, pk: int) -> BatchTask:
    """One of them. Raises Http404."""
    found: BatchTask | None = with_counts(actor).filter(pk=pk).first()
    if found is None:
        raise Http404(str(pk))
    return found


class BatchList(ListPage):
    name, path, title = "batches", "batches/", _("Batches")
    lead = _("What you did to many rows at once. A batch goes on when you leave the page.")
    source = with_counts
    columns = (
        Text("title", _("List"), sort=False),
        Text("label", _("Action"), sort=False),
        State("state"),
        Number("size", _("Rows"), sort=False),
        Number("done", _("Done"), sort=False),
        Number("refused", _("Refused"), sort=False),
        When("created_at", _("Created")),
        When("finished_at", minor=True),
    )
    filters = (States("state", BatchState),)
    opens = "batch"
    exportable = False
    empty = _("No batches yet. Lists with a box before each row have them.")

    @property
    def refresh_every(self) -> str:
        """Look again while something is on its way."""
        return "2s" if any(line.row.active for line in self.lines) else ""


class BatchDetail(DetailPage):
    name, path, title = "batch", "batches/<int:pk>/", _("Batch")
    parent = "batches"
    fetch = batch_for
    left = (
        Facts(
            Text("title", _("List")),
            Text("label", _("Action")),
            State("state"),
            Number("size", _("Rows")),
            Number("done", _("Done")),
            Number("refused", _("Refused")),
            "created_at",
            "finished_at",
        ),
    )
    bottom = (
        Rows(
            _("Rows"),
            lambda actor, task: task.rows.all(),
            (
                Number("place", "#"),
                Text("label"),
                Choice("outcome", words=dict(BatchOutcome.choices)),
                Text("words"),
            ),
        ),
    )
