"""The built-in platform: whatever is ordered is there at once."""

from __future__ import annotations

from partner_center.orders.fulfilment.platform import Answer, Outcome, Task

FAILS = "fail-"
"""A resource whose name begins so cannot be created: the way to see a failed delivery in a sandbox."""


class Simulator:
    """Does everything at once. New resources get their ids from this installation."""

    def carry_out(self, task: Task) -> Answer:
        if task.deed == "create" and any(line["resource_name"].startswith(FAILS) for line in task.lines):
            return Answer(Outcome.REFUSED, reason="The simulator was asked to fail.")
        return Answer(Outcome.DONE)
