"""From an actor to the lines it may see. The only place where a scope is made."""

from __future__ import annotations

from django.db.models import Q

from partner_center.billing.reading.asking import Scope
from partner_center.customers.errors import NoRightOverCustomer, NotACustomerOfThePartner
from partner_center.customers.models import Association, AssociationType, Customer, PermissionGroup
from partner_center.customers.queries import authorised_groups
from partner_center.foundation.actor import Actor
from partner_center.kernel.period import BillMonth
from partner_center.partners.queries import scope_of


def scope_of_customer(actor: Actor, member_id: str | None = None) -> Scope:
    """The calling customer's own lines, or those of a member of its enterprise.

    Raises NoRightOverCustomer for whoever is no member of the caller; nobody has members yet.
    """
    if member_id is not None and member_id != actor.account_id:
        raise NoRightOverCustomer(customer=member_id)
    return Scope((actor.account_id,) if actor.kind == "customer" else ())


def scope_of_partner(actor: Actor, customer_id: str, through: str | None = None) -> Scope:
    """What a customer consumed while it was the calling partner's, or its reseller's that a distributor names.

    An account manager sees what was consumed while it was in charge. Raises NoRightOverReseller;
    NotACustomerOfThePartner for a customer that never was the partner's.
    """
    partner_id = scope_of(actor, through)
    if not actor.sees_customer(customer_id) or not was_ever_with(customer_id, partner_id):
        raise NotACustomerOfThePartner(customer=customer_id)
    return Scope((customer_id,), partner_id, manager_of(actor))


def scope_of_reader(actor: Actor, customer_id: str) -> Scope:
    """What the actor may read of a customer's lines, whoever it is: its own, all for the house, and for a partner what
    was consumed while with it, for a distributor with its resellers too.

    Raises NoRightOverCustomer for everybody else's customer and for none at all.
    """
    if actor.is_house and Customer.objects.visible_to(actor).filter(pk=customer_id).exists():
        return Scope((customer_id,))
    if actor.kind == "customer" and actor.account_id == customer_id and _may_view(actor):
        return Scope((customer_id,))
    if actor.kind == "partner" and actor.sees_customer(customer_id):
        mine = Q(partner_id=actor.account_id) | Q(partner__distributor_id=actor.account_id)
        if Association.objects.filter(mine, customer_id=customer_id).exists():
            return Scope((customer_id,), manager_id=manager_of(actor), distributor_id=actor.account_id)
    raise NoRightOverCustomer(customer=customer_id)


def scope_of_all(actor: Actor, through: str | None = None) -> Scope:
    """What all customers consumed while they were the calling partner's, or its reseller's.

    Raises NoRightOverReseller.
    """
    return Scope(None, scope_of(actor, through), manager_of(actor))


def scope_of_resale(actor: Actor, through: str | None = None) -> Scope:
    """What resale customers, who pay with the partner's money, consumed. Raises NoRightOverReseller."""
    return Scope(None, scope_of(actor, through), manager_of(actor), AssociationType.RESALE.value)


def customers_within(scope: Scope, month: BillMonth) -> list[str]:
    """Whose usage of a month may lie within a scope: the customers named, or those that were the partner's then."""
    if scope.customer_ids is not None:
        return list(scope.customer_ids)
    assert scope.partner_id, "usage is read of customers that are named, or of a partner's"
    ties = Association.objects.filter(partner_id=scope.partner_id, began_at__lt=month.period.end)
    ties = ties.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=month.period.start))
    return sorted(set(ties.values_list("customer_id", flat=True)))


def manager_of(actor: Actor) -> str:
    """The account manager whose customers limit what the actor sees, as lines name it; "" for no limit."""
    return str(actor.user_id) if actor.kind == "partner" and actor.customers is not None else ""


def _may_view(actor: Actor) -> bool:
    """A partner that acts with its customer's token sees what the customer's letter lets it view."""
    if not actor.acting_partner_id:
        return True
    return PermissionGroup.VIEW in authorised_groups(actor.account_id, actor.acting_partner_id)


def was_ever_with(customer_id: str, partner_id: str) -> bool:
    return Association.objects.filter(customer_id=customer_id, partner_id=partner_id).exists()
