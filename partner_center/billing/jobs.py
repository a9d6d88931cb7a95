"""Work of bills that happens by itself: order fees, hourly charging, arrears, and what partners owe."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError

from partner_center.billing.actions import (
    Posted,
    fall_due,
    issue_partner_bills,
    name_resources,
    post_rating,
    record_free_order,
    record_order_fees,
    settle_arrears,
)
from partner_center.billing.actions.recording import (
    ORDER_FEES,
    free_orders,
    ready_at,
    unnamed_orders,
    waiting_entries,
)
from partner_center.billing.actions.settling import WRITE_OFFS, next_write_off, picked_up, unsettled_entries
from partner_center.billing.charging import refuse_open_month, uncharged
from partner_center.billing.models import PartnerBill, PartnerBillState
from partner_center.billing.runs import schedule as _schedule  # noqa: F401 - bill runs and open ratings
from partner_center.foundation.actor import Actor
from partner_center.foundation.errors import WrongState
from partner_center.foundation.jobs import Slot, drain, job
from partner_center.kernel import clock
from partner_center.kernel.period import BillMonth

A_TURN = 200
IN_TIME = (PartnerBillState.UNPAID, PartnerBillState.PARTLY_PAID)
LOOKED_AT = 2000
"""Purchases that still wait for their delivery stand before younger entries: so many are looked at in a turn."""


def next_order_fee() -> datetime | None:
    """When the first payment or refund of an order wants its fee records."""
    ready = list(ready_at(waiting_entries(LOOKED_AT)).values())
    ready += [order.paid_at for order in free_orders(1) if order.paid_at is not None]
    ready += [clock.now() for _order in unnamed_orders(1)]
    return min(ready, default=None)


@drain("billing.record_order_fees", due=next_order_fee)
def record_order_fees_due() -> dict[str, int]:
    """Write the fee records of what orders paid and gave back."""
    actor, now = Actor.system("billing.record_order_fees"), clock.now()
    entries = waiting_entries(LOOKED_AT)
    ready = ready_at(entries)
    due = [entry for entry in entries if ready[entry.pk] <= now][:A_TURN]
    written = 0
    for entry in due:
        try:
            written += len(record_order_fees(actor, entry=entry))
        except IntegrityError:
            continue  # another worker has just written them
    for order in free_orders(A_TURN):
        written += len(record_free_order(actor, order=order))
    for order in unnamed_orders(A_TURN):
        name_resources(actor, order=order)
    waiting = [entry.happened_at for entry in waiting_entries(1)]
    if waiting or due:
        picked_up(ORDER_FEES, min(waiting, default=max(entry.happened_at for entry in due) if due else now))
    return {"entries": len(due), "records": written}


@drain("billing.settle_arrears", due=next_write_off)
def settle_arrears_due() -> dict[str, int]:
    """Lay repaid arrears over the fee records that owed them, and restore what they had frozen."""
    actor = Actor.system("billing.settle_arrears")
    entries = unsettled_entries(A_TURN)
    for entry in entries:
        settle_arrears(actor, entry=entry)
        picked_up(WRITE_OFFS, entry.happened_at)
    return {"settled": len(entries)}


@job("billing.charge_usage", every="hour at :20", catch_up=False)
def charge_usage_due(slot: Slot) -> dict[str, int]:
    """Charge what the ratings of the months under way say of customers whose usage has grown since."""
    actor = Actor.system("billing.charge_usage")
    done = Posted()
    for rating, customer_ids in uncharged(slot.moment):
        done.add(post_rating(actor, rating=rating, customer_ids=customer_ids))
    return {"customers": done.charged, "records": done.records, "owing": len(done.owing)}


@job("billing.issue_partner_bills", every="day 5 of month at 11:00 Asia/Shanghai")
def issue_bills(slot: Slot) -> dict[str, int]:
    """Issue last month's bills and invoices of the international site; what balances allow is repaid at once."""
    actor = Actor.system("billing.issue_partner_bills")
    month = BillMonth.of(slot.moment).previous()
    refuse_open_month(month)
    return issue_partner_bills(actor, month=month)


def next_overdue() -> datetime | None:
    """When the first partner's bill that is not repaid becomes overdue."""
    waiting = PartnerBill.objects.filter(state__in=IN_TIME).order_by("due_at")
    return waiting.values_list("due_at", flat=True).first()


@drain("billing.fall_due", due=next_overdue)
def fall_due_due() -> dict[str, int]:
    """Declare bills overdue whose time to pay is over."""
    actor = Actor.system("billing.fall_due")
    late = PartnerBill.objects.filter(state__in=IN_TIME, due_at__lte=clock.now()).order_by("due_at")
    overdue = 0
    for bill in late[:A_TURN]:
        try:
            fall_due(actor, bill=bill)
            overdue += 1
        except WrongState:
            continue  # it has just been paid
    return {"overdue": overdue}
