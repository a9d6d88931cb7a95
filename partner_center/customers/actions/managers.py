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


@action("customers.assign", label=_("Assign to an account manager"))
def assign_manager(actor: Actor, *, customer: Customer, manager: User) -> ManagerAssignment:
    """Give the customer to one of its partner's members; the manager before it, if any, loses it.

    Raises OnlyItsPartner, NotAMember for somebody else's member, AlreadyInCharge when it is
    this manager's already.
    """
    _require_partner(actor, customer)
    if manager.account_id != customer.partner_id:
        raise NotAMember(user=manager.login)
    present = Customer.objects.select_for_update().get(pk=customer.pk)
    if present.account_manager_id == manager.pk:
        raise AlreadyInCharge(customer=str(customer), manager=manager.login)
    _end_present(customer)
    assigned = ManagerAssignment.objects.create(
        customer=customer, partner_id=customer.partner_id, manager=manager
    )
    _set_manager(customer, manager)
    record(actor, "customers.assign", customer, about=customer.pk, manager=manager.login)
    return assigned


@action("customers.reclaim", label=_("Reclaim from the account manager"))
def reclaim_customer(actor: Actor, *, customer: Customer) -> None:
    """Take the customer back: its later consumption and performance are no longer the manager's."""
    _require_partner(actor, customer)
    present = Customer.objects.select_for_update().get(pk=customer.pk)
    if present.account_manager_id is None:
        raise NobodyInCharge(customer=str(customer))
    _end_present(customer)
    _set_manager(customer, None)
    record(actor, "customers.reclaim", customer, about=customer.pk)


def _require_partner(actor: Actor, customer: Customer) -> None:
    if actor.kind == "system" and customer.partner_id:
        return
    if (
        actor.kind != "partner"
        or customer.partner_id != actor.account_id
        or not actor.sees_customer(customer.pk)
    ):
        raise OnlyItsPartner()


def _end_present(customer: Customer) -> None:
    ManagerAssignment.objects.filter(customer=customer, ended_at__isnull=True).update(ended_at=clock.now())


def _set_manager(customer: Customer, manager: User | None) -> None:
    Customer.objects.filter(pk=customer.pk).update(account_manager=manager)
    customer.account_manager = manager
