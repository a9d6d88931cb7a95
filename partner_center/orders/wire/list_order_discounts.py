"""查询订单可用折扣: the discounts that an unpaid order can be paid with."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from partner_center.foundation.actor import Actor
from partner_center.orders.errors import OrderNotFound
from partner_center.orders.models import LineOffer, Order
from partner_center.orders.queries import open_offers, order_for
from partner_center.orders.wire.discounts import ORDER_TYPES
from partner_center.wire.operation import operation
from partner_center.wire.schema import Number, WireModel, Yuan, field


class Request(WireModel):
    order_id: str = field(max_length=64)


class OrderLineItemV3(WireModel):
    order_line_item_ids: list[str]
    discount_mode: int
    discount_amount: Yuan
    discount_ratio: Number


class OrderV3(WireModel):
    order_id: str
    order_line_items: list[OrderLineItemV3]


class DiscountInfoV3(WireModel):
    discount_id: str
    discount_value: str
    discount_type: int
    orders: list[OrderV3]


class Response(WireModel):
    discounts: list[DiscountInfoV3]


@operation(
    "GET",
    "/v2/orders/customer-orders/order-discounts",
    callers="C",
    items=("billing:order:view",),
    errors=(OrderNotFound,),
)
def list_order_discounts(actor: Actor, request: Request) -> Response:
    """List the discounts frozen with one of the caller's orders; none once it is paid or cancelled."""
    order = order_for(actor, request.order_id)
    return Response(discounts=[_shown(order, offers) for offers in open_offers(order)])


def _shown(order: Order, offers: Sequence[LineOffer]) -> DiscountInfoV3:
    first = offers[0]
    return DiscountInfoV3(
        discount_id=first.discount_id,
        discount_value=_value(first),
        discount_type=ORDER_TYPES[first.discount_type],
        orders=[OrderV3(order_id=order.number, order_line_items=[_line(order, one) for one in offers])],
    )


def _line(order: Order, offer: LineOffer) -> OrderLineItemV3:
    return OrderLineItemV3(
        order_line_item_ids=[offer.line.item_id(order.number)],
        discount_mode=offer.mode,
        discount_amount=offer.reduction,
        discount_ratio=offer.ratio_or_one,
    )


def _value(offer: LineOffer) -> str:
    """The ratio, or the amount off; empty for a fixed price."""
    match offer.mode:
        case 0:
            return _plain(offer.ratio_or_one)
        case 2:
            return _plain(offer.reduction.decimal)
    return ""


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
