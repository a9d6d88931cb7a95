"""Check the rating against real bills: a FOCUS 1.0 file of any cloud is taken as price book and usage.

  focus check FILE [--json]    rates every line with the production engine in a folder of its own, thrown away after,
                               and compares it, unrounded, with the provider's ListCost

Equal means: to the last place the provider states. Every line that differs is named with the reason. The exit status
is 0 when the file could be checked, whatever was found."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

SUMMARY = "rate a FOCUS 1.0 file and compare it with the provider's own ListCost"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(title="deeds", metavar="DEED", required=True, dest="deed")
    check = deeds.add_parser("check", help="rate the file and compare line by line")
    check.add_argument("file", type=Path, metavar="FILE", help="CSV or Parquet")
    check.add_argument("--json", action="store_true", help="the report as one JSON object")


def run(options: argparse.Namespace) -> int:
    import django

    django.setup()
    from partner_center.kernel.errors import DomainError
    from partner_center.metering.intake.focus_check import check_focus

    try:
        with tempfile.TemporaryDirectory(prefix="partner-center-focus-") as scratch:
            found = check_focus(options.file, Path(scratch))
    except DomainError as refusal:
        print(refusal, file=sys.stderr)
        return 2
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
