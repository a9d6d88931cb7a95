"""购买产品: order yearly/monthly products."""

from __future__ import annotations

from partner_center.catalogue.errors import NotSoldThisWay, ProductNotFound
from partner_center.customers.errors import CustomerFrozen, PurchasesStopped, RealNameRequired
from partner_center.customers.queries import customer_for
from partner_center.foundation.actor import Actor
from partner_center.kernel.errors import DomainError
from partner_center.orders import actions
from partner_center.orders.errors import MayNotOrderFor, NotOrderable, NumberNotUsable, TooManyOrders
from partner_center.orders.models import Order
from partner_center.orders.native.shapes import OrderAnswer
from partner_center.orders.queries import order_for
from partner_center.orders.quoting import Wish
from partner_center.orders.states import OrderState
from partner_center.pricing.errors import (
    AmountTooLarge,
    DiscountNotApplicable,
    SizeMissing,
    SizeNotSold,
    UsageUnitWrong,
)
from partner_center.wire.native import native
from partner_center.wire.schema import Maybe, WireModel, field


class Item(WireModel):
    cloud_service_type: str = field(max_length=64)
    resource_type: str = field(max_length=64)
    resource_spec: str = field(max_length=255)
    region: str = field(max_length=64)
    available_zone: Maybe[str] = field(None, max_length=64)
    resource_size: Maybe[int] = field(None, ge=1, le=10**9)
    size_measure_id: Maybe[int] = field(None, ge=1, le=10**4)
    period_type: int = field(one_of=(2, 3))
    period_num: int = field(ge=1, le=100)
    subscription_num: int = field(ge=1, le=100)
    resource_name: Maybe[str] = field(None, max_length=100)
    enterprise_project_id: Maybe[str] = field(None, max_length=128)

    def wish(self) -> Wish:
        given = self.model_dump(exclude_none=True)
        return Wish(**given)


class Request(WireModel):
    order_id: Maybe[str] = field(None, max_length=64)
    customer_id: Maybe[str] = field(None, max_length=64)
    items: list[Item] = field(min_items=1, max_items=100)
    is_auto_pay: int = field(one_of=(0, 1))
    is_auto_renew: int = field(0, one_of=(0, 1))
    discount_id: Maybe[str] = field(None, max_length=64)


@native(
    "POST",
    "/orders",
    callers="A",
    status=201,
    errors=(
        AmountTooLarge,
        CustomerFrozen,
        DiscountNotApplicable,
        MayNotOrderFor,
        NotOrderable,
        NotSoldThisWay,
        NumberNotUsable,
        ProductNotFound,
        PurchasesStopped,
        RealNameRequired,
        SizeMissing,
        SizeNotSold,
        TooManyOrders,
        UsageUnitWrong,
    ),
)
def place_order(actor: Actor, request: Request) -> OrderAnswer:
    """Order products for the caller, or for a customer that has authorised it and then confirms the order.

    With is_auto_pay the order takes its best discount (unless discount_id names one) and is paid at once; where the
    balance is not enough it stays and awaits payment.
    """
    customer_id = request.customer_id or actor.account_id
    order = actions.place_order(
        actor,
        customer=customer_for(actor, customer_id, refusal=MayNotOrderFor),
        wishes=[item.wish() for item in request.items],
        number=request.order_id or "",
        discount_id=request.discount_id or "",
        best_offer=bool(request.is_auto_pay),
        auto_renew=bool(request.is_auto_renew),
    )
    return OrderAnswer.of(paid_if_possible(actor, order) if request.is_auto_pay else order)


def paid_if_possible(actor: Actor, order: Order) -> Order:
    """Pay an order that awaits payment; where that is refused it stays as it was."""
    if order.state is OrderState.AWAITING_PAYMENT:
        try:
            actions.pay_order(actor, order=order)
        except DomainError:
            return order_for(actor, order.number)
    return order
