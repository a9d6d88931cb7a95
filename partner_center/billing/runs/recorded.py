"""What a snapshot takes from earlier bills: fees, periods to spread, and what late usage carries on from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db.models import QuerySet

from partner_center.billing.models import CustomerRating, FeeRecord
from partner_center.billing.models.fees import RATED
from partner_center.billing.runs.folders import refusing
from partner_center.billing.runs.spans import seconds
from partner_center.billing.runs.usage import LateKey, late_by_cycle
from partner_center.kernel.period import BillMonth
from partner_center.metering.store import Store
from partner_center.rating import schemas

A_DAY, BEIJING_AHEAD = 86_400, 28_800
AT_ONCE = 10_000


def fees(month: BillMonth, customer_ids: Collection[str] | None) -> pa.Table:
    """The fee records of the month that no rating decides (orders, refunds, adjustments), as lines."""
    rows = FeeRecord.objects.of_month(month).exclude(bill_type__in=RATED)
    return _together(
        ([_line(row) for row in some] for some in _portions(_of(rows, customer_ids))), schemas.LINES
    )


def periods(month: BillMonth, customer_ids: Collection[str] | None) -> pa.Table:
    """Every fee for a stretch of time that touches the month or belongs to it, to be spread over its days."""
    span = month.period
    rows = FeeRecord.objects.exclude(bill_type__in=RATED).filter(
        effective_at__isnull=False,
        expires_at__gt=span.start,
        effective_at__lt=span.end,
        happened_at__lt=span.end,
    )
    spread = ([_period(row) for row in some] for some in _portions(_of(rows, customer_ids)))
    return _together(([one for one in some if one is not None] for some in spread), schemas.PERIODS)


def carried(late: Collection[LateKey], month: BillMonth) -> pa.Table:
    """What earlier bill months have charged of the cycles that late usage belongs to."""
    sums: dict[LateKey, Decimal] = defaultdict(Decimal)
    for cycle, keys in late_by_cycle(late).items():
        wanted, customers = set(keys), sorted({key[0] for key in keys})
        for path in _files(customers, cycle, month):
            for key, quantity in _charged(path, customers, cycle):
                if key in wanted:
                    sums[key] += quantity
    rows = [
        {
            "customer_id": customer_id,
            "resource_id": resource_id,
            "usage_type_id": usage_type_id,
            "cycle": cycle,
            "quantity": quantity,
        }
        for (customer_id, resource_id, usage_type_id, cycle), quantity in sorted(sums.items())
    ]
    return pa.Table.from_pylist(rows, schema=schemas.CARRIED)


def _files(customers: list[str], cycle: str, month: BillMonth) -> list[str]:
    rows = CustomerRating.objects.filter(
        customer_id__in=customers, month__gte=cycle, month__lt=str(month), file__isnull=False
    )
    return sorted(set(rows.values_list("file__path", flat=True)))


def _charged(path: str, customers: list[str], cycle: str) -> Iterator[tuple[LateKey, Decimal]]:
    columns = ["customer_id", "resource_id", "usage_type_id", "cycle", "quantity", "package_quantity"]
    with refusing(path):
        lines = pq.read_table(
            Store.configured().local(path),
            columns=columns,
            filters=(
                pc.field("customer_id").isin(customers)
                & (pc.field("cycle") == cycle)
                & (pc.field("source") == "usage")
            ),
            partitioning=None,
        )
    for row in lines.to_pylist():
        key = row["customer_id"], row["resource_id"], row["usage_type_id"], row["cycle"]
        yield key, row["quantity"] - row["package_quantity"]


def _line(row: FeeRecord) -> dict[str, Any]:
    begin = row.effective_at or row.happened_at
    return {
        "customer_id": row.customer_id,
        "source": "fee",
        "batch": 0,
        "position": row.pk,
        "bill_type": row.bill_type,
        "charging_mode": row.charging_mode,
        "cycle": row.cycle,
        "late": False,
        "service_type": row.service_type,
        "resource_type": row.resource_type,
        "resource_spec": row.resource_spec,
        "region": row.region,
        "product_id": row.product_id,
        "usage_type": "",
        "resource_id": row.resource_id,
        "enterprise_project_id": row.enterprise_project_id,
        "begin_at": seconds(begin),
        "end_at": seconds(row.expires_at or begin),
        "scheme": "",
        "list_exact": row.official.decimal,
        "official": row.official.decimal,
        "discount_type": row.discount_type,
        "discount_id": row.discount_id,
        "discount": (row.official - row.consume).decimal,
        "payable": row.consume.decimal,
        "before": Decimal(0),
        "partner_id": row.partner_id,
        "distributor_id": row.distributor_id,
        "association_type": row.association_type,
        "manager_id": row.manager_id,
        "currency": row.currency,
        "mark": "",
    }


def _period(row: FeeRecord) -> dict[str, Any] | None:
    assert row.effective_at is not None, "filtered"
    first = (seconds(row.effective_at) + BEIJING_AHEAD) // A_DAY
    last = (seconds(row.expires_at) - 1 + BEIJING_AHEAD) // A_DAY
    if last < first:
        return None
    amounts = ("official", "consume", "cash", "credit", "coupon", "flexi", "card", "bonus")
    return {
        "item_id": row.pk,
        "customer_id": row.customer_id,
        "begins_on": first,
        "ends_on": last + 1,
        "discount": (row.official - row.consume).minor,
        **{name: getattr(row, name).minor for name in amounts},
    }


def _of(rows: QuerySet[FeeRecord], customer_ids: Collection[str] | None) -> QuerySet[FeeRecord]:
    return rows if customer_ids is None else rows.filter(customer_id__in=sorted(customer_ids))


def _portions(rows: QuerySet[FeeRecord]) -> Iterator[list[FeeRecord]]:
    """All rows by their numbers, so many at once."""
    after = 0
    while some := list(rows.filter(pk__gt=after).order_by("pk")[:AT_ONCE]):
        yield some
        after = some[-1].pk


def _together(portions: Iterable[list[dict[str, Any]]], schema: pa.Schema) -> pa.Table:
    tables = [pa.Table.from_pylist(rows, schema=schema) for rows in portions]
    return pa.concat_tables([schema.empty_table(), *tables])
