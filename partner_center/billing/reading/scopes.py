"""From an actor to the lines it may see. The only place where a scope is made."""

from __future__ import annotations

from partner_center.billing.reading.asking import Scope
from partner_center.customers.errors import NoRightOverCustomer, NotACustomerOfThePartner
from partner_center.customers.models import Association
from partner_center.foundation.actor import Actor
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


def manager_of(actor: Actor) -> str:
    """The account manager whose customers limit what the actor sees, as lines name it; "" for no limit."""
    return str(actor.user_id) if actor.kind == "partner" and actor.customers is not None else ""


def was_ever_with(customer_id: str, partner_id: str) -> bool:
    return Association.objects.filter(customer_id=customer_id, partner_id=partner_id).exists()
