"""Freezing a customer, and ending it. Who froze decides who may unfreeze.

Resources that a partner has frozen can be unfrozen by it within 15 days (features F8); after that only the account
can, and the vendor decides about the resources.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.customers import rules
from partner_center.customers.errors import (
    FrozenByAnother,
    NoRightOverCustomer,
    ResourcesFrozenTooLong,
)
from partner_center.customers.holding import hold
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
    international resale customers. Resources that are frozen still stay so."""
    present = hold(customer)
    again = present.freeze_state is FreezeState.ONLY_RESOURCES
    step = FreezeState.freeze_with_resources if again else FreezeState.freeze
    _freeze(actor, customer, present, step, reason)


@action("customers.freeze_with_resources", takes=FreezeState.freeze_with_resources, critical=True)
def freeze_customer_with_resources(actor: Actor, *, customer: Customer, reason: str) -> None:
    """As freeze_customer, and its resources stop as well."""
    _freeze(actor, customer, hold(customer), FreezeState.freeze_with_resources, reason)


@action("customers.unfreeze", takes=FreezeState.unfreeze, critical=True)
def unfreeze_customer(actor: Actor, *, customer: Customer, reason: str = "") -> None:
    """The customer may buy again, and its resources run. A partner cannot undo the vendor's freeze (FrozenByAnother),
    nor that of resources after 15 days (ResourcesFrozenTooLong) or while it is frozen itself (features A8)."""
    present = hold(customer)
    _refuse_unfreezing(actor, customer, present)
    if present.frozen_by == FrozenBy.STANDING and not actor.is_house:
        raise FrozenByAnother(customer=str(customer))
    if present.resources_frozen and not actor.is_house and not _in_time(present):
        raise ResourcesFrozenTooLong(customer=str(customer), days=rules.RESOURCE_WINDOW.days)
    _unfreeze(actor, customer, reason)


@action(
    "customers.unfreeze_account",
    takes=FreezeState.unfreeze_account,
    permission="customers.unfreeze",
    critical=True,
)
def unfreeze_account(actor: Actor, *, customer: Customer, reason: str = "") -> None:
    """The customer may buy again; resources that are frozen stay so. One frozen without them is simply unfrozen.

    Raises FrozenByAnother, NoRightOverCustomer.
    """
    present = hold(customer)
    _refuse_unfreezing(actor, customer, present)
    if present.freeze_state is FreezeState.ACCOUNT:
        _unfreeze(actor, customer, reason)
    else:
        _step(actor, customer, FreezeState.unfreeze_account, freeze_reason=reason[:256], said=reason)


@action("customers.freeze_used_up", label=_("Freeze what has used up its budget"))
def freeze_used_up(actor: Actor, *, customer: Customer, with_resources: bool) -> bool:
    """What the budget says shall happen when it is used up. False where somebody has frozen the customer already."""
    present = hold(customer)
    if present.frozen or not present.is_resale:
        return False
    resources_too = with_resources or present.resources_frozen
    _step(
        actor,
        customer,
        FreezeState.freeze_with_resources if resources_too else FreezeState.freeze,
        frozen_by=FrozenBy.BUDGET,
        freeze_reason="",
        frozen_at=clock.now(),
        said=str(FrozenBy.BUDGET.label),
    )
    return True


@action("customers.restore_budget", label=_("Restore a monthly budget"))
def restore_after_budget(actor: Actor, *, customer: Customer) -> bool:
    """A new month's budget ends the freeze that the old one caused, and no other. False where there is none."""
    if hold(customer).frozen_by != FrozenBy.BUDGET:
        return False
    _unfreeze(actor, customer, str(_("A new month has begun.")))
    return True


def lift_partner_freeze(actor: Actor, customer: Customer, reason: str) -> None:
    """End a freeze that is not the vendor's, as part of another deed that the actor may do.

    Resources frozen for more than 15 days stay so: their account is unfrozen alone.
    """
    present = hold(customer)
    if present.freeze_state is FreezeState.ACTIVE or present.frozen_by in (
        FrozenBy.VENDOR,
        FrozenBy.STANDING,
    ):
        return
    if actor.is_house or not present.resources_frozen or _in_time(present):
        _unfreeze(actor, customer, reason)
    elif present.frozen:
        _step(actor, customer, FreezeState.unfreeze_account, said=reason)


def _freeze(actor: Actor, customer: Customer, present: Customer, step: Step, reason: str) -> None:
    """A partner does not freeze over the vendor's freeze: it would make it its own. Resources that are frozen count
    from their first day."""
    _require_right(actor, customer)
    if present.frozen_by in (FrozenBy.VENDOR, FrozenBy.STANDING) and not actor.is_house:
        raise FrozenByAnother(customer=str(customer))
    since = present.frozen_at if present.resources_frozen else None
    _step(
        actor,
        customer,
        step,
        frozen_by=FrozenBy.VENDOR if actor.is_house else FrozenBy.PARTNER,
        freeze_reason=reason,
        frozen_at=since or clock.now(),
        said=reason,
    )


def _unfreeze(actor: Actor, customer: Customer, reason: str) -> None:
    _step(actor, customer, FreezeState.unfreeze, frozen_by="", freeze_reason="", frozen_at=None, said=reason)


def _refuse_unfreezing(actor: Actor, customer: Customer, present: Customer) -> None:
    _require_right(actor, customer)
    if present.frozen_by == FrozenBy.VENDOR and not actor.is_house:
        raise FrozenByAnother(customer=str(customer))


def _in_time(present: Customer) -> bool:
    return present.frozen_at is None or rules.may_unfreeze_resources(present.frozen_at, clock.now())


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
