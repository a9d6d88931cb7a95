"""95th-percentile bandwidth: the peaks that a rating found, and the 5-minute points they were found in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Context, Decimal, localcontext

from partner_center.billing.models.runs import CustomerRating
from partner_center.billing.reading.asking import Scope
from partner_center.billing.reading.engine import ask
from partner_center.billing.reading.line import NOTHING
from partner_center.billing.reading.usage import moment_of
from partner_center.catalogue.models import UsageMethod, UsageType
from partner_center.kernel import clock
from partner_center.kernel.period import BillMonth
from partner_center.metering.queries import usage_files
from partner_center.metering.store import Store

POINTS_A_DAY = 288
READY_AFTER = timedelta(days=1, hours=20)
"""A month's figures can be asked for from 20:00 on the second day of the next (flows §10.14)."""
_PLACES = Decimal(1).scaleb(-12)


@dataclass(frozen=True, slots=True)
class PeakUsage:
    """A resource's month: the bandwidth that is charged, and on how many days (points / 288) it was measured.

    With daily peaks the bandwidth is their mean by points, so that list price × bandwidth × days / days of the month is
    the fee either way. None while the month's figures are not ready.
    """

    resource_id: str
    bandwidth: Decimal | None = None
    days: Decimal | None = None
    measure_id: int | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """One 5-minute value, in the measure in which it was reported."""

    at: datetime
    value: Decimal
    measure_id: int


@dataclass(frozen=True, slots=True)
class Factor:
    """Which peaks are meant: a service, a kind of its resources, and a billing factor of these."""

    service_type: str
    resource_type: str
    usage_type: str

    def usage_type_ids(self) -> list[int]:
        found = UsageType.objects.filter(
            resource_type__service__code__iexact=self.service_type,
            resource_type__code__iexact=self.resource_type,
            code__iexact=self.usage_type,
        )
        return list(found.exclude(method=UsageMethod.SUM).values_list("pk", flat=True))


def is_ready(month: BillMonth) -> bool:
    return clock.now() >= month.period.end + READY_AFTER


def peaks_of(scope: Scope, month: BillMonth, factor: Factor, resource_id: str = "") -> list[PeakUsage]:
    """The resources with points in a month, in the order of their ids; figures once they are ready."""
    kinds = UsageType.objects.in_bulk(factor.usage_type_ids())
    found: dict[str, list[_Peak]] = defaultdict(list)
    for one in _rated(scope, month, list(kinds), resource_id):
        found[one.resource_id].append(one)
    if not is_ready(month):
        return [PeakUsage(one) for one in sorted(found)]
    return [_told(one, found[one], kinds) for one in sorted(found)]


def points_of(
    scope: Scope, month: BillMonth, factor: Factor, resource_id: str, *, offset: int, limit: int
) -> tuple[int, list[Point]]:
    """How many points of a resource a month has, and a page of them in order of time."""
    kinds, customers = factor.usage_type_ids(), scope.customer_ids or ()
    if not kinds or not customers:
        return 0, []
    store = Store.configured()
    files = [str(store.local(one.path)) for one in usage_files(month, customers)]
    if not files:
        return 0, []
    condition = (
        f"customer_id IN ({_marks(customers)}) AND usage_type_id IN ({_marks(kinds)})"
        " AND resource_id = ? AND cycle = ?"
    )
    values = [files, *customers, *kinds, resource_id, str(month)]
    total = ask(f"SELECT count(*) FROM read_parquet(?) WHERE {condition}", values)[0][0]
    rows = ask(
        f"SELECT begin_at, value, measure_id FROM read_parquet(?) WHERE {condition}"
        " ORDER BY begin_at, batch, position LIMIT ? OFFSET ?",
        [*values, limit, offset],
    )
    return total, [Point(moment_of(begin_at), value, measure_id) for begin_at, value, measure_id in rows]


@dataclass(frozen=True, slots=True)
class _Peak:
    """A row of a rating's `peaks`."""

    resource_id: str
    usage_type_id: int
    day: str
    points: int
    actual_days: Decimal
    peak: Decimal


def _rated(scope: Scope, month: BillMonth, kinds: Sequence[int], resource_id: str) -> Iterator[_Peak]:
    """What the present ratings of the month say of its own points."""
    store, customers = Store.configured(), list(scope.customer_ids or ())
    if not kinds or not customers:
        return
    present = CustomerRating.objects.current(customers, month).filter(file__isnull=False)
    for folder, customer_id in present.values_list("rating__folder", "customer_id"):
        rows = ask(
            "SELECT resource_id, usage_type_id, day, points, actual_days, peak FROM read_parquet(?)"
            f" WHERE customer_id = ? AND cycle = ? AND usage_type_id IN ({_marks(kinds)})"
            " AND (? = '' OR resource_id = ?) ORDER BY resource_id, day",
            [
                str(store.local(f"{folder}/out/peaks.parquet")),
                customer_id,
                str(month),
                *kinds,
                resource_id,
                resource_id,
            ],
        )
        for row in rows:
            yield _Peak(*row)


def _told(resource_id: str, peaks: Sequence[_Peak], kinds: Mapping[int, UsageType]) -> PeakUsage:
    points = sum(one.points for one in peaks)
    if len(peaks) == 1:
        bandwidth, days = peaks[0].peak, peaks[0].actual_days
    else:
        weighted = sum((one.peak * one.points for one in peaks), NOTHING)
        bandwidth = _cut(weighted, points)
        days = _cut(Decimal(points), POINTS_A_DAY)
    return PeakUsage(resource_id, bandwidth, days, kinds[peaks[0].usage_type_id].measure_id)


def _cut(dividend: Decimal, divisor: int) -> Decimal:
    """The quotient, cut off after twelve places: as a rating keeps its days."""
    with localcontext(Context(prec=76, rounding=ROUND_DOWN)):
        return (dividend / divisor).quantize(_PLACES, rounding=ROUND_DOWN)


def _marks(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))
