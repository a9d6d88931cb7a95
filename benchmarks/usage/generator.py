"""A month of usage to measure on: the same number of records gives the same rows, always.

A resource reports every hour of a month of 31 days, so N records are N / 744 resources. Customers are about as many as
resources and unequal: the first has the most (at 100 million records some 300,000), the last ones have none. Each day
is a batch of its own, sorted as intake sorts it. Nothing is drawn at random: each "chance" is a product modulo a prime.

Of 60 products 40 have a flat price (10 of these are sold by size as well), ten are graduated in four tiers above a free
quantity, five are rated by volume and five in blocks; a third of the prices change in the middle of the month. One
customer in twenty pays in another currency, four in five have a partner (some change it during the month), one in three
has a discount, one in ten has two packages that are used up one after the other.

    python -m benchmarks.usage.generator 10000000 var/usage-10M
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from partner_center.rating import schemas

MONTH = "2026-10"
BEGIN = 1_790_784_000
"""2026-10-01 00:00 in Beijing."""
DAYS, HOURS = 31, 31 * 24
MIDDLE = BEGIN + 15 * 86_400
PRODUCTS = 60
VERSION = 4
"""Counts up when the rows change, so that a folder made earlier is made again."""

MACROS = """
CREATE MACRO chance(a, b, sides) AS
    ((((a * 7919 + b * 104729 + 17) % 1000003) * 2654435761 % 4294967296) >> 8) % sides;
CREATE MACRO id_of(prefix, number) AS printf('%08x', number::BIGINT) || substr(md5(prefix || number::BIGINT), 1, 24);
CREATE MACRO product_of(resource) AS 1 + chance(resource, 1, 60);
-- 0..5 flat, 6..7 flat by size, 8..9 graduated, 10 volume, 11 block
CREATE MACRO kind_of(product) AS (product - 1) % 12;
CREATE MACRO usage_type_of(product) AS
    CASE WHEN kind_of(product) <= 7 THEN 1 WHEN kind_of(product) <= 9 THEN 2 ELSE 3 END;
