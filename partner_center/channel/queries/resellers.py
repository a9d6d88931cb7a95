"""Questions between distributors and resellers."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse

from partner_center.channel.errors.resellers import InvitationUnknown
from partner_center.channel.models import ResellerInvitation, ResellerInvitationState
from partner_center.customers.models import Customer, CustomerQuerySet
from partner_center.foundation.actor import Actor
from partner_center.identity.actions.keys import digest_of
from partner_center.partners.models import (
    Partner,
    PartnerKind,
    PartnerState,
    ProgrammeApplication,
)


def free_reseller(named: str, site: str) -> Partner | None:
    """The reseller of the site called so, by account name or e-mail address, that may be invited now.

    None when there is none or more than one: it has joined, works with no distributor and can be written to.
    """
    found = Partner.objects.filter(
        Q(account__name__iexact=named) | Q(account__email__iexact=named),
        kind=PartnerKind.RESELLER,
        state=PartnerState.JOINED,
        distributor__isnull=True,
        account__site=site,
    ).exclude(account__email="")
    rows = list(found.select_related("account")[:2])
    return rows[0] if len(rows) == 1 else None


def invitation_by_token(actor: Actor, token: str) -> ResellerInvitation:
    """The invitation that a link leads to, if it is for the account that is asking. Raises InvitationUnknown."""
    rows = ResellerInvitation.objects.select_related(
        "partner", "partner__account", "distributor", "distributor__account"
    )
    found = rows.filter(token_digest=digest_of(token), partner_id=actor.account_id).first()
    if found is None or actor.kind != "partner":
        raise InvitationUnknown()
    return found


def link_to(token: str) -> str:
    """The address that an invitation's mail names."""
    return str(settings.PUBLIC_URL) + reverse("console:accept-reseller-invitation", kwargs={"token": token})


def next_expiry() -> datetime | None:
    waiting = ResellerInvitation.objects.filter(state=ResellerInvitationState.SENT).order_by("expires_at")
    return waiting.values_list("expires_at", flat=True).first()


def customers_of_resellers(actor: Actor) -> CustomerQuerySet:
    """The customers of the asking distributor's resellers."""
    rows = Customer.objects.visible_to(actor)
    if actor.kind != "partner" or actor.account_kind != PartnerKind.DISTRIBUTOR:
        return rows.none()
    return rows.filter(partner__distributor_id=actor.account_id)


def cooperations_visible_to(actor: Actor) -> QuerySet[ProgrammeApplication]:
    """The applications that name the asking distributor and that the vendor has passed on; the operator sees all."""
    rows = ProgrammeApplication.objects.visible_to(actor).filter(passed_on_at__isnull=False)
    return rows if actor.is_house else rows.filter(distributor_id=actor.account_id)
