"""DuckDB, inside this process: bounded memory, temporary files beside the output, the same bytes every time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa
from ibis.expr.types import Table

from partner_center.rating.tables import schema_of

ROW_GROUP = 9 * 2048
"""Rows a row group of the lines: one customer's page touches few of them."""


class DuckDB:
    """An in-memory database whose tables are views over Parquet files."""

    ranges = True

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def source(self, name: str, files: Sequence[Path], schema: pa.Schema) -> Table:
        if files:
            listed = ", ".join(_text(str(file)) for file in files)
            columns = ", ".join(f'"{column}"' for column in schema.names)
            self._connection.execute(
                f'create or replace view "{name}" as select {columns} '
                f"from read_parquet([{listed}], hive_partitioning = false)"
            )
        else:
            nothing = schema.empty_table()  # noqa: F841 (DuckDB reads it by its name)
            self._connection.execute(f'create or replace table "{name}" as select * from nothing')
        return ibis.table(schema_of(schema), name=name)

    def keep(self, name: str, rows: Table) -> Table:
        self._connection.execute(f'create or replace temp table "{name}" as {_sql(rows)}')
        return ibis.table(rows.schema(), name=name)

    def forget(self, name: str) -> None:
        self._connection.execute(f'drop table if exists "{name}"')

    def rows(self, rows: Table) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._connection.sql(_sql(rows)).to_arrow_table().to_pylist()
        return found

    def write(
        self, rows: Table, schema: pa.Schema, order: Sequence[str], file: Path, spread: bool = False
    ) -> list[Path]:
        sql = _sql(rows.order_by(list(order)))
        self._connection.execute(
            f"copy ({sql}) to {_text(str(file))} "
            f"(format parquet, compression zstd, compression_level 1, row_group_size {ROW_GROUP})"
        )
        return [file]


@contextmanager
def opened(engine: str, *, threads: int | None, memory: str, scratch: Path) -> Iterator[DuckDB]:
    """A database of its own, gone when the run is over. Extensions are neither looked for nor loaded."""
    settings: dict[str, Any] = {
        "memory_limit": memory,
        "temp_directory": str(scratch),
        "preserve_insertion_order": True,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if threads:
        settings["threads"] = threads
    with duckdb.connect(config=settings) as connection:
        yield DuckDB(connection)


def _sql(rows: Table) -> str:
    return str(ibis.to_sql(rows, dialect="duckdb"))


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
