"""What happens by itself: scheduled jobs with their slots, and drains that empty rows which wait.

list   every job with its rhythm, its last slot and its next, and every drain with what waits
run    run once what is due now, and say what ran
work   go on doing that about every second until SIGTERM (`serve` starts one such process)"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import threading

SUMMARY = "list, run once, or keep running what happens by itself"
PAUSE = 1.0
"""Seconds between two turns."""

log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("list", "run", "work"))
    parser.add_argument("--parent", type=int, help="work: end when this process has ended")


def run(options: argparse.Namespace) -> int:
    import django

    django.setup()
    match options.what:
        case "list":
            return _list()
        case "run":
            return _run_once()
        case _:
            return _work(options.parent)


def _list() -> int:
    from partner_center.foundation.jobs import DRAINS, JOBS
    from partner_center.foundation.models import JobRun
    from partner_center.kernel import clock

    now = clock.now()
    print(f"The installation's clock shows {now:%Y-%m-%d %H:%M:%S} UTC.\n")
    for job in sorted(JOBS.values(), key=lambda one: one.name):
        last = JobRun.objects.filter(job=job.name).order_by("-moment").first()
        print(f"{job.name}: {job.summary}")
        print(
            f"    next {job.rhythm.next_after(now).moment:%Y-%m-%d %H:%M}, last {last.slot if last else 'never'}"
        )
    for drain in sorted(DRAINS.values(), key=lambda one: one.name):
        due = drain.due()
        print(f"{drain.name}: {drain.summary}")
        print(f"    {f'waits for {due:%Y-%m-%d %H:%M:%S}' if due else 'nothing waits'}")
    return 0


def _run_once() -> int:
    from partner_center.foundation.jobs import run_due, worker_lease

    with worker_lease(wait=60) as held:
        if not held:
            print("Another worker is at it.")
            return 1
        tally = run_due()
    for row in tally.rows():
        print(f"{row['name']}: {row['slots']} run, {row['failures']} failed")
    return 1 if tally.failures else 0


def _work(parent: int | None) -> int:
    from django.db import close_old_connections, connections

    from partner_center.foundation.jobs import run_due, worker_lease

    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())

    while not stopping.is_set() and (parent is None or os.getppid() == parent):
        try:
            close_old_connections()
            with worker_lease(wait=0) as held:
                if held:
                    run_due()
        except Exception:  # the database may be away for a while: the next turn tries again
            log.exception("a turn of the jobs failed")
            connections.close_all()
            stopping.wait(5)
        stopping.wait(PAUSE)
    connections.close_all()
    return 0
