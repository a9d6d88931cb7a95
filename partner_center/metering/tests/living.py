"""Usage for tests: one customer, one server, one disk, in January and February 2024."""

from __future__ import annotations

from typing import Any

import pyarrow.parquet as pq

from partner_center.foundation.actor import Actor
from partner_center.metering.models import UsageFile
from partner_center.metering.store import Store
from partner_center.subscriptions.models import OnDemandResource

OPERATOR = Actor.system("metering.tests")


def usage_of(
    resource: OnDemandResource, begin: str, end: str, value: Any = "1", **other: Any
) -> dict[str, Any]:
    """A record as the platform sends it; moments like "2024-01-02T00:00:00Z"."""
    return {
        "customer_id": resource.customer_id,
        "resource_id": resource.resource_id,
        "cloud_service_type": resource.cloud_service_type,
        "resource_type": resource.resource_type,
        "resource_spec": resource.resource_spec,
        "region": resource.region,
        "usage_type": "Duration",
        "usage_measure_id": 4,
        "usage_value": value,
        "begin_time": begin,
        "end_time": end,
        **other,
    }


def hours_of(resource: OnDemandResource, day: int, count: int = 24, **other: Any) -> list[dict[str, Any]]:
    """`count` records of an hour each from midnight UTC of a day of January 2024."""
    return [
        usage_of(
            resource, f"2024-01-{day:02d}T{hour:02d}:00:00Z", f"2024-01-{day:02d}T{hour:02d}:59:59Z", **other
        )
        for hour in range(count)
    ]


def counted(month: str | None = None) -> list[dict[str, Any]]:
    """Every record that counts, read from the files that the database names."""
    files = UsageFile.objects.order_by("pk")
    store = Store.configured()
    rows: list[dict[str, Any]] = []
    for one in files if month is None else files.filter(month=month):
        rows += pq.read_table(store.open(one.path)).to_pylist()
    return rows
