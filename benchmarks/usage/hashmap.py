"""One worker of CloudKitty's hashmap rating; runs in CloudKitty's own environment and knows nothing of ours.

    python hashmap.py PRICES.csv RECORDS.csv OUT.csv

PRICES holds service,sku,price; RECORDS, sorted by hour, hour,service,sku,customer,resource,position,quantity. Prices go
into CloudKitty's own tables by its calls, its HashMap loads them, and each hour is a DataFrame that `process` rates,
as its processor does with what a collector brings. OUT gets each record with its price. Prints JSON: records, the
seconds of `process` alone and of everything between the first record read and the last one written, and the totals by
currency (the part of a sku after the "-").
"""

from __future__ import annotations

import csv
import itertools
import json
import sys
import time
from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal

from cloudkitty.dataframe import DataFrame, DataPoint
from cloudkitty.db import api as database_api
from cloudkitty.rating.hash import HashMap
from cloudkitty.rating.hash.db import api as hash_api
from oslo_config import cfg
from oslo_db import options as database_options


def main(prices: str, records: str, out: str) -> None:
    database_options.set_defaults(cfg.CONF, connection="sqlite://")
    cfg.CONF([], project="cloudkitty", default_config_files=[])
    database_api.get_instance().get_migration().upgrade("head")
    _load(prices)
    rater = HashMap("benchmark")

    spent, count = 0.0, 0
    totals: dict[str, Decimal] = defaultdict(Decimal)
    began = time.perf_counter()
    with open(records, newline="") as source, open(out, "w", newline="") as target:
        writer = csv.writer(target)
        for hour, rows in itertools.groupby(csv.reader(source), key=lambda row: row[0]):
            frame = _frame(int(hour), rows)
            before = time.perf_counter()
            rated = rater.process(frame)
            spent += time.perf_counter() - before
            for service, point in rated.iterpoints():
                count += 1
                totals[point.metadata["sku"].partition("-")[2]] += point.price
                groups = point.groupby
                writer.writerow(
                    (hour, service, point.metadata["sku"], groups["customer"], groups["resource"])
                    + (point.metadata["position"], point.qty, point.price)
                )
    whole = time.perf_counter() - began
    print(
        json.dumps(
            {
                "records": count,
                "process_seconds": spent,
                "seconds": whole,
                "totals": {name: str(total) for name, total in totals.items()},
            }
        )
    )


def _load(prices: str) -> None:
    tables = hash_api.get_instance()
    tables.get_migration().upgrade("head")
    fields: dict[str, str] = {}
    with open(prices, newline="") as source:
        for service, sku, price in csv.reader(source):
            if service not in fields:
                made = tables.create_service(service)
                fields[service] = tables.create_field(made.service_id, "sku").field_id
            tables.create_mapping(
                cost=Decimal(price),
                map_type="flat",
                value=sku,
                field_id=fields[service],
                start=datetime(2020, 1, 1),
                created_by="benchmark",
            )


def _frame(hour: int, rows: object) -> DataFrame:
    frame = DataFrame(start=datetime.fromtimestamp(hour, UTC), end=datetime.fromtimestamp(hour + 3600, UTC))
    for _hour, service, sku, customer, resource, position, quantity in rows:  # type: ignore[attr-defined]
        point = DataPoint(
            "unit",
            quantity,
            0,
            {"customer": customer, "resource": resource},
            {"sku": sku, "position": position},
        )
        frame.add_point(point, service)
    return frame


if __name__ == "__main__":
    main(*sys.argv[1:4])
