"""A published price is never changed, and one that has begun is never deleted: the database itself refuses.

"Has begun" is judged by the installation's clock, which the trigger reads where the program does: the
machine's time plus foundation_installationclock.ahead_us. A row to come may be deleted, so that a
publication can be taken back before anybody is charged by it; it can only be replaced, not edited.
See docs/decisions/price-book.md.
"""

from typing import Any

from django.db import migrations

POSTGRES = """
CREATE FUNCTION catalogue_prices_stay() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ahead bigint;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'a published price is never changed';
    END IF;
    SELECT coalesce(max(ahead_us), 0) INTO ahead FROM foundation_installationclock;
    IF OLD.begins_at <= clock_timestamp() + ahead * interval '1 microsecond' THEN
        RAISE EXCEPTION 'a price that has begun is never deleted';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER catalogue_prices_stay BEFORE UPDATE OR DELETE ON catalogue_pricerow
FOR EACH ROW EXECUTE FUNCTION catalogue_prices_stay();
"""
SQLITE = [
    "CREATE TRIGGER catalogue_prices_stay_update BEFORE UPDATE ON catalogue_pricerow "
    "BEGIN SELECT RAISE(ABORT, 'a published price is never changed'); END",
    "CREATE TRIGGER catalogue_prices_stay_delete BEFORE DELETE ON catalogue_pricerow "
    "WHEN OLD.begins_at <= strftime('%Y-%m-%d %H:%M:%f', 'now', "
    "(SELECT (coalesce(max(ahead_us), 0) / 1000000) || ' seconds' FROM foundation_installationclock)) "
    "BEGIN SELECT RAISE(ABORT, 'a price that has begun is never deleted'); END",
]


def refuse_changes(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES)
    else:
        for statement in SQLITE:
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial"), ("foundation", "0001_initial")]
    operations = [migrations.RunPython(refuse_changes, migrations.RunPython.noop)]
