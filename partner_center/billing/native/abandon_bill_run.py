"""Give a bill run up."""

from __future__ import annotations

from partner_center.billing.errors import ReasonMissing, RunMovedOn, RunNotFound
from partner_center.billing.native.bill_run_shapes import Run
from partner_center.billing.runs.actions import abandon_run
from partner_center.billing.runs.queries import run_for
from partner_center.foundation.actor import Actor
from partner_center.wire.native import native
from partner_center.wire.schema import WireModel, field


class Request(WireModel):
    id: str = field(max_length=20)
    reason: str = field(max_length=255)


@native("POST", "/bill-runs/{id}/abandon", callers="O", errors=(ReasonMissing, RunMovedOn, RunNotFound))
def abandon_bill_run(actor: Actor, request: Request) -> Run:
    """Give a run up before anything of it is posted, with a reason. Another may be opened then."""
    run = run_for(actor, request.id)
    abandon_run(actor, run=run, reason=request.reason)
    return Run.of(run)
