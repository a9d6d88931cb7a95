"""Telling the cloud platform: which work is due, taking it in hand, and what becomes of it.

Nothing is called inside a transaction: a turn takes a piece of work in hand and commits, calls the platform, and
writes down the answer in a second transaction. A process killed in between leaves the work in hand; it is due
again after a while, and the platform recognises the repetition by the order's number.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.steps import advance
from partner_center.kernel import clock
from partner_center.orders.actions.completing import complete_order, give_back_order
from partner_center.orders.actions.shipping import await_shipment
from partner_center.orders.errors import NothingToFulfil
from partner_center.orders.fulfilment.platform import Answer, Outcome
from partner_center.orders.models import Fulfilment, Order
from partner_center.orders.states import FulfilmentState, OrderState

CALL_LASTS = timedelta(minutes=5)
"""Work taken in hand is due again after this time: its process was killed."""

GIVE_UP_AFTER = 12
"""Attempts at delivering something new, over about a day, before the customer gets its money back."""

_LONGEST_WAIT = timedelta(hours=4)


@action(
    "orders.call_platform",
    permission="orders.fulfil",
    takes=FulfilmentState.call,
    label=_("Tell the platform"),
)
def take_in_hand(actor: Actor, *, fulfilment: Fulfilment) -> None:
    """Take a due piece of work in hand, for CALL_LASTS. Raises WrongState when another worker has it."""
    advance(
        actor,
        fulfilment,
        FulfilmentState.call,
        about=fulfilment.order.customer_id,
        attempts=fulfilment.attempts + 1,
        due_at=clock.now() + CALL_LASTS,
    )


@action("orders.fulfil", takes=FulfilmentState.succeed, label=_("Write down what the platform did"))
def write_answer(actor: Actor, *, fulfilment: Fulfilment, answer: Answer) -> None:
    """The platform has answered: it is done, it will be shipped, it cannot be done, or it did not say."""
    match answer.outcome:
        case Outcome.DONE | Outcome.SHIPPED:
            _close(actor, fulfilment, succeeded=True)
            _deliver(actor, fulfilment.order, answer)
        case Outcome.REFUSED:
            refuse(actor, fulfilment=fulfilment, reason=answer.reason)
        case Outcome.UNKNOWN if fulfilment.attempts >= GIVE_UP_AFTER and _awaits(fulfilment.order):
            refuse(actor, fulfilment=fulfilment, reason=answer.reason)
        case Outcome.UNKNOWN:
            put_off(actor, fulfilment=fulfilment, reason=answer.reason)


@action("orders.refuse_fulfilment", permission="orders.fulfil", takes=FulfilmentState.fail)
def refuse(actor: Actor, *, fulfilment: Fulfilment, reason: str) -> None:
    """It cannot be done: an order that waits for it is refunded in full; anything else waits for an operator."""
    _close(actor, fulfilment, succeeded=False, reason=reason)
    if _awaits(fulfilment.order):
        give_back_order(actor, order=fulfilment.order, reason=reason)


@action("orders.put_fulfilment_off", permission="orders.fulfil", takes=FulfilmentState.put_off)
def put_off(actor: Actor, *, fulfilment: Fulfilment, reason: str) -> None:
    """The platform could not be reached: try again, ever later."""
    advance(
        actor,
        fulfilment,
        FulfilmentState.put_off,
        about=fulfilment.order.customer_id,
        due_at=clock.now() + wait_after(fulfilment.attempts),
        last_error=reason[:255],
    )


@action(
    "orders.retry_fulfilment", permission="orders.fulfil", takes=FulfilmentState.retry, label=_("Try again")
)
def retry_fulfilment(actor: Actor, *, fulfilment: Fulfilment) -> None:
    """An operator has the platform told once more. Raises NothingToFulfil when the order has been refunded."""
    if fulfilment.order.state is OrderState.CANCELLED:
        raise NothingToFulfil(number=fulfilment.order.number)
    advance(
        actor,
        fulfilment,
        FulfilmentState.retry,
        about=fulfilment.order.customer_id,
        attempts=0,
        due_at=clock.now(),
        finished_at=None,
    )


def wait_after(attempts: int) -> timedelta:
    """One minute after the first failure, then twice as long each time, at most four hours."""
    return min(timedelta(minutes=2 ** max(attempts - 1, 0)), _LONGEST_WAIT)


def next_due() -> datetime | None:
    """When the first open piece of work wants attention."""
    return Fulfilment.objects.open().order_by("due_at").values_list("due_at", flat=True).first()


def due_fulfilments(limit: int) -> list[Fulfilment]:
    rows = Fulfilment.objects.open().filter(due_at__lte=clock.now())
    return list(
        rows.select_related("order__customer__account", "order__customer__partner").order_by("due_at", "pk")[
            :limit
        ]
    )


def _awaits(order: Order) -> bool:
    """Whether the order is complete only when the platform has done its work."""
    return order.state is OrderState.PROCESSING


def _deliver(actor: Actor, order: Order, answer: Answer) -> None:
    if not _awaits(order):
        return
    if answer.outcome is Outcome.SHIPPED:
        await_shipment(actor, order=order)
    else:
        complete_order(actor, order=order, resource_ids=answer.resource_ids)


def _close(actor: Actor, fulfilment: Fulfilment, *, succeeded: bool, reason: str = "") -> None:
    advance(
        actor,
        fulfilment,
        FulfilmentState.succeed if succeeded else FulfilmentState.fail,
        about=fulfilment.order.customer_id,
        finished_at=clock.now(),
        last_error=reason[:255],
    )
