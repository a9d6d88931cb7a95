"""Rating beside CloudKitty's hashmap, with the same price book, records and output: each record's price, and the sums.

CloudKitty stands in an environment of its own. As its processor does, it works with as many processes as there are
cores, each over resources of its own. Both read, rate, write each record's price and sum up; told beside it are the
time of `HashMap.process` alone, and ours with everything that bills need besides.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.figures import ROOT, machine, say
from benchmarks.usage import answers, generator, months

ENVIRONMENT = ROOT / ".venv/cloudkitty"
LOCK = ROOT / "requirements/cloudkitty.lock"
WORKER = Path(__file__).with_name("hashmap.py")
MOST = 1_000_000
"""Records for CloudKitty; its rate does not depend on their number."""
CENT = Decimal("0.01")

RECORDS = """
SELECT u.begin_at, t.code, u.product_id || '-' || c.currency, u.customer_id, u.resource_id, u.position,
       (u.quantity * u.size)::DECIMAL(28, 12)
  FROM read_parquet('{folder}/usage/*.parquet') u
  JOIN read_parquet('{folder}/customers.parquet') c USING (customer_id)
  JOIN read_parquet('{folder}/usage_types.parquet') t USING (usage_type_id)
 WHERE md5_number_lower(u.resource_id) % {workers} = {worker}
 ORDER BY u.begin_at"""


def run(options: argparse.Namespace) -> list[str]:
    """Both rates, the totals compared."""
    python = _environment()
    theirs_of = months.month(min(options.records, MOST), simple=True)
    ours_of = months.month(options.records, simple=True)
    workers = os.cpu_count() or 1
    _export(theirs_of, workers)

    theirs, ours, for_bills = [], [], []
    say(f"rating {theirs_of.records:,} records by CloudKitty, {ours_of.records:,} by ours")
    for turn in range(options.rounds + 1):
        told = _cloudkitty(python, workers)
        rated = months.rate("prices", ours_of)
        whole = months.rate("ours", ours_of)
        if turn:
            # the workers go side by side: together as many records as the slowest takes
            theirs.append(
                (
                    theirs_of.records / max(one["process_seconds"] for one in told),
                    theirs_of.records / max(one["seconds"] for one in told),
                )
            )
            ours.append(ours_of.records / rated.seconds)
            for_bills.append(ours_of.records / whole.seconds)
            say(
                f"  ours {ours[-1]:,.0f}/s, for bills {for_bills[-1]:,.0f}/s;"
                f"  CloudKitty {theirs[-1][0]:,.0f}/s, with files {theirs[-1][1]:,.0f}/s"
            )
    sums = _same_totals(told, months.rate("prices", theirs_of).folder)
    fastest = statistics.median(one[0] for one in theirs)
    written = statistics.median(one[1] for one in theirs)
    rate, billed = statistics.median(ours), statistics.median(for_bills)
    return [
        f"{machine()}, {_version(python)}, {theirs_of.records:,} records in {workers} processes; ours"
        f" {ours_of.records:,} records in {workers} threads; the median of {options.rounds} rounds after a warm-up."
        f" The totals agree to the cent: {sums}.",
        "",
        "| work | records a second | ours is faster by | target |",
        "|---|---|---|---|",
        f"| ours: read, rate, write, sum up | {rate:,.0f} | | |",
        f"| CloudKitty: read, rate, write, sum up | {written:,.0f} | **{rate / written:.1f} times** | 10 times |",
        f"| CloudKitty: `HashMap.process` alone | {fastest:,.0f} | {rate / fastest:.1f} times | |",
        f"| ours for bills: lines with everything that explains them | {billed:,.0f} | | |",
    ]


def _environment() -> Path:
    """CloudKitty's Python, with what its lock names."""
    python = ENVIRONMENT / "bin/python"
    made = ENVIRONMENT / "made-from"
    if not made.exists() or made.read_text() != LOCK.read_text():
        say("installing CloudKitty into an environment of its own")
        subprocess.run([sys.executable, "-m", "venv", "--clear", ENVIRONMENT], check=True)
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--require-hashes", "--no-input", "-r", LOCK],
            check=True,
        )
        made.write_text(LOCK.read_text())
    return python


def _version(python: Path) -> str:
    asked = "import importlib.metadata as m; print('CloudKitty', m.version('cloudkitty'))"
    return subprocess.run([python, "-c", asked], capture_output=True, text=True, check=True).stdout.strip()


def _folder() -> Path:
    folder = months.VAR / "cloudkitty"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _export(made: generator.Month, workers: int) -> None:
    """The price book and the records as CSV, a file of records a worker."""
    with duckdb.connect() as database:
        database.execute(
            "COPY (SELECT t.code, p.product_id || '-' || p.currency, p.unit_price"
            f" FROM read_parquet('{made.folder}/prices.parquet') p"
            f" JOIN read_parquet('{made.folder}/usage_types.parquet') t USING (usage_type_id))"
            f" TO '{_folder()}/prices.csv' (HEADER false)"
        )
        for worker in range(workers):
            query = RECORDS.format(folder=made.folder, workers=workers, worker=worker)
            database.execute(f"COPY ({query}) TO '{_folder()}/records-{worker}.csv' (HEADER false)")


def _cloudkitty(python: Path, workers: int) -> list[dict[str, Any]]:
    """All workers side by side; what each tells."""
    started = [
        subprocess.Popen(
            [python, "-P", "-W", "ignore", WORKER, _folder() / "prices.csv"]
            + [_folder() / f"records-{worker}.csv", _folder() / f"rated-{worker}.csv"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for worker in range(workers)
    ]
    told = [one.communicate()[0] for one in started]
    if any(one.returncode for one in started):
        raise SystemExit("CloudKitty failed")
    return [json.loads(one.splitlines()[-1]) for one in told]


def _same_totals(told: list[dict[str, Any]], ours: Path) -> str:
    theirs: dict[str, Decimal] = {}
    for one in told:
        for currency, total in one["totals"].items():
            theirs[currency] = theirs.get(currency, Decimal(0)) + Decimal(total)
    groups = answers.source(ours, "groups")
    rated = dict(duckdb.sql(f"SELECT currency, sum(payable) FROM {groups} GROUP BY 1").fetchall())
    if {name: total.quantize(CENT) for name, total in theirs.items()} != {
        name: total.quantize(CENT) for name, total in rated.items()
    }:
        raise SystemExit(f"the totals differ: {theirs} and {rated}")
    return ", ".join(f"{currency} {total:,.2f}" for currency, total in sorted(rated.items()))
