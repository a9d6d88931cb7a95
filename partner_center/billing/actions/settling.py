"""Arrears and their end: later funds settle the oldest debts first, and the resources follow (lifecycles 9, 20).

The ledger repays arrears by itself as soon as money comes (funds.arrears). Here each such entry is laid over the fee
records that owed it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, Sum
from django.utils.translation import gettext_lazy as _

from partner_center.billing.actions.partner_bills import note_arrears
from partner_center.billing.models import (
    FeeRecord,
    FeeStatus,
    GroupSettlement,
    Progress,
    Settling,
    WriteOff,
)
from partner_center.billing.models.fees import RATED
from partner_center.billing.rules import Debt, first_come_first_settled, group_key
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.errors import WrongState
from partner_center.funds import trades
from partner_center.identity.models import Account
from partner_center.identity.notices import tell
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.kernel.period import BEIJING
from partner_center.ledger.models import Entry
from partner_center.ledger.queries import transfers_of
from partner_center.subscriptions.actions import put_on_demand_into_arrears, restore_on_demand
from partner_center.subscriptions.models import OnDemandResource, OnDemandState

LOOK_BACK = timedelta(minutes=5)
"""No transaction takes longer: an entry that is older than the newest one picked up by more than this is known."""

WRITE_OFFS = "write_offs"
OWING = (OnDemandState.GRACE, OnDemandState.FROZEN)


@action("billing.settle_arrears", label=_("Settle arrears"))
def settle_arrears(actor: Actor, *, entry: Entry) -> WriteOff | None:
    """Lay one repayment of arrears over the records that owe, the oldest first; None when that has been done.

    A record whose last debt goes is paid; a customer without any has its pay-per-use resources restored.
    """
    [transfer] = transfers_of(entry)
    payer_id, amount = transfer.target.owner, transfer.amount_minor
    owing = list(
        FeeRecord.objects.filter(payer_id=payer_id, currency=transfer.currency)
        .unsettled()
        .select_for_update(of=("self",))
    )
    if WriteOff.objects.filter(entry_id=entry.pk).exists():
        return None
    settled = dict(first_come_first_settled((Debt(record.pk, record.debt.minor) for record in owing), amount))
    write_off = WriteOff.objects.create(
        entry_id=entry.pk,
        payer_id=payer_id,
        currency=transfer.currency,
        amount=Money(amount, transfer.currency),
        rest=Money(amount - sum(settled.values()), transfer.currency),
        happened_at=entry.happened_at,
    )
    records = [record for record in owing if record.pk in settled]
    for record in records:
        _settle(record, write_off, settled[record.pk])
    for month in sorted({record.month for record in records}):
        paid = sum(settled[record.pk] for record in records if record.month == month)
        part = Money(paid, transfer.currency)
        note_arrears(actor, payer_id=payer_id, month=month, amount=part, entry_id=entry.pk)
    relieve(actor, customer_ids={record.customer_id for record in records})
    return write_off


def unsettled_entries(most: int) -> list[Entry]:
    """Repayments of arrears that no fee record knows of yet, the oldest first."""
    since = Progress.objects.filter(name=WRITE_OFFS).values_list("upto", flat=True).first()
    entries = Entry.objects.filter(kind=trades.WRITE_OFF).exclude(
        Exists(WriteOff.objects.filter(entry_id=OuterRef("pk")))
    )
    if since is not None:
        entries = entries.filter(happened_at__gte=since - LOOK_BACK)
    return list(entries.order_by("happened_at", "pk")[:most])


def next_write_off() -> datetime | None:
    """When the first of them happened."""
    waiting = unsettled_entries(1)
    return waiting[0].happened_at if waiting else None


def picked_up(name: str, upto: datetime) -> None:
    """Remember how far a drain has got; it never goes back."""
    if not Progress.objects.filter(name=name).update(upto=upto):
        Progress.objects.bulk_create([Progress(name=name, upto=upto)], ignore_conflicts=True)


@action("billing.fall_into_arrears", permission="billing.charge_usage")
def fall_into_arrears(actor: Actor, *, customer_id: str) -> int:
    """A customer that owes: its pay-per-use resources enter the grace period of its level. How many did.

    The customer is told when the first ones do, with what it owes and how long they run on.
    """
    moved: list[OnDemandResource] = []
    running = OnDemandResource.objects.filter(customer_id=customer_id, state=OnDemandState.NORMAL)
    for resource in running.select_related("customer__account").order_by("pk"):
        try:
            put_on_demand_into_arrears(actor, resource=resource, since=clock.now())
            moved.append(resource)
        except WrongState:
            continue
    if moved:
        ends = min(resource.due_at for resource in moved if resource.due_at is not None)
        tell(
            moved[0].customer.account,
            "billing.in_arrears",
            amount=_owed(customer_id),
            count=len(moved),
            moment=f"{ends.astimezone(BEIJING):%Y-%m-%d %H:%M}",
        )
    return len(moved)


@action("billing.relieve", permission="billing.settle_arrears")
def relieve(actor: Actor, *, customer_ids: Iterable[str]) -> int:
    """Restore the pay-per-use resources of those of these customers that owe nothing any more. How many were."""
    wanted = set(customer_ids)
    owing = FeeRecord.objects.filter(customer_id__in=wanted, status=FeeStatus.UNSETTLED)
    clear = wanted - set(owing.values_list("customer_id", flat=True))
    restored: Counter[Account] = Counter()
    held = OnDemandResource.objects.filter(customer_id__in=clear, state__in=OWING)
    for resource in held.select_related("customer__account").order_by("pk"):
        try:
            restore_on_demand(actor, resource=resource)
            restored[resource.customer.account] += 1
        except WrongState:
            continue
    for account, count in restored.items():
        tell(account, "billing.arrears_settled", count=count)
    return restored.total()


def _owed(customer_id: str) -> str:
    """What the customer's fee records owe, by currency, in words."""
    owing = FeeRecord.objects.filter(customer_id=customer_id).unsettled().order_by()
    sums = owing.values_list("currency").annotate(total=Sum("debt"))
    return ", ".join(str(Money(int(total), currency)) for currency, total in sums)


def _settle(record: FeeRecord, write_off: WriteOff, minor: int) -> None:
    left = record.debt.minor - minor
    FeeRecord.objects.filter(pk=record.pk).update(
        debt=F("debt") - minor,
        writeoff=F("writeoff") + minor,
        status=FeeStatus.UNSETTLED if left else FeeStatus.PAID,
    )
    Settling.objects.create(
        write_off=write_off, fee=record, currency=record.currency, amount=Money(minor, record.currency)
    )
    if record.bill_type in RATED:
        GroupSettlement.objects.filter(
            Q(customer_id=record.customer_id, month=record.month, key=group_key(record))
        ).update(debt=F("debt") - minor, writeoff=F("writeoff") + minor)
