"""Database triggers that refuse to change or delete what has been written, on both databases.

A correction is a new entry. `partner-center verify` looks whether the triggers are in place.
"""

from __future__ import annotations

from typing import Any

TABLES = ("ledger_entry", "ledger_transfer")
REFUSAL = "entries and transfers are final: correct them with a new entry"


def trigger_names() -> set[str]:
    return {_name(table, verb) for table in TABLES for verb in ("update", "delete")}


def create(connection: Any) -> None:
    """Put the triggers in place."""
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor):
            cursor.execute(statement)


def drop(connection: Any) -> None:
    """Take them away: for a migration that remakes the tables, which puts them back afterwards."""
    with connection.cursor() as cursor:
        for table in TABLES:
            for verb in ("update", "delete"):
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {_name(table, verb)}{on}")


def present(connection: Any) -> set[str]:
    """The names of the triggers that the database really has."""
    query = (
        "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D' AND NOT tgisinternal"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {row[0] for row in cursor.fetchall()} & trigger_names()


def _statements(vendor: str) -> list[str]:
    if vendor == "postgresql":
        function = (
            "CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        return [function] + [
            f"CREATE TRIGGER {_name(table, verb)} BEFORE {verb.upper()} ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION ledger_refuse()"
            for table in TABLES
            for verb in ("update", "delete")
        ]
    return [
        f"CREATE TRIGGER {_name(table, verb)} BEFORE {verb.upper()} ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        for table in TABLES
        for verb in ("update", "delete")
    ]


def _name(table: str, verb: str) -> str:
    return f"{table}_refuses_{verb}"
