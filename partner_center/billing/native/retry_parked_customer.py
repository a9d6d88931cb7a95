"""Bill a parked customer again."""

from __future__ import annotations

from partner_center.billing.errors import DecisionMade, ParkedNotFound, RunNotFound
from partner_center.billing.native.bill_run_shapes import Parked
from partner_center.billing.runs.deciding import retry_parked
from partner_center.billing.runs.queries import parked_for, run_for
from partner_center.foundation.actor import Actor
from partner_center.wire.native import native
from partner_center.wire.schema import WireModel, field


class Request(WireModel):
    id: str = field(max_length=20)
    customer_id: str = field(max_length=64)


@native(
    "POST",
    "/bill-runs/{id}/parked/{customer_id}/retry",
    callers="O",
    errors=(DecisionMade, ParkedNotFound, RunNotFound),
)
def retry_parked_customer(actor: Actor, request: Request) -> Parked:
    """Bill the customer again, by a run of its own that opens as soon as this one is posted."""
    parked = parked_for(actor, run_for(actor, request.id), request.customer_id)
    retry_parked(actor, parked=parked)
    return Parked.of(parked)
