"""Reading what a rating wrote: plain SQL over its files, in a DuckDB that is gone afterwards.

Only sums, counts and comparisons: what is to be charged was decided by the rating. DuckDB is loaded when first asked,
not with the room.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from partner_center.billing.errors import RunFilesCorrupt, RunFilesUnavailable
from partner_center.rating.schemas import IN, OUT

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class Reader:
    """Tables of files to be asked in SQL. `{name}` in a statement is one of them."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        self._connection = connection

    def know(self, name: str, place: Path) -> None:
        """Let `name` stand for a Parquet file or a folder of them; absent, it is a table of nothing."""
        files = [place] if place.is_file() else sorted(place.glob("*.parquet"))
        if not files:
            self.know_nothing(name, like=name)
            return
        listed = ", ".join(f"'{str(file).replace(chr(39), chr(39) * 2)}'" for file in files)
        with _refusing(name):
            self._connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet([{listed}])")

    def know_nothing(self, name: str, *, like: str) -> None:
        """Let `name` stand for a table of nothing with the columns of `like`."""
        self._connection.register(name, {**IN, **OUT}[like].empty_table())

    def rows(self, statement: str, facts: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with _refusing(statement[:40]):
            return self._connection.execute(statement, list(facts)).fetchall()

    def one(self, statement: str, facts: Sequence[Any] = ()) -> tuple[Any, ...]:
        return self.rows(statement, facts)[0]

    def dicts(self, statement: str, facts: Sequence[Any] = ()) -> list[dict[str, Any]]:
        with _refusing(statement[:40]):
            found = self._connection.execute(statement, list(facts))
            names = [column[0] for column in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@contextmanager
def reading(**places: Path) -> Iterator[Reader]:
    """A reader of these files and folders. Raises RunFilesCorrupt, RunFilesUnavailable."""
    import duckdb

    with duckdb.connect() as connection:
        spill = Path(settings.VAR) / "duckdb-spill"
        connection.execute("SET memory_limit = '1GB'")
        connection.execute("SET enable_progress_bar = false")
        connection.execute(f"SET temp_directory = '{str(spill).replace(chr(39), chr(39) * 2)}'")
        reader = Reader(connection)
        for name, place in places.items():
            reader.know(name, place)
        yield reader


@contextmanager
def _refusing(what: str) -> Iterator[None]:
    import duckdb

    try:
        yield
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        if "No space left" in str(error) or "memory" in str(error):
            raise RunFilesUnavailable(path=what, reason=str(error).splitlines()[0]) from error
        raise RunFilesCorrupt(file=what) from error
    except (duckdb.InvalidInputException, duckdb.SerializationException) as error:
        raise RunFilesCorrupt(file=what) from error
