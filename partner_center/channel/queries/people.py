"""Questions about people inside a partner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from partner_center.channel.errors.people import SpecialistUnknown
from partner_center.channel.models import CustomerContact, ProjectSpecialist, SpecialistState
from partner_center.customers.models import Customer
from partner_center.foundation.actor import Actor
from partner_center.identity.actions.keys import digest_of
from partner_center.identity.models import User


@dataclass(frozen=True, slots=True)
class Reachable:
    """Whom a customer may turn to at its partner."""

    name: str
    duty: str
    mobile: str
    email: str


def contacts_for(actor: Actor, customer: Customer) -> list[Reachable]:
    """The contacts of the asking customer's partner; where there are none, the data of the partner's owner.

    Nothing for anybody but that customer.
    """
    if actor.kind != "customer" or actor.account_id != customer.pk or customer.partner is None:
        return []
    rows = CustomerContact.objects.filter(partner_id=customer.partner_id)
    found = [Reachable(one.name, one.duty, one.mobile, one.email) for one in rows]
    return found or [_owner_of(customer)]


def specialist_by_token(actor: Actor, token: str) -> ProjectSpecialist:
    """The invitation that a link leads to, unless it names another account. Raises SpecialistUnknown."""
    rows = ProjectSpecialist.objects.select_related("partner", "partner__account", "account")
    found = rows.filter(token_digest=digest_of(token)).first()
    if found is None or found.account_id not in (None, actor.account_id):
        raise SpecialistUnknown()
    return found


def next_specialist_expiry() -> datetime | None:
    waiting = ProjectSpecialist.objects.filter(state=SpecialistState.INVITED).order_by("expires_at")
    return waiting.values_list("expires_at", flat=True).first()


def _owner_of(customer: Customer) -> Reachable:
    assert customer.partner is not None
    account = customer.partner.account
    owner = User.objects.filter(account=account, is_owner=True).first()
    return Reachable(
        owner.name if owner else account.name,
        "",
        account.mobile or (owner.mobile if owner else ""),
        account.email or (owner.email if owner else ""),
    )
