"""Bill a month: freeze what it reads, rate it, check it, and post it.

  bill-run MONTH                 open the run of a month such as 2026-03, or go on with it, up to its checks
  bill-run MONTH --post          and post it when they hold
  bill-run MONTH --abandon WHY   give up a run of which nothing is posted
  bill-run                       the runs so far

A run that was killed goes on where it stopped when the command is given again. What moved since last month stands
below the checks; --json prints everything. The exit status is 1 where a check does not hold or the run was refused."""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from partner_center.billing.models import BillRun
    from partner_center.foundation.actor import Actor

SUMMARY = "bill a month: snapshot, rating, checks, posting"
WIDTH = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("month", nargs="?", metavar="MONTH", help="YYYY-MM; none lists the runs")
    parser.add_argument("--post", action="store_true", help="post the run when its checks hold")
    parser.add_argument("--abandon", metavar="WHY", help="give the unfinished run up")
    parser.add_argument("--json", action="store_true", help="the run as one JSON object")


def run(options: argparse.Namespace) -> int:
    import django

    django.setup()
    from partner_center.billing.errors import RunBusy
    from partner_center.foundation.actor import Actor
    from partner_center.kernel.errors import DomainError

    actor = Actor.system("partner-center bill-run")
    if options.month is None:
        _list()
        return 0
    try:
        found = _abandoned(actor, options) if options.abandon else _done(actor, options)
    except RunBusy as refusal:
        print(f"{refusal} Its state is shown by `partner-center bill-run`.", file=sys.stderr)
        return 1
    except DomainError as refusal:
        _clear()
        print(refusal, file=sys.stderr)
        return 1
    finally:
        _clear()
    print(json.dumps(_facts(found), ensure_ascii=False, indent=2) if options.json else _words(found))
    return 0


def _done(actor: Actor, options: argparse.Namespace) -> BillRun:
    from partner_center.billing.models import BillRun, BillRunState
    from partner_center.billing.runs.actions import open_run, post_run
    from partner_center.billing.runs.working import carry_on

    found = BillRun.objects.filter(month=options.month).unfinished().first()
    if found is None:
        found = open_run(actor, month=options.month)
    bar = _Bar(str(found))
    found = carry_on(actor, found, tell=bar)
    if options.post and found.state is BillRunState.CHECKED:
        post_run(actor, run=found)
        found = carry_on(actor, found, tell=bar)
    return found


def _abandoned(actor: Actor, options: argparse.Namespace) -> BillRun:
    from partner_center.billing.errors import RunNotFound
    from partner_center.billing.models import BillRun
    from partner_center.billing.runs.actions import abandon_run

    found: BillRun | None = BillRun.objects.filter(month=options.month).unfinished().first()
    if found is None:
        raise RunNotFound(run=options.month)
    abandon_run(actor, run=found, reason=options.abandon)
    return found


def _list() -> None:
    from partner_center.billing.models import BillRun

    for one in BillRun.objects.order_by("month", "number"):
        parked = one.parked.undecided().count()
        waiting = f", {parked} parked await a decision" if parked else ""
        trouble = f": {one.trouble}" if one.trouble else ""
        print(f"{one!s:12} {one.state.value}{waiting}{trouble}")


def _facts(found: BillRun) -> dict[str, Any]:
    return {
        "id": str(found.pk),
        "bill_cycle": found.month,
        "number": found.number,
        "status": found.state.value,
        "checks": found.checks,
        "parked": [
            {"customer_id": one.customer_id, "reason": one.reason, "amount_at_stake": str(one.at_stake)}
            for one in found.parked.all()
        ],
        "comparison": found.comparison,
    }


def _words(found: BillRun) -> str:
    said = [f"Bill run {found}: {found.state.value}"]
    said += [f"  {'ok  ' if one['ok'] else 'FAIL'} {one['name']}: {one['detail']}" for one in found.checks]
    said += [
        f"  parked {one.customer_id}: {one.reason}, {one.at_stake} at stake, {one.state.value}"
        for one in found.parked.all()
    ]
    moved = found.comparison.get("month", {})
    for row in moved.get("totals", ()):
        said.append(f"  {row['currency']}: {_cents(row['before'])} last month, {_cents(row['after'])} now")
    for name in ("customers", "services"):
        for row in moved.get(name, ())[:3]:
            of = row.get("customer_id") or f"{row['service_type']} {row['region']}"
            said.append(f"    {of}: {_cents(row['before'])} → {_cents(row['after'])} {row['currency']}")
    return "\n".join(said)


def _cents(minor: int) -> str:
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100}.{abs(minor) % 100:02d}"


class _Bar:
    """What is being done, on a terminal; silence elsewhere."""

    def __init__(self, name: str) -> None:
        self._name, self._began = name, time.monotonic()

    def __call__(self, step: str, done: int, total: int) -> None:
        if not sys.stderr.isatty():
            return
        part = done / total if total else 0.0
        bar = "█" * round(part * WIDTH) + "·" * (WIDTH - round(part * WIDTH)) if total else ""
        passed = time.monotonic() - self._began
        print(f"\r\033[K{self._name} {step:9} {bar} {passed:5.0f} s", end="", file=sys.stderr, flush=True)


def _clear() -> None:
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)
