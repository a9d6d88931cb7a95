"""What the native calls answer about an order."""

from __future__ import annotations

from typing import Self

from partner_center.orders.models import Order
from partner_center.wire.schema import Maybe, Moment, WireModel, Yuan


class OrderAnswer(WireModel):
    """amount_after_discount below zero comes back to the customer."""

    order_id: str
    status: int
    official_amount: Yuan
    amount_after_discount: Yuan
    currency: str
    pending_payment_end_time: Maybe[Moment] = None

    @classmethod
    def of(cls, order: Order) -> Self:
        return cls(
            order_id=order.number,
            status=order.state.wire,
            official_amount=order.official,
            amount_after_discount=order.payable,
            currency=order.currency,
            pending_payment_end_time=order.payment_due_at,
        )
