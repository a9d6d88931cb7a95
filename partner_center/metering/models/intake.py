"""Batches of usage, their files, what was refused, which months are closed, and which time has been metered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partner_center.catalogue.models import UsageType
from partner_center.foundation.actor import Actor
from partner_center.foundation.fields import Record, StateField
from partner_center.kernel import clock
from partner_center.kernel.lifecycle import Lifecycle, State, step

M = TypeVar("M", bound=models.Model)


class HouseRows(models.QuerySet[M]):
    """Rows that only the vendor's staff may read."""

    def visible_to(self, actor: Actor) -> Self:
        return self if actor.is_house else self.none()


class BatchState(Lifecycle):
    """A batch counts from the moment it is closed, and not before."""

    RECEIVING = State("receiving", _("Being received"), tone="busy")
    RECEIVED = State("received", _("Received"), tone="good", final=True)

    close = step(RECEIVING, to=RECEIVED, label=_("Close the batch"))


class QuarantineState(Lifecycle):
    """A rejected record waits until somebody decides."""

    WAITING = State("waiting", _("Waits for a decision"), tone="warning")
    RESUBMITTED = State("resubmitted", _("Submitted again"), tone="good", final=True)
    DISCARDED = State("discarded", _("Discarded"), tone="muted", final=True)

    resubmit = step(WAITING, to=RESUBMITTED, label=_("Submit again"))
    discard = step(WAITING, to=DISCARDED, label=_("Discard"))


class Source(models.TextChoices):
    """Where a batch came from."""

    API = "api", _("API")
    CSV = "csv", "CSV"
    PARQUET = "parquet", "Parquet"
    NDJSON = "ndjson", "NDJSON"
    FOCUS = "focus", "FOCUS"
    GNOCCHI = "gnocchi", "Gnocchi"
    QUARANTINE = "quarantine", _("Quarantine")


class UsageBatch(Record):
    """One delivery of usage under the sender's own id.

    sha256: of what was delivered; the same id with the same content is the same batch, with another it is refused.
    corrects: the batch whose rejected records this one brings again.
    accepted, rejected, late: records, once the batch is closed; late ones are part of the accepted.
    """

    batch_id = models.CharField(_("batch"), max_length=128, unique=True)
    source = models.CharField(_("source"), max_length=16, choices=Source.choices)
    file_name = models.CharField(_("file"), max_length=255, blank=True)
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("corrects")
    )
    state = StateField(BatchState, default=BatchState.RECEIVING, verbose_name=_("state"))
    sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField(_("received"), default=clock.now)
    accepted = models.PositiveBigIntegerField(_("accepted"), default=0)
    rejected = models.PositiveBigIntegerField(_("rejected"), default=0)
    late = models.PositiveBigIntegerField(_("late"), default=0)

    objects = HouseRows["UsageBatch"].as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        indexes = [models.Index(fields=["-received_at"], name="usage_batches_by_arrival")]

    def __str__(self) -> str:
        return self.batch_id


class UsageFileQuerySet(HouseRows["UsageFile"]):
    def of_customers(self, customer_ids: Iterable[str]) -> Self:
        """Files that may hold records of one of these customers; each lies sorted by customer."""
        wanted = sorted(set(customer_ids))
        if not wanted:
            return self.none()
        if len(wanted) > 100:
            return self.filter(first_customer__lte=wanted[-1], last_customer__gte=wanted[0])
        held = Q(pk__in=[])
        for one in wanted:
            held |= Q(first_customer__lte=one, last_customer__gte=one)
        return self.filter(held)


class UsageFile(Record):
    """One committed Parquet file of accepted records. A file without a row here does not count.

    month: the bill month that its records are charged in; for late ones that is not their month of use.
    path: in the store. first_at, last_at: the earliest beginning and the latest end, epoch seconds.
    """

    batch = models.ForeignKey(UsageBatch, models.PROTECT, related_name="files", verbose_name=_("batch"))
    month = models.CharField(_("bill month"), max_length=7)
    path = models.CharField(_("path"), max_length=255, unique=True)
    rows = models.PositiveBigIntegerField(_("records"))
    size = models.PositiveBigIntegerField(_("bytes"))
    sha256 = models.CharField(max_length=64)
    first_at = models.BigIntegerField()
    last_at = models.BigIntegerField()
    first_customer = models.CharField(max_length=64)
    last_customer = models.CharField(max_length=64)

    objects = UsageFileQuerySet.as_manager()

    class Meta:
        ordering = ["month", "pk"]
        constraints = [models.CheckConstraint(name="a_usage_file_has_rows", condition=Q(rows__gte=1))]
        indexes = [models.Index(fields=["month", "first_customer", "last_customer"], name="usage_of_a_month")]

    def __str__(self) -> str:
        return self.path


