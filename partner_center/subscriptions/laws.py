"""What is always true of leases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import F, Q

from partner_center.foundation.laws import law
from partner_center.subscriptions.models import LeasePeriod, PeriodState, Resource, ResourceState

_BOUGHT = (
    "SELECT p.id, p.resource_id, p.begins_at, p.ends_at,"
    " LAG(p.ends_at) OVER (PARTITION BY p.resource_id ORDER BY p.begins_at, p.id) AS before_ends_at,"
    " LEAD(p.id) OVER (PARTITION BY p.resource_id ORDER BY p.begins_at, p.id) AS next_id"
    " FROM subscriptions_leaseperiod p WHERE p.kind IN ('first', 'renewal') AND p.state <> 'dropped'"
)
"""Every purchase and renewal that was not dropped, with its neighbours."""


@law(
    "subscriptions.tiling",
    says="What was bought of a lease leaves no gap and no overlap, from its beginning to its end.",
)
def periods_tile_the_lease() -> Iterator[str]:
    rows = _rows(
        "SELECT r.resource_id, b.begins_at, b.before_ends_at, b.ends_at, r.begins_at, r.expires_at, r.state, b.next_id"
        f" FROM ({_BOUGHT}) b JOIN subscriptions_resource r ON r.id = b.resource_id"
        " WHERE (b.before_ends_at IS NOT NULL AND b.before_ends_at <> b.begins_at)"
        " OR (b.before_ends_at IS NULL AND b.begins_at <> r.begins_at)"
        " OR (b.next_id IS NULL AND r.state <> 'closed' AND b.ends_at <> r.expires_at)"
    )
    for resource_id, begins_at, before, ends_at, *_rest in rows:
        yield f"{resource_id}: a period from {begins_at} to {ends_at} after one that ends at {before}"


@law(
    "subscriptions.schedule",
    says="Every open main resource waits for a moment; children and closed ones wait for none.",
)
def what_is_open_waits() -> Iterator[str]:
    main = Q(main_resource__isnull=True)
    open_main = main & ~Q(state=ResourceState.CLOSED)
    wrong = Resource.objects.filter(open_main & Q(due_at__isnull=True) | ~open_main & Q(due_at__isnull=False))
    for resource in wrong.order_by("pk").iterator():
        yield f"{resource.resource_id}: {resource.state.value}, due at {resource.due_at}"
    apart = Resource.objects.filter(~main).exclude(state=ResourceState.CLOSED)
    for child in apart.exclude(
        expires_at=F("main_resource__expires_at"), state=F("main_resource__state")
    ).order_by("pk"):
        yield f"{child.resource_id}: apart from its main resource"


@law("subscriptions.closing", says="A closed lease holds no period beyond its closing.")
def closed_leases_hold_nothing() -> Iterator[str]:
    held = LeasePeriod.objects.filter(state=PeriodState.HELD, resource__state=ResourceState.CLOSED)
    for period in held.filter(ends_at__gt=F("resource__closed_at")).select_related("resource").order_by("pk"):
        yield f"{period.resource.resource_id}: {period} is held until {period.ends_at}"


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
