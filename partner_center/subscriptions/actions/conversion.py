"""From yearly/monthly to pay-per-use: the lease ends and the same resource goes on, charged by its use."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.steps import advance
from partner_center.kernel import clock
from partner_center.subscriptions.actions.leases import closing, family, give_back_periods, lock, lock_if_due
from partner_center.subscriptions.actions.on_demand import begin_on_demand
from partner_center.subscriptions.errors import AccountFrozen, FrozenByPolice, NotSoldPayPerUse
from partner_center.subscriptions.models import ClosedBecause, OnDemandResource, Resource, ResourceState
from partner_center.subscriptions.queries import is_sold_pay_per_use


@action("subscriptions.convert", takes=ResourceState.convert, label=_("Change to pay-per-use"))
def convert_to_on_demand(actor: Actor, *, resource: Resource) -> OnDemandResource:
    """Change a main resource and its children to pay-per-use now; what was paid ahead is the order's to refund.

    Raises WrongState when it is closed, FrozenByPolice, AccountFrozen, NotSoldPayPerUse.
    """
    lock(resource)
    return _convert(actor, resource, clock.now().replace(microsecond=0))


@action("subscriptions.convert_at_expiry", permission="subscriptions.convert", takes=ResourceState.convert)
def convert_at_expiry(actor: Actor, *, resource: Resource) -> OnDemandResource:
    """The same at expiry, as the resource's policy says. Raises what `convert_to_on_demand` raises."""
    lock_if_due(resource)
    return _convert(actor, resource, resource.expires_at)


def _convert(actor: Actor, resource: Resource, moment: datetime) -> OnDemandResource:
    if resource.frozen_by_police:
        raise FrozenByPolice(resource_id=resource.resource_id)
    if resource.customer.frozen:
        raise AccountFrozen()
    whole = family(resource)
    for one in whole:
        if not is_sold_pay_per_use(one):
            raise NotSoldPayPerUse(spec=one.resource_spec)
    main = None
    for one in reversed(whole):
        give_back_periods(actor, one, moment)
        advance(actor, one, ResourceState.convert, **closing(moment, ClosedBecause.CONVERTED))
        opened = begin_on_demand(actor, one, moment, main)
        main = main or opened
    assert main is not None
    return main
