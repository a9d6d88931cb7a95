"""Reports, invitations and activities' links end by themselves; what the public door counted is forgotten."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Min

from partner_center.channel.actions.leads import expire_report
from partner_center.channel.actions.leads_inviting import expire_invitation
from partner_center.channel.actions.leads_landing import forget_knocks
from partner_center.channel.actions.leads_links import end_link
from partner_center.channel.models.leads import CustomerReport, Invitation, InvitationState, ReportState
from partner_center.channel.models.leads_links import InviteLink, LinkState
from partner_center.foundation.actor import Actor
from partner_center.foundation.errors import WrongState
from partner_center.foundation.jobs import Slot, drain, job
from partner_center.kernel import clock

A_TURN = 100


def next_report_expiry() -> datetime | None:
    """When the first report's fifteen days are over."""
    return _first(
        CustomerReport.objects.filter(state=ReportState.REPORTED).aggregate(first=Min("expires_at"))
    )


@drain("channel.expire_reports", due=next_report_expiry)
def expire_reports() -> dict[str, int]:
    """Let go of the reports whose fifteen days are over."""
    actor, expired = Actor.system("channel.expire_reports"), 0
    due = CustomerReport.objects.filter(state=ReportState.REPORTED, expires_at__lte=clock.now())
    for report in due.select_related("partner__account", "account_manager").order_by("expires_at")[:A_TURN]:
        try:
            expire_report(actor, report=report)
            expired += 1
        except WrongState:
            continue
    return {"expired": expired}


def next_invitation_expiry() -> datetime | None:
    """When the first invitation's seven days are over."""
    return _first(Invitation.objects.filter(state=InvitationState.SENT).aggregate(first=Min("expires_at")))


@drain("channel.expire_invitations", due=next_invitation_expiry)
def expire_invitations() -> dict[str, int]:
    """Close the invitations whose link is over."""
    actor, expired = Actor.system("channel.expire_invitations"), 0
    due = Invitation.objects.filter(state=InvitationState.SENT, expires_at__lte=clock.now())
    for invitation in due.select_related("report").order_by("expires_at")[:A_TURN]:
        try:
            expire_invitation(actor, invitation=invitation)
            expired += 1
        except WrongState:
            continue
    return {"expired": expired}


def next_activity_end() -> datetime | None:
    """When the first activity with usable links ends."""
    usable = InviteLink.objects.filter(state=LinkState.ACTIVE, activity__isnull=False)
    return _first(usable.aggregate(first=Min("activity__ends_at")))


@drain("channel.end_links", due=next_activity_end)
def end_links() -> dict[str, int]:
    """End the links of the activities that are over."""
    actor, ended = Actor.system("channel.end_links"), 0
    due = InviteLink.objects.filter(state=LinkState.ACTIVE, activity__ends_at__lte=clock.now())
    for link in due.order_by("activity__ends_at", "pk")[:A_TURN]:
        try:
            end_link(actor, link=link)
            ended += 1
        except WrongState:
            continue
    return {"ended": ended}


@job("channel.forget_knocks", every="day at 04:20 Asia/Shanghai", catch_up=False)
def forget_yesterdays_knocks(slot: Slot) -> dict[str, int]:
    """Forget what the limits of the public door no longer count."""
    return {"forgotten": forget_knocks(Actor.system("channel.forget_knocks"))}


def _first(found: dict[str, datetime | None]) -> datetime | None:
    return found["first"]
