"""Send quarantined records again."""

from __future__ import annotations

from typing import Any

from partner_center.foundation.actor import Actor
from partner_center.metering.errors import AlreadyDecided, IntakeBusy, QuarantineNotFound, StoreUnavailable
from partner_center.metering.intake.calls import resubmit
from partner_center.metering.native.receive_usage_batch import UsageRecord
from partner_center.metering.native.shapes import Rejected, rejected_of
from partner_center.metering.queries import quarantined_for
from partner_center.wire.native import native
from partner_center.wire.schema import Maybe, WireModel, field


class Correction(WireModel):
    id: int = field(ge=1, le=2**63 - 1)
    record: Maybe[UsageRecord] = None


class Request(WireModel):
    records: list[Correction] = field(max_items=1000)


class Response(WireModel):
    batch_id: str
    accepted: int
    rejected: list[Rejected]


@native(
    "POST",
    "/quarantined-records/resubmit",
    callers="O",
    status=202,
    errors=(QuarantineNotFound, AlreadyDecided, IntakeBusy, StoreUnavailable),
)
def resubmit_quarantined_records(actor: Actor, request: Request) -> Response:
    """Send quarantined records again in one new batch, each as it is or with the fields given in `record`."""
    records = quarantined_for(actor, [one.id for one in request.records])
    corrections: dict[int, dict[str, Any]] = {
        one.id: {name: value for name, value in one.record.__dict__.items() if value is not None}
        for one in request.records
        if one.record is not None
    }
    batch = resubmit(actor, records, corrections)
    return Response(batch_id=batch.batch_id, accepted=batch.accepted, rejected=rejected_of(batch))
