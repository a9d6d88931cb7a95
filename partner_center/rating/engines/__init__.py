"""What carries out the statements. An engine is imported when a run asks for it, never before."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa


class Engine(Protocol):
    """Tables by name, SQL carried out, files written."""

    dialect: str
    """What Ibis calls the engine's SQL."""
    by_ranges: bool
    """Whether customers are rated range by range, to keep memory flat, or all at once."""

    def source(self, name: str, files: Sequence[Path], schema: pa.Schema) -> None:
        """Let `name` be the table of these files; without files an empty one."""

    def put(self, name: str, rows: pa.Table) -> None:
        """Let `name` be this small table."""

    def narrow(self, name: str, source: str, after: str | None, upto: str | None) -> None:
        """Let `name` be the rows of `source` whose customer_id lies above `after` and not above `upto`."""

    def keep(self, name: str, sql: str) -> None:
        """Let `name` be what `sql` says now, instead of what was kept under that name before."""

    def forget(self, name: str) -> None:
        """Give up what was kept under `name`."""

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """A small result."""

    def write(self, sql: str, order: Sequence[str], file: Path, *, spread: bool) -> list[Path]:
        """Write what `sql` says, in `order` (in none when it is empty), to `file`; or, where the engine is many,
        `spread` over several files beside it, each holding a range of the first column of `order`, ascending."""


def start(engine: str, *, threads: int | None, memory: str, scratch: Path) -> AbstractContextManager[Engine]:
    """The engine called "duckdb" or "spark", or Spark at a master's URL ("spark://…", "local-cluster[2,1,1024]")."""
    name = "duckdb" if engine == "duckdb" else "spark"
    module = import_module(f"partner_center.rating.engines.{name}")
    opened: AbstractContextManager[Engine] = module.opened(
        engine, threads=threads, memory=memory, scratch=scratch
    )
    return opened
