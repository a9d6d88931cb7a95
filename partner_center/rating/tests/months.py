"""Months of random usage that cover every feature of rating at once, as tables and as files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from partner_center.rating import schemas
from partner_center.rating.months import days_of

Row = dict[str, Any]
MONTH, FORMER = "2026-03", "2026-02"
BEGIN, END = (day * 86400 - 28800 for day in days_of(MONTH))
MINOR = {"CNY": 2, "USD": 2, "JPY": 0}
ALWAYS = {"begins_at": 0, "ends_at": schemas.FOREVER}
FLAT, GRADUATED, VOLUME, BLOCK, FREE, PEAK_MONTH, PEAK_DAY = range(1, 8)
"""Products, named after what their prices are like."""


@dataclass
class Month:
    """The tables of one month's way in."""

    tables: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in schemas.IN})

    def write(self, folder: Path) -> Path:
        """Into `folder`, usage in two files."""
        folder.mkdir(parents=True)
        for name, rows in self.tables.items():
            if name == "usage":
                (folder / name).mkdir()
                for half in (0, 1):
                    part = pa.Table.from_pylist(rows[half::2], schema=schemas.IN[name])
                    pq.write_table(part.sort_by("customer_id"), folder / name / f"{half}.parquet")
            elif rows:
                table = pa.Table.from_pylist(rows, schema=schemas.IN[name])
                pq.write_table(table, folder / f"{name}.parquet")
        sizes = {name: {"rows": len(rows)} for name, rows in self.tables.items()}
        manifest = {"month": MONTH, "currency_minor": MINOR, "tables": sizes}
        (folder / "manifest.json").write_text(json.dumps(manifest))
        return folder


def random_month(random: Random, records: int = 120) -> Month:
    """Some customers with prices that change within the month, packages, rebates, ties, late usage and peaks."""
    month = Month()
    _catalogue(month, random)
    customers = [f"{number:032x}" for number in random.sample(range(16**6), random.randint(2, 5))]
    for number, customer in enumerate(customers):
        _customer(month, random, number, customer)
    _usage(month, random, [*customers, "f" * 32], records)
    for customer in customers:
        _points(month, random, customer)
    _fees(month, random, customers)
    _periods(month, random, customers)
    return month


def read_out(folder: Path) -> dict[str, list[Row]]:
    """The tables of a way out, as rows in the order of their files."""
    return {
        name: [
            row
            for file in sorted((folder / name).glob("*.parquet"))
            for row in pq.read_table(file).to_pylist()
        ]
        for name in schemas.OUT
    }


def comparable(rows: Iterable[Row], *, without: tuple[str, ...] = ()) -> list[str]:
    """Rows as sorted text: two tables with the same rows give the same lists."""
    return sorted(
        ", ".join(f"{name}={_text(row[name])}" for name in sorted(row) if name not in without) for row in rows
    )


def _text(value: Any) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else repr(value)


def _catalogue(month: Month, random: Random) -> None:
    tables = month.tables
    for product in range(1, 9):
        tables["products"].append(
            {
                "product_id": product,
                "service_type": f"hws.service.type.{product % 2}",
                "resource_type": f"hws.resource.type.{product % 3}",
                "resource_spec": f"spec.{product}",
                "region": random.choice(["cn-north-4", "cn-east-3"]),
            }
        )
    for usage_type, method in ((1, "sum"), (2, "sum"), (3, "peak95_month"), (4, "peak95_day")):
        tables["usage_types"].append(
            {"usage_type_id": usage_type, "code": f"use{usage_type}", "method": method}
        )
    schemes = {
        FLAT: ["flat"],
        GRADUATED: ["graduated"],
        VOLUME: ["volume"],
        BLOCK: ["block"],
        FREE: ["flat", "graduated"],
        PEAK_MONTH: ["flat", "graduated", "volume"],
        PEAK_DAY: ["flat", "block", "volume"],
        8: ["flat", "graduated", "volume", "block"],
    }
    for product, possible in schemes.items():
        for usage_type in {PEAK_MONTH: (3,), PEAK_DAY: (4,)}.get(product, (1, 2)):
            for currency in ("CNY", "JPY"):
                change = random.randrange(BEGIN, END)
                for begins, ends in ((0, change), (change, schemas.FOREVER)):
                    if product == 8 and begins and random.random() < 0.3:
                        continue  # taken off sale
                    _price(
                        month, random, random.choice(possible), product, usage_type, currency, begins, ends
                    )


