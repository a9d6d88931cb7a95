"""Fast-forward a sandbox."""

from __future__ import annotations

from partner_center.foundation.actor import Actor
from partner_center.foundation.errors import ClockRefused
from partner_center.foundation.installation import fast_forward
from partner_center.kernel import clock
from partner_center.wire.native import native
from partner_center.wire.schema import Moment, WireModel


class Request(WireModel):
    to: Moment


class JobTally(WireModel):
    name: str
    slots: int
    failures: int


class Response(WireModel):
    now: Moment
    jobs: list[JobTally]


@native("POST", "/clock/advance", callers="O", needs="foundation.move_clock", errors=(ClockRefused,))
def advance_clock(actor: Actor, request: Request) -> Response:
    """Move a sandbox's clock forwards, at most 62 days, and run everything that falls due on the way, in order."""
    tally = fast_forward(request.to)
    return Response(now=clock.now(), jobs=[JobTally(**row) for row in tally.rows()])
