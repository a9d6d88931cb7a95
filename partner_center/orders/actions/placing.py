"""Placing orders for new products."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from partner_center.catalogue.models import ChargeMode
from partner_center.customers.holding import hold
from partner_center.customers.models import Customer, PermissionGroup
from partner_center.customers.queries import check_may_buy, is_authorised
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.orders.actions.drafting import Draft, write_order
from partner_center.orders.errors import MayNotOrderFor, NotOrderable
from partner_center.orders.models import Order
from partner_center.orders.notices import tell_to_confirm
from partner_center.orders.policy import policy
from partner_center.orders.quoting import Wish, choose, frozen_offers, quote
from partner_center.orders.rules.deadlines import payment_deadline
from partner_center.orders.states import OrderState, OrderType, PeriodType
from partner_center.pricing.quotes import Quote

MOST_LINES = 100
MOST_MONTHS = {PeriodType.MONTH: 36, PeriodType.YEAR: 10}


@action("orders.place", label=_("Place an order"))
def place_order(
    actor: Actor,
    *,
    customer: Customer,
    wishes: Sequence[Wish],
    number: str = "",
    discount_id: str = "",
    best_offer: bool = False,
    auto_renew: bool = False,
) -> Order:
    """Order yearly/monthly products at today's prices; every discount open now is frozen with the order.

    A customer orders for itself; the order then awaits payment (or review, where the service asks for it). A partner
    that the customer has authorised orders for it, and the order awaits the customer's confirmation.
    number: one reserved before. discount_id: the discount to use; best_offer: take the best one (automatic payment).
    Raises MayNotOrderFor, what check_may_buy and price inquiry raise, DiscountNotApplicable, NumberNotUsable,
    TooManyOrders and NotOrderable.
    """
    may_order_for(actor, customer)
    check_may_buy(customer)
    _refuse_nonsense(wishes)
    now = clock.now()
    quoted = quote(wishes, customer_id=customer.pk)
    _refuse_loose_attachments(quoted)
    order = write_order(
        actor,
        customer=customer,
        type=OrderType.NEW,
        drafts=[_draft(wish, quoted, position) for position, wish in enumerate(wishes)],
        placed_at=now,
        state=first_state(actor, {wish.cloud_service_type for wish in wishes}),
        choice=choose(quoted, discount_id=discount_id, best=best_offer),
        number=number,
        payment_due_at=payment_deadline(now, days=policy().payment_days),
        auto_renew=auto_renew,
    )
    if order.state is OrderState.AWAITING_CONFIRMATION:
        tell_to_confirm(order)
    return order


def may_order_for(actor: Actor, customer: Customer) -> None:
    """A customer for itself, a partner for a customer that has authorised it, or with its token.

    For a partner the association is held meanwhile: it cannot order for a customer that it has just lost.
    Raises MayNotOrderFor.
    """
    if actor.kind == "customer" and actor.account_id == customer.pk and not actor.acting_partner_id:
        return
    partner_id = actor.acting_partner_id or (actor.account_id if actor.kind == "partner" else "")
    concerned = (
        actor.account_id == customer.pk if actor.acting_partner_id else actor.sees_customer(customer.pk)
    )
    if partner_id and concerned:
        hold(customer)
        if is_authorised(customer.pk, partner_id, PermissionGroup.TRADE):
            return
    raise MayNotOrderFor(customer=customer.pk)


def first_state(actor: Actor, services: set[str]) -> OrderState:
    """Where an order begins: in review, waiting for its customer's word, or for payment."""
    if services & policy().reviewed_services:
        return OrderState.UNDER_REVIEW
    by_its_partner = actor.kind == "partner" or actor.acting_partner_id
    return OrderState.AWAITING_CONFIRMATION if by_its_partner else OrderState.AWAITING_PAYMENT


def _refuse_nonsense(wishes: Sequence[Wish]) -> None:
    if not wishes or len(wishes) > MOST_LINES:
        raise NotOrderable(reason=_("it needs one to a hundred products."))
    for wish in wishes:
        most = MOST_MONTHS.get(PeriodType(wish.period_type), 0)
        if not 1 <= wish.period_num <= most:
            raise NotOrderable(reason=_("the period is too short or too long."))


def _refuse_loose_attachments(quoted: Quote) -> None:
    """What follows a main resource is bought for as long as one of the order's main resources, if it has any.

    Packages follow nothing.
    """
    asked = [line.question for line in quoted.lines if line.price.charge_mode != ChargeMode.PACKAGE]
    hosts = {(one.period_type, one.period_num) for one in asked if one.product.is_main}
    if hosts and any((one.period_type, one.period_num) not in hosts for one in asked):
        raise NotOrderable(reason=_("what belongs to a main resource is bought for the same period."))


def _draft(wish: Wish, quoted: Quote, position: int) -> Draft:
    line = quoted.lines[position]
    product = line.question.product
    return Draft(
        product=product,
        official=line.official,
        offers=frozen_offers(quoted, position),
        facts={
            "available_zone": wish.available_zone,
            "resource_size": wish.resource_size if product.is_linear else None,
            "size_measure_id": product.linear_measure_id,
            "period_type": wish.period_type,
            "period_num": wish.period_num,
            "subscription_num": wish.subscription_num,
            "resource_name": wish.resource_name,
            "enterprise_project_id": wish.enterprise_project_id,
        },
    )
