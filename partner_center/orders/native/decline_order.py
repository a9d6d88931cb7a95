"""Turn down an order that one's partner has placed."""

from __future__ import annotations

from partner_center.foundation.actor import Actor
from partner_center.orders import actions
from partner_center.orders.errors import NotAwaitingConfirmation, OnlyTheCustomerConfirms, OrderNotFound
from partner_center.orders.native.shapes import OrderAnswer
from partner_center.orders.queries import order_for
from partner_center.wire.native import native
from partner_center.wire.schema import WireModel, field


class Request(WireModel):
    order_id: str = field(max_length=64)


@native(
    "POST",
    "/orders/{order_id}/decline",
    callers="C",
    errors=(OrderNotFound, NotAwaitingConfirmation, OnlyTheCustomerConfirms),
)
def decline_order(actor: Actor, request: Request) -> OrderAnswer:
    """Turn down an order that the caller's partner has placed for it; nothing brings it back."""
    order = order_for(actor, request.order_id)
    actions.decline_order(actor, order=order)
    return OrderAnswer.of(order)
