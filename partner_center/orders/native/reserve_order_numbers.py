"""生成订单号: reserve order numbers."""

from __future__ import annotations

from partner_center.foundation.actor import Actor
from partner_center.orders import actions
from partner_center.orders.errors import TooManyNumbers
from partner_center.wire.native import native
from partner_center.wire.schema import WireModel, field


class Request(WireModel):
    count: int = field(1, ge=1, le=100)


class Response(WireModel):
    order_ids: list[str]


@native("POST", "/order-numbers", callers="A", status=201, errors=(TooManyNumbers,))
def reserve_order_numbers(actor: Actor, request: Request) -> Response:
    """Reserve order numbers for the caller; each can be used for one order."""
    return Response(order_ids=actions.reserve_order_numbers(actor, count=request.count))
