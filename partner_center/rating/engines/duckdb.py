"""DuckDB, inside this process: bounded memory, temporary files beside the output, the same bytes every time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

ROW_GROUP = 9 * 2048
"""Rows a row group of what is written: one customer's page touches few of them."""


class DuckDB:
    """An in-memory database whose tables are views over Parquet files."""

    dialect = "duckdb"
    by_ranges = True

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def source(self, name: str, files: Sequence[Path], schema: pa.Schema) -> None:
        if files:
            listed = ", ".join(_text(str(file)) for file in files)
            columns = ", ".join(f'"{column}"' for column in schema.names)
            rows = f"select {columns} from read_parquet([{listed}], hive_partitioning = false)"
            self._connection.execute(f'create or replace view "{name}" as {rows}')
        else:
            self.put(name, schema.empty_table())

    def put(self, name: str, rows: pa.Table) -> None:
        self._connection.register(f"{name}_in_memory", rows)
        self._connection.execute(f'create or replace view "{name}" as select * from "{name}_in_memory"')

    def narrow(self, name: str, source: str, after: str | None, upto: str | None) -> None:
        bounds = ["true"]
        if after is not None:
            bounds.append(f"customer_id > {_text(after)}")
        if upto is not None:
            bounds.append(f"customer_id <= {_text(upto)}")
        where = " and ".join(bounds)
        self._connection.execute(f'create or replace view "{name}" as select * from "{source}" where {where}')

    def keep(self, name: str, sql: str) -> None:
        self._connection.execute(f'create or replace temp table "{name}" as {sql}')

    def forget(self, name: str) -> None:
        self._connection.execute(f'drop table if exists "{name}"')

    def rows(self, sql: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._connection.sql(sql).to_arrow_table().to_pylist()
        return found

    def write(self, sql: str, order: Sequence[str], file: Path, *, spread: bool) -> list[Path]:
        columns = ", ".join(f'"{column}"' for column in order)
        ordered = f"select * from ({sql}) order by {columns}" if order else sql
        self._connection.execute(
            f"copy ({ordered}) to {_text(str(file))} "
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


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
