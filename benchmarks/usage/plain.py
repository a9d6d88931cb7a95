"""Rating beside the plain-Python reference, record by record, on records that both can hold."""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path
from typing import Any

from benchmarks.figures import machine, say
from benchmarks.usage import generator, months

MOST = 4 * generator.HOURS
"""Records for the reference: it looks at every price and discount for each of them, so fewer suit it better."""
COLUMNS = ("list_exact", "official", "discount", "payable", "before", "package_quantity", "free_quantity")


def run(options: argparse.Namespace) -> list[str]:
    """Both rates; the reference's lines are compared with ours of the same records."""
    small, large = months.month(MOST), months.month(options.records)
    tables, facts = _tables(small.folder)

    plain, ours = [], []
    say(f"rating {small.records:,} records by the reference, {large.records:,} by ours")
    for turn in range(options.rounds + 1):
        seconds, lines = _plain(tables, facts)
        rated = months.rate("ours", large)
        if turn:
            plain.append(small.records / seconds)
            ours.append(large.records / rated.seconds)
            say(f"  ours {ours[-1]:,.0f}/s  reference {plain[-1]:,.0f}/s")
    _demand_the_same(lines, months.rate("ours", small).folder)
    rate, slow = statistics.median(ours), statistics.median(plain)
    return [
        f"{machine()}, {small.records:,} records of {small.customers:,} customers by the reference,"
        f" {large.records:,} by ours; the median of {options.rounds} rounds after a warm-up. Of the same records both"
        " make the same lines.",
        "",
        "| work | records a second | ours is faster by | target |",
        "|---|---|---|---|",
        f"| ours: read, rate, write, sum up | {rate:,.0f} | | |",
        f"| the reference: rate and sum up in memory | {slow:,.0f} | **{rate / slow:,.0f} times** | 5 times |",
    ]


def _tables(folder: Path) -> tuple[dict[str, list[dict[str, Any]]], dict[str, Any]]:
    import pyarrow.parquet as pq

    from partner_center.rating import schemas

    tables: dict[str, list[dict[str, Any]]] = {}
    for name in schemas.IN:
        place = folder / name if (folder / name).is_dir() else folder / f"{name}.parquet"
        tables[name] = pq.read_table(place).to_pylist() if place.exists() else []
    return tables, json.loads((folder / "manifest.json").read_text())


def _plain(
    tables: dict[str, list[dict[str, Any]]], facts: dict[str, Any]
) -> tuple[float, list[dict[str, Any]]]:
    from partner_center.rating import plain

    began = time.perf_counter()
    out = plain.rate(tables, facts["month"], facts["currency_minor"])
    return time.perf_counter() - began, out["lines"]


def _demand_the_same(lines: list[dict[str, Any]], ours: Path) -> None:
    import pyarrow.parquet as pq

    columns = ["batch", "position", *COLUMNS]
    rated = {
        (row["batch"], row["position"]): row
        for row in pq.read_table(ours / "lines", columns=columns).to_pylist()
    }
    if len(rated) != len(lines):
        raise SystemExit(f"{len(lines)} lines by the reference, {len(rated)} by ours")
    for line in lines:
        other = rated[line["batch"], line["position"]]
        for name in COLUMNS:
            if line[name] != other[name]:
                raise SystemExit(f"{name} is {line[name]} by the reference and {other[name]} by ours: {line}")
