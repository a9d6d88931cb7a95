"""Charging usage by difference: what a customer's month has come to, less what has been charged of it.

One customer at a time, in plain steps. `bulk.py` does the same for many customers in a few statements; a test holds the
two against each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from partner_center.billing.actions.settling import fall_into_arrears
from partner_center.billing.means import Due, memo_of, take
from partner_center.billing.models import (
    GROUP,
    MEANS,
    ChargedMonth,
    FeeRecord,
    FeeStatus,
    GroupSettlement,
    Rating,
)
from partner_center.billing.rules import (
    Target,
    bill_number,
    credit_first,
    day_within,
    lay_over,
    payer_of_group,
)
from partner_center.billing.totals import GroupTotal
from partner_center.customers.models import Customer
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.funds import chart, trades
from partner_center.funds.actions import refund
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.kernel.period import BillMonth
from partner_center.ledger.models import Entry
from partner_center.ledger.queries import transfers_of

NOTHING = Target(0, 0, 0, 0, Decimal(0))


@dataclass(frozen=True, slots=True)
class Charged:
    """What one turn did. `turn` is None when there was nothing new."""

    customer_id: str
    turn: int | None
    records: int
    owes: bool


@dataclass(frozen=True, slots=True)
class Change:
    """How a group differs from what has been charged of it, in minor units."""

    key: str
    group: dict[str, Any]
    payer_id: str
    official: int
    discount: int
    erase: int
    consume: int
    cut_off: Decimal
    credit_paid: int
    place: int = 0


@action("billing.charge_usage", label=_("Charge usage"))
def charge_usage(
    actor: Actor,
    *,
    customer_id: str,
    month: BillMonth,
    totals: Sequence[GroupTotal],
    rated_at: datetime,
    rating: Rating | None = None,
) -> Charged:
    """Bring what is charged of the customer's month to `totals`: every group of the month, as rated at `rated_at`.

    Groups that grew are charged in one ledger entry a payer (reference usage:<month>:<customer>:<turn>), groups that
    shrank are given back in another; what neither cash nor credit covers becomes arrears. One fee record for each
    group that changed. A repeat finds nothing to do, and so does a rating older than the one charged last: of two
    turns at once the second waits for the first.
    """
    standing = lock_month(customer_id, month)
    if standing.rated_at is not None and rated_at < standing.rated_at:
        return Charged(customer_id, None, 0, False)
    customer = Customer.objects.select_related("account").get(pk=customer_id)
    changes = differences(customer, month, totals)
    turn = standing.turn + 1 if changes else standing.turn
    ChargedMonth.objects.filter(pk=standing.pk).update(turn=turn, rated_at=rated_at, rating=rating)
    if not changes:
        return Charged(customer_id, None, 0, False)
    records = [
        record
        for payer_id in sorted({one.payer_id for one in changes})
        for record in _settle(
            actor,
            customer,
            month,
            turn,
            payer_id,
            [one for one in changes if one.payer_id == payer_id],
            rating,
        )
    ]
    FeeRecord.objects.bulk_create(records)
    _stand(month, changes, records)
    owes = any(one.status == FeeStatus.UNSETTLED for one in records)
    if owes:
        fall_into_arrears(actor, customer_id=customer_id)
    return Charged(customer_id, turn, len(records), owes)


def lock_month(customer_id: str, month: BillMonth) -> ChargedMonth:
    """The row that stands for the customer's month, locked: whoever else charges this month waits here."""
    ChargedMonth.objects.bulk_create(
        [ChargedMonth(customer_id=customer_id, month=str(month))], ignore_conflicts=True
    )
    locked: ChargedMonth = ChargedMonth.objects.select_for_update().get(
        customer_id=customer_id, month=str(month)
    )
    return locked


def differences(customer: Customer, month: BillMonth, totals: Iterable[GroupTotal]) -> list[Change]:
    """The groups whose amounts differ from what is charged of them, in the order of their keys."""
    wanted = {one.key: one for one in totals}
    charged = {one.key: one for one in GroupSettlement.objects.filter(customer=customer, month=str(month))}
    changes = []
    for key in sorted(wanted.keys() | charged.keys()):
        total, stands = wanted.get(key), charged.get(key)
        target = total.target if total else NOTHING
        group = {name: getattr(total or stands, name) for name in GROUP}
        change = Change(
            key=key,
            group=group,
            payer_id=payer_of_group(
                site=customer.account.site,
                association_type=group["association_type"],
                partner_id=group["partner_id"],
                customer_id=customer.pk,
            ),
            official=target.official - _minor(stands, "official"),
            discount=target.discount - _minor(stands, "discount"),
            erase=target.erase - _minor(stands, "erase"),
            consume=target.consume - _minor(stands, "consume"),
            cut_off=target.cut_off - (stands.cut_off if stands else Decimal(0)),
            credit_paid=_minor(stands, "credit"),
        )
        if change.official or change.discount or change.erase or change.consume:
            changes.append(change)
    return [_placed(change, place) for place, change in enumerate(changes, start=1)]


