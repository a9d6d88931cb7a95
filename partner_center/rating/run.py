"""The entry point of rating."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Totals:
    """What one rating came to: counts, sums per currency, and the checks that it made of itself."""

    month: str
    records: int
    lines: int
    unrated: int
    customers: int
    amounts: dict[str, dict[str, str]] = field(default_factory=dict)
    """Per currency: official, discount, payable, payable_minor and cut_off of the usage lines, as exact text."""
    checks: tuple[dict[str, object], ...] = ()


def run(
    in_folder: Path,
    out_folder: Path,
    engine: str = "duckdb",
    threads: int | None = None,
    memory: str = "1GB",
) -> Totals:
    """Rate what stands in `in_folder` into the (new or empty) `out_folder`.

    `engine` is "duckdb", "spark" (in this process's machine) or the URL of a Spark master.
    """
    raise NotImplementedError
