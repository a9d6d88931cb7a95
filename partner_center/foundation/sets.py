"""Statements over many rows at once: temporary tables of one transaction, and the words in which databases differ.

    work = Sets(cursor)
    work.create("due", "payer_id text, need bigint")
    work.fill("due", ("payer_id", "need"), rows)
    work.run("INSERT INTO ... SELECT {greatest}(need, 0) ... ORDER BY payer_id {c}")

In a statement, {least}, {greatest} and {c} stand for the database's own words (the last: compare byte by byte), %s for
values, and a per cent sign is doubled. Only where a path is measured: everything else is the ORM's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    import pyarrow as pa


class Sets:
    """Temporary tables and set-based statements on one cursor, inside one transaction."""

    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor
        self.is_postgresql = connection.vendor == "postgresql"
        self.lock = "FOR UPDATE" if connection.features.has_select_for_update else ""
        self._words = {
            "least": "least" if self.is_postgresql else "min",
            "greatest": "greatest" if self.is_postgresql else "max",
            "c": 'COLLATE "C"' if self.is_postgresql else "",
        }

    def run(self, statement: str, values: Sequence[Any] = ()) -> None:
        self.cursor.execute(statement.format(**self._words), list(values))

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        self.run(statement, values)
        return list(self.cursor.fetchall())

    def create(self, table: str, columns: str) -> None:
        """A temporary table of this transaction."""
        self.run(f"CREATE TEMP TABLE {table} ({columns}){' ON COMMIT DROP' if self.is_postgresql else ''}")

    def ready(self, table: str, key: str = "") -> None:
        """Call it when it is filled: index it by `key`, and let the planner know how its rows differ there."""
        if key:
            self.run(f"CREATE INDEX {table}_by ON {table} ({key})")
        if self.is_postgresql:
            self.run(f"ANALYZE {table} ({key})" if key else f"ANALYZE {table}")

    def drop(self, tables: Iterable[str]) -> None:
        """Take tables away before the transaction ends: another turn may follow in it."""
        for table in tables:
            self.run(f"DROP TABLE IF EXISTS {table}")

    def fill(self, table: str, rows: pa.Table) -> None:
        """The rows of an Arrow table, by its columns' names: COPY where there is one, else many inserts at once."""
        columns = ", ".join(rows.column_names)
        if self.is_postgresql:
            from pyarrow import BufferOutputStream, csv

            buffer = BufferOutputStream()
            csv.write_csv(rows, buffer, csv.WriteOptions(include_header=False))
            with self.cursor.copy(
                f"COPY {table} ({columns}) FROM STDIN WITH (FORMAT csv, NULL '\\N')"
            ) as copy:
                copy.write(memoryview(buffer.getvalue()))
            return
        marks = ", ".join(["%s"] * rows.num_columns)
        found = zip(*(column.to_pylist() for column in rows.columns), strict=True)
        self.cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(found))

    @property
    def newline(self) -> str:
        return "chr(10)" if self.is_postgresql else "char(10)"

    @property
    def moment(self) -> str:
        """A gap for a moment (see `moment_of`)."""
        return "CAST(%s AS timestamptz)" if self.is_postgresql else "%s"

    @property
    def date(self) -> str:
        """A gap for a date, given by its ISO text."""
        return "CAST(CAST(%s AS text) AS date)" if self.is_postgresql else "%s"

    def moment_of(self, moment: datetime) -> Any:
        """A moment as the database stores it."""
        return connection.ops.adapt_datetimefield_value(moment)

    def sha256(self, text: str) -> str:
        """The sha256 of an expression, in hexadecimal."""
        if self.is_postgresql:
            return f"encode(sha256(convert_to({text}, 'UTF8')), 'hex')"
        connection.connection.create_function("sha256_hex", 1, _sha256, deterministic=True)
        return f"sha256_hex({text})"

    def overlap(self, before: str, length: str, low: str, high: str) -> str:
        """How much of [before, before + length) lies in [low, high): expressions of whole numbers."""
        upto, since = f"{{least}}({before} + {length}, {high})", f"{{greatest}}({before}, {low})"
        return f"CAST({{greatest}}(0, {upto} - {since}) AS bigint)"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
