"""Bringing customers from one partner to another: planned, looked at, carried out customer by customer, undone.

By the vendor's ecosystem manager only (features E6, the source document's fragment 11). Each customer is moved in a
transaction of its own; one that is refused stays where it is and says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from partner_center.channel.actions.ties import give_back, overtake_requests
from partner_center.channel.errors.ties import (
    CustomersNotOfSource,
    InArrears,
    MovedMeanwhile,
    NobodyToMove,
    NotATarget,
    NothingToUndo,
    OrdersWait,
    TooLateToSchedule,
)
from partner_center.channel.models.ties_migration import ItemState, Migration, MigrationItem, MigrationState
from partner_center.channel.queries.leads import is_prepaid_abroad
from partner_center.channel.queries.ties import orders_in_between
from partner_center.channel.queries.ties_migration import forecasts
from partner_center.channel.rules.ties_migration import is_blocked
from partner_center.customers.actions import move_customer
from partner_center.customers.holding import hold
from partner_center.customers.models import AssociationType, Customer
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.steps import advance
from partner_center.funds.queries import balances_of
from partner_center.identity.notices import tell
from partner_center.kernel import clock
from partner_center.kernel.errors import DomainError
from partner_center.kernel.ids import transaction_number
from partner_center.kernel.money import Money
from partner_center.partners.errors import OnlyTheVendor
from partner_center.partners.models import Partner
from partner_center.partners.queries import partner_with_distributor
from partner_center.partners.rules import why_not_expand


@action("channel.plan_migration", label=_("Plan a migration"))
def plan_migration(
    actor: Actor,
    *,
    source: Partner,
    target: Partner,
    effective_at: datetime | None = None,
    customers: Sequence[str] = (),
    reason: str = "",
    undoes: Migration | None = None,
) -> Migration:
    """A draft with its dry run. customers: ids or account names; none are all of the source's.

    Raises OnlyTheVendor, NotATarget, TooLateToSchedule, CustomersNotOfSource, NobodyToMove.
    """
    if not actor.is_house:
        raise OnlyTheVendor()
    now = clock.now()
    if effective_at is not None and effective_at < now:
        raise TooLateToSchedule()
    chosen = _chosen(source, customers)
    _require_target(source, target, chosen)
    migration = Migration.objects.create(
        number=transaction_number("MG", now),
        source=source,
        target=target,
        reason=reason[:256],
        effective_at=effective_at or now,
        undoes=undoes,
        planned_by=actor.name[:128],
    )
    MigrationItem.objects.bulk_create(
        MigrationItem(
            migration=migration,
            customer=one,
            association_type=one.association_type,
            currency=source.account.currency,
        )
        for one in chosen
    )
    record(
        actor, "channel.plan_migration", migration, source=source.pk, target=target.pk, customers=len(chosen)
    )
    look_ahead(actor, migration=migration)
    return migration


@action("channel.look_ahead", label=_("Repeat the dry run"))
def look_ahead(actor: Actor, *, migration: Migration) -> None:
    """Write down what will happen to each customer that waits, as things stand now. Nothing is moved."""
    waiting = list(migration.items.filter(state=ItemState.WAITING).select_related("customer"))
    expected = forecasts([item.customer for item in waiting], migration.source)
    for item in waiting:
        item.forecast = expected[item.customer_id]
        item.blocked = is_blocked(item.forecast)
    MigrationItem.objects.bulk_update(waiting, ["forecast", "blocked"], batch_size=500)


@action("channel.leave_out", label=_("Leave out of the migration"))
def leave_out(actor: Actor, *, item: MigrationItem) -> None:
    """Take a customer out of a draft. Raises MovedMeanwhile when it is a draft no more."""
    draft = (
        Migration.objects.filter(pk=item.migration_id, state=MigrationState.DRAFT).select_for_update().first()
    )
    if draft is None:
        raise MovedMeanwhile(customer=str(item))
    record(actor, "channel.leave_out", draft, about=item.customer_id, customer=item.customer_id)
    item.delete()


@action("channel.schedule_migration", takes=MigrationState.schedule, critical=True)
def schedule_migration(actor: Actor, *, migration: Migration) -> None:
    """Carry it out at its effective time. Raises NobodyToMove, NotATarget, WrongState."""
    waiting = [
        item.customer for item in migration.items.filter(state=ItemState.WAITING).select_related("customer")
    ]
    if not waiting:
        raise NobodyToMove()
    _require_target(migration.source, migration.target, waiting)
    advance(actor, migration, MigrationState.schedule)


@action("channel.cancel_migration", takes=MigrationState.cancel)
def cancel_migration(actor: Actor, *, migration: Migration) -> None:
    """Nobody is moved. Raises WrongState once it has begun."""
    advance(actor, migration, MigrationState.cancel)


@action("channel.start_migration", takes=MigrationState.start, label=_("Start migrations"))
def start_migration(actor: Actor, *, migration: Migration) -> None:
    """Its time has come."""
    advance(actor, migration, MigrationState.start, started_at=clock.now())


@action("channel.move_customer", takes=ItemState.move, label=_("Move customers"))
def move_item(actor: Actor, *, item: MigrationItem) -> None:
    """Move one customer: what the source allocated goes back, what it was allowed ends, the type stays.

    Raises MovedMeanwhile, OrdersWait, InArrears, NotATarget; the customer then stays where it is.
    """
    customer, migration = hold(item.customer), item.migration
    source, target = migration.source, migration.target
    if customer.partner_id != source.pk:
        raise MovedMeanwhile(customer=str(customer))
    _require_target(source, target, [customer])
    if waiting := orders_in_between(customer).count():
        raise OrdersWait(number=waiting)
    debt = balances_of(customer.pk).debt
    if debt.minor > 0:
        raise InArrears(debt=str(debt))
    overtake_requests(actor, customer)
    back = give_back(actor, customer, scene="migration")
    advance(
        actor,
        item,
        ItemState.move,
        moved_at=clock.now(),
        returned=back.amount if back else Money.zero(item.currency),
    )
    move_customer(actor, customer=customer, partner=target)
    tell(customer.account, "channel.migrated", customer=str(customer), source=source.name, target=target.name)


@action("channel.refuse_item", takes=ItemState.refuse, label=_("Note that a customer could not be moved"))
def refuse_item(actor: Actor, *, item: MigrationItem, refusal: str) -> None:
    """It stays where it is; why is written down."""
    advance(actor, item, ItemState.refuse, refused_because=refusal[:512])


@action("channel.finish_migration", takes=MigrationState.finish, label=_("Finish migrations"))
def finish_migration(actor: Actor, *, migration: Migration) -> None:
    """Nobody waits any more; both partners are told."""
    advance(actor, migration, MigrationState.finish, finished_at=clock.now())
    moved = migration.items.filter(state=ItemState.MOVED).count()
    for partner in (migration.source, migration.target):
        tell(
            partner.account,
            "channel.migration_finished",
            by_sms=False,
            source=migration.source.name,
            target=migration.target.name,
            moved=moved,
        )


@action("channel.retry_migration", takes=MigrationState.retry)
def retry_migration(actor: Actor, *, migration: Migration) -> None:
    """Try those again that were refused, once what stood in the way is settled. Raises NobodyToMove, WrongState."""
    refused = list(migration.items.filter(state=ItemState.REFUSED))
    if not refused:
        raise NobodyToMove()
    for item in refused:
        retry_item(actor, item=item)
    advance(actor, migration, MigrationState.retry, finished_at=None)


@action("channel.retry_item", takes=ItemState.retry, label=_("Try a customer again"))
def retry_item(actor: Actor, *, item: MigrationItem) -> None:
    """It waits again."""
    advance(actor, item, ItemState.retry, refused_because="")


@action("channel.undo_migration", label=_("Undo by a counter-migration"), critical=True)
def undo_migration(actor: Actor, *, migration: Migration) -> Migration:
    """Bring those back at once that were moved and are still with the target. Money and rights begin anew.

    Raises NothingToUndo, and what planning raises: the first source must be able to take customers.
    """
    moved = migration.items.filter(state=ItemState.MOVED, customer__partner=migration.target)
    back = list(moved.values_list("customer_id", flat=True))
    if migration.state is not MigrationState.FINISHED or not back:
        raise NothingToUndo(number=migration.number)
    counter = plan_migration(
        actor,
        source=migration.target,
        target=migration.source,
        customers=back,
        reason=migration.number,
        undoes=migration,
    )
    schedule_migration(actor, migration=counter)
    return counter


def carry_out(actor: Actor, item: MigrationItem) -> bool:
    """Move one customer, or write down why not. Not an action: a refusal is a result here, and is kept."""
    try:
        move_item(actor, item=item)
    except DomainError as refusal:
        refuse_item(actor, item=MigrationItem.objects.get(pk=item.pk), refusal=str(refusal))
        return False
    return True


def _chosen(source: Partner, named: Sequence[str]) -> list[Customer]:
    rows = Customer.objects.of_partner(source.pk).select_related("account").order_by("pk")
    customers = list(rows)
    if named:
        by_name = {one.account.name: one for one in customers} | {one.pk: one for one in customers}
        unknown = [name for name in named if name not in by_name]
        if unknown:
            raise CustomersNotOfSource(customers=", ".join(unknown[:10]))
        customers = list({by_name[name].pk: by_name[name] for name in named}.values())
    if not customers:
        raise NobodyToMove()
    return customers


def _require_target(source: Partner, target: Partner, customers: Sequence[Customer]) -> None:
    """Raises NotATarget unless the target may take these customers now."""
    present = partner_with_distributor(target.pk)
    resale = any(one.association_type == AssociationType.RESALE for one in customers)
    if (
        source.pk == present.pk
        or source.account.site != present.account.site
        or why_not_expand(present, present.distributor) is not None
        or (resale and is_prepaid_abroad(present))
    ):
        raise NotATarget(partner=target.name, source=source.name)
