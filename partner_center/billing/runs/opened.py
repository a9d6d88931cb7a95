"""The open month: customers with new usage are rated again, all their usage of the month, within a minute.

Metering says who has new usage (Arrival). Whoever is rated by something that changed (a price, a discount, a package,
the partner) is found once an hour by the digest that each present rating keeps of it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

import structlog
from django.db import transaction

from partner_center.billing.models import CustomerRating
from partner_center.billing.runs import rated, snapshot
from partner_center.billing.runs.actions import (
    drop_arrivals,
    keep_open_rating,
    put_arrivals_off,
)
from partner_center.billing.runs.folders import RunFolder
from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.kernel.errors import DomainError
from partner_center.kernel.ids import new_id
from partner_center.kernel.period import BillMonth
from partner_center.metering.models import Arrival, ClosedMonth

log = structlog.get_logger(__name__)

A_TURN = 200
"""Customers rated in one turn of the drain."""

AT_ONCE = 2000
"""Customers rated together by the hourly turn."""

LATER = timedelta(minutes=15)
"""How long a customer waits whose rating failed."""


def rate_arrivals(actor: Actor) -> dict[str, int]:
    """One turn: the customers that have waited longest. Of a closed month there is nothing to do, a run bills it."""
    waiting = list(Arrival.objects.filter(at__lte=clock.now()).order_by("at", "pk")[:A_TURN])
    if not waiting:
        return {"rated": 0}
    month = waiting[0].month
    mine = [one for one in waiting if one.month == month]
    if ClosedMonth.objects.filter(month__gte=month).exists():
        drop_arrivals(actor, arrivals=mine)
        return {"rated": 0, "closed": len(mine)}
    failed = rate_customers(actor, BillMonth.parse(month), sorted(one.customer_id for one in mine))
    put_arrivals_off(
        actor, arrivals=[one for one in mine if one.customer_id in failed], until=clock.now() + LATER
    )
    drop_arrivals(actor, arrivals=[one for one in mine if one.customer_id not in failed])
    return {"rated": len(mine) - len(failed), "failed": len(failed)}


def rate_customers(actor: Actor, month: BillMonth, customer_ids: Sequence[str]) -> set[str]:
    """Rate what these customers have used so far. Returns those that could not be rated: one does not stop the rest."""
    try:
        _rate(actor, month, customer_ids)
    except DomainError as refusal:
        if len(customer_ids) == 1:
            log.warning("billing.open_rating_failed", customer=customer_ids[0], reason=str(refusal))
            return set(customer_ids)
        half = len(customer_ids) // 2
        return rate_customers(actor, month, customer_ids[:half]) | rate_customers(
            actor, month, customer_ids[half:]
        )
    return set()


def rate_stale(actor: Actor, month: BillMonth) -> dict[str, int]:
    """Rate again whoever is rated by something that has changed since."""
    stale = stale_customers(month)
    failed: set[str] = set()
    for start in range(0, len(stale), AT_ONCE):
        failed |= rate_customers(actor, month, stale[start : start + AT_ONCE])
    return {"rated": len(stale) - len(failed), "failed": len(failed)}


def stale_customers(month: BillMonth) -> list[str]:
    """Customers of the open month whose present rating was made by other prices, discounts, packages or ties."""
    kept = dict(CustomerRating.objects.filter(month=str(month)).values_list("customer_id", "inputs"))
    if not kept:
        return []
    now = snapshot.digests_now(month)
    return sorted(customer_id for customer_id, digest in now.items() if kept.get(customer_id) != digest)


def _rate(actor: Actor, month: BillMonth, customer_ids: Collection[str]) -> None:
    folder = RunFolder(f"open/{month}/{new_id()[:16]}")
    at = clock.now()
    try:
        taken = snapshot.take(folder, month, customer_ids=customer_ids)
        done = rated.rate_folder(folder, name=str(month), small=True)
        with transaction.atomic():
            rating = keep_open_rating(
                actor,
                month=month,
                folder=folder.path,
                manifest=taken.manifest,
                totals=done.totals,
                engine=done.engine,
                files=done.files,
                at=at,
            )
            rated.point_to(actor, rating, digests=taken.digests)
            rated.write_consumption(actor, rating, customer_ids)
    except BaseException:
        folder.discard()
        raise