def _price(
    month: Month, random: Random, scheme: str, product: int, usage: int, currency: str, begins: int, ends: int
) -> None:
    number = len(month.tables["prices"]) + 1
    free = (
        random.choice([Decimal(0), Decimal(0), _decimal(random, 2, 3)])
        if product not in (FLAT, GRADUATED)
        else Decimal(0)
    )
    month.tables["prices"].append(
        {
            "price_id": number,
            "product_id": product,
            "usage_type_id": usage,
            "currency": currency,
            "begins_at": begins,
            "ends_at": ends,
            "scheme": scheme,
            "unit_price": _decimal(random, random.choice([1, 3]), 10),
            "free": free,
            "block": random.choice([Decimal(1), Decimal(3), Decimal("0.7"), Decimal(1000)])
            if scheme == "block"
            else Decimal(1),
        }
    )
    if scheme not in ("graduated", "volume"):
        return
    bounds = sorted({Decimal(random.randrange(1, 300)) for _ in range(random.randint(1, 3))})
    lowers, uppers = [Decimal(0), *bounds], [*bounds, None]
    for step, (lower, upper) in enumerate(zip(lowers, uppers, strict=True), 1):
        price = _decimal(random, 1, random.choice([2, 10]))
        month.tables["tiers"].append(
            {"price_id": number, "step": step, "lower": lower, "upper": upper, "price": price}
        )


def _customer(month: Month, random: Random, number: int, customer: str) -> None:
    tables = month.tables
    currency = random.choice(["CNY", "CNY", "JPY"])
    tables["customers"].append({"customer_id": customer, "currency": currency, "site": "cn"})
    for begins, ends in random.choice(
        [[(0, BEGIN + 999_999), (BEGIN + 1_200_000, schemas.FOREVER)], [(0, schemas.FOREVER)], []]
    ):
        tables["ties"].append(
            {
                "customer_id": customer,
                "partner_id": random.choice("ab") * 32,
                "distributor_id": random.choice(["", "d" * 32]),
                "association_type": random.choice(["referral", "resale"]),
                "manager_id": "",
                "begins_at": begins,
                "ends_at": ends,
            }
        )
    for product in random.sample(range(1, 9), 5):
        mode = random.choice(["ratio", "ratio", "fixed_price"])
        tables["rebates"].append(
            {
                "customer_id": customer,
                "product_id": product,
                "begins_at": random.choice([0, BEGIN + 700_000]),
                "ends_at": random.choice([schemas.FOREVER, BEGIN + 2_000_000]),
                "discount_type": random.choice(["605", "606", "607"]),
                "discount_id": f"d{number}{product}",
                "mode": mode,
                "kept": random.choice([Decimal("0.9"), Decimal("0.77777777"), Decimal(1)])
                if mode == "ratio"
                else None,
                "unit_price": _decimal(random, 1, 10) if mode == "fixed_price" else None,
            }
        )
    for rank in range(1, random.choice([0, 2, 4]) + 1):
        bucket = number * 10 + rank
        tables["buckets"].append(
            {
                "bucket_id": bucket,
                "customer_id": customer,
                "rank": rank,
                "kind": random.choice(["package", "reserved", "savings_plan"]),
                "begins_at": random.choice([0, BEGIN + 500_000]),
                "ends_at": random.choice([schemas.FOREVER, BEGIN + 1_900_000]),
                "capacity": random.choice(
                    [_decimal(random, 2, 6), _decimal(random, 4, 0), _decimal(random, 0, 6)]
                ),
                "per_hour": random.random() < 0.4,
            }
        )
        for product in random.sample(range(1, 9), 4):
            for usage_type in random.sample((1, 2, 3), random.randint(1, 2)):
                tables["bucket_scopes"].append(
                    {"bucket_id": bucket, "product_id": product, "usage_type_id": usage_type}
                )


def _usage(month: Month, random: Random, customers: list[str], records: int) -> None:
    carried: set[tuple[Any, ...]] = set()
    for _ in range(records):
        late = random.random() < 0.15
        customer = random.choice(customers[:-1]) if random.random() < 0.97 else customers[-1]
        product = random.choice([FLAT, GRADUATED, VOLUME, BLOCK, FREE, 8, 8])
        begin = random.randrange(BEGIN, END, random.choice([1, 600]))
        if random.random() < 0.3:
            begin = random.choice(_edges(month, product)) - random.choice([0, 0, 1])
        row = {
            "product_id": product if random.random() < 0.97 else 99,
            "usage_type_id": random.choice([1, 2]) if random.random() < 0.98 else 98,
            "begin_at": begin - (28 * 86400 if late else 0),
            "cycle": FORMER if late else MONTH,
            "late": late,
            "quantity": _quantity(random),
        }
        if row["late"] and row["begin_at"] >= BEGIN:
            row |= {"begin_at": BEGIN - 1}
        resource = f"r{random.randrange(4)}-{product if random.random() < 0.9 else 0}"
        _record(month, random, customer, resource, row)
        key = (customer, resource, row["usage_type_id"], FORMER)
        if late and key not in carried and random.random() < 0.6:
            carried.add(key)
            names = ("customer_id", "resource_id", "usage_type_id", "cycle")
            month.tables["carried"].append(
                dict(zip(names, key, strict=True)) | {"quantity": _decimal(random, 2, 12)}
            )


