"""Letting time pass in tests."""

from __future__ import annotations

from datetime import UTC, datetime

from partner_center.kernel import clock
from partner_center.kernel.period import BEIJING
from partner_center.subscriptions import jobs, queries

NEXT = (queries.next_transition, queries.next_on_demand_transition, queries.next_notice)
DRAINS = (jobs.move_leases_on, jobs.move_on_demand_on, jobs.send_notices)


def beijing(text: str) -> datetime:
    """A moment from its Beijing time, to the minute or to the second."""
    form = "%Y-%m-%d %H:%M:%S" if text.count(":") == 2 else "%Y-%m-%d %H:%M"
    return datetime.strptime(text, form).replace(tzinfo=BEIJING).astimezone(UTC)


def live_until(moment: datetime) -> None:
    """Do what falls due up to `moment`, each thing at its own moment, as a fast-forward does."""
    for _ in range(1000):
        due = [one for one in (ask() for ask in NEXT) if one is not None and one <= moment]
        if not due:
            return
        with clock.at(min(due)):
            for drain in DRAINS:
                drain()
    raise AssertionError("time stands still: something stays due")
