"""The vendor invites companies to programmes that take nobody else: distributors (features A4)."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action, inside_action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.outbox import send
from partner_center.foundation.steps import advance
from partner_center.identity.notices import LANGUAGE_OF_SITE
from partner_center.kernel import clock
from partner_center.kernel.period import BEIJING
from partner_center.partners.errors import InvitationInvalid, OnlyTheVendor
from partner_center.partners.models import (
    Programme,
    ProgrammeApplication,
    ProgrammeInvitation,
    ProgrammeInvitationState,
)

VALID_FOR = timedelta(days=7)
"""As for every invitation by mail (features D4)."""

PATH = "/console/programmes/invited/"


@action("partners.invite_to_programme", label=_("Invite to a programme"))
def invite_to_programme(
    actor: Actor, *, programme: Programme, company_name: str, email: str
) -> ProgrammeInvitation:
    """Send a company a link by which one account of its may apply, once, within seven days."""
    _require_vendor(actor)
    token, now = secrets.token_urlsafe(32), clock.now()
    invitation = ProgrammeInvitation.objects.create(
        programme=programme,
        company_name=company_name,
        email=email,
        token_digest=digest_of(token),
        sent_at=now,
        expires_at=now + VALID_FOR,
    )
    record(actor, "partners.invite_to_programme", invitation, programme=programme.code)
    _mail(invitation, token)
    return invitation


@action("partners.resend_programme_invitation", takes=ProgrammeInvitationState.resend)
def resend_programme_invitation(actor: Actor, *, invitation: ProgrammeInvitation) -> None:
    """Send a new link for another seven days; the one before it is dead."""
    _require_vendor(actor)
    token, now = secrets.token_urlsafe(32), clock.now()
    advance(
        actor,
        invitation,
        ProgrammeInvitationState.resend,
        token_digest=digest_of(token),
        sent_at=now,
        expires_at=now + VALID_FOR,
        times_sent=invitation.times_sent + 1,
    )
    _mail(invitation, token)


@action("partners.cancel_programme_invitation", takes=ProgrammeInvitationState.cancel)
def cancel_programme_invitation(actor: Actor, *, invitation: ProgrammeInvitation) -> None:
    """The link is dead at once."""
    _require_vendor(actor)
    advance(actor, invitation, ProgrammeInvitationState.cancel)


@action("partners.expire_programme_invitation", takes=ProgrammeInvitationState.expire)
def expire_programme_invitation(actor: Actor, *, invitation: ProgrammeInvitation) -> None:
    """Seven days have passed."""
    advance(actor, invitation, ProgrammeInvitationState.expire)


def use_invitation(actor: Actor, invitation: ProgrammeInvitation, application: ProgrammeApplication) -> None:
    """Tie an application to the invitation that let it in; of two at once, one comes too late."""
    assert inside_action()
    if invitation.expires_at <= clock.now():
        raise InvitationInvalid()
    advance(actor, invitation, ProgrammeInvitationState.use, application=application)


def invitation_of(token: str, site: str) -> ProgrammeInvitation:
    """The invitation whose link this is. Raises InvitationInvalid: unknown, used, cancelled, expired, other site."""
    found: ProgrammeInvitation | None = (
        ProgrammeInvitation.objects.select_related("programme")
        .filter(
            token_digest=digest_of(token),
            state=ProgrammeInvitationState.SENT,
            expires_at__gt=clock.now(),
            programme__site=site,
        )
        .first()
    )
    if found is None:
        raise InvitationInvalid()
    return found


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _mail(invitation: ProgrammeInvitation, token: str) -> None:
    send(
        channel="mail",
        to=invitation.email,
        template="partners.programme_invitation",
        language=LANGUAGE_OF_SITE[invitation.programme.site],
        company=invitation.company_name,
        programme=invitation.programme.preset.label,
        link=f"{settings.PUBLIC_URL.rstrip('/')}{PATH}{token}/",
        until=invitation.expires_at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M"),
    )


def _require_vendor(actor: Actor) -> None:
    if not actor.is_house:
        raise OnlyTheVendor()
