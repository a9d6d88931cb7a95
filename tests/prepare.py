"""`python -m tests.prepare migrate|world ACCOUNTS_FILE` fills the database that DATABASE_URL names."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def main() -> None:
    what, accounts = sys.argv[1:]
    os.environ["PARTNER_CENTER_SANDBOX"] = "1"  # as the demo migrates: with a clock kept in the database
    os.environ["DJANGO_SETTINGS_MODULE"] = "partner_center.project.settings"

    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    if what == "migrate":
        call_command("migrate", interactive=False, verbosity=0)
    else:
        from partner_center.project import sample_world

        Path(accounts).write_text(json.dumps({"accounts": sample_world.build()}, ensure_ascii=False))
    connections.close_all()


if __name__ == "__main__":
    main()
