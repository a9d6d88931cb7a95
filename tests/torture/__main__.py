"""`python -m tests.torture --kills 200`: two long sieges on DATABASE_URL's database, or the embedded one."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import django

import tests.environment  # noqa: F401 - secrets and folders of a test run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="of each siege [%(default)s]")
    parser.add_argument("--only", choices=["buyers", "months"], help="one of the two sieges [both]")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of the moments [the time]")
    options = parser.parse_args()

    django.setup()
    from tests import database

    kind = "PostgreSQL" if database.is_postgresql() else "the embedded database"
    held = True
    for name, siege in {"buyers": _buyers, "months": _months}.items():
        if options.only in (None, name):
            print(f"{name}: {options.kills} kills on {kind}, seed {options.seed}", flush=True)
            with (
                tempfile.TemporaryDirectory(prefix="partner-center-siege-") as var,
                database.copy_of(database.template()) as copy,
                database.standing_on(copy),
            ):
                held &= siege(options.kills, Path(var), options.seed)
    return 0 if held else 1


def _buyers(kills: int, var: Path, seed: int) -> bool:
    """A server under load."""
    from tests.torture.siege import besiege

    report = besiege(kills, var=var, seed=seed, told=_progress())
    _tell(report, report.faults)
    if report.faults:
        print("The server's last words:", (var / "server.log").read_text()[-4000:], sep="\n")
    return not report.faults and report.paid > 0


def _months(kills: int, var: Path, seed: int) -> bool:
    """Importer, bill run and posting."""
    from tests.torture.months import besiege

    report = besiege(kills, var=var, seed=seed, told=_progress())
    _tell(report, report.faults)
    return not report.faults and report.killed == kills


def _progress() -> Callable[[int], None]:
    """Says every tenth kill or so."""
    said = 0

    def told(kills: int) -> None:
        nonlocal said
        if kills >= said + 10:
            said = kills
            print(f"  {kills} kills, {time.strftime('%H:%M:%S')}", flush=True)

    return told


def _tell(report: object, faults: list[str]) -> None:
    print(report)
    for fault in faults[:50]:
        print(f"  {fault}")


if __name__ == "__main__":
    sys.exit(main())
