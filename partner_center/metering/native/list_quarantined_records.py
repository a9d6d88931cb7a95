"""Usage records that were not accepted."""

from __future__ import annotations

from partner_center.foundation.actor import Actor
from partner_center.metering.models import QuarantinedRecord, QuarantineState
from partner_center.metering.native.shapes import Quarantined
from partner_center.wire.native import native
from partner_center.wire.schema import Maybe, Paging, WireModel, field


class Request(Paging):
    batch_id: Maybe[str] = field(None, max_length=128)
    status: Maybe[str] = field(None, one_of=[state.value for state in QuarantineState])
    error_code: Maybe[str] = field(None, max_length=32)


class Response(WireModel):
    total_count: int
    records: list[Quarantined]


@native("GET", "/quarantined-records", callers="O", needs="metering.view")
def list_quarantined_records(actor: Actor, request: Request) -> Response:
    """Usage records that were not accepted, the newest first, with code, reason and original line."""
    records = QuarantinedRecord.objects.visible_to(actor).select_related("batch", "resubmitted_in")
    if request.batch_id:
        records = records.filter(batch__batch_id=request.batch_id)
    if request.status:
        records = records.filter(state=QuarantineState.with_value(request.status))
    if request.error_code:
        records = records.filter(code=request.error_code)
    return Response(
        total_count=records.count(), records=[Quarantined.of(one) for one in request.slice(records)]
    )
