"""Resellers that were there before their history was kept: it begins with what stands now."""

from django.db import migrations


def enter(apps, schema_editor):
    partner, tie, assignment = (
        apps.get_model("partners", name) for name in ("Partner", "ResellerTie", "ResellerAssignment")
    )
    for row in partner.objects.filter(distributor__isnull=False).iterator():
        tie.objects.create(
            partner=row, distributor_id=row.distributor_id, origin="vendor", began_at=row.associated_at
        )
        if row.account_manager_id is not None:
            assignment.objects.create(
                partner=row, distributor_id=row.distributor_id, manager_id=row.account_manager_id
            )


class Migration(migrations.Migration):
    dependencies = [("partners", "0003_preset"), ("identity", "0003_channel")]
    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
