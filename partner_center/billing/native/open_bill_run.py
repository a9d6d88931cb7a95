"""Bill a month."""

from __future__ import annotations

from partner_center.billing.errors import EarlierMonthOpen, MonthInvalid, MonthPosted, RunInProgress
from partner_center.billing.native.bill_run_shapes import Run
from partner_center.billing.runs.actions import open_run
from partner_center.billing.runs.begun import carried_if_small
from partner_center.foundation.actor import Actor
from partner_center.wire.native import native
from partner_center.wire.schema import Month, WireModel, field


class Request(WireModel):
    bill_cycle: Month
    post: bool = field(True)
    """False: it waits, checked, for somebody to look at what moved and to post it."""


@native(
    "POST",
    "/bill-runs",
    callers="O",
    status=201,
    errors=(EarlierMonthOpen, MonthInvalid, MonthPosted, RunInProgress),
)
def open_bill_run(actor: Actor, request: Request) -> Run:
    """Open a bill run: snapshot, rating, checks and, unless `post` is false, posting.

    A small month is done when the answer comes; a large one goes on in the background, and its state says how far it
    is. A month that is over is closed by it and billed once.
    """
    run = open_run(actor, month=str(request.bill_cycle), posts_itself=request.post)
    return Run.of(carried_if_small(actor, run))
