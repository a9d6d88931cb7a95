"""Agree to an order that one's partner has placed."""

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
    "/orders/{order_id}/confirm",
    callers="C",
    errors=(OrderNotFound, NotAwaitingConfirmation, OnlyTheCustomerConfirms),
)
def confirm_order(actor: Actor, request: Request) -> OrderAnswer:
    """Agree to an order that the caller's partner has placed for it; it then awaits payment."""
    order = order_for(actor, request.order_id)
    actions.confirm_order(actor, order=order)
    return OrderAnswer.of(order)
