"""The bill runs."""

from __future__ import annotations

from partner_center.billing.models import BillRun
from partner_center.billing.native.bill_run_shapes import Run
from partner_center.foundation.actor import Actor
from partner_center.wire.native import native
from partner_center.wire.schema import Maybe, Month, Paging, WireModel


class Request(Paging):
    bill_cycle: Maybe[Month] = None


class Response(WireModel):
    total_count: int
    bill_runs: list[Run]


@native("GET", "/bill-runs", callers="O", needs="billing.view")
def list_bill_runs(actor: Actor, request: Request) -> Response:
    """The bill runs, the newest month first, each with its checks and whom it parked."""
    runs = BillRun.objects.visible_to(actor).prefetch_related("parked")
    if request.bill_cycle:
        runs = runs.filter(month=str(request.bill_cycle))
    return Response(total_count=runs.count(), bill_runs=[Run.of(run) for run in request.slice(runs)])
