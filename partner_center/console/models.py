"""The frame's own rows: exports."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.actor import Actor
from partner_center.foundation.fields import Record, StateField
from partner_center.kernel import clock
from partner_center.kernel.lifecycle import Lifecycle, State, step


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


class ExportQuerySet(models.QuerySet["ExportTask"]):
    def visible_to(self, actor: Actor) -> ExportQuerySet:
        """Everybody has their own exports and nobody else's, not even staff: a file holds what its maker may see."""
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

    objects = ExportQuerySet.as_manager()

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
