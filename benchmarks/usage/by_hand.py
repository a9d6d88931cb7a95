"""The opponent: the same month rated by DuckDB SQL that was written by hand for it, into the same files.

It knows what stands in the generated month and leaves out what does not: no fees, no 95th percentile, no late usage,
no hourly packages, no amortisation, no refusals, no checks of its own result. Like ours it goes range of customers by
range, so that memory stays within bounds, and writes lines sorted, settlement groups, the packages' use and the
totals of each customer.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from benchmarks.usage.generator import sql_type
from partner_center.rating import schemas

ROWS_A_RANGE = 500_000
GROUP = (
    "customer_id, currency, cycle, bill_type, charging_mode, service_type, resource_type, region,"
    " enterprise_project_id, partner_id, distributor_id, association_type, manager_id"
)

# The range's records in the order of its lines; `n` counts them, so that every later step sorts by one integer.
USAGE = """
CREATE OR REPLACE TEMP TABLE usage AS
SELECT row_number() OVER () AS n, * FROM (
    SELECT u.*, c.currency, p.price_id
      FROM read_parquet('{usage}') u
      JOIN customers c ON c.customer_id = u.customer_id
      JOIN prices p ON p.product_id = u.product_id AND p.usage_type_id = u.usage_type_id
                   AND p.currency = c.currency AND u.begin_at >= p.begins_at AND u.begin_at < p.ends_at
     WHERE u.customer_id BETWEEN '{first}' AND '{last}'
     ORDER BY u.customer_id, u.cycle, u.begin_at, u.batch, u.position)"""

# What the packages take: per customer, in the order of use, rank after rank. A unit of use stands at one place of the
# customer's sum; the packages cover the sum from zero on.
COVERED = """
CREATE OR REPLACE TEMP TABLE covered AS
WITH scoped AS (
    SELECT u.customer_id, u.n, u.batch, u.position, u.quantity,
           sum(u.quantity) OVER (PARTITION BY u.customer_id ORDER BY u.n) - u.quantity AS stood
      FROM usage u SEMI JOIN scopes s
        ON s.customer_id = u.customer_id AND s.product_id = u.product_id AND s.usage_type_id = u.usage_type_id
)
SELECT s.n, s.customer_id, s.batch, s.position, b.bucket_id,
       (least(s.stood + s.quantity, b.upto) - greatest(s.stood, b.since))::DECIMAL(20, 12) AS quantity
  FROM scoped s JOIN layers b ON b.customer_id = s.customer_id
 WHERE s.stood < b.upto AND s.stood + s.quantity > b.since"""

# Where each record stands in its resource's cycle. above0, above1, above: the sums beyond the free quantity before the
# record, after it, and of the whole cycle. What has a flat price and nothing free needs none of this.
PLACED = """
CREATE OR REPLACE TEMP TABLE placed AS
WITH uncovered AS (
    SELECT u.n, u.customer_id, u.resource_id, u.usage_type_id, p.free, p.scheme = 'flat' AND p.free = 0 AS is_flat,
           coalesce(c.quantity, 0)::DECIMAL(20, 12) AS package_quantity,
           (u.quantity - package_quantity)::DECIMAL(20, 12) AS open_quantity
      FROM usage u JOIN prices p USING (price_id)
      LEFT JOIN (SELECT n, sum(quantity) AS quantity FROM covered GROUP BY n) c USING (n)
), summed AS (
    SELECT n, free, package_quantity, open_quantity,
           sum(open_quantity) OVER (PARTITION BY resource_id, usage_type_id, customer_id ORDER BY n) AS upto,
           sum(open_quantity) OVER (PARTITION BY resource_id, usage_type_id, customer_id) AS total
      FROM uncovered WHERE NOT is_flat
)
SELECT n, package_quantity, (upto - open_quantity)::DECIMAL(20, 12) AS cum_before,
       greatest(upto - open_quantity - free, 0)::DECIMAL(20, 12) AS above0,
       greatest(upto - free, 0)::DECIMAL(20, 12) AS above1,
       greatest(total - free, 0)::DECIMAL(20, 12) AS above,
       (above1 - above0)::DECIMAL(20, 12) AS charged_quantity,
       (open_quantity - above1 + above0)::DECIMAL(20, 12) AS free_quantity
  FROM summed
