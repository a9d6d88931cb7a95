"""Giving customers to account managers and taking them back, with history by date."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.customers.errors import (
    AlreadyInCharge,
    NobodyInCharge,
    NotAMember,
    OnlyItsPartner,
)
from partner_center.customers.models import Customer, ManagerAssignment
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.identity.models import User
from partner_center.kernel import clock
from partner_center.partners.queries import members_of


@action("customers.assign", label=_("Assign to an account manager"))
def assign_manager(actor: Actor, *, customer: Customer, manager: User) -> ManagerAssignment:
    """Give the customer to one of its partner's members; the manager before it, if any, loses it.

    Raises OnlyItsPartner, NotAMember for somebody else's or a disabled member and, where a supervisor assigns,
    for whom it does not direct, AlreadyInCharge when it is this manager's already.
    """
    present = _require_partner(actor, customer)
    if manager.account_id != present.partner_id or not _may_choose(actor, manager):
        raise NotAMember(user=manager.login)
    if present.account_manager_id == manager.pk:
        raise AlreadyInCharge(customer=str(customer), manager=manager.login)
    _end_present(customer)
    assigned = ManagerAssignment.objects.create(
        customer=customer, partner_id=present.partner_id, manager=manager
    )
    _set_manager(customer, manager)
    record(actor, "customers.assign", customer, about=customer.pk, manager=manager.login)
    return assigned


@action("customers.reclaim", label=_("Reclaim from the account manager"))
def reclaim_customer(actor: Actor, *, customer: Customer) -> None:
    """Take the customer back: its later consumption and performance are no longer the manager's."""
    present = _require_partner(actor, customer)
    if present.account_manager_id is None:
        raise NobodyInCharge(customer=str(customer))
    _end_present(customer)
    _set_manager(customer, None)
    record(actor, "customers.reclaim", customer, about=customer.pk)


def _require_partner(actor: Actor, customer: Customer) -> Customer:
    """The customer as it is now, held until the deed is done, if it is the acting partner's to assign."""
    present = Customer.objects.select_for_update().get(pk=customer.pk)
    own = actor.kind == "partner" and present.partner_id == actor.account_id
    if not (own and actor.sees_customer(customer.pk)) and not (actor.kind == "system" and present.partner_id):
        raise OnlyItsPartner()
    return present


def _may_choose(actor: Actor, manager: User) -> bool:
    return actor.kind == "system" or members_of(actor).filter(pk=manager.pk).exists()


def _end_present(customer: Customer) -> None:
    ManagerAssignment.objects.filter(customer=customer, ended_at__isnull=True).update(ended_at=clock.now())


def _set_manager(customer: Customer, manager: User | None) -> None:
    Customer.objects.filter(pk=customer.pk).update(account_manager=manager)
    customer.account_manager = manager
