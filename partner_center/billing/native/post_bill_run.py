"""Post a bill run that has been checked."""

from __future__ import annotations

from partner_center.billing.errors import RunMovedOn, RunNotFound
from partner_center.billing.native.bill_run_shapes import Run
from partner_center.billing.runs.actions import post_run
from partner_center.billing.runs.begun import carried_if_small
from partner_center.billing.runs.queries import run_for
from partner_center.foundation.actor import Actor
from partner_center.wire.native import native
from partner_center.wire.schema import WireModel, field


class Request(WireModel):
    id: str = field(max_length=20)


@native("POST", "/bill-runs/{id}/post", callers="O", errors=(RunNotFound, RunMovedOn))
def post_bill_run(actor: Actor, request: Request) -> Run:
    """Charge what the run came to, customer by customer; those it parked wait for a decision."""
    run = run_for(actor, request.id)
    post_run(actor, run=run)
    return Run.of(carried_if_small(actor, run))
