"""An unfinished order keeps other orders away from a resource: at most one at a time."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.subscriptions.errors import InPendingOrder, NotMainResource, ResourceClosed
from partner_center.subscriptions.models import HeldFor, Resource, ResourceState


@action("subscriptions.hold", label=_("Hold a resource for an order"))
def hold_for_order(
    actor: Actor, *, resource: Resource, order_number: str, purpose: HeldFor, is_running: bool = False
) -> None:
    """Take the main resource in hand for an order; doing it again for the same order is nothing.

    Of two orders at once, one gets InPendingOrder. Raises ResourceClosed, NotMainResource.
    """
    if resource.main_resource is not None:
        raise NotMainResource(
            resource_id=resource.resource_id, main_resource_id=resource.main_resource.resource_id
        )
    taken = (
        Resource.objects.open()
        .filter(pk=resource.pk, order_in_hand__in=("", order_number))
        .update(
            order_in_hand=order_number, held_for=purpose, order_is_running=is_running, updated_at=clock.now()
        )
    )
    if not taken:
        current = Resource.objects.get(pk=resource.pk)
        if current.state is ResourceState.CLOSED:
            raise ResourceClosed(resource_id=resource.resource_id)
        raise InPendingOrder(resource_id=resource.resource_id, order_number=current.order_in_hand)
    resource.order_in_hand, resource.held_for, resource.order_is_running = order_number, purpose, is_running


@action("subscriptions.start_order", permission="subscriptions.hold")
def start_order(actor: Actor, *, resource: Resource, order_number: str) -> None:
    """The order in hand is paid and at work: until it lets go, the resource is not released.

    Raises ResourceClosed when the resource has been released meanwhile.
    """
    started = (
        Resource.objects.open()
        .filter(pk=resource.pk, order_in_hand=order_number)
        .update(order_is_running=True)
    )
    if not started:
        raise ResourceClosed(resource_id=resource.resource_id)
    resource.order_is_running = True


@action("subscriptions.let_go", permission="subscriptions.hold")
def let_go(actor: Actor, *, resource: Resource, order_number: str) -> None:
    """The order is finished, cancelled or failed: others may come. Nothing when it holds the resource no longer."""
    Resource.objects.filter(pk=resource.pk, order_in_hand=order_number).update(
        order_in_hand="", held_for="", order_is_running=False, updated_at=clock.now()
    )
    if resource.order_in_hand == order_number:
        resource.order_in_hand, resource.held_for, resource.order_is_running = "", "", False
