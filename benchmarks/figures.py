"""How figures are taken, and the page where they are written down."""

from __future__ import annotations

import os
import platform
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/benchmarks.md"
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Compared:
    """Seconds a round of ours and of the opponent, for the same work."""

    ours: list[float]
    theirs: list[float]

    @property
    def ratio(self) -> float:
        """Our speed as a part of the opponent's: 0.5 is half as fast."""
        return statistics.median(self.theirs) / statistics.median(self.ours)


def take_turns(
    ours: Callable[[], float], theirs: Callable[[], float], rounds: int = ROUNDS, *, warm: bool = True
) -> Compared:
    """Both in turns, `rounds` times after a round that only warms; each returns the seconds it took."""
    taken = Compared([], [])
    for turn in range(0 if warm else 1, rounds + 1):
        for work, seconds in ((ours, taken.ours), (theirs, taken.theirs)):
            spent = work()
            if turn:
                seconds.append(spent)
                say(f"  {'ours' if work is ours else 'theirs'} {spent:,.3f} s")
    return taken


def machine() -> str:
    """When and on what the figures were taken, as a sentence begins."""
    return f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}"


def write(section: str, lines: Sequence[str]) -> None:
    """Replace what stands between the section's two marks in docs/benchmarks.md."""
    begin, end = f"<!-- {section}: written by `make bench` -->", f"<!-- end of {section} -->"
    before, found, rest = PAGE.read_text().partition(begin)
    assert found and end in rest, f"docs/benchmarks.md has no place for {section}"
    PAGE.write_text("\n".join([before + begin, "", *lines, "", end]) + rest.partition(end)[2])


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
