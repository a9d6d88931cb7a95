"""Links and invitations as somebody comes by them, and as their partner keeps them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cached_property

import segno
from django.db.models import QuerySet

from partner_center.channel.errors.leads import LinkDead, LinkNotFound
from partner_center.channel.models.leads import CustomerReport, Invitation, InvitationState
from partner_center.channel.models.leads_links import Activity, InviteLink, LinkState
from partner_center.channel.queries.leads import address_of, digest_of
from partner_center.customers.models import AssociationType
from partner_center.foundation.actor import Actor
from partner_center.identity.models import User, UserState
from partner_center.identity.rules import MANAGER
from partner_center.kernel import clock
from partner_center.partners.models import Partner
from partner_center.partners.queries import members_of, partner_with_distributor

LONGEST_TOKEN = 64


@dataclass(frozen=True)
class Origin:
    """Where somebody comes from: an invitation by mail, or a link. `token` is the end of its address."""

    token: str
    partner_id: str
    association_type: str
    invitation: Invitation | None = None
    link: InviteLink | None = None

    @cached_property
    def partner(self) -> Partner:
        return partner_with_distributor(self.partner_id)

    @property
    def is_resale(self) -> bool:
        return self.association_type == AssociationType.RESALE

    @property
    def label(self) -> str:
        """The tag that the customer gets."""
        return self.link.label if self.link is not None else ""

    @property
    def report(self) -> CustomerReport | None:
        return self.invitation.report if self.invitation is not None else None

    def manager(self) -> User | None:
        """The account manager that the customer gets: still a member of the partner, or nobody."""
        about = self.link if self.link is not None else self.report
        if about is None or about.account_manager_id is None:
            return None
        found: User | None = User.objects.filter(
            pk=about.account_manager_id, account_id=self.partner_id, state=UserState.ENABLED
        ).first()
        return found


def origin_of(token: str) -> Origin:
    """What a link leads to. Raises LinkDead for one that is absent, expired, taken back or used: the same for all."""
    if len(token) <= LONGEST_TOKEN:
        link = (
            InviteLink.objects.filter(code=token, state=LinkState.ACTIVE).select_related("activity").first()
        )
        if link is not None and (link.activity is None or link.activity.ends_at > clock.now()):
            return Origin(token, link.partner_id, link.association_type, link=link)
        found = (
            Invitation.objects.filter(
                token_digest=digest_of("link", token),
                state__in=(InvitationState.SENT, InvitationState.FAILED),
                expires_at__gt=clock.now(),
            )
            .select_related("report")
            .first()
        )
        if found is not None:
            return Origin(token, found.partner_id, found.association_type, invitation=found)
    raise LinkDead()


def link_for(actor: Actor, pk: int) -> InviteLink:
    """The link, if the actor may see it. Raises LinkNotFound."""
    rows = InviteLink.objects.visible_to(actor).select_related(
        "partner__account", "activity", "account_manager", "owner"
    )
    found = rows.filter(pk=pk).first()
    if found is None:
        raise LinkNotFound()
    return found


def activity_for(actor: Actor, pk: int) -> Activity:
    """The activity, if the actor may see it. Raises LinkNotFound."""
    found = Activity.objects.visible_to(actor).filter(pk=pk).first()
    if found is None:
        raise LinkNotFound()
    return found


def running_activities(actor: Actor) -> QuerySet[Activity]:
    """Those that the actor may make links for now."""
    return Activity.objects.visible_to(actor).running_at(clock.now())


def manager_at_work(actor: Actor) -> User | None:
    """The account manager that is acting, limited to its own customers: what it brings in is its own."""
    if actor.kind != "partner" or actor.customers is None or actor.user_id is None:
        return None
    found: User | None = User.objects.filter(
        pk=actor.user_id, account_id=actor.account_id, roles__preset=MANAGER
    ).first()
    return found


def managers_to_choose(actor: Actor) -> QuerySet[User]:
    """Whom a new link may be for: any member of the partner, a supervisor's account managers, or only oneself."""
    me = manager_at_work(actor)
    return members_of(actor) if me is None else User.objects.filter(pk=me.pk)


def qr_code(link: InviteLink, kind: str) -> bytes:
    """The link as a QR code that survives a smudge (error correction M): "png" for screens, "svg" for print."""
    drawn = segno.make(address_of(link.code), error="m", micro=False)
    out = io.BytesIO()
    if kind == "png":
        drawn.save(out, kind="png", scale=10, border=4)
    else:
        drawn.save(out, kind="svg", scale=10, border=4, xmldecl=True, svgclass=None, lineclass=None)
    return out.getvalue()
