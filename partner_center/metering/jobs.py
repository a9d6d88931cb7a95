"""Work of the room that happens by itself."""

from __future__ import annotations

from partner_center.foundation.actor import Actor
from partner_center.foundation.errors import WrongState
from partner_center.foundation.jobs import Slot, drain, job
from partner_center.kernel import clock
from partner_center.metering.actions.packages import move_package_on
from partner_center.metering.intake.sweeping import sweep
from partner_center.metering.queries.packages import due_moves, next_move

PER_TURN = 100


@drain("metering.move_packages", due=next_move)
def move_packages() -> dict[str, int]:
    """Packages take effect, are filled again by a new cycle, and expire, each at its moment."""
    actor = Actor.system("metering.move_packages")
    moved = 0
    for package in due_moves(clock.now(), PER_TURN):
        try:
            move_package_on(actor, package=package)
            moved += 1
        except WrongState:
            continue  # it was given back in between
    return {"moved": moved}


@job("metering.sweep", every="day at 04:20 Asia/Shanghai", catch_up=False)
def sweep_leftovers(slot: Slot) -> dict[str, int]:
    """Remove files of usage batches that were never finished."""
    return {"removed": sweep(Actor.system("metering.sweep"))}
