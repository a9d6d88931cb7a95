"""One bill run."""

from __future__ import annotations

from typing import Any

from partner_center.billing.errors import RunNotFound
from partner_center.billing.native.bill_run_shapes import Run
from partner_center.billing.runs.queries import run_for
from partner_center.foundation.actor import Actor
from partner_center.wire.native import native
from partner_center.wire.schema import WireModel, field


class Request(WireModel):
    id: str = field(max_length=20)


class Response(Run):
    comparison: Any
    """Against last month's run ("month") and the run it replaces ("replaced"): what moved most, in minor units."""


@native("GET", "/bill-runs/{id}", callers="O", needs="billing.view", errors=(RunNotFound,))
def show_bill_run(actor: Actor, request: Request) -> Response:
    """One bill run with its checks, whom it parked, and how it differs from last month and the run it replaces."""
    run = run_for(actor, request.id)
    return Response.of(run, comparison=run.comparison)
