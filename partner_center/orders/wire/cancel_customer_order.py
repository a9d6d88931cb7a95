"""取消待支付订单: cancel an order that awaits payment."""

from __future__ import annotations

from partner_center.foundation.actor import Actor
from partner_center.orders.actions import cancel_order
from partner_center.orders.errors import CannotCancel, OrderUnknown
from partner_center.orders.queries import order_for
from partner_center.wire.operation import operation
from partner_center.wire.schema import WireModel, field


class Request(WireModel):
    order_id: str = field(max_length=64)


@operation(
    "PUT",
    "/v2/orders/customer-orders/cancel",
    callers="C",
    status=204,
    items=("billing:order:update",),
    errors=(OrderUnknown, CannotCancel),
)
def cancel_customer_order(actor: Actor, request: Request) -> None:
    """Cancel one of the caller's orders; nothing brings it back."""
    cancel_order(actor, order=order_for(actor, request.order_id, refusal=OrderUnknown))
