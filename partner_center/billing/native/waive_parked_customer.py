"""Give up what of a parked customer cannot be billed."""

from __future__ import annotations

from partner_center.billing.errors import DecisionMade, ParkedNotFound, ReasonMissing, RunNotFound
from partner_center.billing.native.bill_run_shapes import Parked
from partner_center.billing.runs.deciding import waive_parked
from partner_center.billing.runs.queries import parked_for, run_for
from partner_center.foundation.actor import Actor
from partner_center.wire.native import native
from partner_center.wire.schema import WireModel, field


class Request(WireModel):
    id: str = field(max_length=20)
    customer_id: str = field(max_length=64)
    reason: str = field(max_length=255)


@native(
    "POST",
    "/bill-runs/{id}/parked/{customer_id}/waive",
    callers="O",
    errors=(DecisionMade, ParkedNotFound, ReasonMissing, RunNotFound),
)
def waive_parked_customer(actor: Actor, request: Request) -> Parked:
    """Give up what could not be rated, with a reason, and bill the rest."""
    parked = parked_for(actor, run_for(actor, request.id), request.customer_id)
    waive_parked(actor, parked=parked, reason=request.reason)
    return Parked.of(parked)
