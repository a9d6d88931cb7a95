"""The freeze that lies over one resource's own state: the police's. Freezing a customer with all its resources is the
customer's own state (customers.actions.freeze_customer_with_resources) and needs nothing here."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.kernel import clock
from partner_center.subscriptions.models import Resource


@action("subscriptions.freeze", label=_("Freeze for the police"))
def freeze_resource(actor: Actor, *, resource: Resource, reason: str = "") -> None:
    """Freeze a main resource and its children; their time goes on. Freezing twice is nothing."""
    _set(actor, resource, "resource.freeze", frozen=True, reason=reason)


@action("subscriptions.unfreeze", label=_("Lift the freeze"))
def unfreeze_resource(actor: Actor, *, resource: Resource, reason: str = "") -> None:
    """Lift it. Where the retention period has ended meanwhile, the release follows."""
    _set(actor, resource, "resource.unfreeze", frozen=False, reason=reason)


def _set(actor: Actor, resource: Resource, verb: str, *, frozen: bool, reason: str) -> None:
    together = Resource.objects.open().filter(Q(pk=resource.pk) | Q(main_resource=resource))
    together.update(frozen_by_police=frozen, updated_at=clock.now())
    resource.frozen_by_police = frozen
    record(actor, verb, resource, about=resource.customer_id, reason=reason)
