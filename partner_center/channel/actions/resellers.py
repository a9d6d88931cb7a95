"""Between distributors and resellers: invited, accepted, unbound (features C2, C3 and A8, lifecycles 2 and 3)."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from partner_center.channel.errors.resellers import (
    AlreadyInvited,
    InvitationExpired,
    InvitationUnknown,
    NobodyToInvite,
    NotTheNamedDistributor,
    OnlyADistributorInGoodStanding,
    OtherRegion,
    SentMomentsAgo,
    TooManyInvitations,
)
from partner_center.channel.models import ResellerInvitation, ResellerInvitationState
from partner_center.channel.queries.resellers import free_reseller, link_to
from partner_center.channel.rules.resellers import (
    PAUSE,
    SENDINGS_A_DAY,
    VALID_FOR,
    regions_agree,
    too_soon,
)
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.steps import advance
from partner_center.funds.actions import reclaim_all_from_reseller
from partner_center.identity.actions.keys import digest_of
from partner_center.identity.notices import tell
from partner_center.kernel import clock
from partner_center.partners.actions import tie_reseller, untie_reseller
from partner_center.partners.actions.applications import admit_applicant
from partner_center.partners.areas import Area
from partner_center.partners.errors import OnlyTheVendor
from partner_center.partners.models import (
    ApplicationState,
    Partner,
    PartnerKind,
    PartnerState,
    ProgrammeApplication,
    TieOrigin,
)
from partner_center.partners.queries import area_of

__all__ = [
    "accept_reseller_invitation",
    "cancel_reseller_invitation",
    "expire_reseller_invitation",
    "invite_reseller",
    "pass_cooperation",
    "refuse_cooperation",
    "resend_reseller_invitation",
    "unbind_reseller",
]


@action("channel.invite_reseller", label=_("Invite a reseller"))
def invite_reseller(actor: Actor, *, invitee: str) -> ResellerInvitation:
    """Ask the reseller with this account name or e-mail address to work with the acting distributor.

    Raises OnlyADistributorInGoodStanding, NobodyToInvite, AlreadyInvited, TooManyInvitations.
    """
    distributor = _in_good_standing(actor)
    reseller = free_reseller(invitee.strip(), actor.site)
    if reseller is None or not regions_agree(area_of(reseller.pk), area_of(distributor.pk)):
        raise NobodyToInvite()
    _require_room_for_one(distributor)
    token, now = secrets.token_urlsafe(32), clock.now()
    try:
        with transaction.atomic():
            invitation = ResellerInvitation.objects.create(
                partner=reseller,
                distributor=distributor,
                email=reseller.account.email,
                token_digest=digest_of(token),
                sent_at=now,
                expires_at=now + VALID_FOR,
                sent_by=actor.name[:128],
            )
    except IntegrityError:
        raise AlreadyInvited(reseller=reseller.name) from None
    record(actor, "channel.invite_reseller", invitation, about=reseller.pk, distributor=distributor.pk)
    _mail(invitation, token)
    return invitation


@action("channel.resend_reseller_invitation", takes=ResellerInvitationState.resend)
def resend_reseller_invitation(actor: Actor, *, invitation: ResellerInvitation) -> None:
    """Send the invitation again, with a new link; the one before no longer works.

    Raises as inviting does, and SentMomentsAgo.
    """
    distributor = _in_good_standing(actor)
    _require_own(actor, invitation)
    reseller = free_reseller(invitation.partner.account.name, actor.site)
    if reseller is None or not regions_agree(area_of(reseller.pk), area_of(distributor.pk)):
        raise NobodyToInvite()
    now = clock.now()
    if too_soon(invitation.sent_at, now):
        raise SentMomentsAgo(minutes=PAUSE // timedelta(minutes=1))
    _require_room_for_one(distributor)
    token = secrets.token_urlsafe(32)
    advance(
        actor,
        invitation,
        ResellerInvitationState.resend,
        about=invitation.partner_id,
        email=reseller.account.email,
        token_digest=digest_of(token),
        sent_at=now,
        expires_at=now + VALID_FOR,
        times_sent=invitation.times_sent + 1,
    )
    _mail(invitation, token)


@action("channel.cancel_reseller_invitation", takes=ResellerInvitationState.cancel)
def cancel_reseller_invitation(actor: Actor, *, invitation: ResellerInvitation) -> None:
    """Take the invitation back: its link no longer works."""
    _require_own(actor, invitation)
    advance(actor, invitation, ResellerInvitationState.cancel, about=invitation.partner_id)


@action("channel.expire_reseller_invitation", takes=ResellerInvitationState.expire)
def expire_reseller_invitation(actor: Actor, *, invitation: ResellerInvitation) -> None:
    """Its seven days are over."""
    assert actor.kind == "system" and invitation.expires_at <= clock.now()
    advance(actor, invitation, ResellerInvitationState.expire, about=invitation.partner_id)


@action("channel.accept_reseller_invitation", takes=ResellerInvitationState.accept)
def accept_reseller_invitation(actor: Actor, *, invitation: ResellerInvitation, area: str) -> None:
    """The invited reseller is willing: it works with the distributor at once, without a review.

    area: the business region it has chosen. Other invitations to it end.
    Raises InvitationUnknown for anybody else, InvitationExpired, OtherRegion, OnlyADistributorInGoodStanding when
    the distributor may not take resellers any more, WrongState, and AlreadyTied: of two at once, one is accepted.
    """
    if actor.kind != "partner" or actor.account_id != invitation.partner_id:
        raise InvitationUnknown()
    both = Partner.objects.filter(pk__in=[invitation.distributor_id, invitation.partner_id])
    held = {  # the reseller, too: of two acceptances the second waits before it has touched an invitation
        one.pk: one
        for one in both.select_related("account").select_for_update(of=("self",), no_key=True).order_by("pk")
    }
    distributor = held[invitation.distributor_id]
    if distributor.state is not PartnerState.JOINED:
        raise OnlyADistributorInGoodStanding()
    if invitation.state is ResellerInvitationState.SENT and invitation.expires_at <= clock.now():
        raise InvitationExpired(distributor=distributor.name)
    theirs, own = area_of(distributor.pk), area_of(invitation.partner_id)
    if not regions_agree(area, theirs) or not regions_agree(own, theirs):
        raise OtherRegion(distributor=distributor.name, area=str(Area(theirs).label))
    advance(
        actor,
        invitation,
        ResellerInvitationState.accept,
        about=invitation.partner_id,
        accepted_at=clock.now(),
        area=area,
    )
    tie_reseller(actor, reseller=invitation.partner, distributor=distributor, origin=TieOrigin.INVITATION)
    _end_other_invitations(actor, invitation)
    tell(
        distributor.account,
        "channel.reseller_accepted",
        by_sms=False,
        reseller=invitation.partner.name,
        distributor=distributor.name,
    )


@action("channel.unbind_reseller", label=_("Unbind from the distributor"))
def unbind_reseller(actor: Actor, *, reseller: Partner, reason: str) -> None:
    """The vendor ends a reseller's work with its distributor: what is left of its balance returns to the distributor
    (BEUNBIND), its rights and its account manager end; its customers stay its own (lifecycles 2).

    Raises OnlyTheVendor and NotTied.
    """
    if not actor.is_house:
        raise OnlyTheVendor()
    distributor = untie_reseller(actor, reseller=reseller, reason=reason)
    returned = reclaim_all_from_reseller(
        actor, reseller=reseller, distributor_id=distributor.pk, scene=reason[:64]
    )
    for partner in (reseller, distributor):
        tell(
            partner.account,
            "channel.reseller_unbound",
            reseller=reseller.name,
            distributor=distributor.name,
            returned=str(returned.amount) if returned else "–",
            reason=reason,
        )


@action("channel.pass_cooperation", takes=ApplicationState.pass_cooperation)
def pass_cooperation(actor: Actor, *, application: ProgrammeApplication, opinion: str = "") -> None:
    """The distributor takes the applicant that the vendor has passed: it becomes its reseller in the same deed.

    Raises NotTheNamedDistributor, OnlyADistributorInGoodStanding, WrongState and what admitting refuses.
    """
    _require_named(actor, application)
    _in_good_standing(actor)
    admit_applicant(actor, application, ApplicationState.pass_cooperation, opinion=opinion)


@action("channel.refuse_cooperation", takes=ApplicationState.refuse_cooperation)
def refuse_cooperation(actor: Actor, *, application: ProgrammeApplication, opinion: str) -> None:
    """The distributor does not take the applicant, who may choose another distributor."""
    _require_named(actor, application)
    advance(
        actor,
        application,
        ApplicationState.refuse_cooperation,
        about=application.account_id,
        decided_at=clock.now(),
        opinion=opinion,
    )
    assert application.distributor is not None
    tell(
        application.account,
        "channel.cooperation_refused",
        distributor=application.distributor.name,
        reseller=application.company_name,
        opinion=opinion,
    )


def _require_named(actor: Actor, application: ProgrammeApplication) -> None:
    if actor.kind != "partner" or application.distributor_id != actor.account_id:
        raise NotTheNamedDistributor()


def _in_good_standing(actor: Actor) -> Partner:
    """The acting distributor, whose row is held until the deed is done. Raises OnlyADistributorInGoodStanding."""
    rows = Partner.objects.select_for_update(no_key=True).filter(
        pk=actor.account_id if actor.kind == "partner" else "",
        kind=PartnerKind.DISTRIBUTOR,
        state=PartnerState.JOINED,
    )
    distributor = rows.first()
    if distributor is None:
        raise OnlyADistributorInGoodStanding()
    return distributor


def _require_own(actor: Actor, invitation: ResellerInvitation) -> None:
    if actor.kind != "partner" or invitation.distributor_id != actor.account_id:
        raise InvitationUnknown()


def _require_room_for_one(distributor: Partner) -> None:
    """The distributor's row is held, so that of two at once one counts the other."""
    day = ResellerInvitation.objects.filter(distributor=distributor).sent_since(
        clock.now() - timedelta(days=1)
    )
    if day.count() >= SENDINGS_A_DAY:
        raise TooManyInvitations(limit=SENDINGS_A_DAY)


def _end_other_invitations(actor: Actor, accepted: ResellerInvitation) -> None:
    others = ResellerInvitation.objects.filter(
        partner_id=accepted.partner_id, state__in=ResellerInvitationState.cancel.sources
    )
    for other in others.exclude(pk=accepted.pk).order_by("pk"):
        advance(actor, other, ResellerInvitationState.cancel, about=other.partner_id)


def _mail(invitation: ResellerInvitation, token: str) -> None:
    tell(
        invitation.partner.account,
        "channel.reseller_invited",
        by_sms=False,
        distributor=invitation.distributor.name,
        reseller=invitation.partner.name,
        link=link_to(token),
        until=invitation.expires_at.strftime("%Y-%m-%d"),
    )
