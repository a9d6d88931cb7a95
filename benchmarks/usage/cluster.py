"""The same rating on Apache Spark in a cluster of several executors on this machine; the output must be DuckDB's."""

from __future__ import annotations

import argparse
import shutil

from benchmarks.figures import machine, say
from benchmarks.usage import answers, months

MOST = 1_000_000
EXECUTORS = (2, 3)
MEMORY_MB = 1024
"""Of each executor."""


def run(options: argparse.Namespace) -> list[str]:
    """One run a cluster. Spark is for many machines; on one the figures only say that it works and what it costs."""
    made = months.month(min(options.records, MOST))
    reference = months.rate("ours", made)
    kept = reference.folder.with_name("reference")
    shutil.rmtree(kept, ignore_errors=True)
    reference.folder.rename(kept)
    rows = [f"| DuckDB | {reference.seconds:,.1f} | {made.records / reference.seconds:,.0f} |"]
    for executors in EXECUTORS:
        say(f"rating {made.records:,} records with {executors} executors")
        done = months.rate("ours", made, engine=f"local-cluster[{executors},1,{MEMORY_MB}]")
        compared = answers.demand_the_same(done.folder, kept)
        rows.append(
            f"| Spark, {executors} executors | {done.seconds:,.1f} | {made.records / done.seconds:,.0f} |"
        )
    return [
        f"{machine()}, {made.records:,} records, one run each (Spark's start included), executors of one core and"
        f" {MEMORY_MB} MB; {compared}: no difference.",
        "",
        "| engine | seconds | records a second |",
        "|---|---|---|",
        *rows,
    ]
