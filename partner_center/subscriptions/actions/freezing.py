"""Freezes that lie over a resource's own state: by the police, by the partner, because the account is frozen."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.customers.models import Customer
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.kernel import clock
from partner_center.subscriptions.models import FreezeKind, Resource


@action("subscriptions.freeze", label=_("Freeze"))
def freeze_resource(actor: Actor, *, resource: Resource, kind: FreezeKind) -> None:
    """Freeze a main resource and its children; their time goes on. Freezing twice is nothing."""
    _set(actor, resource, kind, frozen=True)


@action("subscriptions.unfreeze", label=_("Unfreeze"))
def unfreeze_resource(actor: Actor, *, resource: Resource, kind: FreezeKind) -> None:
    """Lift one freeze; others stay. Where the retention period ended meanwhile, the release follows."""
    _set(actor, resource, kind, frozen=False)


@action("subscriptions.freeze_customer", permission="subscriptions.freeze")
def freeze_customer(actor: Actor, *, customer: Customer, kind: FreezeKind) -> int:
    """Freeze every open resource of a customer. Returns how many main resources there are."""
    return _set_all(actor, customer, kind, frozen=True)


@action("subscriptions.unfreeze_customer", permission="subscriptions.unfreeze")
def unfreeze_customer(actor: Actor, *, customer: Customer, kind: FreezeKind) -> int:
    """Lift the freeze of `kind` from every open resource of a customer."""
    return _set_all(actor, customer, kind, frozen=False)


def _set(actor: Actor, resource: Resource, kind: FreezeKind, *, frozen: bool) -> None:
    column = f"frozen_by_{kind.value}"
    rows = Resource.objects.open().filter(pk=resource.pk) | Resource.objects.open().filter(
        main_resource=resource
    )
    rows.update(**{column: frozen, "updated_at": clock.now()})
    setattr(resource, column, frozen)
    record(
        actor,
        "resource.freeze" if frozen else "resource.unfreeze",
        resource,
        about=resource.customer_id,
        by=kind.value,
    )


def _set_all(actor: Actor, customer: Customer, kind: FreezeKind, *, frozen: bool) -> int:
    resources = (
        Resource.objects.open().main().filter(customer=customer, **{f"frozen_by_{kind.value}": not frozen})
    )
    touched = 0
    for resource in resources:
        _set(actor, resource, kind, frozen=frozen)
        touched += 1
    return touched