class PendingFile(models.Model):
    """A file that is being written, or no longer needed: from before its first byte until it counts or is swept."""

    path = models.CharField(max_length=255, unique=True)
    begun_at = models.DateTimeField(default=clock.now, db_index=True)
    being_swept = models.BooleanField(default=False)

    objects = HouseRows["PendingFile"].as_manager()

    def __str__(self) -> str:
        return self.path


class QuarantinedRecord(Record):
    """A record that was not accepted.

    index: its place in the batch, from 0. line: as it was delivered. fields: what was read from it, for correcting.
    error, facts: the class in errors.py and its facts, so that the reason is told in the reader's language.
    resubmitted_in: the batch that brought it again.
    """

    batch = models.ForeignKey(UsageBatch, models.PROTECT, related_name="quarantined", verbose_name=_("batch"))
    index = models.PositiveBigIntegerField(_("record"))
    code = models.CharField(_("code"), max_length=32)
    error = models.CharField(max_length=64)
    facts: models.JSONField[Any, Any] = models.JSONField(default=dict)
    line = models.TextField(_("original line"))
    fields: models.JSONField[Any, Any] = models.JSONField(default=dict)
    state = StateField(QuarantineState, default=QuarantineState.WAITING, verbose_name=_("state"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    discarded_because = models.CharField(_("discarded because"), max_length=255, blank=True)
    resubmitted_in = models.ForeignKey(
        UsageBatch,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("submitted again in"),
    )

    objects = HouseRows["QuarantinedRecord"].as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "index"], name="a_record_is_refused_once"),
            models.CheckConstraint(
                name="a_discarded_record_has_a_reason",
                condition=~Q(state="discarded") | ~Q(discarded_because=""),
            ),
            models.CheckConstraint(
                name="a_record_submitted_again_has_a_batch",
                condition=Q(state="resubmitted", resubmitted_in__isnull=False)
                | ~Q(state="resubmitted") & Q(resubmitted_in__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["state", "batch"], name="quarantine_by_state")]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.index}"


class MeteredTime(models.Model):
    """The time for which a resource's usage of one kind has been accepted: no second of it is accepted twice.

    spans: [begin, end, begin, end, …] in epoch seconds, ascending, apart from each other; touching spans are one.
    turn: grows with every change, so that who read it earlier notices.
    """

    resource_id = models.CharField(max_length=64)
    usage_type = models.ForeignKey(UsageType, models.PROTECT, related_name="+")
    spans: models.JSONField[Any, Any] = models.JSONField(default=list)
    turn = models.PositiveBigIntegerField(default=0)

    objects = HouseRows["MeteredTime"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resource_id", "usage_type"], name="metered_time_of_a_resource")
        ]

    def __str__(self) -> str:
        return f"{self.resource_id}/{self.usage_type_id}"


class IntakeGate(models.Model):
    """One row that whoever closes a batch or a month locks: of two at once, the second sees what the first did."""

    objects = HouseRows["IntakeGate"].as_manager()

    def __str__(self) -> str:
        return str(self.pk)


class ClosedMonth(models.Model):
    """A bill month that takes no more usage: what arrives for it, or for an earlier one, is late."""

    month = models.CharField(_("bill month"), max_length=7, primary_key=True)
    closed_at = models.DateTimeField(_("closed"), default=clock.now)

    objects = HouseRows["ClosedMonth"].as_manager()

    class Meta:
        ordering = ["month"]

    def __str__(self) -> str:
        return self.month


class Arrival(models.Model):
    """That a customer has new usage in a bill month, since `at`. Whoever rates it deletes the row as it read it."""

    customer_id = models.CharField(max_length=64)
    month = models.CharField(max_length=7)
    at = models.DateTimeField(db_index=True)

    objects = HouseRows["Arrival"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer_id", "month"], name="one_arrival_a_customer_and_month")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}/{self.month}"
