"""The frame's own rows: exports and batches."""

from __future__ import annotations

from pathlib import Path
from typing import Self, TypeVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.actor import Actor
from partner_center.foundation.fields import Record, StateField
from partner_center.kernel import clock
from partner_center.kernel.lifecycle import Lifecycle, State, step

M = TypeVar("M", bound=models.Model)


class ExportState(Lifecycle):
    WAITING = State("waiting", _("Waiting"), tone="plain")
    RUNNING = State("running", _("Running"), tone="busy")
    DONE = State("done", _("Completed"), tone="good")
    FAILED = State("failed", _("Failed"), tone="bad", final=True)
    EXPIRED = State("expired", _("Expired"), tone="muted", final=True)

    start = step(WAITING, to=RUNNING, label=_("Start"))
    finish = step(RUNNING, to=DONE, label=_("Finish"))
    fail = step(RUNNING, to=FAILED, label=_("Fail"))
    expire = step(DONE, to=EXPIRED, label=_("Expire"))


class OwnTasks(models.QuerySet[M]):
    def visible_to(self, actor: Actor) -> Self:
        """Everybody has their own tasks and nobody else's, not even staff: they hold what their maker may see."""
        if actor.kind == "system":
            return self
        if actor.kind != "nobody" and actor.account_id:
            return self.filter(account_id=actor.account_id, user_id=actor.user_id)
        return self.none()


class ExportTask(Record):
    """One download of a filtered list. Its file is kept for some days, then deleted."""

    account_id = models.CharField(max_length=32, db_index=True)
    user_id = models.BigIntegerField(null=True)
    page = models.CharField(max_length=64)
    title = models.CharField(_("List"), max_length=128)
    format = models.CharField(_("Format"), max_length=8)
    query = models.TextField(blank=True)
    chosen = models.JSONField(default=list)
    actor = models.JSONField()
    language = models.CharField(max_length=16)
    zone = models.CharField(max_length=64)
    state = StateField(ExportState, default=ExportState.WAITING)
    rows_total = models.PositiveIntegerField(_("Rows"), default=0)
    rows_done = models.PositiveIntegerField(default=0)
    part_bytes = models.BigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(_("Finished"), null=True)
    token = models.CharField(max_length=32)

    objects = OwnTasks["ExportTask"].as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "due_at"], name="exports_waiting")]

    def __str__(self) -> str:
        return f"{self.title} ({self.format.upper()})"

    @property
    def folder(self) -> Path:
        return Path(settings.MEDIA_ROOT) / "exports"

    @property
    def file(self) -> Path:
        return self.folder / f"{self.token}.{self.format}"

    @property
    def percent(self) -> int:
        if self.state is ExportState.DONE:
            return 100
        return self.rows_done * 100 // self.rows_total if self.rows_total else 0

    @property
    def active(self) -> bool:
        return self.state in (ExportState.WAITING, ExportState.RUNNING)


class BatchState(Lifecycle):
    RUNNING = State("running", _("Running"), tone="busy")
    DONE = State("done", _("Completed"), tone="good", final=True)

    finish = step(RUNNING, to=DONE, label=_("Finish"))


class BatchOutcome(models.TextChoices):
    """What became of one row of a batch."""

    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")


class BatchTask(Record):
    """One deed over chosen rows, until every row is done or refused (console/batches.py)."""

    account_id = models.CharField(max_length=32, db_index=True)
    user_id = models.BigIntegerField(null=True)
    page = models.CharField(max_length=64)
    place = models.JSONField(default=dict)
    title = models.CharField(_("List"), max_length=128)
    deed = models.CharField(max_length=64)
    label = models.CharField(_("Action"), max_length=128)
    data = models.TextField(blank=True)
    language = models.CharField(max_length=16)
    zone = models.CharField(max_length=64)
    state = StateField(BatchState, default=BatchState.RUNNING)
    due_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(_("Finished"), null=True)

    objects = OwnTasks["BatchTask"].as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "due_at"], name="batches_waiting")]

    def __str__(self) -> str:
        return f"{self.title}: {self.label}"

    @property
    def active(self) -> bool:
        return self.state is BatchState.RUNNING


class BatchRow(models.Model):
    """One row of a batch: what it was called when it was chosen, and what became of it."""

    task = models.ForeignKey(BatchTask, models.PROTECT, related_name="rows")
    place = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=64)
    label = models.CharField(_("Row"), max_length=256)
    outcome = models.CharField(
        _("Outcome"), max_length=8, choices=BatchOutcome.choices, default=BatchOutcome.WAITING
    )
    words = models.CharField(_("Reason"), max_length=512, blank=True)

    class Meta:
        ordering = ["task", "place"]
        constraints = [models.UniqueConstraint(fields=["task", "place"], name="rows_of_a_batch_are_numbered")]

    def __str__(self) -> str:
        return self.label
