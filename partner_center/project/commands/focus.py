"""Bills of any cloud, as FOCUS 1.0 files: checked against the rating, or taken in as price book and usage.

focus check FILE [--json]    rates every line with the production engine in a folder of its own, thrown away after,
                             and compares it, unrounded, with the provider's ListCost
                             Equal means: to the last place the provider states. Every line that differs is named
                             with the reason; the exit status is 0 when the file could be checked
focus load FILE --customer ID
                             enters its prices, resources and usage into the database as of its own time, so that
                             its months can be rated here; negative lines and lines without a price go to the
                             quarantine. --customer SUBACCOUNT=ID, repeated, where there are several"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

SUMMARY = "check the rating against a FOCUS 1.0 file, or take one in as price book and usage"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(title="deeds", metavar="DEED", required=True, dest="deed")
    check = deeds.add_parser("check", help="rate the file and compare line by line")
    check.add_argument("file", type=Path, metavar="FILE", help="CSV or Parquet")
    check.add_argument("--json", action="store_true", help="the report as one JSON object")
    load = deeds.add_parser("load", help="take it in as price book, resources and usage")
    load.add_argument("file", type=Path, metavar="FILE", help="CSV or Parquet")
    load.add_argument(
        "--customer", action="append", required=True, metavar="[SUBACCOUNT=]ID", help="whose use it is"
    )


def run(options: argparse.Namespace) -> int:
    import django

    django.setup()
    from partner_center.kernel.errors import DomainError

    try:
        return _load(options) if options.deed == "load" else _check(options)
    except DomainError as refusal:
        print(refusal, file=sys.stderr)
        return 2


def _load(options: argparse.Namespace) -> int:
    from partner_center.foundation.actor import Actor
    from partner_center.metering.intake.focus_load import load_focus

    pairs = [given.rpartition("=")[::2] for given in options.customer]
    batch = load_focus(Actor.system("partner-center focus load"), options.file, dict(pairs))
    print(f"{batch.accepted} lines accepted, {batch.rejected} rejected; batch {batch.batch_id}")
    return 0


def _check(options: argparse.Namespace) -> int:
    from partner_center.metering.intake.focus_check import check_focus

    with tempfile.TemporaryDirectory(prefix="partner-center-focus-") as scratch:
        found = check_focus(options.file, Path(scratch))
    if options.json:
        print(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
        return 0
    for one in found.differences:
        print(f"line {one.line}: {one.reason}")
    print(
        f"{found.equal} lines are equal ({found.to_the_digit} to the last digit, the others to the last place that"
        f" their provider states), {len(found.differences)} differ."
    )
    return 0
