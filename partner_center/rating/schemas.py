"""The tables that go into a rating and those that come out of it, as pyarrow schemas.

Every table is a file `<name>.parquet` or a folder `<name>/` of Parquet files, in the folder handed to `run`. A table
of the way in that is absent counts as empty; `usage` may be absent too (a month with nothing but fees).

Moments are int64 seconds since 1970 (UTC), half-open intervals `[begins_at, ends_at)`; what has no end ends at
`FOREVER`. Beijing day = (seconds + 28800) // 86400. Text is never null: "" is "none". Ids of accounts are 32-hex.
"""

from __future__ import annotations

import pyarrow as pa

FOREVER = 253_402_300_800
"""The first second of the year 10000: the end of whatever has no end."""

QUANTITY = pa.decimal128(20, 12)
PRICE = pa.decimal128(17, 10)
EXACT = pa.decimal128(38, 22)
"""A price times a quantity, times a whole size: nothing is cut off."""
AMOUNT = pa.decimal128(28, 10)
"""An amount of a line, truncated toward zero to 10 places."""
KEPT = pa.decimal128(9, 8)

UNRATED_REASONS = (
    "no_customer",  # the customer is not in `customers`
    "no_product",  # the product is not in `products`
    "no_usage_type",  # the usage type is not in `usage_types`
    "no_price",  # no price of this product, usage type and currency holds at begin_at
    "negative_quantity",
    "too_large",  # the amounts of this customer, resource, usage type and cycle do not fit the columns
)


def _schema(*columns: tuple[str, pa.DataType]) -> pa.Schema:
    return pa.schema([pa.field(name, kind, nullable=True) for name, kind in columns])


_INT, _CODE, _TEXT, _BOOL = pa.int64(), pa.int32(), pa.string(), pa.bool_()

USAGE = _schema(
    ("batch", _INT),
    ("position", _INT),  # unique within the batch
    ("customer_id", _TEXT),
    ("resource_id", _TEXT),
    ("product_id", _INT),
    ("usage_type_id", _INT),
    ("size", _INT),  # of a linear product; 1 otherwise
    (
        "quantity",
        QUANTITY,
    ),  # in the measure of the price; a point's bandwidth for the 95th-percentile methods
    ("value", QUANTITY),  # as it was reported, in `measure_id`
    ("measure_id", _CODE),
    ("begin_at", _INT),
    ("end_at", _INT),
    ("cycle", _TEXT),  # "YYYY-MM": the Beijing month of begin_at
    ("late", _BOOL),  # its cycle was closed when it arrived
    ("enterprise_project_id", _TEXT),
)
PRODUCTS = _schema(
    ("product_id", _INT),
    ("service_type", _TEXT),
    ("resource_type", _TEXT),
    ("resource_spec", _TEXT),
    ("region", _TEXT),
)
USAGE_TYPES = _schema(
    ("usage_type_id", _INT),
    ("code", _TEXT),
    ("method", _TEXT),  # "sum", "peak95_month" or "peak95_day"
)
CUSTOMERS = _schema(("customer_id", _TEXT), ("currency", _TEXT), ("site", _TEXT))
TIES = _schema(
    ("customer_id", _TEXT),
    ("partner_id", _TEXT),
    ("distributor_id", _TEXT),
    ("association_type", _TEXT),  # "referral", "resale" or ""
    ("manager_id", _TEXT),
    ("begins_at", _INT),
    ("ends_at", _INT),
)
PRICES = _schema(
    ("price_id", _INT),
    ("product_id", _INT),
    ("usage_type_id", _INT),
    ("currency", _TEXT),
    ("begins_at", _INT),
    ("ends_at", _INT),
    ("scheme", _TEXT),  # "flat", "graduated", "volume" or "block"
    ("unit_price", PRICE),  # flat: of a unit; block: of a block; tiered: ignored
    ("free", QUANTITY),
    ("block", QUANTITY),  # units in a block; 1 for the other schemes
)
TIERS = _schema(
    ("price_id", _INT),
    ("step", _CODE),  # 1, 2, …
    ("lower", QUANTITY),  # of the quantity above the free one; the bound belongs to the step below it
    ("upper", QUANTITY),  # null: without end
    ("price", PRICE),
)
REBATES = _schema(
    ("customer_id", _TEXT),
    ("product_id", _INT),
    ("begins_at", _INT),
    ("ends_at", _INT),
    ("discount_type", _TEXT),  # "605", "606" or "607"
    ("discount_id", _TEXT),
    ("mode", _TEXT),  # "ratio" or "fixed_price"
    ("kept", KEPT),  # ratio: the part that is paid, 0.9 = ten per cent off; null for a fixed price
    ("unit_price", PRICE),  # fixed_price: instead of every list price of a unit (or block); null for a ratio
)
BUCKETS = _schema(
    ("bucket_id", _INT),
    ("customer_id", _TEXT),
    ("rank", _CODE),  # 1, 2, … per customer without gaps or ties: the order of consumption
    ("kind", _TEXT),  # "package", "reserved" or "savings_plan"
    ("begins_at", _INT),
    ("ends_at", _INT),
    ("capacity", QUANTITY),
    ("per_hour", _BOOL),  # the capacity is there anew in each clock hour of use
)
BUCKET_SCOPES = _schema(("bucket_id", _INT), ("product_id", _INT), ("usage_type_id", _INT))
CARRIED = _schema(
    ("customer_id", _TEXT),
    ("resource_id", _TEXT),
    ("usage_type_id", _INT),
    ("cycle", _TEXT),
    ("quantity", QUANTITY),  # quantity - package_quantity of the lines of this cycle that earlier runs rated
)
PERIODS = _schema(
    ("item_id", _INT),
    ("customer_id", _TEXT),
    ("begins_on", _INT),  # Beijing day
    ("ends_on", _INT),  # the day after the last one
    *(
        (name, _INT)
        for name in ("official", "discount", "consume", "cash", "credit", "coupon", "flexi", "card", "bonus")
    ),
)

