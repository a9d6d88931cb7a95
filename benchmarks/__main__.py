"""`make bench`: every benchmark, or those that are named; the medians go into docs/benchmarks.md."""

from __future__ import annotations

import argparse
import importlib
import sys

from benchmarks import figures

BENCHMARKS = {
    "calls": "benchmarks.calls",
    "rating": "benchmarks.usage.rating",
    "memory": "benchmarks.usage.memory",
    "plain": "benchmarks.usage.plain",
    "cloudkitty": "benchmarks.usage.beside_cloudkitty",
    "posting": "benchmarks.usage.posting",
    "reading": "benchmarks.usage.reading",
    "cluster": "benchmarks.usage.cluster",
}
"""By name: the module whose `run(options)` measures and returns the lines to write down."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(BENCHMARKS)} [all]")
    parser.add_argument("--pay", type=int, default=1200, help="payments a round [%(default)s]")
    parser.add_argument("--list", type=int, default=1600, help="listings a round [%(default)s]")
    parser.add_argument(
        "--orders", type=int, default=1_000_000, help="finished orders in the table [%(default)s]"
    )
    parser.add_argument("--customers", type=int, default=400, help="who call [%(default)s]")
    parser.add_argument(
        "--records", type=int, default=10_000_000, help="usage records of the month [%(default)s]"
    )
    parser.add_argument(
        "--bills", type=int, default=100_000, help="customers whose results are posted [%(default)s]"
    )
    parser.add_argument(
        "--rounds", type=int, default=figures.ROUNDS, help="of which the median counts [%(default)s]"
    )
    parser.add_argument(
        "--cold",
        action="store_true",
        help="rate without a round that only warms (a month larger than memory)",
    )
    parser.add_argument("--keep", action="store_true", help="keep the generated usage in var/bench-usage")
    parser.add_argument("--dry", action="store_true", help="print only, leave docs/benchmarks.md alone")
    options = parser.parse_args()
    if unknown := set(options.names) - BENCHMARKS.keys():
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}")

    for name in options.names or BENCHMARKS:
        figures.say(f"── {name}")
        lines = importlib.import_module(BENCHMARKS[name]).run(options)
        print("\n".join(lines), flush=True)
        if not options.dry:
            figures.write(name, lines)
    if not options.keep:
        from benchmarks.usage import months

        months.throw_away()
    return 0


if __name__ == "__main__":
    sys.exit(main())
