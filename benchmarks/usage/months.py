"""The generated months, and a rating of one in a process of its own: how long, how much memory, what came out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import ROOT, say
from benchmarks.usage import generator

VAR = ROOT / "var/bench-usage"
OUT = VAR / "out"
MEMORY = "1GB"
"""What an engine may use for its work; the process needs some more."""
_MARK = ".month"


@dataclass(frozen=True, slots=True)
class Rated:
    """One rating: seconds of the work alone (no imports), the process's highest memory in bytes, and its output."""

    seconds: float
    memory: int
    folder: Path


def month(records: int, *, simple: bool = False) -> generator.Month:
    """The generated month of that size, kept in var/ for the other benchmarks of the run."""
    folder = VAR / f"{'simple' if simple else 'month'}-{records}"
    if not folder.exists():
        say(f"generating {records:,} records")
    return generator.make(folder, records, simple=simple)


def rate(who: str, made: generator.Month, *, engine: str = "duckdb") -> Rated:
    """Let `who` rate a month in a fresh process, into a folder that replaces the last one's.

    who: "ours", "prices" (ours without what only bills need), or "sql" (by hand).
    """
    out = OUT / who
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    finished = subprocess.run(
        [sys.executable, "-m", "benchmarks.usage.months", who, str(made.folder), str(out), engine],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    if finished.returncode:
        raise SystemExit(f"{who} failed on {made.folder}")
    (out / _MARK).write_text(made.folder.name)
    told = json.loads(finished.stdout.splitlines()[-1])
    return Rated(told["seconds"], told["memory"], out)


def rated(made: generator.Month) -> Path:
    """The month as we rate it: what an earlier benchmark of this run left, or a rating now."""
    left = OUT / "ours"
    if not (left / _MARK).exists() or (left / _MARK).read_text() != made.folder.name:
        rate("ours", made)
    return left


def throw_away() -> None:
    """Everything that was generated and rated."""
    shutil.rmtree(VAR, ignore_errors=True)


def _work(who: str, in_folder: Path, out_folder: Path, engine: str) -> None:
    if who in ("ours", "prices"):
        import duckdb  # noqa: F401 - what is imported is counted for neither side
        import ibis  # noqa: F401

        from partner_center.rating import run

        began = time.perf_counter()
        run(
            in_folder,
            out_folder,
            engine=engine,
            threads=os.cpu_count(),
            memory=MEMORY,
            for_bills=who == "ours",
        )
    elif who == "sql":
        from benchmarks.usage import by_hand

        began = time.perf_counter()
        by_hand.rate(in_folder, out_folder, threads=os.cpu_count() or 2, memory=MEMORY)
    else:
        raise SystemExit(f"nobody is called {who}")
    print(json.dumps({"seconds": time.perf_counter() - began, "memory": _highest_memory()}))


def _highest_memory() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise LookupError("VmHWM")


if __name__ == "__main__":
    _work(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
