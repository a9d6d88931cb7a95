"""Links and QR codes that partners hand out, and the activities that some follow (features D4)."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from partner_center.channel.errors.leads import (
    ActivityOver,
    LinkNotFound,
    NotYourActivity,
    OnlyAPartner,
    TooManyLinks,
    TypeNotOffered,
)
from partner_center.channel.models.leads_links import Activity, InviteLink, LinkKind, LinkState
from partner_center.channel.queries.leads import is_prepaid_abroad
from partner_center.channel.queries.leads_links import manager_at_work, managers_to_choose
from partner_center.channel.rules.leads import LINK_WINDOW, MOST_CUSTOM_LINKS
from partner_center.customers.errors import NotAMember
from partner_center.customers.models import AssociationType
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.steps import advance
from partner_center.identity.models import User
from partner_center.kernel import clock
from partner_center.partners.models import Partner
from partner_center.partners.queries import partner_with_distributor
from partner_center.partners.rules import why_not_expand


@action("channel.make_general_link", label=_("Get the general link"), permission="channel.make_link")
def make_general_link(actor: Actor, *, association_type: str) -> InviteLink:
    """The person's general link of this association type: the one that there is, or a new one."""
    partner = _inviting(actor, association_type)
    there = InviteLink.objects.filter(
        partner=partner,
        kind=LinkKind.GENERAL,
        association_type=association_type,
        owner_id=actor.user_id,
        state=LinkState.ACTIVE,
    ).first()
    return there or _made(actor, partner, LinkKind.GENERAL, association_type)


@action("channel.make_custom_link", label=_("Generate a custom link"), permission="channel.make_link")
def make_custom_link(
    actor: Actor, *, association_type: str, label: str, account_manager: User | None = None
) -> InviteLink:
    """A link whose customers get the tag `label`. Raises TooManyLinks beyond 100 in any 24 hours.

    The partner's row is locked, so that of many at once each counts those before it.
    """
    partner = _inviting(actor, association_type)
    now = clock.now()
    lately = InviteLink.objects.filter(
        partner=partner, kind=LinkKind.CUSTOM, created_at__gt=now - LINK_WINDOW
    ).order_by("created_at")
    if lately.count() >= MOST_CUSTOM_LINKS:
        again = lately.values_list("created_at", flat=True)[lately.count() - MOST_CUSTOM_LINKS] + LINK_WINDOW
        raise TooManyLinks(most=MOST_CUSTOM_LINKS, again=again.strftime("%Y-%m-%d %H:%M"))
    return _made(
        actor,
        partner,
        LinkKind.CUSTOM,
        association_type,
        label=label.strip(),
        account_manager=account_manager,
    )


@action("channel.make_activity_link", label=_("Generate an activity link"), permission="channel.make_link")
def make_activity_link(
    actor: Actor, *, association_type: str, activity: Activity, account_manager: User | None = None
) -> InviteLink:
    """A link that is good as long as the activity lasts. Raises ActivityOver."""
    partner = _inviting(actor, association_type)
    fresh = Activity.objects.visible_to(actor).filter(pk=activity.pk).first()
    if fresh is None:
        raise LinkNotFound()
    if fresh.ends_at <= clock.now():
        raise ActivityOver(activity=fresh.name)
    return _made(
        actor, partner, LinkKind.ACTIVITY, association_type, activity=fresh, account_manager=account_manager
    )


@action("channel.revoke_link", takes=LinkState.revoke, permission="channel.make_link")
def revoke_link(actor: Actor, *, link: InviteLink) -> None:
    """The link and its QR code lead nowhere from now on; what they brought in stays."""
    if actor.kind != "partner" or not InviteLink.objects.visible_to(actor).filter(pk=link.pk).exists():
        raise LinkNotFound()
    advance(actor, link, LinkState.revoke, about=link.partner_id)


@action("channel.end_link", takes=LinkState.end)
def end_link(actor: Actor, *, link: InviteLink) -> None:
    """The activity is over, and so is its link."""
    advance(actor, link, LinkState.end, about=link.partner_id)


@action("channel.hold_activity", label=_("New activity"), permission="channel.hold_activity")
def hold_activity(
    actor: Actor, *, name: str, begins_at: datetime, ends_at: datetime, site: str = ""
) -> Activity:
    """An activity of the partner's, or of the vendor's for all partners of `site`. Raises ActivityOver."""
    if actor.kind == "partner":
        partner: Partner | None = partner_with_distributor(actor.account_id)
        site = actor.site
    elif actor.is_house:
        partner, site = None, site or actor.site
    else:
        raise OnlyAPartner()
    if ends_at <= max(begins_at, clock.now()):
        raise ActivityOver(activity=name)
    held = Activity.objects.create(
        partner=partner, site=site, name=name.strip(), begins_at=begins_at, ends_at=ends_at
    )
    record(actor, "channel.hold_activity", held, about=partner.pk if partner else "")
    return held


@action("channel.end_activity", label=_("End the activity"), permission="channel.hold_activity")
def end_activity(actor: Actor, *, activity: Activity) -> None:
    """End it at this moment; its links end with it. Raises NotYourActivity, ActivityOver."""
    mine = actor.is_house or (actor.kind == "partner" and activity.partner_id == actor.account_id)
    if not mine:
        raise NotYourActivity()
    now = clock.now()
    rows = Activity.objects.running_at(now).filter(pk=activity.pk)
    if not rows.update(ends_at=now, begins_at=min(activity.begins_at, now)):
        raise ActivityOver(activity=activity.name)
    record(actor, "channel.end_activity", activity, about=activity.partner_id or "")
    for link in InviteLink.objects.filter(activity=activity, state=LinkState.ACTIVE):
        advance(actor, link, LinkState.end, about=link.partner_id)


@action("channel.count_visit", label=_("Count a visit"))
def count_visit(actor: Actor, *, link: InviteLink) -> None:
    """Somebody has opened the link's page."""
    InviteLink.objects.filter(pk=link.pk).update(visits=F("visits") + 1)


def _inviting(actor: Actor, association_type: str) -> Partner:
    """The partner, with its row locked. Raises OnlyAPartner, TypeNotOffered, or why it may not bring in customers."""
    if actor.kind != "partner":
        raise OnlyAPartner()
    partner = partner_with_distributor(actor.account_id)
    refusal = why_not_expand(partner, partner.distributor)
    if refusal is not None:
        raise refusal()
    if AssociationType(association_type) == AssociationType.RESALE and is_prepaid_abroad(partner):
        raise TypeNotOffered()
    Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    return partner


def _made(
    actor: Actor,
    partner: Partner,
    kind: LinkKind,
    association_type: str,
    *,
    label: str = "",
    activity: Activity | None = None,
    account_manager: User | None = None,
) -> InviteLink:
    """An account manager's links are its own; without a tag, a link carries its generator's account name."""
    if account_manager is not None and not managers_to_choose(actor).filter(pk=account_manager.pk).exists():
        raise NotAMember(user=account_manager.login)
    me = User.objects.filter(pk=actor.user_id or 0, account_id=partner.pk).first()
    account_manager = manager_at_work(actor) or account_manager
    link = InviteLink.objects.create(
        partner=partner,
        owner=me,
        kind=kind,
        association_type=association_type,
        label=label or (me.login if me else ""),
        activity=activity,
        account_manager=account_manager,
        code=secrets.token_urlsafe(24),
    )
    record(actor, f"channel.make_{kind}_link", link, about=partner.pk, type=association_type)
    return link
