"""Decide that quarantined records shall never count."""

from __future__ import annotations

from partner_center.foundation.actor import Actor
from partner_center.metering.actions import discard_records
from partner_center.metering.errors import AlreadyDecided, DiscardReasonMissing, QuarantineNotFound
from partner_center.metering.queries import quarantined_for
from partner_center.wire.native import native
from partner_center.wire.schema import WireModel, field


class Request(WireModel):
    ids: list[int] = field(ge=1, le=2**63 - 1, max_items=1000)
    reason: str = field(max_length=255)


@native(
    "POST",
    "/quarantined-records/discard",
    callers="O",
    status=204,
    errors=(QuarantineNotFound, AlreadyDecided, DiscardReasonMissing),
)
def discard_quarantined_records(actor: Actor, request: Request) -> None:
    """Discard quarantined records, all or none, and say why."""
    discard_records(actor, records=quarantined_for(actor, request.ids), reason=request.reason)
