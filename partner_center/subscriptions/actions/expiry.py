"""What time does to a lease: expiry, grace, retention, release. Called by the drain, in the order of the moments due.

Every next moment is counted from the one that was due, not from when the work was done.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.steps import advance
from partner_center.kernel import clock
from partner_center.subscriptions import rules
from partner_center.subscriptions.actions.leases import closing, family, give_back_periods, lock_if_due
from partner_center.subscriptions.actions.schedule import reschedule
from partner_center.subscriptions.configuration import grace_and_retention
from partner_center.subscriptions.errors import (
    FrozenByPolice,
    NotMainResource,
    OrderRunning,
    ResourceClosed,
    StillInUse,
)
from partner_center.subscriptions.models import ClosedBecause, Resource, ResourceState
from partner_center.subscriptions.notices import tell


@action("subscriptions.expire", takes=ResourceState.expire, label=_("Expire"))
def expire_lease(actor: Actor, *, resource: Resource) -> None:
    """A main resource and its children enter the grace period; its length goes by the customer's level."""
    lock_if_due(resource)
    days = grace_and_retention().grace_of(resource.customer.level)
    for one in family(resource):
        until = rules.grace_until(resource.expires_at, days) if one.is_main else None
        advance(actor, one, ResourceState.expire, due_at=until, updated_at=clock.now())
    reschedule(resource)


@action("subscriptions.retain", takes=ResourceState.retain, label=_("Retain"))
def retain_lease(actor: Actor, *, resource: Resource) -> None:
    """Unusable from now on, data kept until the retention period ends."""
    lock_if_due(resource)
    assert resource.due_at is not None, "only what was due is retained"
    until = rules.retention_until(resource.due_at, grace_and_retention().retention_days)
    for one in family(resource):
        advance(
            actor, one, ResourceState.retain, due_at=until if one.is_main else None, updated_at=clock.now()
        )
    reschedule(resource)


@action("subscriptions.release_at_end", permission="subscriptions.release", takes=ResourceState.release)
def release_at_end(actor: Actor, *, resource: Resource) -> None:
    """The time is over: close a main resource and its children and tell the customer."""
    lock_if_due(resource)
    assert resource.due_at is not None, "only what was due is released"
    _close(actor, resource, resource.due_at, ClosedBecause.EXPIRED)
    tell(resource, "released", days=0, moment=resource.closed_at or clock.now())


@action("subscriptions.release", takes=ResourceState.release, label=_("Release"))
def release_lease(actor: Actor, *, resource: Resource) -> None:
    """The customer lets go of an expired or frozen resource before its time.

    Raises StillInUse (that is unsubscribed instead), OrderRunning, FrozenByPolice.
    """
    row = Resource.objects.select_for_update(of=("self",)).select_related("customer").get(pk=resource.pk)
    if row.main_resource is not None:
        raise NotMainResource(resource_id=row.resource_id, main_resource_id=row.main_resource.resource_id)
    if row.state is ResourceState.CLOSED:
        raise ResourceClosed(resource_id=row.resource_id)
    if row.state is ResourceState.IN_USE:
        raise StillInUse(resource_id=row.resource_id)
    if row.frozen_by_police:
        raise FrozenByPolice(resource_id=row.resource_id)
    if row.order_in_hand:
        raise OrderRunning(resource_id=row.resource_id, order_number=row.order_in_hand)
    _close(actor, row, clock.now(), ClosedBecause.RELEASED)


def _close(actor: Actor, resource: Resource, moment: datetime, because: ClosedBecause) -> None:
    for one in family(resource):
        give_back_periods(actor, one, moment)
        advance(actor, one, ResourceState.release, **closing(moment, because))
