"""Rating a few customers with the plain reference: the same rows without starting an engine.

The reference is what the engines are tested against. For a turn of the open month it is faster than they are, up to a
few thousand records.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from partner_center.billing.runs.folders import MANIFEST, refusing, write_table
from partner_center.rating import plain
from partner_center.rating.schemas import IN, OUT

MOST_RECORDS = 3000
MOST_CUSTOMERS = 50

LINES_FILE = "lines/00000.parquet"
ORDER = {
    "coverage": ("customer_id", "batch", "position", "bucket_id"),
    "unrated": ("customer_id", "batch", "position"),
    "peaks": ("customer_id", "resource_id", "usage_type_id", "cycle", "day"),
    "amortised": ("customer_id", "item_id"),
    "customer_totals": ("customer_id",),
}


def rate_plainly(came: Path, out: Path) -> dict[str, Any]:
    """Rate the snapshot `came` into `out`, in the files that an engine would have written. Returns the totals."""
    manifest = json.loads((came / MANIFEST).read_text())
    tables = {name: _rows(came, name, schema) for name, schema in IN.items()}
    rated = plain.rate(tables, manifest["month"], manifest["currency_minor"])
    lines = rated["lines"]
    for row in rated["customer_totals"]:
        row["file"] = LINES_FILE
    with refusing("lines"):
        (out / "lines").mkdir()
    write_table(out, LINES_FILE.removesuffix(".parquet"), pa.Table.from_pylist(lines, schema=OUT["lines"]))
    for name, schema in OUT.items():
        if name != "lines":
            write_table(out, name, _ordered(pa.Table.from_pylist(rated[name], schema=schema), name))
    totals = {
        "month": manifest["month"],
        "records": len(tables["usage"]),
        "lines": sum(line["source"] == "usage" for line in lines),
        "fees": sum(line["source"] == "fee" for line in lines),
        "unrated": len(rated["unrated"]),
        "customers": len(rated["customer_totals"]),
        "amounts": _amounts(rated["groups"]),
    }
    for file, said in (("checks.json", []), ("totals.json", totals)):
        (out / file).write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n")
    return totals


def is_small(came: Path) -> bool:
    """Whether the snapshot is worth no engine."""
    usage = came / "usage.parquet"
    if not usage.is_file():
        return False
    records: int = pq.ParquetFile(usage).metadata.num_rows
    customers: int = pq.ParquetFile(came / "customers.parquet").metadata.num_rows
    return records <= MOST_RECORDS and customers <= MOST_CUSTOMERS


def _rows(came: Path, name: str, schema: pa.Schema) -> list[dict[str, Any]]:
    with refusing(name):
        one = came / f"{name}.parquet"
        files = [one] if one.is_file() else sorted((came / name).glob("*.parquet"))
        return [row for file in files for row in pq.read_table(file).cast(schema).to_pylist()]


def _ordered(table: pa.Table, name: str) -> pa.Table:
    keys = ORDER.get(name) or tuple(field.name for field in table.schema if field.type == pa.string())
    return table.sort_by([(key, "ascending") for key in keys])


def _amounts(groups: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    sums: dict[str, dict[str, Decimal]] = {}
    for row in groups:
        own = sums.setdefault(
            row["currency"],
            dict.fromkeys(
                ("lines", "official", "discount", "payable", "payable_minor", "cut_off"), Decimal(0)
            ),
        )
        for name in own:
            own[name] += row[name]
    return {
        currency: {name: f"{value:f}" for name, value in own.items()}
        for currency, own in sorted(sums.items())
    }
