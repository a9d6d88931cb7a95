"""A customer's consent that its partner acts for it: asked, given, refused, taken back."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from partner_center.customers.errors import (
    AuthorisationOpen,
    DistributorConsentMissing,
    NoRightOverCustomer,
    OnlyItsPartner,
    OnlyTheCustomer,
)
from partner_center.customers.holding import hold
from partner_center.customers.letters import authorisation_letter, commitment
from partner_center.customers.lifecycles import AuthorisationState
from partner_center.customers.models import Authorisation, Commitment, Customer, PermissionGroup
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.steps import advance
from partner_center.identity.notices import tell
from partner_center.kernel import clock
from partner_center.partners.models import Partner, ResellerRight
from partner_center.partners.queries import holds_right, partner_with_distributor


@action("customers.request_authorisation", label=_("Request authorisation"))
def request_authorisation(
    actor: Actor, *, customer: Customer, groups: Iterable[str] = tuple(PermissionGroup.values)
) -> Authorisation:
    """Ask the customer for its consent to act for it in `groups` of the letter (default: all five).

    Asking accepts the commitment letter; the first request under each version of it signs it. Resale
    customers only. Raises OnlyItsPartner, NoRightOverCustomer, DistributorConsentMissing for a reseller
    without its distributor's grant, and AuthorisationOpen when one is requested or active.
    """
    hold(customer)
    if (
        actor.kind != "partner"
        or customer.partner_id != actor.account_id
        or not actor.sees_customer(customer.pk)
    ):
        raise OnlyItsPartner()
    if not customer.is_resale:
        raise NoRightOverCustomer(customer=str(customer))
    partner = partner_with_distributor(actor.account_id)
    if not holds_right(partner, ResellerRight.ACT_FOR_CUSTOMERS):
        raise DistributorConsentMissing()
    wanted = sorted({str(PermissionGroup(group)) for group in groups})
    assert wanted, "an authorisation is for something"
    try:
        with transaction.atomic():
            asked = Authorisation.objects.create(customer=customer, partner=partner, groups=wanted)
    except IntegrityError:
        raise AuthorisationOpen(customer=str(customer)) from None
    _commit(actor, partner)
    record(actor, "customers.request_authorisation", asked, about=customer.pk, groups=wanted)
    tell(customer.account, "customers.authorisation_requested", customer=str(customer), partner=partner.name)
    return asked


@action("customers.agree_authorisation", takes=AuthorisationState.agree, critical=True)
def agree_authorisation(actor: Actor, *, authorisation: Authorisation) -> None:
    """The customer consents to the letter in force: from this moment its partner may act for it."""
    _require_customer(actor, authorisation)
    hold(authorisation.customer)
    advance(
        actor,
        authorisation,
        AuthorisationState.agree,
        decided_at=clock.now(),
        letter_version=authorisation_letter().version,
    )
    _tell_partner(authorisation, "customers.authorisation_agreed")


@action("customers.decline_authorisation", takes=AuthorisationState.decline)
def decline_authorisation(actor: Actor, *, authorisation: Authorisation, reason: str = "") -> None:
    """The customer refuses; the partner may ask again."""
    _require_customer(actor, authorisation)
    now = clock.now()
    advance(actor, authorisation, AuthorisationState.decline, decided_at=now, ended_at=now, reason=reason)
    _tell_partner(authorisation, "customers.authorisation_declined")


@action("customers.revoke_authorisation", takes=AuthorisationState.revoke, critical=True)
def revoke_authorisation(actor: Actor, *, authorisation: Authorisation, reason: str) -> None:
    """The customer takes its consent back: the partner, its orders on behalf and its tokens stop at once."""
    _require_customer(actor, authorisation)
    advance(actor, authorisation, AuthorisationState.revoke, ended_at=clock.now(), reason=reason)
    _tell_partner(authorisation, "customers.authorisation_revoked")


@action(
    "customers.end_authorisation",
    takes=AuthorisationState.end,
    label=_("End an authorisation with its association"),
)
def end_authorisation(actor: Actor, *, authorisation: Authorisation) -> None:
    """What the association allowed ends with it, asked for or in force (lifecycles 24)."""
    advance(actor, authorisation, AuthorisationState.end, ended_at=clock.now())


def _commit(actor: Actor, partner: Partner) -> None:
    """Sign the commitment letter in force, unless the partner has."""
    version = commitment().version
    if Commitment.objects.filter(partner=partner, version=version).exists():
        return
    fresh = Commitment(partner=partner, version=version, signed_by=actor.name[:128])
    Commitment.objects.bulk_create([fresh], ignore_conflicts=True)


def _require_customer(actor: Actor, authorisation: Authorisation) -> None:
    """The customer in person: not its partner with a token that the customer's consent gave it."""
    in_person = actor.kind == "customer" and not actor.acting_partner_id
    if not in_person or actor.account_id != authorisation.customer_id:
        raise OnlyTheCustomer()


def _tell_partner(authorisation: Authorisation, template: str) -> None:
    tell(
        authorisation.partner.account,
        template,
        by_sms=False,
        customer=str(authorisation.customer),
        partner=authorisation.partner.name,
        reason=authorisation.reason or "–",
    )
