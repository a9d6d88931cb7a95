"""Completeness from the other side: every active day of a subscription is on exactly one bill line, or says why not.

It starts from the subscriptions, not from the bill. A yearly/monthly resource's day belongs to the purchased period
that holds at its end; that period is billed by the fee record of its order. A pay-per-use resource's day belongs to
the usage that was rated of it; a day without usage is stated as such.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from partner_center.billing.models import FeeRecord
from partner_center.billing.models.fees import PURCHASES
from partner_center.billing.runs.engine import Reader
from partner_center.billing.runs.spans import seconds
from partner_center.kernel.period import BillMonth
from partner_center.subscriptions.models import LeasePeriod, OnDemandResource, PeriodState, Resource

A_DAY, BEIJING_AHEAD = 86_400, 28_800
A_MOMENT = 2
"""Leases end at 23:59:59: a day is looked at one second before that."""

BILLED = "billed"
AFTER_EXPIRY = "after expiry"
FREE = "free of charge"
NO_USAGE = "no usage reported"
GAP = "no period"
UNRECORDED = "period without a bill line"
TWICE = "more than one bill line"

VIOLATIONS = (GAP, UNRECORDED, TWICE)
AT_ONCE = 5_000


@dataclass(slots=True)
class Days:
    """Subscription-days by what covers them, and per customer those that nothing does."""

    by_cover: Counter[str] = field(default_factory=Counter)
    wrong: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    examples: dict[str, str] = field(default_factory=dict)

    def count(self, cover: str, days: int, customer_id: str, resource_id: str) -> None:
        if not days:
            return
        self.by_cover[cover] += days
        if cover in VIOLATIONS:
            self.wrong[customer_id][cover] += days
            self.examples.setdefault(customer_id, resource_id)


def subscription_days(
    month: BillMonth, files: Reader, customer_ids: Collection[str] | None, now: datetime
) -> Days:
    """Every subscription-day of the month that has begun by `now`. `files` knows `lines` of the month."""
    days = Days()
    begins = int(month.period.start.timestamp())
    ends = min(int(month.period.end.timestamp()), seconds(now))
    if begins >= ends:
        return days
    _leases(days, begins, ends, month, customer_ids)
    _on_demand(days, begins, ends, month, files, customer_ids)
    return days


@dataclass(frozen=True, slots=True)
class Held:
    """A purchased period as it was held, and how many fee records bill it. `free`: it cost nothing."""

    begins: int
    ends: int
    records: int
    free: bool


def cover_of(moment: int, periods: Iterable[Held]) -> str:
    """What covers one moment of a lease. Pure."""
    known = list(periods)
    holding = [one for one in known if one.begins <= moment < one.ends]
    if not holding:
        return AFTER_EXPIRY if known and moment >= max(one.ends for one in known) else GAP
    records = sum(one.records for one in holding)
    if len(holding) > 1 or records > 1:
        return TWICE
    if records == 1:
        return BILLED
    return FREE if holding[0].free else UNRECORDED


def moments(begins: int, ends: int, lives_from: int, lives_until: int) -> Iterator[int]:
    """For each Beijing day within [begins, ends) on which something lives, the moment at which it is looked at."""
    first, last = max(begins, lives_from), min(ends, lives_until)
    if first >= last:
        return
    for day in range((first + BEIJING_AHEAD) // A_DAY, (last - 1 + BEIJING_AHEAD) // A_DAY + 1):
        end_of_day = (day + 1) * A_DAY - BEIJING_AHEAD
        moment = min(end_of_day - A_MOMENT, last - 1)
        if moment >= first:
            yield moment


def _leases(
    days: Days, begins: int, ends: int, month: BillMonth, customer_ids: Collection[str] | None
) -> None:
    rows = Resource.objects.filter(begins_at__lt=month.period.end).filter(
        Q(closed_at__isnull=True) | Q(closed_at__gt=month.period.start)
    )
    for some in _portions(_of(rows, customer_ids)):
        periods = _periods({one.pk for one in some})
        for one in some:
            held = periods.get(one.pk, [])
            looked_at = moments(begins, ends, seconds(one.begins_at), seconds(one.closed_at))
            found = Counter(cover_of(moment, held) for moment in looked_at)
            for cover, number in found.items():
                days.count(cover, number, one.customer_id, one.resource_id)


def _periods(resource_pks: Collection[int]) -> dict[int, list[Held]]:
    """The first purchases and renewals of these resources; changes only alter what they cost."""
    rows = list(
        LeasePeriod.objects.filter(resource_id__in=sorted(resource_pks))
        .exclude(kind=LeasePeriod.Kind.CHANGE)
        .exclude(state=PeriodState.DROPPED)
        .values_list(
            "resource_id",
            "resource__resource_id",
            "order_number",
            "begins_at",
            "ends_at",
            "ended_at",
            "official",
            "payable",
        )
    )
    records: Counter[tuple[str, str]] = Counter()
    numbers = sorted({row[2] for row in rows})
    for start in range(0, len(numbers), 500):
        fees = FeeRecord.objects.filter(
            order_number__in=numbers[start : start + 500], bill_type__in=PURCHASES
        )
        records.update(fees.values_list("order_number", "resource_id"))
    found: dict[int, list[Held]] = defaultdict(list)
    for pk, resource_id, number, begins_at, ends_at, ended_at, official, payable in rows:
        free = not _minor(official) and not _minor(payable)
        ends = min(seconds(ends_at), seconds(ended_at))
        found[pk].append(Held(seconds(begins_at), ends, records[number, resource_id], free))
    return found


def _on_demand(
    days: Days,
    begins: int,
    ends: int,
    month: BillMonth,
    files: Reader,
    customer_ids: Collection[str] | None,
) -> None:
    used = dict(
        files.rows(
            """
            WITH spans AS (
                SELECT DISTINCT resource_id, (greatest(begin_at, $1) + 28800) // 86400 AS first_day,
                       (least(greatest(end_at, begin_at + 1), $2) - 1 + 28800) // 86400 AS last_day
                FROM lines WHERE source = 'usage' AND begin_at < $2 AND end_at > $1
            )
            SELECT resource_id, list(DISTINCT day) FROM (
                SELECT resource_id, unnest(range(first_day, last_day + 1)) AS day FROM spans
            ) GROUP BY resource_id
            """,
            (begins, ends),
        )
    )
    rows = OnDemandResource.objects.filter(opened_at__lt=month.period.end).filter(
        Q(closed_at__isnull=True) | Q(closed_at__gt=month.period.start)
    )
    for some in _portions(_of(rows, customer_ids)):
        for one in some:
            seen = set(used.get(one.resource_id, ()))
            alive = [
                (moment + BEIJING_AHEAD) // A_DAY
                for moment in moments(begins, ends, seconds(one.opened_at), seconds(one.closed_at))
            ]
            billed = sum(day in seen for day in alive)
            days.count(BILLED, billed, one.customer_id, one.resource_id)
            days.count(NO_USAGE, len(alive) - billed, one.customer_id, one.resource_id)


def _minor(amount: Any) -> int:
    return amount if isinstance(amount, int) else int(amount.minor)


def _of(rows: Any, customer_ids: Collection[str] | None) -> Any:
    return rows if customer_ids is None else rows.filter(customer_id__in=sorted(customer_ids))


def _portions(rows: Any) -> Iterator[list[Any]]:
    after = 0
    while some := list(rows.filter(pk__gt=after).order_by("pk")[:AT_ONCE]):
        yield some
        after = some[-1].pk
