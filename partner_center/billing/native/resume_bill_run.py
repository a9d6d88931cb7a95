"""Go on with a bill run that was refused something."""

from __future__ import annotations

from partner_center.billing.errors import RunMovedOn, RunNotFound
from partner_center.billing.native.bill_run_shapes import Run
from partner_center.billing.runs.actions import resume_run
from partner_center.billing.runs.begun import carried_if_small
from partner_center.billing.runs.queries import run_for
from partner_center.foundation.actor import Actor
from partner_center.wire.native import native
from partner_center.wire.schema import WireModel, field


class Request(WireModel):
    id: str = field(max_length=20)


@native("POST", "/bill-runs/{id}/resume", callers="O", errors=(RunMovedOn, RunNotFound))
def resume_bill_run(actor: Actor, request: Request) -> Run:
    """Try again what was refused (no space, a damaged file, checks that did not hold) once its cause is gone."""
    run = run_for(actor, request.id)
    resume_run(actor, run=run)
    return Run.of(carried_if_small(actor, run))
