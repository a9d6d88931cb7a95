"""The frame's own rows."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.actor import Actor
from partner_center.foundation.fields import EncryptedTextField, Record, StateField
from partner_center.kernel import clock
from partner_center.kernel.lifecycle import Lifecycle, State, step


class TrailQuerySet(models.QuerySet["TrailEntry"]):
    def visible_to(self, actor: Actor) -> TrailQuerySet:
        """An account reads what it did and what concerns it; who sees only some customers, what concerns them,
        and what it did itself that concerns nobody else."""
        if actor.is_house:
            return self
        if not actor.account_id:
            return self.none()
        rows = self.filter(models.Q(actor_account_id=actor.account_id) | models.Q(about_id=actor.account_id))
        if actor.customers is None:
            return rows
        own = models.Q(actor_user_id=actor.user_id, about_id__in=["", actor.account_id])
        return rows.filter(own | models.Q(about_id__in=actor.customers))


class TrailEntry(models.Model):
    """One deed. Never changed, never deleted (a trigger refuses)."""

    id = models.BigAutoField(primary_key=True)
    happened_at = models.DateTimeField(default=clock.now, editable=False, db_index=True)
    verb = models.CharField(max_length=64)
    subject_type = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=64)
    subject_name = models.CharField(max_length=128, blank=True)
    about_id = models.CharField(max_length=32, blank=True, db_index=True)
    actor_kind = models.CharField(max_length=16)
    actor_account_id = models.CharField(max_length=32, blank=True, db_index=True)
    actor_user_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=128, blank=True)
    on_behalf_of_id = models.CharField(max_length=32, blank=True)
    door = models.CharField(max_length=16)
    request_id = models.CharField(max_length=64, blank=True)
    facts = models.JSONField(default=dict)

    objects = TrailQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="trail_of_a_subject")]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_name}"


class JobRunState(Lifecycle):
    RUNNING = State("running", _("Running"), tone="busy")
    DONE = State("done", _("Done"), tone="good", final=True)
    FAILED = State("failed", _("Failed"), tone="bad")

    finish = step(RUNNING, to=DONE, label=_("Finish"))
    fail = step(RUNNING, to=FAILED, label=_("Fail"))
    retry = step(FAILED, to=RUNNING, label=_("Retry"))


class HouseQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Rows that only the vendor's staff may read."""

    def visible_to(self, actor: Actor) -> HouseQuerySet:
        return self if actor.is_house else self.none()


class JobRun(models.Model):
    """One slot of one job: it is done once."""

    id = models.BigAutoField(primary_key=True)
    job = models.CharField(max_length=64)
    slot = models.CharField(max_length=32)
    moment = models.DateTimeField()
    state = StateField(JobRunState, default=JobRunState.RUNNING)
    attempts = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True)
    error = models.TextField(blank=True)

    objects = HouseQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["job", "slot"], name="a_slot_is_done_once")]

    def __str__(self) -> str:
        return f"{self.job} {self.slot}"


class JobCursor(models.Model):
    """Up to which moment the slots of a job have been looked at."""

    job = models.CharField(max_length=64, primary_key=True)
    upto = models.DateTimeField()


class WorkerLease(models.Model):
    """Who is running jobs now: one worker, or one fast-forward, at a time."""

    name = models.CharField(max_length=32, primary_key=True)
    holder = models.CharField(max_length=128)
    until = models.DateTimeField()


class InstallationClock(models.Model):
    """How far this installation's clock is ahead of the machine's, in microseconds. One row at most."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    ahead_us = models.BigIntegerField(default=0)


class OutboxState(Lifecycle):
    WAITING = State("waiting", _("Waiting"), tone="busy")
    SENT = State("sent", _("Sent out"), tone="good", final=True)
    FAILED = State("failed", _("Failed"), tone="bad")

    deliver = step(WAITING, to=SENT, label=_("Deliver"))
    give_up = step(WAITING, to=FAILED, label=_("Give up"))
    retry = step(FAILED, to=WAITING, label=_("Retry"))


class OutboxMessage(Record):
    """A mail or SMS that must not be lost: written with the deed, sent afterwards."""

    channel = models.CharField(max_length=16)
    recipient = EncryptedTextField()
    template = models.CharField(max_length=64)
    language = models.CharField(max_length=16, default="en")
    subject = models.CharField(max_length=255, blank=True)
    body = EncryptedTextField()
    about_id = models.CharField(max_length=32, blank=True, db_index=True)
    state = StateField(OutboxState, default=OutboxState.WAITING)
    due_at = models.DateTimeField(default=clock.now)
    attempts = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=255, blank=True)

    objects = HouseQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "due_at"], name="outbox_waiting")]

    def __str__(self) -> str:
        return f"{self.channel} {self.template} {self.pk}"


class StoredAnswer(Record):
    """The answer to a call that carried an Idempotency-Key, kept for ever: the same call gives it again."""

    account_id = models.CharField(max_length=32)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account_id", "key"], name="one_answer_a_key")]
