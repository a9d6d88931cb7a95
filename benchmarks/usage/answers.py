"""Two ratings of one month beside each other: every column of every line, settlement group and customer."""

from __future__ import annotations

from pathlib import Path

import duckdb

from benchmarks.usage.generator import sql_type
from partner_center.rating import schemas

UNLIKE = {"customer_totals": {"file"}}
"""Columns that may differ: into how many files the lines were cut."""


def demand_the_same(ours: Path, theirs: Path) -> str:
    """One sentence saying what was compared. Ends the program where the two differ."""
    with duckdb.connect() as database:
        for table in ("lines", "groups", "customer_totals", "coverage"):
            mine, other = (_digest(database, table, folder) for folder in (ours, theirs))
            if mine != other:
                raise SystemExit(
                    f"{table} differ: {_first_difference(database, table, ours, theirs, mine, other)}"
                )
            if table == "lines":
                lines, payable = mine[0], mine[2]
    return f"{lines:,} lines with a sum of {payable:,.10f} compared column by column"


def _digest(database: duckdb.DuckDBPyConnection, table: str, folder: Path) -> tuple:
    """Rows, a sum of their hashes that does not depend on their order, and the sum of the amounts."""
    rows = source(folder, table)
    # cast, because engines differ in how wide a column they write for the same numbers
    columns = ", ".join(
        f"{name}::{sql_type(schemas.OUT[table].field(name).type)}" for name in _columns(table)
    )
    amount = "payable" if "payable" in schemas.OUT[table].names else "quantity"
    return database.execute(
        f"SELECT count(*), sum(hash({columns})::HUGEINT), sum({amount}) FROM {rows}"
    ).fetchone()


def _first_difference(
    database: duckdb.DuckDBPyConnection, table: str, ours: Path, theirs: Path, *digests: tuple
) -> str:
    mine, other = source(ours, table), source(theirs, table)
    keys = [name for name in ("batch", "position") if name in schemas.OUT[table].names]
    keys = keys or [name for name in schemas.GROUP_KEY if name in schemas.OUT[table].names]
    found = []
    for column in _columns(table):
        row = database.execute(
            f"SELECT a.{column}, b.{column}, {', '.join(f'a.{key}' for key in keys)}"
            f" FROM {mine} a JOIN {other} b USING ({', '.join(keys)})"
            f" WHERE a.{column} IS DISTINCT FROM b.{column} LIMIT 1"
        ).fetchone()
        if row:
            found.append(f"{column}: {row[0]} and {row[1]} at {row[2:]}")
    return f"{digests}; {'; '.join(found) or 'rows are missing'}"


def _columns(table: str) -> list[str]:
    return [name for name in schemas.OUT[table].names if name not in UNLIKE.get(table, ())]


def source(folder: Path, table: str) -> str:
    """A table of the way out as DuckDB reads it: a file or a folder of files."""
    path = folder / table
    return f"read_parquet('{path}/*.parquet')" if path.is_dir() else f"read_parquet('{path}.parquet')"
