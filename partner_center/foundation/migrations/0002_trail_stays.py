"""The audit trail is written once: the database itself refuses to change or delete an entry."""

from django.db import migrations

POSTGRES = """
CREATE FUNCTION foundation_trail_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the audit trail is never changed'; END $$;
CREATE TRIGGER foundation_trail_stays BEFORE UPDATE OR DELETE ON foundation_trailentry
FOR EACH ROW EXECUTE FUNCTION foundation_trail_stays();
"""
SQLITE = [
    f"CREATE TRIGGER foundation_trail_stays_{verb.lower()} BEFORE {verb} ON foundation_trailentry "
    "BEGIN SELECT RAISE(ABORT, 'the audit trail is never changed'); END"
    for verb in ("UPDATE", "DELETE")
]


def refuse_changes(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES)
    else:
        for statement in SQLITE:
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("foundation", "0001_initial")]
    operations = [migrations.RunPython(refuse_changes, migrations.RunPython.noop)]
