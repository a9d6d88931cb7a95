"""DuckDB within this process, imported when the first detail is asked for: who serves none does without."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

MEMORY = "512MB"
_lock = threading.Lock()
_open: dict[int, duckdb.DuckDBPyConnection] = {}


def ask(sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """The rows of one question. Decimals come as Decimal, exactly."""
    cursor = _database().cursor()
    try:
        return cursor.execute(sql, list(values)).fetchall()
    finally:
        cursor.close()


def _database() -> duckdb.DuckDBPyConnection:
    """One database in memory a process; a worker that was forked opens its own."""
    mine = os.getpid()
    with _lock:
        if mine not in _open:
            import duckdb

            _open.clear()
            connection = duckdb.connect(":memory:", config={"threads": 2, "memory_limit": MEMORY})
            connection.execute("SET autoinstall_known_extensions = false")
            connection.execute("SET parquet_metadata_cache = true")
            _open[mine] = connection
        return _open[mine]
