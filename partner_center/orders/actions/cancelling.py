"""Ways in which an order comes to nothing before it is paid. Nothing brings it back."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.steps import advance
from partner_center.kernel import clock
from partner_center.orders.errors import CannotCancel, NotAwaitingConfirmation, OnlyTheCustomerConfirms
from partner_center.orders.models import Order
from partner_center.orders.notices import tell_about
from partner_center.orders.states import Cancellation, OrderState
from partner_center.subscriptions.actions import let_go
from partner_center.subscriptions.models import Resource


@action("orders.cancel", takes=OrderState.cancel, label=_("Cancel"))
def cancel_order(actor: Actor, *, order: Order, because: Cancellation = Cancellation.CUSTOMER) -> None:
    """Cancel an order that awaits payment. Raises CannotCancel."""
    advance(actor, order, OrderState.cancel, refusal=CannotCancel, **_cancelled(because))
    free_resources(actor, order)


@action("orders.lapse", takes=OrderState.lapse, label=_("Cancel unpaid orders at their deadline"))
def lapse_order(actor: Actor, *, order: Order, because: Cancellation = Cancellation.DEADLINE) -> None:
    """Cancel an order that was not paid in time, or whose resource is gone. Raises CannotCancel."""
    advance(actor, order, OrderState.lapse, refusal=CannotCancel, **_cancelled(because))
    free_resources(actor, order)
    tell_about(order, "orders.lapsed")


@action("orders.confirm", takes=OrderState.confirm, label=_("Confirm"))
def confirm_order(actor: Actor, *, order: Order) -> None:
    """The customer agrees to an order that its partner placed for it; it then awaits payment.

    Raises OnlyTheCustomerConfirms and NotAwaitingConfirmation.
    """
    _refuse_others(actor, order)
    advance(actor, order, OrderState.confirm, refusal=NotAwaitingConfirmation)


@action("orders.decline", takes=OrderState.decline, label=_("Decline"))
def decline_order(actor: Actor, *, order: Order) -> None:
    """The customer does not want what its partner ordered. Raises as `confirm_order`."""
    _refuse_others(actor, order)
    advance(
        actor, order, OrderState.decline, refusal=NotAwaitingConfirmation, **_cancelled(Cancellation.DECLINED)
    )
    free_resources(actor, order)


@action("orders.approve", permission="orders.review", takes=OrderState.approve, label=_("Approve"))
def approve_order(actor: Actor, *, order: Order) -> None:
    """An operator lets an order through that its customer placed: it awaits payment. Raises WrongState."""
    if order.placed_by_id == order.customer_id:
        advance(actor, order, OrderState.approve)
    else:
        pass_order_on(actor, order=order)


@action("orders.pass_on", permission="orders.review", takes=OrderState.pass_on)
def pass_order_on(actor: Actor, *, order: Order) -> None:
    """An operator lets an order through that a partner placed: it awaits its customer's confirmation."""
    advance(actor, order, OrderState.pass_on)


@action("orders.reject", permission="orders.review", takes=OrderState.reject, label=_("Reject"))
def reject_order(actor: Actor, *, order: Order, reason: str = "") -> None:
    """An operator turns an order down. Raises WrongState."""
    advance(actor, order, OrderState.reject, reason=reason[:1024], **_cancelled(Cancellation.REJECTED))
    free_resources(actor, order)


def free_resources(actor: Actor, order: Order) -> None:
    """Let other orders come to the resources this one had in hand."""
    for resource in Resource.objects.filter(order_in_hand=order.number):
        let_go(actor, resource=resource, order_number=order.number)


def _cancelled(because: Cancellation) -> dict[str, Any]:
    return {"cancelled_at": clock.now(), "cancellation": because}


def _refuse_others(actor: Actor, order: Order) -> None:
    if actor.account_id != order.customer_id or actor.acting_partner_id:
        raise OnlyTheCustomerConfirms()
