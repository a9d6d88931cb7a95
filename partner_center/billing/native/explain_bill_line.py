"""Why a bill line costs what it costs, in words and numbers."""

from __future__ import annotations

from typing import Any

from partner_center.billing.errors import LineNotFound
from partner_center.billing.native.list_bill_lines import BillLine
from partner_center.billing.reading.explanation import explained
from partner_center.billing.reading.telling import told
from partner_center.foundation.actor import Actor
from partner_center.wire.native import native
from partner_center.wire.schema import WireModel, field


class Request(WireModel):
    line_id: str = field(max_length=128)


class Step(WireModel):
    """One sentence; `figures` are its numbers, exact, and its codes."""

    kind: str
    text: str
    figures: dict[str, Any]


class Response(WireModel):
    line: BillLine
    steps: list[Step]


@native("GET", "/bill-lines/{line_id}/explanation", needs="billing.view", errors=(LineNotFound,))
def explain_bill_line(actor: Actor, request: Request) -> Response:
    """From the usage record, or the order, over packages, price, steps, discount and truncation to the ledger entry.

    Sentences are in the caller's language (X-Language). What was rated and charged is told as it was stored then.
    """
    found = explained(actor, request.line_id)
    steps = told(found, actor.language)
    return Response(
        line=BillLine.of(found.line),
        steps=[Step(kind=one.kind, text=one.text, figures=dict(one.figures)) for one in steps],
    )
