"""DuckDB within this process, imported when the first detail is asked for: who serves none does without."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from partner_center.metering.errors import StoreUnavailable

if TYPE_CHECKING:
    import duckdb

MEMORY = "512MB"
_lock = threading.Lock()
_open: dict[int, duckdb.DuckDBPyConnection] = {}


def ask(sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """The rows of one question. Decimals come as Decimal, exactly.

    Raises StoreUnavailable for a file that is gone or no longer whole.
    """
    import duckdb

    cursor = _database().cursor()
    try:
        return cursor.execute(sql, list(values)).fetchall()
    except (duckdb.IOException, duckdb.InvalidInputException) as error:
        raise StoreUnavailable(path=_file_among(values), reason=type(error).__name__) from error
    finally:
        cursor.close()


def _database() -> duckdb.DuckDBPyConnection:
    """One database in memory a process; a worker that was forked opens its own, and leaves its parent's alone."""
    mine = os.getpid()
    with _lock:
        if mine not in _open:
            import duckdb

            connection = duckdb.connect(
                ":memory:",
                config={"threads": 2, "memory_limit": MEMORY, "temp_directory": tempfile.gettempdir()},
            )
            connection.execute("SET autoinstall_known_extensions = false")
            connection.execute("SET parquet_metadata_cache = true")
            _open[mine] = connection
        return _open[mine]


def _file_among(values: Sequence[Any]) -> str:
    """The name of the file that was asked, without the way to it."""
    names = (one for one in values if isinstance(one, str) and one.endswith(".parquet"))
    return Path(next(names, "")).name