"""

USAGE = """
SELECT {day} + 1 AS batch,
       hour * {resources} + resource AS position,
       id_of('customer', customer_of(resource)) AS customer_id,
       id_of('resource', resource) AS resource_id,
       product_of(resource) AS product_id,
       usage_type_of(product_of(resource)) AS usage_type_id,
       CASE WHEN kind_of(product_of(resource)) IN (6, 7) THEN 10 + 10 * chance(resource, 2, 50) ELSE 1 END AS size,
       CASE usage_type_of(product_of(resource))
            WHEN 1 THEN 1::DECIMAL(20, 12)
            WHEN 2 THEN (chance(resource, {day} * 24 + hour, 900001)::DECIMAL(9, 0) * 0.000001)::DECIMAL(20, 12)
            ELSE (chance(resource, {day} * 24 + hour, 1500))::DECIMAL(20, 12)
       END AS quantity,
       quantity AS value,
       CASE usage_type_of(product_of(resource)) WHEN 1 THEN 4 WHEN 2 THEN 10 ELSE 13 END AS measure_id,
       {begin} + ({day} * 24 + hour) * 3600 AS begin_at,
       begin_at + 3600 AS end_at,
       '{month}' AS cycle,
       FALSE AS late,
       CASE WHEN chance(resource, 3, 4) = 0 THEN id_of('project', chance(resource, 3, 997)) ELSE '0' END
            AS enterprise_project_id
  FROM range({resources}) AS r(resource), range(24) AS h(hour)
 ORDER BY customer_id, begin_at, position"""

CUSTOMERS = """
SELECT id_of('customer', c) AS customer_id, CASE WHEN c % 20 = 7 THEN 'USD' ELSE 'CNY' END AS currency,
       CASE WHEN c % 20 = 7 THEN 'intl' ELSE 'cn' END AS site
  FROM range({customers}) AS t(c) ORDER BY 1"""

TIES = """
SELECT id_of('customer', c) AS customer_id, id_of('partner', (c + turn) % 97) AS partner_id,
       CASE WHEN c % 4 = 0 THEN id_of('distributor', c % 7) ELSE '' END AS distributor_id,
       CASE WHEN c % 2 = 0 THEN 'resale' ELSE 'referral' END AS association_type,
       CASE WHEN c % 3 = 0 THEN id_of('manager', c % 211) ELSE '' END AS manager_id,
       CASE turn WHEN 0 THEN 0 ELSE {middle} END AS begins_at,
       CASE WHEN turn = 0 AND c % 20 = 3 THEN {middle} ELSE {forever} END AS ends_at
  FROM range({customers}) AS t(c), range(2) AS u(turn)
 WHERE c % 5 > 0 AND (turn = 0 OR c % 20 = 3) ORDER BY 1, begins_at"""

# A price per product and currency; products whose number ends in 0, 3 or 6 have another from the middle of the month.
PRICES = """
SELECT p * 10 + money * 2 + turn AS price_id, p AS product_id, usage_type_of(p) AS usage_type_id,
       CASE money WHEN 0 THEN 'CNY' ELSE 'USD' END AS currency,
       CASE turn WHEN 0 THEN 0 ELSE {middle} END AS begins_at,
       CASE WHEN turn = 0 AND p % 10 IN (0, 3, 6) AND {dated} THEN {middle} ELSE {forever} END AS ends_at,
       CASE WHEN kind_of(p) <= 7 OR NOT {tiered} THEN 'flat' WHEN kind_of(p) <= 9 THEN 'graduated'
            WHEN kind_of(p) = 10 THEN 'volume' ELSE 'block' END AS scheme,
       ((chance(p, 10 + money, 9000) + 1000 + 37 * turn) * 0.00001)::DECIMAL(17, 10) AS unit_price,
       (CASE WHEN kind_of(p) IN (8, 9) AND {tiered} THEN 5 ELSE 0 END)::DECIMAL(20, 12) AS free,
       (CASE WHEN kind_of(p) = 11 AND {tiered} THEN 10000 ELSE 1 END)::DECIMAL(20, 12) AS block
  FROM range(1, {products} + 1) AS t(p), range(2) AS m(money), range(2) AS u(turn)
 WHERE turn = 0 OR (p % 10 IN (0, 3, 6) AND {dated}) ORDER BY 1"""

TIERS = """
SELECT price_id, (step + 1)::INTEGER AS step,
       ([0, 50, 150, 400])[step + 1]::DECIMAL(20, 12) * scale AS lower,
       CASE step WHEN 3 THEN NULL ELSE ([50, 150, 400])[step + 1]::DECIMAL(20, 12) * scale END AS upper,
       unit_price - step * 0.001 AS price
  FROM (SELECT *, CASE scheme WHEN 'volume' THEN 1000 ELSE 1 END AS scale FROM prices
         WHERE scheme IN ('graduated', 'volume')), range(4) AS t(step) ORDER BY 1, 2"""

REBATES = """
SELECT id_of('customer', c) AS customer_id, p AS product_id, 0 AS begins_at, {forever} AS ends_at,
       CASE WHEN c % 2 = 0 THEN '605' ELSE '607' END AS discount_type, 'D' || c || '-' || p AS discount_id,
       CASE WHEN c % 51 = 0 THEN 'fixed_price' ELSE 'ratio' END AS mode,
       CASE WHEN c % 51 = 0 THEN NULL ELSE ((70 + c % 29) * 0.01)::DECIMAL(9, 8) END AS kept,
       CASE WHEN c % 51 = 0 THEN 0.0123456789::DECIMAL(17, 10) END AS unit_price
  FROM range({customers}) AS t(c), range(1, {products} + 1) AS u(p)
 WHERE c % 3 = 0 AND p % 5 = c % 5 ORDER BY 1, 2"""

BUCKETS = """
SELECT c * 2 + turn AS bucket_id, id_of('customer', c) AS customer_id, turn + 1 AS rank, 'package' AS kind,
       0 AS begins_at, {forever} AS ends_at,
       (200 + 100 * turn + c % 7 * 0.25)::DECIMAL(20, 12) AS capacity, FALSE AS per_hour
  FROM range({customers}) AS t(c), range(2) AS u(turn) WHERE c % 10 = 4 ORDER BY 1"""

BUCKET_SCOPES = """
SELECT bucket_id, p AS product_id, 1 AS usage_type_id
  FROM buckets, range(1, {products} + 1) AS u(p) WHERE kind_of(p) = 0 ORDER BY 1, 2"""


@dataclass(frozen=True, slots=True)
class Month:
    """A generated month: the folder that `rating.run` takes, and how much stands in it."""

    folder: Path
    records: int
    customers: int


def make(folder: Path, records: int, *, simple: bool = False) -> Month:
    """The month with about `records` records (a whole number of resources) in `folder`; one made before is kept.

    `simple` leaves out what CloudKitty's hashmap does not know: tiers and blocks, dated prices, discounts, packages.
    """
    resources = max(1, round(records / HOURS))
    customers = max(1, round(resources * 0.72))
    wanted = {"version": VERSION, "resources": resources, "simple": simple}
    made = folder / "generator.json"
    if not made.exists() or json.loads(made.read_text()) != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        _write(folder, resources, customers, simple=simple)
        made.write_text(json.dumps(wanted))
    return Month(folder, resources * HOURS, customers)


def sql_type(kind: pa.DataType) -> str:
    """What SQL calls a type of the schemas."""
    names = {"int64": "BIGINT", "int32": "INTEGER", "string": "VARCHAR", "bool": "BOOLEAN"}
    return names.get(str(kind)) or str(kind).replace("decimal128", "DECIMAL")


def _write(folder: Path, resources: int, customers: int, *, simple: bool) -> None:
    facts = {
        "resources": resources,
        "customers": customers,
        "products": PRODUCTS,
        "begin": BEGIN,
        "middle": MIDDLE,
        "forever": schemas.FOREVER,
        "month": MONTH,
        "tiered": not simple,
        "dated": not simple,
    }
    with duckdb.connect(config={"memory_limit": "2GB", "temp_directory": str(folder / "tmp")}) as database:
        database.execute(MACROS)
        # The square makes the first customers the largest.
        database.execute(
            f"CREATE MACRO customer_of(resource) AS resource * resource * {customers}"
            f" // ({resources}::BIGINT * {resources})"
        )
        (folder / "usage").mkdir()
        for day in range(DAYS):
            _copy(database, "usage", USAGE.format(day=day, **facts), folder / f"usage/{day + 1:05}.parquet")
        small = {"customers": CUSTOMERS, "prices": PRICES, "ties": TIES}
        if not simple:
            small |= {"tiers": TIERS, "rebates": REBATES, "buckets": BUCKETS, "bucket_scopes": BUCKET_SCOPES}
        small["products"] = (
            "SELECT p AS product_id, 'cloud.service.type.s' || kind_of(p) AS service_type,"
            " 'cloud.resource.type.r' || kind_of(p) AS resource_type, 'spec.' || p AS resource_spec,"
            " 'region-' || p % 3 AS region FROM range(1, {products} + 1) AS t(p)"
        )
        small["usage_types"] = (
            "SELECT * FROM (VALUES (1, 'duration', 'sum'), (2, 'traffic', 'sum'), (3, 'requests', 'sum'))"
            " AS t(usage_type_id, code, method)"
        )
        for name, query in small.items():
            _copy(database, name, query.format(**facts), folder / f"{name}.parquet")
            database.execute(f"CREATE TABLE {name} AS FROM '{folder}/{name}.parquet'")
        tables = {
            name: {
                "rows": database.execute(
                    f"SELECT count(*) FROM read_parquet('{folder}/{name}{end}')"
                ).fetchone()[0],
                "sha256": _digest(folder, name),
                "files": len(list(folder.glob(f"{name}{end}"))),
            }
            for name, end in [("usage", "/*.parquet"), *((name, ".parquet") for name in small)]
        }
    shutil.rmtree(folder / "tmp", ignore_errors=True)
    manifest = {
        "month": MONTH,
        "currency_minor": {"CNY": 2, "USD": 2},
        "tables": tables,
        "ranks": 0 if simple else 2,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1))


def _copy(database: duckdb.DuckDBPyConnection, table: str, query: str, path: Path) -> None:
    """The query's rows in the types that the schema names."""
    columns = ", ".join(
        f"{field.name}::{sql_type(field.type)} AS {field.name}" for field in schemas.IN[table]
    )
    database.execute(f"COPY (SELECT {columns} FROM ({query})) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")


def _digest(folder: Path, name: str) -> str:
    digest = hashlib.sha256()
    for path in sorted([*folder.glob(f"{name}.parquet"), *folder.glob(f"{name}/*.parquet")]):
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


if __name__ == "__main__":
    print(make(Path(sys.argv[2]), int(sys.argv[1]), simple="simple" in sys.argv[3:]))
