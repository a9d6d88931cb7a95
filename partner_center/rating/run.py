"""The entry point of rating: files in, files out, range of customers by range of customers."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from partner_center.rating import months
from partner_center.rating.errors import RatingRefused

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from partner_center.rating.engines import Engine

RANGE_ROWS = 1_000_000
"""Customers are rated in ranges of about so many usage records (a larger customer is a range of its own)."""

_SUMS = ("lines", "official", "discount", "payable", "payable_minor", "cut_off")
_FIGURES = ("lines", "fees", "fees_payable", "accounted", "unrated", "currencies", "customers")


@dataclass(frozen=True, slots=True)
class Totals:
    """What one rating came to: counts, sums per currency, and the checks that it made of itself."""

    month: str
    records: int
    lines: int
    fees: int
    unrated: int
    customers: int
    amounts: dict[str, dict[str, str]] = field(default_factory=dict)
    """Per currency, of the usage lines: lines, official, discount, payable, payable_minor, cut_off, as exact text."""
    checks: tuple[dict[str, Any], ...] = ()
    """As in checks.json: {"name", "ok", "violations"}."""

    @property
    def ok(self) -> bool:
        """Whether every check found nothing."""
        return all(check["ok"] for check in self.checks)


def run(
    in_folder: Path,
    out_folder: Path,
    engine: str = "duckdb",
    threads: int | None = None,
    memory: str = "1GB",
) -> Totals:
    """Rate what stands in `in_folder` into `out_folder`, which is new or empty.

    `engine` is "duckdb", "spark" or the URL of a Spark master. `memory` is the engine's own; the process needs about a
    quarter gigabyte beside it. The same input gives the same bytes on one engine and version. totals.json is written
    last: a folder with it is complete. Raises RatingRefused before anything is written when the input is damaged.
    """
    from partner_center.rating import engines, inputs, pipeline
    from partner_center.rating.schemas import IN, OUT

    given = inputs.find(in_folder)
    if out_folder.exists() and any(out_folder.iterdir()):
        raise RatingRefused(f"{out_folder} is not empty")
    for name in OUT:
        (out_folder / name).mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=out_folder, prefix=".scratch-") as scratch,
        engines.start(engine, threads=threads, memory=memory, scratch=Path(scratch)) as started,
    ):
        tables = {name: started.source(name, given.files[name], schema) for name, schema in IN.items()}
        prepared = pipeline.prepare(started, tables, given.minor_digits)
        tally = _Tally()
        for part, (after, upto, records) in enumerate(_ranges(started, tables)):
            tally.add(records, pipeline.rate(started, prepared, out_folder, part, after, upto, records))
        amortised = _amortise(started, tables["periods"], given.month, out_folder)
        expected = _expected(started, tables["fees"])
    _fill(out_folder)
    totals = tally.totals(given.month, amortised, expected)
    _write(out_folder / "checks.json", list(totals.checks))
    _write(
        out_folder / "totals.json", {key: value for key, value in asdict(totals).items() if key != "checks"}
    )
    return totals


class _Tally:
    """The sums of all ranges."""

    def __init__(self) -> None:
        self._figures = dict.fromkeys(("lines", "fees", "unrated", "customers"), 0)
        self._records = 0
        self._fees_payable = Decimal(0)
        self._amounts: dict[str, dict[str, Decimal | int]] = {}
        self._violations: dict[str, int] = {"every_record_has_its_place": 0}

    def add(self, records: int, range_: dict[str, Any]) -> None:
        """What one range of customers came to."""
        self._records += records
        for name in self._figures:
            self._figures[name] += range_.get(name, 0)
        self._fees_payable += range_["fees_payable"]
        self._violations["every_record_has_its_place"] += abs(range_["accounted"] - records)
        for name, count in range_.items():
            if name not in _FIGURES:
                self._violations[name] = self._violations.get(name, 0) + (count or 0)
        for row in range_["currencies"]:
            sums = self._amounts.setdefault(row["currency"], dict.fromkeys(_SUMS, 0))
            for name in _SUMS:
                sums[name] += row[name]

    def totals(self, month: str, amortised: dict[str, Any], fees: dict[str, Any]) -> Totals:
        """Everything together, with the checks that need the whole."""
        missing = abs(self._figures["fees"] - fees["n"]) + (self._fees_payable != (fees["payable"] or 0))
        violations = self._violations | {"fees_are_passed_on": missing} | amortised
        return Totals(
            month=month,
            records=self._records,
            amounts={
                currency: {
                    name: f"{sums[name]:f}" if isinstance(sums[name], Decimal) else str(sums[name])
                    for name in _SUMS
                }
                for currency, sums in sorted(self._amounts.items())
            },
            checks=tuple(
                {"name": name, "ok": not count, "violations": int(count or 0)}
                for name, count in violations.items()
            ),
            **self._figures,
        )


def _ranges(engine: Engine, tables: dict[str, Table]) -> Iterator[tuple[str | None, str | None, int]]:
    """Ranges of customers in ascending order that cover all of them: (above, up to, usage records)."""
    usage, fees = tables["usage"], tables["fees"]
    if not engine.ranges:
        yield None, None, engine.rows(usage.aggregate(n=usage.count()))[0]["n"]
        return
    counted = usage.group_by("customer_id").aggregate(n=usage.count(), m=usage.count())
    paid = fees.group_by("customer_id").aggregate(n=fees.count() - fees.count(), m=fees.count())
    both = counted.union(paid).group_by("customer_id")
    rows = engine.rows(both.aggregate(n=lambda t: t.n.sum(), m=lambda t: t.m.sum()).order_by("customer_id"))
    after, last, records, weight = None, None, 0, 0
    for row in rows:
        if weight and weight + row["m"] > RANGE_ROWS:
            yield after, last, records
            after, records, weight = last, 0, 0
        last, records, weight = row["customer_id"], records + int(row["n"]), weight + int(row["m"])
    yield after, None, records


def _amortise(engine: Engine, periods: Table, month: str, out: Path) -> dict[str, Any]:
    """Write out/amortised; returns what checking it says."""
    from partner_center.rating.schemas import AMORTISED
    from partner_center.rating.steps import amortisation, checks

    rows = amortisation.amortised(periods, month, *months.days_of(month))
    files = engine.write(rows, AMORTISED, ("customer_id", "item_id"), out / "amortised" / "00000.parquet")
    written = engine.source("written_amortised", files, AMORTISED)
    return engine.rows(checks.of_amortised(written, periods))[0]


def _expected(engine: Engine, fees: Table) -> dict[str, Any]:
    return engine.rows(fees.aggregate(n=fees.count(), payable=fees.payable.sum()))[0]


def _fill(out: Path) -> None:
    """A table of which nothing was written is a file without rows."""
    import pyarrow.parquet as pq

    from partner_center.rating.schemas import OUT

    for name, schema in OUT.items():
        if not any((out / name).iterdir()):
            pq.write_table(schema.empty_table(), out / name / "00000.parquet")


def _write(file: Path, content: Any) -> None:
    file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
