"""Entries and transfers refuse UPDATE and DELETE (partner_center.ledger.finality)."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from partner_center.ledger import finality


def create(apps: Any, schema_editor: Any) -> None:
    finality.create(schema_editor.connection)


def drop(apps: Any, schema_editor: Any) -> None:
    finality.drop(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunPython(create, drop, elidable=False)]
