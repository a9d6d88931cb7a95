"""Telling customers what is coming."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.subscriptions.actions.schedule import release_moment, reschedule, upcoming_notices
from partner_center.subscriptions.models import AutoRenewal, Resource
from partner_center.subscriptions.notices import tell
from partner_center.subscriptions.rules import Notice


@action("subscriptions.send_notices", label=_("Send notices about leases"))
def send_due_notices(actor: Actor, *, resource: Resource) -> None:
    """Send what is due about one main resource, the latest of each kind only, and set the next moment.

    A worker that was away sends "in 1 day" and not "in 15 days" too. Of two at once, one sends nothing.
    """
    since = resource.notice_at
    taken = Resource.objects.filter(pk=resource.pk, notice_at=since).update(notice_at=None)
    if since is None or not taken:
        return
    now = clock.now()
    latest: dict[str, Notice] = {}
    for notice in upcoming_notices(resource):
        if since <= notice.moment <= now:
            latest[notice.kind] = notice
    for notice in latest.values():
        _send(resource, notice)
    reschedule(resource)


def _send(resource: Resource, notice: Notice) -> None:
    match notice.kind:
        case "expiring":
            tell(resource, "expiring", days=notice.days, moment=resource.expires_at)
        case "release":
            released_at = release_moment(resource)
            assert released_at is not None, "a release notice is about an expired lease"
            tell(resource, "release", days=notice.days, moment=released_at)
        case "renewal_failed":
            renewal = AutoRenewal.objects.filter(resource=resource).first()
            if renewal is not None and renewal.failure:
                tell(
                    resource,
                    "renewal_failed",
                    days=notice.days,
                    moment=resource.expires_at,
                    reason=renewal.failure,
                )