UNION ALL
SELECT n, package_quantity, NULL, NULL, NULL, NULL, open_quantity, 0 FROM uncovered WHERE is_flat"""

PRICED = """
CREATE OR REPLACE TEMP TABLE priced AS
SELECT u.n, u.customer_id, u.product_id, u.enterprise_project_id, p.scheme, p.unit_price AS flat_price,
       l.* EXCLUDE (n), t.* EXCLUDE (price_id),
       r.discount_type, r.discount_id, coalesce(i.tie, -1) AS tie,
       CASE p.scheme
            WHEN 'flat' THEN charged_quantity * p.unit_price
            WHEN 'block' THEN {blocks} * p.unit_price
            WHEN 'volume' THEN charged_quantity * ({tier_reached})
            ELSE {tiers_between}
       END::DECIMAL(38, 22) * u.size AS list_exact,
       trunc(list_exact, 10)::DECIMAL(28, 10) AS official,
       CASE r.mode
            WHEN 'ratio' THEN trunc(official * (1 - r.kept)::DECIMAL(9, 8), 10)
            WHEN 'fixed_price' THEN greatest(0, official - trunc(
                (if(p.scheme = 'block', {blocks}, charged_quantity) * r.unit_price)::DECIMAL(38, 22) * u.size, 10))
            ELSE 0
       END::DECIMAL(28, 10) AS discount,
       (official - discount)::DECIMAL(28, 10) AS payable
  FROM usage u JOIN placed l USING (n) JOIN prices p USING (price_id) LEFT JOIN steps t USING (price_id)
  LEFT JOIN rebates r ON r.customer_id = u.customer_id AND r.product_id = u.product_id
                         AND u.begin_at >= r.begins_at AND u.begin_at < r.ends_at
  LEFT JOIN ties i ON i.customer_id = u.customer_id AND u.begin_at >= i.begins_at AND u.begin_at < i.ends_at"""

# Within a customer a settlement group is a kind of product, a project and a tie: the rest follows from these.
BEFORE = """
CREATE OR REPLACE TEMP TABLE stood AS
SELECT n, sum(payable) OVER (PARTITION BY customer_id, kind, enterprise_project_id, tie ORDER BY n) - payable AS before
  FROM priced JOIN kinds USING (product_id)"""

LINES = """
SELECT u.customer_id, 'usage' AS source, u.batch, u.position, 5::INTEGER AS bill_type, 3::INTEGER AS charging_mode,
       u.cycle, u.late, d.service_type, d.resource_type, d.resource_spec, d.region, u.product_id, u.usage_type_id,
       y.code AS usage_type, u.measure_id, u.resource_id, u.enterprise_project_id, u.size, u.value, u.quantity,
       free_quantity, package_quantity, charged_quantity, cum_before, u.begin_at, u.end_at, u.price_id, scheme,
       {one_price} AS unit_price, list_exact, official, if(discount > 0, discount_type, '') AS discount_type,
       if(discount > 0, discount_id, '') AS discount_id, discount, payable, before::DECIMAL(28, 10) AS before,
       coalesce(partner_id, '') AS partner_id, coalesce(distributor_id, '') AS distributor_id,
       coalesce(association_type, '') AS association_type, coalesce(manager_id, '') AS manager_id, u.currency,
       '' AS mark
  FROM usage u JOIN priced USING (n) JOIN stood USING (n) LEFT JOIN ties USING (tie)
  JOIN products d ON d.product_id = u.product_id JOIN usage_types y ON y.usage_type_id = u.usage_type_id
 ORDER BY n"""

GROUPS = f"""
INSERT INTO groups
SELECT {GROUP}, count(*), sum(official), sum(discount), sum(payable) FROM read_parquet('{{lines}}') GROUP BY ALL"""

SUMMARY = f"""
SELECT {GROUP}, lines, official::DECIMAL(28, 10) AS official, discount::DECIMAL(28, 10) AS discount,
       payable::DECIMAL(28, 10) AS payable, (trunc(payable, 2) * 100)::BIGINT AS payable_minor,
       (payable - trunc(payable, 2))::DECIMAL(28, 10) AS cut_off
  FROM groups ORDER BY ALL"""

CUSTOMERS = """
SELECT customer_id, currency, file, lines, 0::BIGINT AS unrated, official::DECIMAL(28, 10) AS official,
       discount::DECIMAL(28, 10) AS discount, payable::DECIMAL(28, 10) AS payable
  FROM totals ORDER BY customer_id"""


def rate(in_folder: Path, out_folder: Path, *, threads: int, memory: str) -> None:
    """Rate the month in `in_folder` into `out_folder`."""
    spill = out_folder / "tmp"
    (out_folder / "lines").mkdir(parents=True)
    config = {"threads": threads, "memory_limit": memory, "temp_directory": str(spill)}
    with duckdb.connect(config=config) as database:
        database.execute("SET preserve_insertion_order = false")
        ranges = _prepare(database, in_folder)
        steps = database.execute("SELECT coalesce(max(step), 0) FROM tiers").fetchone()[0]
        between = " + ".join(
            f"greatest(least(above1, upper{n}) - greatest(above0, lower{n}), 0)::DECIMAL(20, 12) * price{n}"
            for n in range(1, steps + 1)
        )
        reached = " ".join(f"WHEN above <= upper{n} THEN price{n}" for n in range(1, steps + 1))
        # The tier in which a graduated line begins and ends, where that is one.
        within = " ".join(
            f"WHEN above0 >= lower{n} AND above1 <= upper{n} THEN price{n}" for n in range(1, steps + 1)
        )
        one_price = (
            f"CASE scheme WHEN 'flat' THEN flat_price WHEN 'block' THEN flat_price"
            f" WHEN 'volume' THEN CASE {reached} END ELSE CASE {within} END END"
            if steps
            else "flat_price"
        )
        priced = PRICED.format(
            tier_reached=f"CASE {reached} END" if steps else "0",
            tiers_between=between or "0",
            blocks="(ceil(above1 / p.block) - ceil(above0 / p.block))::DECIMAL(20, 12)",
        )
        for number, (first, last) in enumerate(ranges):
            lines = out_folder / f"lines/{number:05}.parquet"
            database.execute(USAGE.format(usage=in_folder / "usage/*.parquet", first=first, last=last))
            database.execute(COVERED)
            database.execute("INSERT INTO coverage SELECT * EXCLUDE (n) FROM covered")
            for step in (PLACED, priced, BEFORE):
                database.execute(step)
            database.execute(
                f"COPY ({LINES.format(one_price=one_price)}) TO '{lines}'"
                " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20000)"
            )
            database.execute(GROUPS.format(lines=lines))
            database.execute(
                "INSERT INTO totals SELECT customer_id, any_value(currency), ?, count(*), sum(official), sum(discount),"
                f" sum(payable) FROM read_parquet('{lines}') GROUP BY customer_id",
                [f"lines/{number:05}.parquet"],
            )
        for name, query in (
            ("groups", SUMMARY),
            ("customer_totals", CUSTOMERS),
            ("coverage", "FROM coverage ORDER BY ALL"),
        ):
            database.execute(
                f"COPY ({query}) TO '{out_folder}/{name}.parquet' (FORMAT parquet, COMPRESSION zstd)"
            )
    shutil.rmtree(spill, ignore_errors=True)


def _prepare(database: duckdb.DuckDBPyConnection, folder: Path) -> list[tuple[str, str]]:
    """The small tables, and ranges of customers with about ROWS_A_RANGE records each."""
    small = ("customers", "products", "usage_types", "prices", "tiers", "rebates", "buckets", "bucket_scopes")
    for name in small:
        columns = ", ".join(f"{field.name} {sql_type(field.type)}" for field in schemas.IN[name])
        database.execute(f"CREATE TABLE {name} ({columns})")
        if (folder / f"{name}.parquet").exists():
            database.execute(f"INSERT INTO {name} FROM read_parquet('{folder}/{name}.parquet')")
    database.execute(
        f"CREATE TABLE ties AS SELECT row_number() OVER () AS tie, * FROM read_parquet('{folder}/ties.parquet')"
    )
    database.execute(
        "CREATE TABLE kinds AS SELECT product_id,"
        " dense_rank() OVER (ORDER BY service_type, resource_type, region) AS kind FROM products"
    )
    steps = database.execute("SELECT coalesce(max(step), 0) FROM tiers").fetchone()[0]
    top = 99_999_999  # a bound for the step without end that fits the type
    pivoted = "".join(
        f", max(lower) FILTER (step = {n}) AS lower{n},"
        f" coalesce(max(upper) FILTER (step = {n}), {top})::DECIMAL(20, 12) AS upper{n},"
        f" max(price) FILTER (step = {n}) AS price{n}"
        for n in range(1, steps + 1)
    )
    database.execute(f"CREATE TABLE steps AS SELECT price_id{pivoted} FROM tiers GROUP BY price_id")
    database.execute(
        "CREATE TABLE layers AS SELECT customer_id, bucket_id,"
        " sum(capacity) OVER (PARTITION BY customer_id ORDER BY rank) AS upto, upto - capacity AS since FROM buckets"
    )
    database.execute(
        "CREATE TABLE scopes AS SELECT DISTINCT customer_id, product_id, usage_type_id"
        " FROM bucket_scopes JOIN buckets USING (bucket_id)"
    )
    database.execute(
        "CREATE TABLE coverage (customer_id VARCHAR, batch BIGINT, position BIGINT, bucket_id BIGINT,"
        " quantity DECIMAL(20, 12))"
    )
    sums = "lines BIGINT, official DECIMAL(38, 10), discount DECIMAL(38, 10), payable DECIMAL(38, 10)"
    words = GROUP.replace("bill_type", "bill_type INTEGER").replace("charging_mode", "charging_mode INTEGER")
    typed = ", ".join(one if " " in one else f"{one} VARCHAR" for one in words.split(", "))
    database.execute(f"CREATE TABLE groups ({typed}, {sums})")
    database.execute(f"CREATE TABLE totals (customer_id VARCHAR, currency VARCHAR, file VARCHAR, {sums})")
    return database.execute(
        "SELECT min(customer_id), max(customer_id) FROM (SELECT customer_id, sum(n) OVER (ORDER BY customer_id) AS upto"
        f" FROM (SELECT customer_id, count(*) AS n FROM read_parquet('{folder}/usage/*.parquet') GROUP BY 1))"
        f" GROUP BY upto // {ROWS_A_RANGE} ORDER BY 1"
    ).fetchall()