GROUP_KEY = (
    "customer_id",
    "currency",
    "cycle",
    "bill_type",
    "charging_mode",
    "service_type",
    "resource_type",
    "region",
    "enterprise_project_id",
    "partner_id",
    "distributor_id",
    "association_type",
    "manager_id",
)
"""The settlement group: the grain at which amounts are truncated to the minor unit."""

LINES = _schema(
    ("customer_id", _TEXT),
    ("source", _TEXT),  # "usage", or "fee": batch 0, position = the fee record's number
    ("batch", _INT),  # of a peak: those of its earliest point, which has no line of its own
    ("position", _INT),
    ("bill_type", _CODE),
    ("charging_mode", _CODE),
    ("cycle", _TEXT),
    ("late", _BOOL),
    ("service_type", _TEXT),
    ("resource_type", _TEXT),
    ("resource_spec", _TEXT),
    ("region", _TEXT),
    ("product_id", _INT),
    ("usage_type_id", _INT),
    ("usage_type", _TEXT),
    ("measure_id", _CODE),
    ("resource_id", _TEXT),
    ("enterprise_project_id", _TEXT),
    ("size", _INT),
    ("value", QUANTITY),
    ("quantity", QUANTITY),  # = free_quantity + package_quantity + charged_quantity
    ("free_quantity", QUANTITY),  # within the free quantity of the price
    ("package_quantity", QUANTITY),  # taken from buckets: see coverage
    ("charged_quantity", QUANTITY),
    (
        "cum_before",
        QUANTITY,
    ),  # what earlier records of the cycle left uncovered: where this line stands in the tiers
    ("begin_at", _INT),
    ("end_at", _INT),
    ("price_id", _INT),
    ("scheme", _TEXT),
    ("unit_price", PRICE),  # null where several tiers
    ("list_exact", EXACT),
    ("official", AMOUNT),
    ("discount_type", _TEXT),
    ("discount_id", _TEXT),
    ("discount", AMOUNT),
    ("payable", AMOUNT),
    ("before", AMOUNT),  # the payable of the earlier lines of its settlement group
    ("partner_id", _TEXT),
    ("distributor_id", _TEXT),
    ("association_type", _TEXT),
    ("manager_id", _TEXT),
    ("currency", _TEXT),
    ("mark", _TEXT),  # "", "reserved" or "savings_plan"
)
PRICED = pa.schema(
    [
        field
        for field in LINES
        if field.name
        not in {
            *("before", "cum_before", "late", "value", "measure_id", "usage_type_id", "begin_at", "end_at"),
            *("quantity", "free_quantity", "package_quantity", "price_id", "scheme", "unit_price"),
            *("discount_type", "discount_id", "mark"),
        }
    ]
)
"""`lines` when only prices were asked for: what each record costs and what it counts for, in no order."""
LINE_ORDER = ("customer_id", "cycle", "begin_at", "batch", "position")
COVERAGE = _schema(
    ("customer_id", _TEXT),
    ("batch", _INT),
    ("position", _INT),
    ("bucket_id", _INT),
    ("quantity", QUANTITY),
)
UNRATED = _schema(("batch", _INT), ("position", _INT), ("customer_id", _TEXT), ("reason", _TEXT))
GROUPS = _schema(
    *((name, LINES.field(name).type) for name in GROUP_KEY),
    ("lines", _INT),
    ("official", AMOUNT),
    ("discount", AMOUNT),
    ("payable", AMOUNT),
    ("payable_minor", _INT),  # payable truncated toward zero to minor units of the currency
    ("cut_off", AMOUNT),  # payable - payable_minor
)
PEAKS = _schema(
    ("customer_id", _TEXT),
    ("resource_id", _TEXT),
    ("product_id", _INT),
    ("usage_type_id", _INT),
    ("cycle", _TEXT),
    ("day", _TEXT),  # "YYYY-MM-DD" of Beijing; "" for the peak of a month
    ("batch", _INT),  # of its line
    ("position", _INT),
    ("points", _INT),
    ("left_out", _INT),  # how many of the highest points are above the peak
    ("actual_days", QUANTITY),  # points / 288, cut off after 10 places
    ("days_in_month", _CODE),
    ("peak", QUANTITY),
)
AMORTISED = _schema(
    ("item_id", _INT),
    ("customer_id", _TEXT),
    ("month", _TEXT),
    *(
        (f"{when}_{name}", _INT)
        for when in ("past", "current", "future")
        for name in ("official", "discount", "consume", "cash", "credit", "coupon", "flexi", "card", "bonus")
    ),
)
CUSTOMER_TOTALS = _schema(
    ("customer_id", _TEXT),
    ("currency", _TEXT),
    ("file", _TEXT),  # "lines/00007.parquet": where all of this customer's lines stand
    ("lines", _INT),
    ("unrated", _INT),
    ("official", AMOUNT),
    ("discount", AMOUNT),
    ("payable", AMOUNT),
)

IN: dict[str, pa.Schema] = {
    "usage": USAGE,
    "products": PRODUCTS,
    "usage_types": USAGE_TYPES,
    "customers": CUSTOMERS,
    "ties": TIES,
    "prices": PRICES,
    "tiers": TIERS,
    "rebates": REBATES,
    "buckets": BUCKETS,
    "bucket_scopes": BUCKET_SCOPES,
    "carried": CARRIED,
    "fees": LINES,
    "periods": PERIODS,
}
OUT: dict[str, pa.Schema] = {
    "lines": LINES,
    "coverage": COVERAGE,
    "unrated": UNRATED,
    "groups": GROUPS,
    "peaks": PEAKS,
    "amortised": AMORTISED,
    "customer_totals": CUSTOMER_TOTALS,
}
"""Each a folder of numbered files. A file of `lines` holds a range of customers (ascending, from file to file) with all
their lines, sorted by LINE_ORDER; so a customer's lines stand in the one file that `customer_totals` names."""
