"""A month that is killed: the importer, the bill run and its posting, by SIGKILL at random moments, now and then two at
once. Killed as often as it may be and then finished, the month ends as one that nobody disturbed: the same records,
the same lines, the same fees and ledger entries, the same files, to the byte where bytes can be the same.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections

from tests import database
from tests.torture import quiet, usage

STAGES = ("import", "run", "post")
REFUSED = 3
"""The exit status of a process that was told that another is at it."""
CHANCE_OF_A_RIVAL = 0.25
PATIENCE = 60.0


@dataclass(slots=True)
class Report:
    """What happened: kills by stage, how many months were lived through, and what was not as it should be."""

    kills: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STAGES, 0))
    months: int = 0
    rivals: int = 0
    rows: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def killed(self) -> int:
        return sum(self.kills.values())

    def __str__(self) -> str:
        each = ", ".join(f"{count} of {stage}" for stage, count in self.kills.items())
        return (
            f"{self.killed} kills ({each}), {self.rivals} with a rival, {self.months} months of {self.rows} rows,"
            f" {len(self.faults)} faults"
        )


def besiege(kills: int, *, var: Path, seed: int = 1, told: Callable[[int], None] = quiet) -> Report:
    """Kill `kills` times, on copies of the database that Django's connection leads to."""
    chance, report = random.Random(seed), Report()
    base, deliveries = str(connections.settings["default"]["NAME"]), var / "deliveries"
    with _standing(base, var / "found"):
        _demand(_apart(lambda: usage.found(deliveries), var), "founding the month", var)
    took, expected = _undisturbed(base, deliveries, var / "undisturbed")
    report.rows = sum(len(rows) for rows in expected.values())
    report.faults += [f"undisturbed: {one}" for one in usage.shortcomings(expected)]
    while report.killed < kills and report.months < 3 * kills:
        report.months += 1
        month = var / f"month-{report.months}"
        with database.copy_of(base) as name, _standing(name, month):
            for place, stage in enumerate(STAGES, start=1):
                # each later stage of this month has one kill at least
                left = kills - report.killed - (len(STAGES) - place)
                wanted = min(chance.randint(2, 4), left)
                _disturb(stage, wanted, took[stage], deliveries, month, chance, report)
                _finish(stage, deliveries, month)
            found = _told(month)
        shutil.rmtree(month)
        report.faults += [f"month {report.months}: {one}" for one in _differences(expected, found)]
        told(report.killed)
    return report


def _undisturbed(base: str, deliveries: Path, var: Path) -> tuple[dict[str, float], dict[str, list[Any]]]:
    """How long each stage takes by itself, and what the month then holds."""
    took = {}
    with database.copy_of(base) as name, _standing(name, var):
        for stage in STAGES:
            began = time.monotonic()
            _finish(stage, deliveries, var)
            took[stage] = time.monotonic() - began
            if stage == "run":
                usage.learn_the_rating()
        return took, _told(var)


def _disturb(
    stage: str, kills: int, took: float, deliveries: Path, var: Path, chance: random.Random, report: Report
) -> None:
    """Begin the stage and kill it, until it was killed `kills` times or came to its end before."""
    for _attempt in range(kills):
        rival = chance.random() < CHANCE_OF_A_RIVAL
        children = [_child(lambda: usage.WORK[stage](deliveries), var) for _ in range(1 + rival)]
        time.sleep(chance.uniform(0, took * chance.choice((0.3, 0.6, 1.0))))
        for child in children:
            os.kill(child, signal.SIGKILL)
        ends = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        if -signal.SIGKILL in ends:
            report.kills[stage] += 1
            report.rivals += rival
        if 0 in ends:
            return
        for end in set(ends) - {-signal.SIGKILL, 0, REFUSED}:
            report.faults.append(f"{stage} ended with {end}:\n{_last_words(var)}")


def _finish(stage: str, deliveries: Path, var: Path) -> None:
    """Let the stage come to its end; what a killed process held is given up by itself after a moment."""
    until = time.monotonic() + PATIENCE
    while (end := _apart(lambda: usage.WORK[stage](deliveries), var)) == REFUSED:
        assert time.monotonic() < until, f"{stage} is refused for ever:\n{_last_words(var)}"
        time.sleep(0.1)
    assert end == 0, f"{stage} ended with {end}:\n{_last_words(var)}"


def _told(var: Path) -> dict[str, list[Any]]:
    """What the month holds, as a process that looks at it from outside tells."""
    answer = var / "told.json"
    _demand(_apart(lambda: answer.write_text(json.dumps(usage.told(), default=str)), var), "looking", var)
    found: dict[str, list[Any]] = json.loads(answer.read_text())
    return found


def _differences(expected: dict[str, list[Any]], found: dict[str, list[Any]]) -> Iterator[str]:
    for name in sorted(expected.keys() | found.keys()):
        before, after = ({json.dumps(row) for row in which.get(name, [])} for which in (expected, found))
        if len(expected.get(name, [])) != len(found.get(name, [])):
            yield f"{name}: {len(expected.get(name, []))} rows are {len(found.get(name, []))}"
        for row in sorted(before - after)[:3]:
            yield f"{name}: lost {row[:400]}"
        for row in sorted(after - before)[:3]:
            yield f"{name}: new {row[:400]}"


@contextmanager
def _standing(name: str, var: Path) -> Iterator[None]:
    """Stand on this database, with a store of its own, and hold no connection while others work on it."""
    var.mkdir(parents=True, exist_ok=True)
    before = settings.PARTNER_CENTER_STORE, settings.VAR
    settings.PARTNER_CENTER_STORE, settings.VAR = str(var / "store"), var
    try:
        with database.standing_on(name):
            _let_go()
            yield
            _let_go()
    finally:
        settings.PARTNER_CENTER_STORE, settings.VAR = before


def _apart(work: Callable[[], object], var: Path) -> int:
    """Do the work in a process of its own; its exit status."""
    return os.waitstatus_to_exitcode(os.waitpid(_child(work, var), 0)[1])


def _child(work: Callable[[], object], var: Path) -> int:
    """Fork, so that a kill meets the work and not the start of a program."""
    _let_go()
    child = os.fork()
    if child:
        return child
    try:
        with (var / "words.log").open("a") as log:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
            try:
                work()
                _let_go()
            except usage.REFUSALS as refusal:
                print(f"{type(refusal).__name__}: {refusal}", file=sys.stderr)
                os._exit(REFUSED)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            sys.stdout.flush()
            sys.stderr.flush()
    finally:
        os._exit(0)


def _demand(status: int, what: str, var: Path) -> None:
    assert status == 0, f"{what} ended with {status}:\n{_last_words(var)}"


def _last_words(var: Path) -> str:
    log = var / "words.log"
    return log.read_text()[-3000:] if log.exists() else ""


def _let_go() -> None:
    """No connection is shared with a child."""
    connections.close_all()
    if database.is_postgresql():
        connection.close_pool()  # type: ignore[attr-defined]
