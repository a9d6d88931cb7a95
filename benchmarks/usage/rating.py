"""Rating and summary of a month, beside DuckDB SQL that was written by hand for it (`by_hand.py`)."""

from __future__ import annotations

import argparse
import statistics

from benchmarks.figures import machine, say, take_turns
from benchmarks.usage import answers, months


def run(options: argparse.Namespace) -> list[str]:
    """Both in turns, each in a fresh process with the same threads and memory limit; the answers are compared."""
    made = months.month(options.records)
    memory: dict[str, int] = {}

    def rated(who: str) -> float:
        done = months.rate(who, made)
        memory[who] = max(memory.get(who, 0), done.memory)
        return done.seconds

    say(f"rating {made.records:,} records")
    taken = take_turns(lambda: rated("ours"), lambda: rated("sql"), options.rounds, warm=not options.cold)
    compared = answers.demand_the_same(months.OUT / "ours", months.OUT / "sql")
    rounds = f"the median of {options.rounds} rounds" if options.rounds > 1 else "one round"
    rounds += " of each" if options.cold else " after a warm-up"
    ours, theirs = (made.records / statistics.median(one) for one in (taken.ours, taken.theirs))
    return [
        f"{machine()}, {made.records:,} records of {made.customers:,} customers, memory limit {months.MEMORY};"
        f" {rounds}. {compared[0].upper()}{compared[1:]}: no difference.",
        "",
        "| work | ours, records a second | by hand | ratio | target | ours, highest memory | by hand |",
        "|---|---|---|---|---|---|---|",
        f"| rate and sum up | {ours:,.0f} | {theirs:,.0f} | **{taken.ratio:.2f}** | 0.5"
        f" | {memory['ours'] / 2**30:.2f} GiB | {memory['sql'] / 2**30:.2f} GiB |",
    ]
