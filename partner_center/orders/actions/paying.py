"""Paying an order: the state first, then the money, then the work for the platform."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.customers.holding import hold
from partner_center.customers.queries import check_may_buy, payer_of
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.hot import insert_together
from partner_center.foundation.steps import advance
from partner_center.kernel import clock
from partner_center.orders.actions.changing import reckon_again
from partner_center.orders.errors import CouponNotUsable, OnlyTheCustomerPays, OrderMoved, PaymentTooLate
from partner_center.orders.means import take
from partner_center.orders.models import Fulfilment, LineOffer, Order, OrderLine
from partner_center.orders.quoting import Choice, best_frozen, choose_frozen
from partner_center.orders.rules.deadlines import is_too_late
from partner_center.orders.states import OrderState, OrderType
from partner_center.subscriptions.actions import start_order
from partner_center.subscriptions.models import Resource

DISCOUNT_TYPES = (605, 606, 607)


@action("orders.pay", takes=OrderState.pay, label=_("Pay"), critical=True)
def pay_order(
    actor: Actor,
    *,
    order: Order,
    discount_id: str = "",
    discount_types: Sequence[int] = DISCOUNT_TYPES,
    best_offer: bool = False,
    coupons: Sequence[str] = (),
) -> None:
    """Pay an order that awaits payment, with at most one of the discounts frozen with it.

    The state is taken first: of two payers at once one gets OrderMoved (CBC.99003106) and no money moves.
    Where a partner pays for its customer, the association is held: of a payment and a disassociation at once, one
    comes too late. What a downgrade gives back is reckoned anew: it may have waited for days.
    discount_id: a discount that was open when the order was placed; without one, what was chosen then stands.
    Raises OnlyTheCustomerPays, PaymentTooLate, DiscountNotApplicable, CouponNotUsable, what check_may_buy raises,
    and InsufficientBalance; everything is then as it was.
    """
    _refuse(actor, order, coupons)
    if order.payable.minor < 0:
        reckon_again(actor, order=order)
    choice = _choice(order, discount_id, discount_types, best_offer)
    payer_id = payer_of(order.customer)
    advance(
        actor,
        order,
        OrderState.pay,
        refusal=OrderMoved,
        paid_at=clock.now(),
        payer_id=payer_id,
        partner_id=order.customer.partner_id,
        association_type=order.customer.association_type,
        **_priced_anew(order, choice),
    )
    if payer_id != order.customer_id:
        _hold_payer(order, payer_id)
    payments = take(actor, order, payer_id=payer_id, due=order.payable)
    if order.type != OrderType.NEW:
        _start(actor, order)
    work = Fulfilment(order=order, due_at=clock.now(), created_at=clock.now())
    insert_together(*payments, work)


def _refuse(actor: Actor, order: Order, coupons: Sequence[str]) -> None:
    if actor.kind != "system" and (actor.account_id != order.customer_id or actor.acting_partner_id):
        raise OnlyTheCustomerPays()
    if order.state is OrderState.AWAITING_PAYMENT and is_too_late(clock.now(), order.payment_due_at):
        raise PaymentTooLate(number=order.number)
    if coupons:
        raise CouponNotUsable(coupon_id=coupons[0])
    check_may_buy(order.customer)


def _hold_payer(order: Order, payer_id: str) -> None:
    """A partner pays only for a customer that it has, until the money is taken. Raises OrderMoved."""
    if payer_of(hold(order.customer)) != payer_id:
        raise OrderMoved(subject=order.number, state=order.state)


def _choice(order: Order, discount_id: str, discount_types: Sequence[int], best_offer: bool) -> Choice | None:
    if not discount_id and not best_offer:
        return None
    lines = list(order.lines.all())
    offers = list(LineOffer.objects.filter(line__order=order))
    if discount_id:
        return choose_frozen(lines, offers, discount_id=discount_id, discount_types=discount_types)
    return best_frozen(lines, offers)


def _priced_anew(order: Order, choice: Choice | None) -> dict[str, Any]:
    """The order's amounts under `choice`; its lines are written at once. Nothing when the choice is to leave them."""
    if choice is None:
        return {}
    lines = list(order.lines.all())
    for line, reduction in zip(lines, choice.reductions, strict=True):
        OrderLine.objects.filter(pk=line.pk).update(payable=line.official - reduction)
    return {
        "payable": order.official - choice.total,
        "discount_type": choice.discount_type,
        "discount_id": choice.discount_id,
    }


def _start(actor: Actor, order: Order) -> None:
    """Keep the resources of a renewal or change from moving on while the order is at work. Raises ResourceClosed."""
    for resource in Resource.objects.filter(order_in_hand=order.number):
        start_order(actor, resource=resource, order_number=order.number)
