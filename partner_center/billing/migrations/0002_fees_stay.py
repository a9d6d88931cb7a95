"""Fee records refuse change and deletion (partner_center.billing.finality)."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from partner_center.billing import finality


def create(apps: Any, schema_editor: Any) -> None:
    fields = apps.get_model("billing", "FeeRecord")._meta.concrete_fields
    finality.create(schema_editor.connection, [field.column for field in fields])


def drop(apps: Any, schema_editor: Any) -> None:
    finality.drop(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]

    operations = [migrations.RunPython(create, drop, elidable=False)]
