"""Inviting reported customers by e-mail (features D3, lifecycles 4): sent, sent again, expired, taken back."""

from __future__ import annotations

import secrets
from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.channel.errors.leads import (
    InvitationNotFound,
    MailMissing,
    NotReported,
    OnlyAPartner,
    ReportNotFound,
    TooManyMails,
    TypeNotOffered,
)
from partner_center.channel.models.leads import (
    CustomerReport,
    Invitation,
    InvitationMail,
    InvitationState,
    ReportState,
)
from partner_center.channel.queries.leads import address_of, digest_of, is_prepaid_abroad, letter_facts
from partner_center.channel.rules.leads import (
    LINK_LIFE,
    MAIL_WINDOW,
    MAILS_OF_A_PARTNER,
    MAILS_TO_ONE,
    types_to_invite,
)
from partner_center.customers.models import AssociationType
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.outbox import send
from partner_center.foundation.steps import advance
from partner_center.identity.notices import LANGUAGE_OF_SITE
from partner_center.kernel import clock
from partner_center.partners.models import Partner
from partner_center.partners.queries import partner_with_distributor
from partner_center.partners.rules import why_not_expand


@action("channel.invite_customer", label=_("Invite"))
def invite_customer(actor: Actor, *, report: CustomerReport, association_type: str) -> Invitation:
    """Mail a reported customer a link that is good for 7 days and once. Inviting again makes the link before it dead.

    Raises NotReported, MailMissing, TypeNotOffered, TooManyMails, and why the partner may not bring in customers, such
    as DistributorHasQuit for a reseller whose distributor was delisted.
    """
    fresh = _locked(actor, report)
    return _sent(actor, fresh, association_type, Invitation.objects.filter(report=fresh).first())


@action("channel.resend_invitation", takes=InvitationState.resend, permission="channel.invite_customer")
def resend_invitation(actor: Actor, *, invitation: Invitation) -> Invitation:
    """Send it again, with a new link and another 7 days; raises what `invite_customer` raises."""
    return _sent(actor, _locked(actor, invitation.report), invitation.association_type, invitation)


@action("channel.revoke_invitation", takes=InvitationState.revoke, permission="channel.invite_customer")
def revoke_invitation(actor: Actor, *, invitation: Invitation) -> None:
    """The link is dead at once."""
    if actor.kind != "partner" or not Invitation.objects.visible_to(actor).filter(pk=invitation.pk).exists():
        raise InvitationNotFound()
    advance(actor, invitation, InvitationState.revoke, about=invitation.partner_id)


@action("channel.expire_invitation", takes=InvitationState.expire)
def expire_invitation(actor: Actor, *, invitation: Invitation) -> None:
    """The 7 days have passed; it may be sent again while the report stands."""
    advance(actor, invitation, InvitationState.expire, about=invitation.partner_id)


def resend_to(actor: Actor, report: CustomerReport, invitation: Invitation) -> None:
    """Inside an action: the invitation under way goes to the report's new address."""
    _sent(actor, report, invitation.association_type, invitation)


def revoke_quietly(actor: Actor, report: CustomerReport) -> None:
    """Inside an action: the report's invitation, if there is one under way, is dead."""
    under_way = InvitationState.revoke.sources
    invitation = Invitation.objects.filter(report=report, state__in=under_way).first()
    if invitation is not None:
        advance(actor, invitation, InvitationState.revoke, about=invitation.partner_id)


def _locked(actor: Actor, report: CustomerReport) -> CustomerReport:
    """The report as it is now; nobody else invites, cancels or changes it meanwhile."""
    if actor.kind != "partner":
        raise OnlyAPartner()
    rows = CustomerReport.objects.visible_to(actor).select_for_update(of=("self",))
    found = rows.filter(pk=report.pk).first()
    if found is None:
        raise ReportNotFound()
    return found


def _sent(
    actor: Actor, report: CustomerReport, association_type: str, present: Invitation | None
) -> Invitation:
    now = clock.now()
    partner = partner_with_distributor(report.partner_id)
    refusal = why_not_expand(partner, partner.distributor)
    if refusal is not None:
        raise refusal()
    if report.state is not ReportState.REPORTED:
        raise NotReported(company=report.company_name)
    if not report.email:
        raise MailMissing(company=report.company_name)
    resells = association_type == AssociationType.RESALE
    if association_type not in types_to_invite(report.site) or (resells and is_prepaid_abroad(partner)):
        raise TypeNotOffered()
    _count(partner, report.email)
    token, until = secrets.token_urlsafe(24), now + LINK_LIFE
    values: dict[str, Any] = {
        "email": report.email,
        "association_type": association_type,
        "token_digest": digest_of("link", token),
        "sent_at": now,
        "expires_at": until,
        "cause": "",
    }
    if present is None:
        present = Invitation.objects.create(partner=partner, report=report, **values)
    else:
        times = present.times + 1
        advance(actor, present, InvitationState.resend, about=partner.pk, times=times, **values)
    report.partner = partner
    send(
        channel="mail",
        to=report.email,
        template="channel.invitation",
        language=LANGUAGE_OF_SITE[report.site],
        about=partner.pk,
        **letter_facts(report, association_type, address=address_of(token), until=until),
    )
    record(actor, "channel.invite_customer", present, about=partner.pk, type=association_type)
    return present


def _count(partner: Partner, email: str) -> None:
    """Write the mail down, unless too many went to the address or from the partner within a day.

    The partner's row is locked, so that of many at once each counts those before it.
    """
    Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    digest = digest_of("mail", email)
    lately = InvitationMail.objects.filter(created_at__gt=clock.now() - MAIL_WINDOW)
    if lately.filter(recipient_digest=digest).count() >= MAILS_TO_ONE:
        raise TooManyMails()
    if lately.filter(partner=partner).count() >= MAILS_OF_A_PARTNER:
        raise TooManyMails()
    InvitationMail.objects.create(partner=partner, recipient_digest=digest)
