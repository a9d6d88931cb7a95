"""A batch that is killed between any two of its steps is finished by sending it again: nothing lost, nothing twice."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from partner_center.catalogue.makers import make_product
from partner_center.customers.makers import make_customer
from partner_center.foundation.models import TrailEntry
from partner_center.kernel import clock
from partner_center.metering.intake.calls import delivery_of_call, resubmit
from partner_center.metering.intake.receiving import receive
from partner_center.metering.intake.sweeping import sweep
from partner_center.metering.models import (
    MeteredTime,
    PendingFile,
    QuarantinedRecord,
    QuarantineState,
    UsageBatch,
    UsageFile,
)
from partner_center.metering.tests.conftest import BOUGHT, LATER
from partner_center.metering.tests.living import OPERATOR, counted, usage_of
from partner_center.partners.makers import make_solution_provider
from partner_center.subscriptions.makers import make_on_demand
from partner_center.subscriptions.models import OnDemandResource

KILLED = 9


def die_at(step: int, work: Callable[[], Any]) -> bool:
    """Do `work` in a process of its own that is gone, without any clean-up, before its `step`-th statement, sync of
    a file or renaming. True when it came so far."""
    _let_go()
    child = os.fork()
    if child:
        _pid, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) in (0, KILLED), "the work failed by itself"
        return os.waitstatus_to_exitcode(status) == KILLED
    try:
        steps = iter(range(10_000))

        def count() -> None:
            if next(steps) == step:
                os._exit(KILLED)

        def counted_first(name: str) -> None:
            real = getattr(os, name)
            setattr(os, name, lambda *given: (count(), real(*given))[1])

        for name in ("fsync", "replace"):
            counted_first(name)
        with connection.execute_wrapper(lambda run, *given: (count(), run(*given))[1]):
            work()
        os._exit(0)
    except BaseException:
        os._exit(1)


def _let_go() -> None:
    """No connection is shared with a child."""
    connections.close_all()
    if connection.vendor == "postgresql":
        connection.close_pool()


def hour(vm: OnDemandResource, month: int, step: int, **other: Any) -> dict[str, Any]:
    """An hour of use in January or February, another one for each step."""
    begin = datetime(2024, month, 2, tzinfo=UTC) + timedelta(hours=step)
    return usage_of(vm, begin.isoformat(), (begin + timedelta(hours=1)).isoformat(), **other)


@pytest.fixture
def committed_vm(real_db: None, store: Path) -> OnDemandResource:
    """A server in a database where things are committed."""
    with clock.at(BOUGHT):
        return make_on_demand(make_customer(make_solution_provider()), make_product(begins_at=BOUGHT))


def test_a_batch_killed_at_any_step_is_finished_by_sending_it_again(committed_vm, store):
    vm = committed_vm

    def send(step: int) -> UsageBatch:
        records = [
            hour(vm, 1, step),
            hour(vm, 2, step),
            hour(vm, 1, step),
            hour(vm, 1, step, usage_type="typo"),
        ]
        with clock.at(LATER):
            return receive(OPERATOR, delivery_of_call(f"batch-{step}", records))

    def sent_again(step: int) -> UsageBatch:
        typo = QuarantinedRecord.objects.select_related("batch").get(
            batch__batch_id=f"batch-{step}", code="USAGE.UNKNOWN_USAGE_TYPE"
        )
        if typo.state is QuarantineState.WAITING:
            fresh = hour(vm, 2, 400 + step)
            with clock.at(LATER):
                resubmit(OPERATOR, [typo], {typo.pk: fresh})
        typo.refresh_from_db()
        assert typo.resubmitted_in is not None
        return typo.resubmitted_in

    steps = 0
    while die_at(steps, partial(send, steps)):
        batch = send(steps)
        assert (batch.accepted, batch.rejected) == (2, 2)
        assert [one.code for one in batch.quarantined.order_by("index")] == [
            "USAGE.OVERLAP",
            "USAGE.UNKNOWN_USAGE_TYPE",
        ]
        steps += 1
    assert steps > 15, "the killing reaches every statement"

    again, killed = 0, True
    while killed:
        killed = die_at(3 * again, partial(sent_again, again))
        assert sent_again(again).accepted == 1
        again += 1
    assert again > 10

    records = [(row["batch"], row["position"]) for row in counted()]
    assert len(records) == len(set(records)) == 2 * (steps + 1) + again
    assert {batch for batch, _position in records} == set(UsageBatch.objects.values_list("pk", flat=True))
    assert TrailEntry.objects.filter(verb="usagebatch.close").count() == steps + 1 + again
    january, february = hour(vm, 1, 0)["begin_time"], hour(vm, 2, 0)["begin_time"]
    begun = [int(datetime.fromisoformat(one).timestamp()) for one in (january, february)]
    (metered,) = MeteredTime.objects.all()
    assert metered.spans == [
        begun[0],
        begun[0] + 3600 * (steps + 1),
        begun[1],
        begun[1] + 3600 * (steps + 1),
        begun[1] + 3600 * 400,
        begun[1] + 3600 * (400 + again),
    ]

    left = PendingFile.objects.count()
    assert left > 10, "killed attempts leave files"
    with clock.at(LATER + timedelta(days=2)):
        for step in range(9):
            assert die_at(step, partial(sweep, OPERATOR))
        sweep(OPERATOR)
    assert not PendingFile.objects.exists()
    assert {str(path.relative_to(store)) for path in store.rglob("*.parquet")} == set(
        UsageFile.objects.values_list("path", flat=True)
    )
    assert not list(store.rglob(".*.parquet.*")), "nor half a file"


def at_once(works: list[Callable[[], Any]]) -> list[Any]:
    """What each returns, all begun at the same moment, each with a connection of its own."""
    start = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        start.wait()
        try:
            with clock.at(LATER):
                return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(run, works))


def test_the_same_batch_and_the_same_usage_at_once_count_once(committed_vm):
    def taken(batch_id: str) -> int:
        records = [hour(committed_vm, 1, 0), hour(committed_vm, 1, 1)]
        return receive(OPERATOR, delivery_of_call(batch_id, records)).accepted

    assert at_once([partial(taken, "one")] * 3) == [2, 2, 2]
    assert UsageBatch.objects.count() == 1 and len(counted()) == 2

    def more(batch_id: str) -> int:
        return receive(OPERATOR, delivery_of_call(batch_id, [hour(committed_vm, 1, 2)])).accepted

    assert sorted(at_once([partial(more, f"rival-{n}") for n in range(3)])) == [0, 0, 1]
    assert len(counted()) == 3 and not PendingFile.objects.exists()
