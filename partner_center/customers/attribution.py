"""Whose consumption and whose performance: a customer's account managers by date (features G1 and G3).

Consumption counts for an account manager from the moment the customer is assigned to it, performance from the
next Beijing day; after the customer has been reclaimed neither does. What lies in no stretch counts for
nobody but the partner. Stretches of one customer never overlap, so nothing counts for two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from partner_center.kernel.period import BEIJING, Period

if TYPE_CHECKING:
    from partner_center.customers.models import ManagerAssignment


@dataclass(frozen=True, slots=True)
class Held:
    """A customer in the hands of an account manager, from `since` until it was reclaimed; None: still."""

    customer_id: str
    manager_id: int
    since: datetime
    until: datetime | None = None

    @classmethod
    def of(cls, assignment: ManagerAssignment) -> Held:
        return cls(assignment.customer_id, assignment.manager_id, assignment.created_at, assignment.ended_at)


@dataclass(frozen=True, slots=True)
class Stretch:
    """What counts for an account manager: this customer's, within this period."""

    customer_id: str
    manager_id: int
    period: Period


Begins = Callable[[Held], datetime]
"""From when something counts for the account manager: `consumption` or `performance`."""


def consumption(held: Held) -> datetime:
    """Consumption counts from the assignment on."""
    return held.since


def performance(held: Held) -> datetime:
    """Performance counts from 00:00 of the next Beijing day on."""
    following = held.since.astimezone(BEIJING).date() + timedelta(days=1)
    return datetime.combine(following, time(), tzinfo=BEIJING).astimezone(held.since.tzinfo)


def stretches(held: Iterable[Held], begins: Begins, within: Period) -> list[Stretch]:
    """What counts for whom in the period `within`, by customer and in the order of time."""
    found = []
    for one in held:
        start = max(begins(one), within.start)
        end = min(one.until or within.end, within.end)
        if start < end:
            found.append(Stretch(one.customer_id, one.manager_id, Period(start, end)))
    return sorted(found, key=lambda stretch: (stretch.customer_id, stretch.period.start))


def manager_at(held: Iterable[Held], begins: Begins, moment: datetime) -> int | None:
    """The account manager for whom what a customer did at `moment` counts; None: nobody.

    `held` is about one customer.
    """
    for one in held:
        if begins(one) <= moment and (one.until is None or moment < one.until):
            return one.manager_id
    return None
