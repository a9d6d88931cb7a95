"""支付包年/包月产品订单: pay an order that awaits payment."""

from __future__ import annotations

from django.utils.translation import gettext as _

from partner_center.customers.errors import CustomerFrozen, PurchasesStopped, RealNameRequired
from partner_center.foundation.actor import Actor
from partner_center.ledger.errors import InsufficientBalance
from partner_center.orders.actions import pay_order
from partner_center.orders.errors import CouponNotUsable, OrderMoved, OrderNotFound, PaymentTooLate
from partner_center.orders.queries import order_for
from partner_center.orders.wire.discounts import INQUIRY_TYPES
from partner_center.pricing.errors import DiscountNotApplicable
from partner_center.subscriptions.errors import ResourceClosed
from partner_center.wire.errors import InvalidParameter
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, WireModel, field


class CouponSimpleInfoOrderPayV3(WireModel):
    id: str = field(max_length=64)
    type: int = field(one_of=(300, 301, 302, 303))


class DiscountSimpleInfoV3(WireModel):
    id: str = field(max_length=64)
    type: int = field(one_of={"cn": (0, 2, 3), "intl": (0, 2, 3, 609)})


class Request(WireModel):
    order_id: str = field(max_length=64)
    use_coupon: str = field(one_of=("YES", "NO"))
    use_discount: str = field(one_of=("YES", "NO"))
    coupon_infos: Maybe[list[CouponSimpleInfoOrderPayV3]] = field(None, max_items=3)
    discount_infos: Maybe[list[DiscountSimpleInfoV3]] = field(None, max_items=1)


@operation(
    "POST",
    "/v3/orders/customer-orders/pay",
    callers="C",
    status=204,
    items=("billing:order:pay",),
    errors=(
        OrderNotFound,
        OrderMoved,
        DiscountNotApplicable,
        PaymentTooLate,
        CouponNotUsable,
        InsufficientBalance,
        CustomerFrozen,
        PurchasesStopped,
        RealNameRequired,
        ResourceClosed,
    ),
)
def pay_orders(actor: Actor, request: Request) -> None:
    """Pay one of the caller's orders with its balance: cash, then credit."""
    discount = _the_discount(request)
    pay_order(
        actor,
        order=order_for(actor, request.order_id),
        discount_id=discount.id if discount else "",
        discount_types=INQUIRY_TYPES.get(discount.type, ()) if discount else (),
        coupons=_the_coupons(request),
    )


def _the_discount(request: Request) -> DiscountSimpleInfoV3 | None:
    """YES needs exactly one; with NO the list is ignored."""
    if request.use_discount == "NO":
        return None
    if not request.discount_infos:
        raise InvalidParameter(parameter="discount_infos", reason=_("use_discount is YES, so one is needed"))
    return request.discount_infos[0]


def _the_coupons(request: Request) -> list[str]:
    if request.use_coupon == "NO":
        return []
    if not request.coupon_infos:
        raise InvalidParameter(
            parameter="coupon_infos", reason=_("use_coupon is YES, so at least one is needed")
        )
    return [coupon.id for coupon in request.coupon_infos]
