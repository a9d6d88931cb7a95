"""The dictionaries of this release."""

from typing import Any

from django.db import migrations

from partner_center.reference import dictionaries


def fill(apps: Any, schema_editor: Any) -> None:
    dictionaries.load(apps)


class Migration(migrations.Migration):
    dependencies = [("reference", "0001_initial")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
