"""Orders of goods that are sent: shipped, received, sent back and replaced. The platform says which ones are."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.steps import advance
from partner_center.orders.models import Order
from partner_center.orders.states import OrderState


@action("orders.await_shipment", permission="orders.fulfil", takes=OrderState.await_shipment)
def await_shipment(actor: Actor, *, order: Order) -> None:
    """The platform has accepted the order and will send the goods."""
    advance(actor, order, OrderState.await_shipment)


@action("orders.ship", takes=OrderState.ship, label=_("Ship"))
def ship_order(actor: Actor, *, order: Order) -> None:
    """The goods are on their way. Raises WrongState."""
    advance(actor, order, OrderState.ship)


@action("orders.send_back", takes=OrderState.send_back, label=_("Send back"))
def send_order_back(actor: Actor, *, order: Order) -> None:
    """The customer refuses what it received; it will be picked up. Raises WrongState."""
    advance(actor, order, OrderState.send_back)


@action("orders.pick_up", permission="orders.ship", takes=OrderState.pick_up, label=_("Picked up"))
def pick_order_up(actor: Actor, *, order: Order) -> None:
    """The refused goods have been picked up and are being replaced. Raises WrongState."""
    advance(actor, order, OrderState.pick_up)


@action("orders.replace", permission="orders.ship", takes=OrderState.replace, label=_("Ship the replacement"))
def ship_replacement(actor: Actor, *, order: Order) -> None:
    """The replacement is on its way. Raises WrongState."""
    advance(actor, order, OrderState.replace)
