"""The batches of usage that were received."""

from __future__ import annotations

from partner_center.foundation.actor import Actor
from partner_center.metering.models import UsageBatch
from partner_center.metering.native.shapes import Batch
from partner_center.wire.native import native
from partner_center.wire.schema import Maybe, Paging, WireModel, field


class Request(Paging):
    batch_id: Maybe[str] = field(None, max_length=128)


class Response(WireModel):
    total_count: int
    batches: list[Batch]


@native("GET", "/usage-batches", callers="O", needs="metering.view")
def list_usage_batches(actor: Actor, request: Request) -> Response:
    """The usage batches, the newest first."""
    batches = UsageBatch.objects.visible_to(actor).select_related("corrects")
    if request.batch_id:
        batches = batches.filter(batch_id=request.batch_id)
    return Response(total_count=batches.count(), batches=[Batch.of(one) for one in request.slice(batches)])
