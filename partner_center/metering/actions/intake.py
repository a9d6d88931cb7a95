"""Batches begin and close, quarantined records are decided on, months close for usage, leftovers are dropped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.steps import advance
from partner_center.kernel import clock
from partner_center.kernel.period import BillMonth
from partner_center.metering.errors import AlreadyDecided, DiscardReasonMissing, MonthNotClosable
from partner_center.metering.intake.examining import Examiner
from partner_center.metering.intake.records import Delivery
from partner_center.metering.intake.resolving import portions
from partner_center.metering.models import (
    Arrival,
    BatchState,
    ClosedMonth,
    IntakeGate,
    MeteredTime,
    PendingFile,
    QuarantinedRecord,
    QuarantineState,
    UsageBatch,
    UsageFile,
)
from partner_center.metering.queries.usage import last_closed_month

KEPT_PENDING = timedelta(days=1)
"""A file that does not count after a day belongs to nobody. A slower import begins again."""
ROWS_A_STATEMENT = 1000


class Overtaken(Exception):
    """What the records were checked against has changed since; check them again."""


@action("metering.begin_batch", permission="metering.receive", label=_("Receive usage"))
def begin_batch(actor: Actor, *, delivery: Delivery) -> UsageBatch:
    """The row of a batch: a new one, the unfinished one of an earlier attempt, or the one that counts already."""
    facts = {
        "source": delivery.source,
        "file_name": delivery.file_name[-255:],
        "sha256": delivery.sha256,
        "corrects": delivery.corrects,
        "received_at": clock.now(),
    }
    batch, is_new = UsageBatch.objects.get_or_create(batch_id=delivery.batch_id, defaults=facts)
    if not is_new and batch.state is BatchState.RECEIVING:
        UsageBatch.objects.filter(pk=batch.pk, state=BatchState.RECEIVING).update(**facts)
    return batch


@action("metering.close_batch", permission="metering.receive", takes=BatchState.close)
def close_batch(actor: Actor, *, batch: UsageBatch, delivery: Delivery, examined: Examiner) -> None:
    """From here on the batch counts: files, quarantine, metered time and the records it brings again, together.

    Raises Overtaken, WrongState (another attempt was faster), AlreadyDecided; nothing has changed then.
    """
    _stand_at_the_gate()
    if last_closed_month() != examined.closed:
        raise Overtaken
    advance(
        actor,
        batch,
        BatchState.close,
        accepted=examined.accepted,
        rejected=len(examined.rejected),
        late=examined.late,
        source=delivery.source,
        file_name=delivery.file_name[-255:],
        sha256=delivery.sha256,
        corrects_id=delivery.corrects.pk if delivery.corrects else None,
        received_at=clock.now(),
    )
    for returning in delivery.resubmits:
        resubmit_record(actor, quarantined=returning, batch=batch)
    _take_time(examined)
    _make_visible(examined)
    QuarantinedRecord.objects.bulk_create(
        (
            QuarantinedRecord(
                batch=batch,
                index=one.index,
                code=one.refusal.code,
                error=one.refusal.error.__name__,
                facts=dict(one.refusal.facts),
                line=one.line,
                fields=one.fields,
            )
            for one in examined.rejected
        ),
        batch_size=ROWS_A_STATEMENT,
    )


@action("metering.forget_batch", permission="metering.receive")
def forget_batch(actor: Actor, *, batch: UsageBatch) -> None:
    """A batch that could not be received leaves no trace."""
    UsageBatch.objects.filter(pk=batch.pk, state=BatchState.RECEIVING).delete()


@action("metering.resubmit_record", permission="metering.receive", takes=QuarantineState.resubmit)
def resubmit_record(actor: Actor, *, quarantined: QuarantinedRecord, batch: UsageBatch) -> None:
    """The record leaves the quarantine with the batch that brings it again. Raises AlreadyDecided."""
    advance(
        actor,
        quarantined,
        QuarantineState.resubmit,
        refusal=AlreadyDecided,
        decided_at=clock.now(),
        resubmitted_in_id=batch.pk,
    )


@action("metering.discard_record", takes=QuarantineState.discard)
def discard_record(actor: Actor, *, quarantined: QuarantinedRecord, reason: str) -> None:
    """The record shall never count. Raises DiscardReasonMissing, AlreadyDecided."""
    if not reason.strip():
        raise DiscardReasonMissing()
    advance(
        actor,
        quarantined,
        QuarantineState.discard,
        refusal=AlreadyDecided,
        decided_at=clock.now(),
        discarded_because=reason.strip()[:255],
    )


@action("metering.discard_records", permission="metering.discard_record")
def discard_records(actor: Actor, *, records: Sequence[QuarantinedRecord], reason: str) -> None:
    """Discard all of them or none. Raises DiscardReasonMissing, AlreadyDecided."""
    for one in records:
        discard_record(actor, quarantined=one, reason=reason)


@action("metering.close_month", label=_("Close a month for usage"))
def close_month(actor: Actor, *, month: BillMonth) -> None:
    """From now on usage of `month`, and of months before it, is late. Twice is once. Raises MonthNotClosable."""
    if clock.now() < month.period.end:
        raise MonthNotClosable(month=str(month), reason=_("it is not over"))
    _stand_at_the_gate()
    closed, is_new = ClosedMonth.objects.get_or_create(month=str(month))
    if is_new:
        record(actor, "closedmonth.close", closed, month=str(month))


@action("metering.claim_file", permission="metering.receive")
def claim_file(actor: Actor, *, path: str) -> bool:
    """Keep a pending file from ever counting, so that it may be removed. False when it counts already."""
    return bool(PendingFile.objects.filter(path=path).update(being_swept=True))


@action("metering.drop_file", permission="metering.receive")
def drop_file(actor: Actor, *, path: str) -> None:
    """The claimed file has been removed from the store."""
    PendingFile.objects.filter(path=path, being_swept=True).delete()


@action("metering.drop_unfinished", permission="metering.receive")
def drop_unfinished(actor: Actor) -> None:
    """Forget batches that were begun more than a day ago and never closed."""
    UsageBatch.objects.filter(state=BatchState.RECEIVING, received_at__lt=clock.now() - KEPT_PENDING).delete()


def _stand_at_the_gate() -> None:
    IntakeGate.objects.bulk_create([IntakeGate(pk=1)], ignore_conflicts=True)
    IntakeGate.objects.select_for_update().get(pk=1)


def _take_time(examined: Examiner) -> None:
    """Write the metered time, unless somebody has changed it since it was read."""
    keys = sorted(examined.changed)
    for portion in portions(keys):
        present = {
            (resource_id, usage_type_id): turn
            for resource_id, usage_type_id, turn in MeteredTime.objects.filter(
                resource_id__in={resource_id for resource_id, _usage_type_id in portion}
            ).values_list("resource_id", "usage_type_id", "turn")
        }
        if any(present.get(key, 0) != examined.metered[key].turn for key in portion):
            raise Overtaken
    MeteredTime.objects.bulk_create(
        (
            MeteredTime(
                resource_id=resource_id,
                usage_type_id=usage_type_id,
                spans=examined.metered[resource_id, usage_type_id].spans,
                turn=examined.metered[resource_id, usage_type_id].turn + 1,
            )
            for resource_id, usage_type_id in keys
        ),
        batch_size=ROWS_A_STATEMENT,
        update_conflicts=True,
        unique_fields=["resource_id", "usage_type"],
        update_fields=["spans", "turn"],
    )


def _make_visible(examined: Examiner) -> None:
    files = examined.gathering.files
    claimed, _models = PendingFile.objects.filter(
        path__in=[one.row.path for one in files], being_swept=False
    ).delete()
    if claimed != len(files):
        raise Overtaken
    UsageFile.objects.bulk_create((one.row for one in files), batch_size=ROWS_A_STATEMENT)
    arrived = sorted({(customer, one.row.month) for one in files for customer in one.customers})
    Arrival.objects.bulk_create(
        (Arrival(customer_id=customer, month=month, at=clock.now()) for customer, month in arrived),
        batch_size=ROWS_A_STATEMENT,
        update_conflicts=True,
        unique_fields=["customer_id", "month"],
        update_fields=["at"],
    )
