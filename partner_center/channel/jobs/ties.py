"""Requests run out, migrations are carried out."""

from __future__ import annotations

from partner_center.channel.actions.ties import expire_request
from partner_center.channel.actions.ties_migration import carry_out, finish_migration, start_migration
from partner_center.channel.models.ties import AssociationRequest
from partner_center.channel.models.ties_migration import ItemState, Migration, MigrationState
from partner_center.channel.queries.ties import next_expiry
from partner_center.channel.queries.ties_migration import next_migration
from partner_center.foundation.actor import Actor
from partner_center.foundation.errors import WrongState
from partner_center.foundation.jobs import drain
from partner_center.kernel import clock

PER_TURN = 50


@drain("channel.expire_requests", due=next_expiry)
def expire_requests() -> dict[str, int]:
    """Let requests about associations run out that nobody has answered."""
    actor, expired = Actor.system("channel.expire_requests"), 0
    rows = AssociationRequest.objects.pending().filter(expires_at__lte=clock.now())
    for request in rows.select_related("customer__account", "partner__account")[:PER_TURN]:
        try:
            expire_request(actor, request=request)
            expired += 1
        except WrongState:
            continue  # answered in between
    return {"expired": expired}


@drain("channel.migrate", due=next_migration)
def migrate() -> dict[str, int]:
    """Move the customers of a migration whose time has come, some at a turn."""
    actor = Actor.system("channel.migrate")
    rows = Migration.objects.filter(
        state__in=(MigrationState.SCHEDULED, MigrationState.RUNNING), effective_at__lte=clock.now()
    )
    migration = rows.select_related("source__account", "target__account").order_by("effective_at").first()
    if migration is None:
        return {}
    if migration.state is MigrationState.SCHEDULED:
        start_migration(actor, migration=migration)
    waiting = migration.items.filter(state=ItemState.WAITING).select_related("customer__account")[:PER_TURN]
    moved = 0
    for item in waiting:
        item.migration = migration
        moved += carry_out(actor, item)
    if not migration.items.filter(state=ItemState.WAITING).exists():
        finish_migration(actor, migration=migration)
    return {"moved": moved}
