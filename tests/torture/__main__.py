"""`python -m tests.torture --kills 200`: a long siege on the database that DATABASE_URL names, or the embedded one."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import django

import tests.environment  # noqa: F401 - secrets and folders of a test run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="[%(default)s]")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of the moments [the time]")
    options = parser.parse_args()

    django.setup()
    from tests import database
    from tests.torture.siege import besiege

    kind = "PostgreSQL" if database.is_postgresql() else "the embedded database"
    print(f"{options.kills} kills on {kind}, seed {options.seed}", flush=True)
    with (
        tempfile.TemporaryDirectory(prefix="partner-center-siege-") as var,
        database.copy_of(database.template()) as name,
        database.standing_on(name),
    ):
        report = besiege(options.kills, var=Path(var), seed=options.seed)
        print(report)
        for fault in report.faults[:50]:
            print(f"  {fault}")
        if report.faults:
            print("The server's last words:", (Path(var) / "server.log").read_text()[-4000:], sep="\n")
    return 1 if report.faults or not report.paid else 0


if __name__ == "__main__":
    sys.exit(main())
