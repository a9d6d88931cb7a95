"""Usage from the vendor's platform."""

from __future__ import annotations

from typing import Any

from partner_center.foundation.actor import Actor
from partner_center.metering.errors import BatchReused, IntakeBusy, StoreUnavailable
from partner_center.metering.intake.calls import delivery_of_call
from partner_center.metering.intake.receiving import receive
from partner_center.metering.native.shapes import Rejected, rejected_of
from partner_center.wire.native import native
from partner_center.wire.schema import WireModel, field


class UsageRecord(WireModel):
    """What is wrong with a value is told of the record, not of the call."""

    customer_id: Any = None
    resource_id: Any = None
    cloud_service_type: Any = None
    resource_type: Any = None
    resource_spec: Any = None
    region: Any = None
    usage_type: Any = None
    usage_measure_id: Any = None
    usage_value: Any = None
    begin_time: Any = None
    end_time: Any = None
    enterprise_project_id: Any = None


class Request(WireModel):
    batch_id: str = field(max_length=128)
    records: list[UsageRecord] = field(max_items=10_000)


class Response(WireModel):
    batch_id: str
    accepted: int
    rejected: list[Rejected]


@native(
    "POST",
    "/usage-batches",
    callers="O",
    status=202,
    rate=32,
    errors=(BatchReused, IntakeBusy, StoreUnavailable),
)
def receive_usage_batch(actor: Actor, request: Request) -> Response:
    """Take up to 10 000 usage records; the same batch twice counts once and gets the same answer."""
    records = [
        {name: value for name, value in one.__dict__.items() if value is not None} for one in request.records
    ]
    batch = receive(actor, delivery_of_call(request.batch_id, records))
    return Response(batch_id=batch.batch_id, accepted=batch.accepted, rejected=rejected_of(batch))
