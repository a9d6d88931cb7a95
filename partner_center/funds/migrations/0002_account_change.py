"""The view of account changes (partner_center.funds.models.AccountChange), and adjustments that never change."""

from __future__ import annotations

from typing import Any

from django.db import migrations

PURSE = "CASE WHEN a.address = 'cash:' || a.owner THEN 'cash' ELSE 'credit' END"

CREATE_VIEW = f"""
CREATE VIEW funds_account_change AS
SELECT t.id * 2 AS id, t.source_id AS ledger_account_id, a.owner AS owner_id, {PURSE} AS purse, 'expense' AS direction,
       e.kind, e.reference, e.about, e.memo, e.happened_at, t.currency,
       t.amount_minor, t.source_after_minor AS balance_after_minor, NULLIF(b.owner, '') AS counterpart_id
  FROM ledger_transfer t
  JOIN ledger_account a ON a.id = t.source_id
  JOIN ledger_account b ON b.id = t.target_id
  JOIN ledger_entry e ON e.id = t.entry_id
 WHERE a.owner <> '' AND a.address IN ('cash:' || a.owner, 'credit:' || a.owner)
UNION ALL
SELECT t.id * 2 + 1, t.target_id, a.owner, {PURSE}, 'revenue',
       e.kind, e.reference, e.about, e.memo, e.happened_at, t.currency,
       t.amount_minor, t.target_after_minor, NULLIF(b.owner, '')
  FROM ledger_transfer t
  JOIN ledger_account a ON a.id = t.target_id
  JOIN ledger_account b ON b.id = t.source_id
  JOIN ledger_entry e ON e.id = t.entry_id
 WHERE a.owner <> '' AND a.address IN ('cash:' || a.owner, 'credit:' || a.owner)
"""
DROP_VIEW = "DROP VIEW IF EXISTS funds_account_change"

REFUSAL = "adjustments are final: correct one with its opposite"


def refuse_changes(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION funds_adjustment_refuses() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
            )
            cursor.execute(
                "CREATE TRIGGER funds_adjustment_refuses BEFORE UPDATE OR DELETE ON funds_adjustment"
                " FOR EACH ROW EXECUTE FUNCTION funds_adjustment_refuses()"
            )
        else:
            for verb in ("UPDATE", "DELETE"):
                cursor.execute(
                    f"CREATE TRIGGER funds_adjustment_refuses_{verb.lower()} BEFORE {verb} ON funds_adjustment"
                    f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
                )


class Migration(migrations.Migration):
    dependencies = [("funds", "0001_initial"), ("ledger", "0002_final")]

    operations = [
        migrations.RunSQL(CREATE_VIEW, DROP_VIEW),
        migrations.RunPython(refuse_changes, migrations.RunPython.noop),
    ]
