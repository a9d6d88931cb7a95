"""The installation's clock, as this installation sees it."""

from __future__ import annotations

from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.wire.native import native
from partner_center.wire.schema import Moment, WireModel


class Response(WireModel):
    now: Moment


@native("GET", "/clock")
def show_clock(actor: Actor) -> Response:
    """What time it is for this installation: real time, or later in a sandbox that was fast-forwarded."""
    return Response(now=clock.now())
