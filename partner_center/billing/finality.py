"""Database triggers that keep fee records as they were written, on both databases.

Two things may still happen to one: its debt becomes a write-off, and a purchase recorded before its delivery gets its
resource. Anything else, and every deletion, is refused: a correction is another record.
"""

from __future__ import annotations

from typing import Any

TABLE = "billing_feerecord"
REFUSAL = "fee records are final: correct them with an adjustment"

MOVES = (
    "status",
    "debt_minor",
    "writeoff_minor",
    "resource_id",
    "resource_name",
    "effective_at",
    "expires_at",
)
"""Columns that may change, under the conditions of `_CHANGES`."""


def trigger_names() -> set[str]:
    return {f"{TABLE}_refuses_{verb}" for verb in ("update", "delete")}


def create(connection: Any, columns: list[str]) -> None:
    """Put the triggers in place. columns: every column of the table."""
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor, columns):
            cursor.execute(statement)


def drop(connection: Any) -> None:
    with connection.cursor() as cursor:
        on = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
        for name in sorted(trigger_names()):
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


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


def _changes(columns: list[str], differs: str) -> str:
    """When an update is refused: a fixed column differs, debt and write-off do not balance, or a name was there."""
    fixed = [name for name in columns if name not in MOVES]
    other = " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in fixed)
    return (
        f"{other} OR NEW.debt_minor + NEW.writeoff_minor <> OLD.debt_minor + OLD.writeoff_minor"
        " OR NEW.writeoff_minor < OLD.writeoff_minor"
        f" OR (OLD.resource_id <> '' AND (NEW.resource_id <> OLD.resource_id OR NEW.resource_name <> OLD.resource_name"
        f" OR NEW.effective_at {differs} OLD.effective_at OR NEW.expires_at {differs} OLD.expires_at))"
    )


def _statements(vendor: str, columns: list[str]) -> list[str]:
    if vendor == "postgresql":
        function = (
            "CREATE OR REPLACE FUNCTION billing_refuse() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        return [
            function,
            f"CREATE TRIGGER {TABLE}_refuses_update BEFORE UPDATE ON {TABLE} FOR EACH ROW"
            f" WHEN ({_changes(columns, 'IS DISTINCT FROM')}) EXECUTE FUNCTION billing_refuse()",
            f"CREATE TRIGGER {TABLE}_refuses_delete BEFORE DELETE ON {TABLE} FOR EACH ROW"
            " EXECUTE FUNCTION billing_refuse()",
        ]
    return [
        f"CREATE TRIGGER {TABLE}_refuses_update BEFORE UPDATE ON {TABLE} WHEN {_changes(columns, 'IS NOT')}"
        f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        f"CREATE TRIGGER {TABLE}_refuses_delete BEFORE DELETE ON {TABLE}"
        f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    ]
