"""Questions about orders that need more than a queryset."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from partner_center.foundation.actor import Actor
from partner_center.kernel.errors import DomainError
from partner_center.orders.errors import OrderNotFound
from partner_center.orders.models import Order, OrderLine
from partner_center.orders.states import UNPAID, OrderType
from partner_center.subscriptions.models import Resource, ResourceState


def order_for(
    actor: Actor, number: str, *, refusal: type[DomainError] = OrderNotFound, through: str = ""
) -> Order:
    """The order with this number, upper or lower case, if the actor may see it; otherwise `refusal`.

    through: the reseller whose scope a distributor addresses.
    """
    found = (
        Order.objects.visible_to(actor, through=through)
        .select_related("customer__account", "customer__partner")
        .filter(number=number.upper())
        .first()
    )
    if found is None:
        raise refusal(number=number)
    return found


def orders_without_resource(limit: int) -> list[Order]:
    """Unpaid renewals and changes of resources that are closed."""
    closed = Resource.objects.filter(resource_id=OuterRef("resource_id"), state=ResourceState.CLOSED)
    lines = OrderLine.objects.filter(order=OuterRef("pk")).filter(Exists(closed))
    rows = Order.objects.filter(
        Exists(lines), state__in=UNPAID, type__in=(OrderType.RENEWAL, OrderType.CHANGE)
    )
    return list(rows.select_related("customer__account").order_by("pk")[:limit])
