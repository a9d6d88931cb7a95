"""What resource packages covered, deduction by deduction, read from the ratings that are present.

A rating writes who was covered by which bucket (metering.cycles) and how much of it; the line beside it says whose
usage that was. What a bucket had before and after each deduction follows from the order in which the rating takes:
begin of use, batch, position; per clock hour where the item is there anew each hour.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from partner_center.billing.models.runs import CustomerRating
from partner_center.billing.reading.engine import ask
from partner_center.billing.reading.usage import moment_of
from partner_center.kernel.period import BillMonth, beijing_day
from partner_center.metering.cycles import bucket_id, item_and_cycle
from partner_center.metering.models import PackageItem, PackageUse
from partner_center.metering.store import Store

Bucket = tuple[str, int]
"""A bill month and a bucket of it."""


@dataclass(frozen=True, slots=True)
class Deduction:
    """One usage record's part that one item covered. Quantities in the item's measure.

    available, remaining: of the item (of its hour, where it renews hourly), before and after. ends_at is the moment
    that it is told under.
    """

    item_id: int
    quantity: Decimal
    available: Decimal
    remaining: Decimal
    resource_id: str
    service_type: str
    resource_type: str
    usage_type: str
    product_id: int
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class DeductionPage:
    total: int
    deductions: Sequence[Deduction] = ()


def deductions_of(
    customer_id: str,
    first_day: date,
    last_day: date,
    *,
    item_ids: Collection[int] | None = None,
    resource_type: str = "",
    offset: int = 0,
    limit: int = 100,
) -> DeductionPage:
    """What the customer's items (None: all) covered of use that ended within these Beijing days, in order of time."""
    files = _files(customer_id, BillMonth(first_day.year, first_day.month).previous())
    buckets = _buckets(customer_id, files, item_ids)
    if not buckets:
        return DeductionPage(0)
    text, values = _running(customer_id, files, buckets)
    narrowed, more = (
        "end_at >= ? AND end_at < ?",
        list[Any]((_seconds(first_day), _seconds(last_day, after=True))),
    )
    if resource_type:
        narrowed, more = f"{narrowed} AND resource_type = ?", [*more, resource_type]
    rows = ask(
        f"WITH {text} SELECT {', '.join(_COLUMNS)}, count(*) OVER () FROM running WHERE {narrowed}"
        " ORDER BY end_at, begin_at, batch, position, bucket_id LIMIT ? OFFSET ?",
        [*values, *more, limit, offset],
    )
    if rows or not offset:
        return DeductionPage(rows[0][-1] if rows else 0, [_deduction(row) for row in rows])
    first = deductions_of(
        customer_id, first_day, last_day, item_ids=item_ids, resource_type=resource_type, limit=1
    )
    return DeductionPage(first.total)


_COLUMNS = (
    "bucket_id",
    "quantity",
    "capacity - coalesce(earlier, 0)",
    "capacity - coalesce(earlier, 0) - quantity",
    "resource_id",
    "service_type",
    "resource_type",
    "usage_type",
    "product_id",
    "begin_at",
    "end_at",
)


def _deduction(row: tuple[Any, ...]) -> Deduction:
    bucket, quantity, available, remaining, *whose, product_id, begin_at, end_at, _total = row
    resource_id, service_type, resource_type, usage_type = whose
    return Deduction(
        item_and_cycle(bucket)[0],
        quantity,
        available,
        remaining,
        resource_id,
        service_type,
        resource_type,
        usage_type,
        product_id,
        moment_of(begin_at),
        moment_of(end_at),
    )


def _files(customer_id: str, since: BillMonth) -> dict[str, tuple[str, str]]:
    """The coverage and the lines of each present rating, by bill month. Late use is charged in a later month."""
    store = Store.configured()
    rows = CustomerRating.objects.filter(
        customer_id=customer_id, month__gte=str(since), file__isnull=False
    ).values_list("month", "rating__folder", "file__path")
    return {
        month: (str(store.local(f"{folder}/out/coverage.parquet")), str(store.local(path)))
        for month, folder, path in rows
    }


def _buckets(
    customer_id: str, files: dict[str, tuple[str, str]], item_ids: Collection[int] | None
) -> dict[Bucket, tuple[Decimal, bool]]:
    """What each bucket that covered something had when its bill month began, and whether it is per hour."""
    met = {
        (month, bucket)
        for month, (coverage, _lines) in files.items()
        for (bucket,) in ask(
            "SELECT DISTINCT bucket_id FROM read_parquet(?) WHERE customer_id = ?", [coverage, customer_id]
        )
    }
    items = PackageItem.objects.filter(
        package__customer_id=customer_id, pk__in={item_and_cycle(bucket)[0] for _month, bucket in met}
    )
    if item_ids is not None:
        items = items.filter(pk__in=item_ids)
    by_pk = {item.pk: item for item in items}
    used: dict[int, list[tuple[str, Decimal]]] = defaultdict(list)
    uses = PackageUse.objects.filter(item__in=by_pk).values_list("item_id", "cycle", "month", "quantity")
    for item_id, cycle, month, quantity in uses:
        used[bucket_id(item_id, cycle)].append((month, quantity))
    found: dict[Bucket, tuple[Decimal, bool]] = {}
    for month, bucket in met:
        item = by_pk.get(item_and_cycle(bucket)[0])
        if item is not None:
            before = sum((quantity for other, quantity in used[bucket] if other < month), Decimal(0))
            found[month, bucket] = (item.quantity if item.per_hour else item.quantity - before, item.per_hour)
    return found


def _running(
    customer_id: str, files: dict[str, tuple[str, str]], buckets: dict[Bucket, tuple[Decimal, bool]]
) -> tuple[str, list[Any]]:
    """The tables of a question whose last, `running`, has what was taken from each bucket before each deduction."""
    parts: list[str] = []
    values: list[Any] = []
    for month, bucket in buckets:
        capacity, per_hour = buckets[month, bucket]
        values += [month, bucket, capacity, per_hour]
    known = ", ".join("(?, ?, ?::DECIMAL(20,12), ?)" for _one in buckets)
    for month in sorted({month for month, _bucket in buckets}):
        coverage, lines = files[month]
        parts.append(
            "SELECT ? AS month, c.bucket_id, c.quantity, l.* FROM read_parquet(?) c"
            " JOIN (SELECT batch, position, begin_at, end_at, resource_id, service_type, resource_type, usage_type,"
            " product_id FROM read_parquet(?) WHERE customer_id = ? AND source = 'usage') l USING (batch, position)"
            " WHERE c.customer_id = ?"
        )
        values += [month, coverage, lines, customer_id, customer_id]
    return (
        f"known(month, bucket_id, capacity, per_hour) AS (VALUES {known}),"
        f" taken AS ({' UNION ALL '.join(parts)}),"
        " running AS (SELECT *, sum(quantity) OVER (PARTITION BY month, bucket_id,"
        " CASE WHEN per_hour THEN begin_at // 3600 ELSE 0 END ORDER BY begin_at, batch, position"
        " ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS earlier"
        " FROM taken JOIN known USING (month, bucket_id))",
        values,
    )


def _seconds(day: date, *, after: bool = False) -> int:
    """When a Beijing day begins, or the one after it."""
    span = beijing_day(day)
    return int((span.end if after else span.start).timestamp())
