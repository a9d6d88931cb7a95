"""Every installation finds the preset roles; what they permit is the program's (identity/presets.py)."""

from django.db import migrations

PRESETS = ("admin", "supervisor", "account_manager", "finance", "read_only")


def create(apps, schema_editor):
    role = apps.get_model("identity", "Role")
    role.objects.bulk_create(
        [role(name=name, preset=name, own_customers_only=name == "account_manager") for name in PRESETS]
    )


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0001_initial"),
        ("foundation", "0001_initial"),
    ]  # rows are dated by its clock
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
