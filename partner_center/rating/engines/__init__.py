"""What carries out the expressions. An engine is imported when a run asks for it, never before."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
from ibis.expr.types import Table


class Engine(Protocol):
    """Tables by name, expressions carried out, files written."""

    ranges: bool
    """Whether customers are rated range by range, to keep memory flat, or all at once."""

    def source(self, name: str, files: Sequence[Path], schema: pa.Schema) -> Table:
        """The table of these files; an empty one without files."""

    def keep(self, name: str, rows: Table) -> Table:
        """`rows` computed now and kept under `name` (instead of what was kept there before)."""

    def forget(self, name: str) -> None:
        """Give up what was kept under `name`."""

    def rows(self, rows: Table) -> list[dict[str, Any]]:
        """A small result."""

    def write(
        self, rows: Table, schema: pa.Schema, order: Sequence[str], file: Path, spread: bool = False
    ) -> list[Path]:
        """Write `rows` sorted by `order` to `file`, or, where the engine is many, `spread` over several beside it,
        each holding a range of the first column of `order`."""


def start(engine: str, *, threads: int | None, memory: str, scratch: Path) -> AbstractContextManager[Engine]:
    """The engine called "duckdb" or "spark", or Spark at a master's URL ("spark://…", "local-cluster[2,1,1024]")."""
    name = "duckdb" if engine == "duckdb" else "spark"
    module = import_module(f"partner_center.rating.engines.{name}")
    opened: AbstractContextManager[Engine] = module.opened(
        engine, threads=threads, memory=memory, scratch=scratch
    )
    return opened