def _settle(
    actor: Actor,
    customer: Customer,
    month: BillMonth,
    turn: int,
    payer_id: str,
    changes: Sequence[Change],
    rating: Rating | None,
) -> list[FeeRecord]:
    """Move what one payer owes for the turn, back first, and write it down group by group."""
    fewer = [one for one in changes if one.consume < 0]
    rest = [one for one in changes if one.consume >= 0]
    back, back_entry = _give_back(actor, customer, month, turn, payer_id, fewer)
    taken, entry = _charge(actor, customer, month, turn, payer_id, rest)
    facts = {
        "customer": customer,
        "payer_id": payer_id,
        "site": customer.account.site,
        "month": str(month),
        "happened_at": clock.now(),
        "day": day_within(month, clock.now()),
        "trade_id": bill_number(month, customer.pk, turn),
        "rating": rating,
    }
    return [
        *(_record(one, parts, turn, back_entry, facts) for one, parts in zip(fewer, back, strict=True)),
        *(_record(one, parts, turn, entry, facts) for one, parts in zip(rest, taken, strict=True)),
    ]


def _charge(
    actor: Actor, customer: Customer, month: BillMonth, turn: int, payer_id: str, changes: Sequence[Change]
) -> tuple[list[dict[str, int]], int | None]:
    amount = sum(one.consume for one in changes)
    if not amount:
        return [{} for _ in changes], None
    due = Due(
        customer_id=customer.pk,
        payer_id=payer_id,
        amount=Money(amount, customer.account.currency),
        reference=usage_reference(month, customer.pk, turn, payer_id),
        about=bill_number(month, customer.pk, turn),
        services=_services(changes),
    )
    taken = take(actor, due)
    return lay_over([one.consume for one in changes], taken.parts), taken.entry_id


def _give_back(
    actor: Actor, customer: Customer, month: BillMonth, turn: int, payer_id: str, changes: Sequence[Change]
) -> tuple[list[dict[str, int]], int | None]:
    """What was paid last comes back first: credit, as far as the group was paid so, then cash.

    Credit that has been repaid meanwhile comes back as cash; the records say what the ledger did.
    """
    if not changes:
        return [], None
    currency = customer.account.currency
    credit = sum(credit_first(-one.consume, one.credit_paid) for one in changes)
    cash = -sum(one.consume for one in changes) - credit
    entry = refund(
        actor,
        owner_id=payer_id,
        cash=Money(cash, currency),
        credit=Money(credit, currency),
        reference="back-" + usage_reference(month, customer.pk, turn, payer_id),
        kind=trades.USAGE_RETURNED,
        about=bill_number(month, customer.pk, turn),
        memo=memo_of(_services(changes)),
    )
    to_credit = credit_of(entry)
    parts = []
    for one in changes:
        on_credit = min(credit_first(-one.consume, one.credit_paid), to_credit)
        to_credit -= on_credit
        parts.append({"credit": -on_credit, "cash": one.consume + on_credit})
    return parts, entry.pk


def credit_of(entry: Entry) -> int:
    """What a refund really gave back as credit, in minor units."""
    return sum(one.amount_minor for one in transfers_of(entry) if one.target.purse == chart.CREDIT)


def usage_reference(month: BillMonth, customer_id: str, turn: int, payer_id: str) -> str:
    """The ledger reference of a turn; it names the payer where that is another than the customer."""
    own = f"usage:{month}:{customer_id}:{turn}"
    return own if payer_id == customer_id else f"{own}:{payer_id}"


def _record(
    change: Change, parts: dict[str, int], turn: int, entry_id: int | None, facts: dict[str, Any]
) -> FeeRecord:
    group = {name: value for name, value in change.group.items() if name != "customer_id"}
    return FeeRecord(
        number=f"{facts['month']}-{facts['customer'].pk}-{turn}-{change.place}",
        **group,
        **facts,
        **parts,
        official=change.official,
        discount=change.discount,
        erase=change.erase,
        consume=change.consume,
        cut_off=change.cut_off,
        status=FeeStatus.UNSETTLED if parts.get("debt") else FeeStatus.PAID,
        entry_id=entry_id if change.consume else None,
    )


def _stand(month: BillMonth, changes: Sequence[Change], records: Sequence[FeeRecord]) -> None:
    """Add the records to their groups."""
    by_number = {int(record.number.rpartition("-")[2]): record for record in records}
    for change in changes:
        record = by_number[change.place]
        added = {
            name: getattr(record, name).minor for name in ("official", "discount", "erase", "consume", *MEANS)
        }
        found = GroupSettlement.objects.filter(
            customer_id=record.customer_id, month=str(month), key=change.key
        ).update(
            **{name: F(name) + minor for name, minor in added.items()}, cut_off=F("cut_off") + change.cut_off
        )
        if not found:
            GroupSettlement.objects.create(
                month=str(month), key=change.key, **change.group, **added, cut_off=change.cut_off
            )


def _services(changes: Sequence[Change]) -> tuple[str, ...]:
    return tuple(sorted({str(one.group["service_type"]) for one in changes}))


def _placed(change: Change, place: int) -> Change:
    return replace(change, place=place)


def _minor(stands: GroupSettlement | None, name: str) -> int:
    return int(getattr(stands, name).minor) if stands is not None else 0
