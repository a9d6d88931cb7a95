"""The two moments kept with a main resource: when it moves on by itself, and when its customer is told something."""

from __future__ import annotations

from datetime import datetime

from partner_center.kernel import clock
from partner_center.subscriptions import rules
from partner_center.subscriptions.configuration import grace_and_retention
from partner_center.subscriptions.models import ExpirePolicy, Resource, ResourceState

ENDS_ITSELF = frozenset({ExpirePolicy.DELETE, ExpirePolicy.DELETE_AFTER_RETENTION})
"""The policies of a customer that has chosen not to go on: told 3 days before only (features H7)."""


def reschedule(resource: Resource) -> None:
    """Write `notice_at` of a main resource anew after its state, expiry or policy has changed."""
    upcoming = upcoming_notices(resource)
    now = clock.now()
    resource.notice_at = next((notice.moment for notice in upcoming if notice.moment > now), None)
    Resource.objects.filter(pk=resource.pk).update(notice_at=resource.notice_at)


def upcoming_notices(resource: Resource) -> list[rules.Notice]:
    """Everything to be said about the lease as it stands, past moments included; nothing once it is closed."""
    if resource.state is ResourceState.CLOSED or not resource.is_main:
        return []
    return rules.notices(
        expires_at=resource.expires_at,
        renews_itself=resource.renews_itself,
        ends_itself=resource.expire_policy in ENDS_ITSELF,
        release_at=release_moment(resource),
    )


def release_moment(resource: Resource) -> datetime | None:
    """When an expired resource will be released; None while it is in use or once it is closed."""
    if resource.due_at is None:
        return None
    match resource.state:
        case ResourceState.GRACE:
            return rules.retention_until(resource.due_at, grace_and_retention().retention_days)
        case ResourceState.RETENTION:
            return resource.due_at
    return None
