"""Work of orders that happens by itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from partner_center.foundation.actor import Actor
from partner_center.foundation.errors import WrongState
from partner_center.foundation.jobs import Slot, drain, job
from partner_center.kernel import clock
from partner_center.kernel.errors import DomainError
from partner_center.orders.actions.cancelling import lapse_order
from partner_center.orders.actions.fulfilling import due_fulfilments, next_due, take_in_hand, write_answer
from partner_center.orders.actions.renewing import renew_automatically
from partner_center.orders.fulfilment.platform import Platform, Task, platform
from partner_center.orders.models import Fulfilment, Order
from partner_center.orders.queries import orders_without_resource
from partner_center.orders.states import UNPAID, Cancellation
from partner_center.subscriptions.actions import record_renewal_attempt
from partner_center.subscriptions.queries import due_for_auto_renewal

A_TURN = 100


@drain("orders.fulfil", due=next_due)
def fulfil() -> dict[str, int]:
    """Tell the cloud platform what has been ordered, and write down what it did."""
    actor, told = Actor.system("orders.fulfil"), platform()
    done = [_fulfil(actor, told, one) for one in due_fulfilments(A_TURN)]
    return {"told": len(done), "taken by others": done.count(False)}


def next_lapse() -> datetime | None:
    """When the first unpaid order reaches its deadline."""
    unpaid = Order.objects.filter(state__in=UNPAID, payment_due_at__isnull=False).order_by("payment_due_at")
    return unpaid.values_list("payment_due_at", flat=True).first()


@drain("orders.lapse", due=next_lapse)
def lapse() -> dict[str, int]:
    """Cancel the orders whose payment deadline has passed."""
    due = Order.objects.lapsed_at(clock.now()).select_related("customer__account").order_by("payment_due_at")
    return {"cancelled": sum(_lapse(order, Cancellation.DEADLINE) for order in due[:A_TURN])}


@job("orders.cancel_pointless", every="day at 02:30 Asia/Shanghai", catch_up=False)
def cancel_pointless(slot: Slot) -> dict[str, int]:
    """Cancel unpaid renewals and changes whose resource has been closed meanwhile (flows §5.2)."""
    return {
        "cancelled": sum(
            _lapse(order, Cancellation.RESOURCE_GONE) for order in orders_without_resource(A_TURN)
        )
    }


@job("orders.auto_renew", every="day at 03:00 Asia/Shanghai", catch_up=False)
def auto_renew(slot: Slot) -> dict[str, int]:
    """Renew what renews itself, from the deduction day until the end of retention; a failure is tried again daily."""
    tally = {"renewed": 0, "failed": 0}
    while batch := due_for_auto_renewal(clock.now()):
        for resource in batch:
            tally["renewed" if _renew(resource) else "failed"] += 1
    return tally


def _fulfil(actor: Actor, told: Platform, one: Fulfilment) -> bool:
    try:
        take_in_hand(actor, fulfilment=one)
    except WrongState:
        return False
    write_answer(actor, fulfilment=one, answer=told.carry_out(Task.of(one.order)))
    return True


def _lapse(order: Order, because: Cancellation) -> bool:
    try:
        lapse_order(Actor.system("orders.lapse"), order=order, because=because)
    except WrongState:
        return False
    return True


def _renew(resource: Any) -> bool:
    actor = Actor.system("orders.auto_renew")
    failure = ""
    try:
        renew_automatically(actor, resource=resource)
    except DomainError as refusal:
        failure = str(refusal)
    record_renewal_attempt(actor, resource=resource, failure=failure)
    return not failure
