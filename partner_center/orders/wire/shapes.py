"""Parts that several answers about orders are made of. Names and fields are the contract's."""

from __future__ import annotations

from typing import Any, Self

from partner_center.kernel.money import Money
from partner_center.orders.models import Order, OrderLine
from partner_center.orders.states import RefundKind
from partner_center.wire.schema import Maybe, Moment, WireModel, Yuan

YUAN = 1


class DiscountItemV2(WireModel):
    discount_type: str
    discount_amount: Yuan


class AmountInfomationV2(WireModel):
    """The parts of an amount. The name's spelling is the platform's."""

    discounts: list[DiscountItemV2]
    flexipurchase_coupon_amount: Yuan
    coupon_amount: Yuan
    stored_card_amount: Yuan
    commission_amount: Maybe[Yuan] = None
    consumed_amount: Maybe[Yuan] = None

    @classmethod
    def of(
        cls, row: Order | OrderLine, discount_type: int | None, kept: dict[str, Money] | None = None
    ) -> Self:
        """kept: what a refund order kept back, by RefundKind; None for orders that charge."""
        nothing = Money.zero(row.currency)
        discounts = []
        if discount_type is not None and row.discount:
            discounts = [DiscountItemV2(discount_type=str(discount_type), discount_amount=row.discount)]
        return cls(
            discounts=discounts,
            flexipurchase_coupon_amount=nothing,
            coupon_amount=nothing,
            stored_card_amount=nothing,
            commission_amount=None if kept is None else kept.get(RefundKind.FEE, nothing),
            consumed_amount=None if kept is None else kept.get(RefundKind.CONSUMED, nothing),
        )


class EnterpriseProject(WireModel):
    id: Maybe[str] = None
    name: Maybe[str] = None


class AgentPayInfoV2(WireModel):
    paying_agent_id: Maybe[str] = None
    is_agent_pay: Maybe[bool] = None


def shared_fields(order: Order, kept: dict[str, Money] | None) -> dict[str, Any]:
    """What an order says about itself in the list and in its details alike. `order` has its service_name."""
    return {
        "order_id": order.number,
        "customer_id": order.customer_id,
        "service_type_code": order.cloud_service_type,
        "service_type_name": order.service_name or order.cloud_service_type,  # type: ignore[attr-defined]
        "source_type": order.source,
        "status": order.state.wire,
        "order_type": order.type,
        "amount_after_discount": order.payable,
        "official_amount": order.official,
        "measure_id": YUAN,
        "create_time": order.created_at,
        "payment_time": order.paid_at,
        "currency": order.currency,
        "amount_info": AmountInfomationV2.of(order, order.discount_type, kept),
    }


class CustomerOrder(WireModel):
    """The fields that orders share in every answer."""

    order_id: str
    customer_id: str
    service_type_code: str
    service_type_name: str
    source_type: int
    status: int
    order_type: int
    amount_after_discount: Yuan
    official_amount: Yuan
    measure_id: int
    create_time: Moment
    payment_time: Maybe[Moment] = None
    currency: str
    contract_id: Maybe[str] = None
    amount_info: AmountInfomationV2
