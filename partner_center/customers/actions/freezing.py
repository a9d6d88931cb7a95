"""Freezing a customer, and ending it. Who froze decides who may unfreeze."""

from __future__ import annotations

from typing import Any

from partner_center.customers.errors import FrozenByAnother, NoRightOverCustomer
from partner_center.customers.lifecycles import FreezeState
from partner_center.customers.models import Customer, FrozenBy
from partner_center.customers.queries import is_own_or_managed
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.steps import advance
from partner_center.identity.notices import tell
from partner_center.kernel import clock
from partner_center.kernel.lifecycle import Step
from partner_center.partners.models import ResellerRight


@action("customers.freeze", takes=FreezeState.freeze, critical=True)
def freeze_customer(actor: Actor, *, customer: Customer, reason: str) -> None:
    """The customer can no longer buy, renew or change. The vendor may freeze anyone; a partner its
    international resale customers."""
    _freeze(actor, customer, FreezeState.freeze, reason)


@action("customers.freeze_with_resources", takes=FreezeState.freeze_with_resources, critical=True)
def freeze_customer_with_resources(actor: Actor, *, customer: Customer, reason: str) -> None:
    """As freeze_customer, and its resources stop as well."""
    _freeze(actor, customer, FreezeState.freeze_with_resources, reason)


@action("customers.unfreeze", takes=FreezeState.unfreeze, critical=True)
def unfreeze_customer(actor: Actor, *, customer: Customer, reason: str = "") -> None:
    """The customer may buy again. A partner cannot undo the vendor's freeze (FrozenByAnother)."""
    _require_right(actor, customer)
    held_by = Customer.objects.select_for_update().values_list("frozen_by", flat=True).get(pk=customer.pk)
    if held_by == FrozenBy.VENDOR and not actor.is_house:
        raise FrozenByAnother(customer=str(customer))
    _unfreeze(actor, customer, reason)


def lift_partner_freeze(actor: Actor, customer: Customer, reason: str) -> None:
    """End a freeze that is not the vendor's, as part of another deed that the actor may do."""
    held_by = Customer.objects.select_for_update().values_list("frozen_by", flat=True).get(pk=customer.pk)
    if held_by and held_by != FrozenBy.VENDOR:
        _unfreeze(actor, customer, reason)


def _freeze(actor: Actor, customer: Customer, step: Step, reason: str) -> None:
    _require_right(actor, customer)
    _step(
        actor,
        customer,
        step,
        frozen_by=FrozenBy.VENDOR if actor.is_house else FrozenBy.PARTNER,
        freeze_reason=reason,
        frozen_at=clock.now(),
        said=reason,
    )


def _unfreeze(actor: Actor, customer: Customer, reason: str) -> None:
    _step(actor, customer, FreezeState.unfreeze, frozen_by="", freeze_reason="", frozen_at=None, said=reason)


def _require_right(actor: Actor, customer: Customer) -> None:
    if actor.is_house:
        return
    can_be_frozen = customer.is_resale and customer.account.site == "intl"
    if not can_be_frozen or not is_own_or_managed(actor, customer, ResellerRight.FREEZE_CUSTOMERS):
        raise NoRightOverCustomer(customer=str(customer))


def _step(actor: Actor, customer: Customer, step: Step, *, said: str, **changes: Any) -> None:
    advance(actor, customer, step, field="freeze_state", about=customer.pk, **changes)
    tell(
        customer.account,
        "customers.freeze_changed",
        customer=str(customer),
        state=step.target.label,
        reason=said or "–",
    )