def _edges(month: Month, product: int) -> list[int]:
    """The moments within the month at which a price of the product, a tie, a rebate or a bucket begins or ends."""
    found = {
        row[edge]
        for name in ("prices", "ties", "rebates", "buckets")
        for row in month.tables[name]
        if row.get("product_id", product) == product
        for edge in ("begins_at", "ends_at")
    }
    return sorted(moment for moment in found if BEGIN < moment < END) or [BEGIN]


def _points(month: Month, random: Random, customer: str) -> None:
    """5-minute points of one resource by month and one by day, the last of them late."""
    for product, usage_type in ((PEAK_MONTH, 3), (PEAK_DAY, 4)):
        count = random.choice([0, 1, 19, 20, 21, 45])
        begin = BEGIN + 86400 * random.randrange(20) + 300 * random.randrange(288)
        levels = [_decimal(random, 3, 3) for _ in range(6)]
        for number in range(count):
            row = {
                "product_id": product,
                "usage_type_id": usage_type,
                "begin_at": begin + 300 * number,
                "cycle": MONTH,
                "late": False,
                "quantity": random.choice(levels),
            }
            _record(month, random, customer, f"peak-{product}", row)
        if count > 20:
            row = {**row, "begin_at": BEGIN - 86400, "cycle": FORMER, "late": True}
            _record(month, random, customer, f"peak-{product}", row)


def _record(month: Month, random: Random, customer: str, resource: str, row: Row) -> None:
    month.tables["usage"].append(
        {
            "batch": random.randint(1, 3),
            "position": len(month.tables["usage"]),
            "customer_id": customer,
            "resource_id": resource,
            "size": random.choice([1, 1, 1, 7, 40, 900_000]),
            "value": _decimal(random, 3, 12),
            "measure_id": random.choice([4, 10]),
            "end_at": row["begin_at"] + random.choice([300, 3600]),
            "enterprise_project_id": random.choice(["", "0", "ep-1"]),
            **row,
        }
    )


def _quantity(random: Random) -> Decimal:
    kind: Callable[[], Decimal] = random.choice(
        [
            lambda: Decimal(random.randrange(0, 200)),
            lambda: _decimal(random, 2, 12),
            lambda: _decimal(random, 0, 12),
            lambda: _decimal(random, 5, 3),
            lambda: Decimal("0.000000000001"),
            lambda: Decimal(0),
            lambda: -_decimal(random, 1, 2),
            lambda: Decimal(random.choice([8, 60_000_000])),
        ]
    )
    return kind()


def _fees(month: Month, random: Random, customers: list[str]) -> None:
    for number in range(1, random.randint(0, 4) + 1):
        official = _decimal(random, 3, 2)
        month.tables["fees"].append(
            dict.fromkeys(schemas.LINES.names)
            | dict.fromkeys(("service_type", "resource_type", "resource_spec", "region", "resource_id"), "x")
            | dict.fromkeys(("partner_id", "distributor_id", "association_type", "manager_id"), "")
            | dict.fromkeys(
                ("discount_type", "discount_id", "enterprise_project_id", "usage_type", "mark"), ""
            )
            | {
                "customer_id": random.choice(customers),
                "source": "fee",
                "batch": 0,
                "position": number,
                "bill_type": random.choice([1, 4]),
                "charging_mode": 1,
                "cycle": MONTH,
                "late": False,
                "begin_at": random.randrange(BEGIN, END),
                "official": official,
                "discount": Decimal(0),
                "payable": official,
                "before": Decimal(0),
                "currency": "CNY",
            }
        )


def _periods(month: Month, random: Random, customers: list[str]) -> None:
    first, after = days_of(MONTH)
    for number in range(1, 6):
        begins = random.randrange(first - 400, after)
        amounts = {
            name: random.randrange(0, 100_000)
            for name in ("cash", "credit", "coupon", "flexi", "card", "bonus")
        }
        consume = sum(amounts.values()) + random.choice([0, 0, 77])
        discount = random.randrange(0, 1000)
        whole = {
            "consume": consume,
            "discount": discount,
            "official": consume + discount + random.choice([0, 1]),
            **amounts,
        }
        sign = random.choice([1, 1, -1])
        month.tables["periods"].append(
            {
                "item_id": number,
                "customer_id": random.choice(customers),
                "begins_on": begins,
                "ends_on": begins + random.choice([0, 1, 30, 31, 365, 1096]),
                **{name: sign * value for name, value in whole.items()},
            }
        )


def _decimal(random: Random, whole: int, places: int) -> Decimal:
    return Decimal(random.randrange(0, 10 ** (whole + places))).scaleb(-places)
