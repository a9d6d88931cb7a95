"""Parts of requests and answers that several calls share."""

from __future__ import annotations

from typing import Any

from partner_center.metering.intake.records import reason_of
from partner_center.metering.models import QuarantinedRecord, UsageBatch
from partner_center.wire.schema import Maybe, Moment, WireModel


class Rejected(WireModel):
    index: int
    error_code: str
    error_msg: str


class Batch(WireModel):
    batch_id: str
    source: str
    file_name: str
    status: str
    received_time: Moment
    accepted: int
    rejected: int
    late: int
    corrects: Maybe[str] = None

    @classmethod
    def of(cls, batch: UsageBatch) -> Batch:
        return cls(
            batch_id=batch.batch_id,
            source=batch.source,
            file_name=batch.file_name,
            status=batch.state.value,
            received_time=batch.received_at,
            accepted=batch.accepted,
            rejected=batch.rejected,
            late=batch.late,
            corrects=batch.corrects.batch_id if batch.corrects else None,
        )


class Quarantined(WireModel):
    id: int
    batch_id: str
    index: int
    error_code: str
    error_msg: str
    line: str
    record: Any
    status: str
    discard_reason: Maybe[str] = None
    resubmitted_in: Maybe[str] = None

    @classmethod
    def of(cls, record: QuarantinedRecord) -> Quarantined:
        return cls(
            id=record.pk,
            batch_id=record.batch.batch_id,
            index=record.index,
            error_code=record.code,
            error_msg=reason_of(record),
            line=record.line,
            record=record.fields,
            status=record.state.value,
            discard_reason=record.discarded_because or None,
            resubmitted_in=record.resubmitted_in.batch_id if record.resubmitted_in else None,
        )


def rejected_of(batch: UsageBatch) -> list[Rejected]:
    """What was refused of a batch, whatever has become of it since."""
    return [
        Rejected(index=one.index, error_code=one.code, error_msg=reason_of(one))
        for one in batch.quarantined.order_by("index")
    ]
