"""The highest memory of a rating at a tenth of the records and at all of them: it must not grow with the month."""

from __future__ import annotations

import argparse

from benchmarks.figures import machine
from benchmarks.usage import months

LIMIT = 2 * 2**30


def run(options: argparse.Namespace) -> list[str]:
    """One run of each size; what counts is the process's high-water mark as the system keeps it."""
    lines = [
        f"{machine()}; one run each, the engine may use {months.MEMORY}.",
        "",
        "| records | seconds | records a second | highest memory | target |",
        "|---|---|---|---|---|",
    ]
    for records in (options.records // 10, options.records):
        made = months.month(records)
        done = months.rate("ours", made)
        lines.append(
            f"| {made.records:,} | {done.seconds:,.1f} | {made.records / done.seconds:,.0f}"
            f" | **{done.memory / 2**30:.2f} GiB** | under {LIMIT / 2**30:.0f} GiB, flat |"
        )
    return lines
