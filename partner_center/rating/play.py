"""Carrying out a script on an engine: once for the small tables, then one range of customers after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from partner_center.rating.engines import Engine
from partner_center.rating.features import ranks_in
from partner_center.rating.inputs import Inputs
from partner_center.rating.months import days_in, days_of
from partner_center.rating.schemas import IN, OUT
from partner_center.rating.script import BILLED, FILES, MONTHS, RANK, Script, Step
from partner_center.rating.totals import accounted

RANGE_ROWS = 1_000_000
"""Customers are rated in ranges of about so many usage records (a larger customer is a range of its own)."""
LATEST_CYCLES = 60
"""Late usage may belong to as many months before the billed one."""


class Play:
    """One run of a script into a folder."""

    def __init__(
        self, engine: Engine, script: Script, out: Path, schemas: Mapping[str, pa.Schema] = OUT
    ) -> None:
        """schemas: of the tables that are written."""
        self._engine = engine
        self._schemas = schemas
        self._script = script
        self._out = out
        self._ranks: list[int] = []

    def open(self, given: Inputs) -> None:
        """Make the tables of the way in known, and prepare the small ones."""
        for name, schema in IN.items():
            self._engine.source(name, given.files[name], schema)
        months = [_shifted(given.month, -back) for back in range(-1, LATEST_CYCLES)]
        rows = [(month, days_in(month), days_of(month)[0]) for month in months]
        self._engine.put("months", _table(rows, MONTHS))
        self._engine.put("billed", _table([(given.month, *days_of(given.month))], BILLED))
        self._ranks = ranks_in(given)
        for step in self._script.opening:
            self._engine.keep(step.name, step.sql)

    def ranges(self) -> Iterator[tuple[str | None, str | None, int]]:
        """Ranges of customers in ascending order that cover all of them: (above, up to, usage records)."""
        rows = self._engine.rows(self._script.ranges)
        after, last, records, weight = None, None, 0, 0
        for row in rows:
            more = row["records"] + row["fees"]
            if self._engine.by_ranges and weight and weight + more > RANGE_ROWS:
                yield after, last, records
                after, records, weight = last, 0, 0
            last, records, weight = row["customer_id"], records + row["records"], weight + more
        yield after, None, records

    def rate(self, part: int, after: str | None, upto: str | None, records: int) -> dict[str, Any]:
        """Rate one range into the files numbered `part`. Returns what its statements answered."""
        self._engine.narrow("pass_usage", "usage", after, upto)
        self._engine.narrow("pass_fees", "fees", after, upto)
        answers: dict[str, Any] = {}
        for step in self._script.rating:
            if step.kind == "write" and step.name == "unrated" and accounted(answers) == records:
                self._engine.source("written_unrated", [], self._schemas["unrated"])
            else:
                self._carry_out(step, part, answers)
        return answers

    def close(self) -> dict[str, Any]:
        """What concerns no usage."""
        answers: dict[str, Any] = {}
        for step in self._script.closing:
            self._carry_out(step, 0, answers)
        return answers

    def _carry_out(self, step: Step, part: int, answers: dict[str, Any]) -> None:
        match step.kind:
            case "keep":
                self._engine.keep(step.name, step.sql)
            case "forget":
                self._engine.forget(step.name)
            case "ask":
                answers |= {name: value or 0 for name, value in self._engine.rows(step.sql)[0].items()}
            case "list":
                answers[step.name] = self._engine.rows(step.sql)
            case "ranks":
                for rank in self._ranks:
                    self._engine.put("rank", _table([(rank,)], RANK))
                    for inner in step.steps:
                        self._carry_out(inner, part, answers)
            case "write":
                file = self._out / step.name / f"{part:05d}.parquet"
                files = self._engine.write(step.sql, step.order, file, spread=step.name == "lines")
                self._engine.source(f"written_{step.name}", files, self._schemas[step.name])
                if step.name == "lines":
                    self._engine.put("pass_files", _table(_spans(files, self._out), FILES))
            case _:
                raise AssertionError(f"no such step: {step.kind}")


def _spans(files: Sequence[Path], out: Path) -> list[tuple[str, str, str]]:
    """Of each file of lines: above which customer it begins, with which one it ends, and its name within `out`."""
    found, above = [], ""
    for file in files:
        footer = pq.read_metadata(file)
        groups = [footer.row_group(index).column(0).statistics for index in range(footer.num_row_groups)]
        last = max((group.max for group in groups if group and group.has_min_max), default=above)
        found.append((above, last, str(file.relative_to(out))))
        above = last
    return found


def _table(rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema=schema)


def _shifted(month: str, by: int) -> str:
    index = int(month[:4]) * 12 + int(month[5:]) - 1 + by
    return f"{index // 12:04d}-{index % 12 + 1:02d}"
