"""Bill runs from the snapshot to the posting, and what stops them."""

from __future__ import annotations

import errno
import os
import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.db import connections

from partner_center.billing.errors import (
    ChecksFailed,
    EarlierMonthOpen,
    MonthInvalid,
    MonthPosted,
    ReasonMissing,
    RunBusy,
    RunFilesCorrupt,
    RunFilesUnavailable,
    RunInProgress,
    RunMovedOn,
)
from partner_center.billing.models import (
    BillRun,
    BillRunState,
    CustomerRating,
    FeeRecord,
    ParkedState,
    RatedFile,
    RatingState,
)
from partner_center.billing.runs import checking, folders, plainly, rated, schedule, working
from partner_center.billing.runs.actions import (
    abandon_run,
    open_run,
    post_run,
    resume_run,
)
from partner_center.billing.runs.deciding import retry_parked, waive_parked
from partner_center.billing.runs.folders import RunFolder
from partner_center.billing.runs.queries import lease_of, rating_of
from partner_center.billing.runs.working import carry_on
from partner_center.billing.tests.running import OPERATOR, House, beijing, deliver, make_house, publish
from partner_center.foundation.jobs import Slot, lease_is_held
from partner_center.foundation.models import WorkerLease
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.metering.models import UsageFile
from partner_center.metering.store import Store
from partner_center.pricing.makers import make_discount
from partner_center.subscriptions.makers import make_lease

NIGHT = beijing(2026, 4, 3, 2)
MARCH = "2026-03"


@pytest.fixture
def house(db, tmp_path, settings) -> House:
    return march(make_house(tmp_path, settings), settings)


@pytest.fixture
def real_house(real_db, tmp_path, settings) -> House:
    return march(make_house(tmp_path, settings), settings)


def march(house: House, settings: Any) -> House:
    """Everybody has used ten hours on each of three days of March; rated by the reference, which needs no start."""
    settings.PARTNER_CENTER_RATING_ENGINE = rated.PLAIN
    days = [beijing(2026, 3, day, 8) for day in (2, 10, 20)]
    with clock.at(beijing(2026, 3, 25)):
        deliver([house.use(one, day, 10) for one in house.customers for day in days])
    return house


def billed(month: str = MARCH, **more: Any) -> BillRun:
    return carry_on(OPERATOR, open_run(OPERATOR, month=month, posts_itself=True, **more))


def charges(month: str = MARCH) -> dict[str, int]:
    """What each customer's fee records of the month come to, in cents."""
    sums: dict[str, int] = {}
    for row in FeeRecord.objects.filter(month=month):
        sums[row.customer_id] = sums.get(row.customer_id, 0) + row.consume.minor
    return sums


def files_of(run: BillRun) -> dict[str, str]:
    folder = RunFolder(run.folder)
    return {
        f"{part.name}/{one.relative_to(part)}": folders.digest_of(one)
        for part in (folder.incoming, folder.outgoing)
        for one in part.rglob("*")
        if one.is_file()
    }


def test_a_month_is_frozen_rated_checked_and_posted(house, settings):
    settings.PARTNER_CENTER_RATING_ENGINE = "duckdb"
    with clock.at(beijing(2026, 3, 5)):
        publish(house.server, "0.40", begins_at=beijing(2026, 3, 15))
        make_discount(house.lin, ratio="0.9", begins_at=beijing(2026, 3, 6))
    seen: list[tuple[str, int, int]] = []
    with clock.at(NIGHT):
        run = open_run(OPERATOR, month=MARCH)
        carry_on(OPERATOR, run, tell=lambda step, done, total: seen.append((step, done, total)))

        assert run.state is BillRunState.CHECKED
        assert not charges(), "nothing is posted before somebody has looked"
        assert [one["name"] for one in run.checks if not one["ok"]] == []
        assert run.comparison["month"]["totals"] == [{"currency": "CNY", "before": 0, "after": 2340}]

        post_run(OPERATOR, run=run)
        carry_on(OPERATOR, run, tell=lambda step, done, total: seen.append((step, done, total)))

    assert run.state is BillRunState.POSTED
    assert charges() == {
        house.lin.pk: 200 + 180 + 360,
        house.mei.pk: 800,
        house.solo.pk: 800,
    }
    assert [step for step, done, _total in seen if not done] == ["snapshot", "rate", "check", "post"]
    assert seen[-1] == ("post", 3, 3)
    pointer = CustomerRating.objects.get(customer=house.lin, month=MARCH)
    assert (pointer.rows, pointer.official.minor, pointer.payable.minor) == (3, 800, 740)
    assert pointer.file is not None and Store.configured().exists(pointer.file.path)
    assert run.checks[-1]["name"] == "ledger" and run.checks[-1]["ok"]
    with clock.at(NIGHT), pytest.raises(MonthPosted):
        open_run(OPERATOR, month=MARCH)


def test_months_that_cannot_be_billed_are_refused(house):
    with clock.at(beijing(2026, 5, 3)):
        for month in ("2026-06", "2026-13", "march", ""):
            with pytest.raises(MonthInvalid):
                open_run(OPERATOR, month=month)
        with pytest.raises(EarlierMonthOpen):
            open_run(OPERATOR, month="2026-04")
    assert not BillRun.objects.exists()


def test_the_same_snapshot_gives_the_same_bytes_and_the_engine_the_same_lines(house):
    with clock.at(NIGHT):
        run = carry_on(OPERATOR, open_run(OPERATOR, month=MARCH))
    first = files_of(run)
    folder = RunFolder(run.folder)
    rated.rate_folder(folder, name="again")
    assert files_of(run) == first

    import pyarrow.parquet as pq

    lines = pq.read_table(folder.came_out("lines")).to_pylist()
    groups = pq.read_table(folder.came_out("groups")).to_pylist()
    rated.rate(folder.incoming, folder.outgoing.with_name("engine"), engine="duckdb")
    engine = folder.outgoing.with_name("engine")
    assert pq.read_table(engine / "lines").to_pylist() == lines
    assert _sorted(pq.read_table(engine / "groups").to_pylist()) == _sorted(groups)


def _sorted(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: row["customer_id"])


def test_usage_without_a_price_parks_its_customer_and_the_others_go_on(house):
    with clock.at(beijing(2026, 3, 15)):
        disk = house.add_disk(house.mei)
        deliver([house.use(house.mei, beijing(2026, 3, 14, 8), 5, of=disk)])
    with clock.at(NIGHT):
        run = billed()

        assert run.state is BillRunState.POSTED
        assert set(charges()) == {house.lin.pk, house.solo.pk}
        parked = run.parked.get()
        assert (parked.customer_id, parked.reason, parked.state) == (
            house.mei.pk,
            "unrated",
            ParkedState.PARKED,
        )
        assert parked.detail["records"] == {"no_price": 1}
        assert parked.at_stake == Money(600 + 5 * 40, "CNY"), "6.00 rated, 5 h of 40 GB at 0.01 not"
        assert not CustomerRating.objects.filter(customer=house.mei).exists()
        assert schedule.next_supplement() is None, "it waits for a decision"

        with pytest.raises(ReasonMissing):
            waive_parked(OPERATOR, parked=parked, reason=" ")
        waive_parked(OPERATOR, parked=parked, reason="A gift of the house")
        schedule.open_supplements()
        schedule.carry_runs_on()

    parked.refresh_from_db()
    supplement = BillRun.objects.get(is_supplement=True)
    assert (supplement.state, parked.state) == (BillRunState.POSTED, ParkedState.BILLED)
    assert charges()[house.mei.pk] == 600
    assert CustomerRating.objects.get(customer=house.mei).rows == 3


def test_a_parked_customer_is_billed_again_once_its_cause_is_mended(house):
    with clock.at(beijing(2026, 3, 15)):
        disk = house.add_disk(house.mei)
        deliver([house.use(house.mei, beijing(2026, 3, 14, 8), 5, of=disk)])
    with clock.at(NIGHT):
        run = carry_on(OPERATOR, open_run(OPERATOR, month=MARCH))
        retry_parked(OPERATOR, parked=run.parked.get())
        post_run(OPERATOR, run=run)
        carry_on(OPERATOR, run)
        assert house.mei.pk not in charges(), "decided before the posting, billed after it"
        schedule.open_supplements()
        schedule.carry_runs_on()
        again = BillRun.objects.get(number=2).parked.get()
        assert again.state is ParkedState.PARKED, "nothing had been mended"
        assert run.parked.get().state is ParkedState.SUPERSEDED

    with clock.at(beijing(2026, 3, 1)):
        publish(disk.product, "0.01", begins_at=beijing(2026, 3, 2))
    with clock.at(NIGHT):
        retry_parked(OPERATOR, parked=again)
        schedule.open_supplements()
        schedule.carry_runs_on()
    again.refresh_from_db()
    assert again.state is ParkedState.BILLED
    assert charges()[house.mei.pk] == 600 + 200


def test_a_lease_without_a_bill_line_parks_its_customer(house):
    with clock.at(beijing(2026, 3, 10, 12)):
        make_lease(house.lin, house.server, amount="100.00")
    with clock.at(NIGHT):
        run = billed()
    parked = run.parked.get()
    assert (parked.customer_id, parked.reason) == (house.lin.pk, "days")
    assert parked.detail["days"] == {"period without a bill line": 22}
    days = next(one for one in run.checks if one["name"] == "subscription days")
    assert days["facts"] == {
        "billed": 9,
        "no usage reported": 3 * 31 - 9,
        "period without a bill line": 22,
    }


BREAKS = (
    (working, "freeze_run"),
    (working, "rate_run"),
    (working, "note_checks"),
    (working, "check_run"),
    (working, "post_run"),
    (working, "post_rating"),
    (rated, "point_to"),
    (rated, "write_consumption"),
    (working, "finish_posting"),
)


class Killed(BaseException):
    pass


def dying(step: Callable[..., Any]) -> Callable[..., Any]:
    """The step, whose process is killed just before it the first time, and just behind it the second."""
    turns = iter(("before", "behind"))

    def run(*args: Any, **facts: Any) -> Any:
        turn = next(turns, "")
        if turn == "before":
            raise Killed
        done = step(*args, **facts)
        if turn == "behind":
            raise Killed
        return done

    return run


def test_a_run_that_is_killed_at_every_step_goes_on_and_ends_the_same(house, monkeypatch):
    for owner, name in BREAKS:
        monkeypatch.setattr(owner, name, dying(getattr(owner, name)))
    deaths = 0
    with clock.at(NIGHT):
        run = open_run(OPERATOR, month=MARCH, posts_itself=True)
        while run.state is not BillRunState.POSTED:
            run = BillRun.objects.get(pk=run.pk)
            try:
                run = carry_on(OPERATOR, run)
            except Killed:
                deaths += 1
                assert deaths <= 2 * len(BREAKS), "it gets on"

    assert deaths == 2 * len(BREAKS)
    assert charges() == dict.fromkeys([one.pk for one in house.customers], 600)
    assert FeeRecord.objects.count() == 3
    assert CustomerRating.objects.filter(rating=rating_of(run), rows=3).count() == 3
    assert RatedFile.objects.count() == 1
    store = RunFolder(run.folder).incoming.parent
    assert sorted(one.name for one in store.iterdir()) == ["in", "out"], "nothing half made is left"


def test_a_corrupt_file_is_refused_and_nothing_is_half_done(house):
    path = Store.configured().local(UsageFile.objects.get().path)
    whole = path.read_bytes()
    with clock.at(NIGHT):
        path.write_bytes(whole[:60] + b"x" + whole[61:])
        run = open_run(OPERATOR, month=MARCH, posts_itself=True)
        with pytest.raises(RunFilesCorrupt):
            carry_on(OPERATOR, run)
        run.refresh_from_db()
        assert run.state is BillRunState.OPEN and path.name in run.trouble
        assert schedule.next_run() is None, "it waits until somebody has mended it"

        path.write_bytes(whole)
        resume_run(OPERATOR, run=run)
        run.posts_itself = False
        run.save(update_fields=["posts_itself"])
        carry_on(OPERATOR, run)
        post_run(OPERATOR, run=run)
        prices = RunFolder(run.folder).came_in("prices")
        prices.write_bytes(prices.read_bytes()[:-1] + b"?")
        carry_on(OPERATOR, run)
    assert charges()[house.lin.pk] == 600, "posting reads what was rated, which is whole"

    with pytest.raises(RunFilesCorrupt):
        checking.check_all(run, RunFolder(run.folder))


@pytest.mark.parametrize("where", ["snapshot", "rating"])
def test_a_full_disk_is_refused_and_nothing_is_half_done(house, monkeypatch, where):
    def full(*_args: Any, **_facts: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    owner, name = (folders, "digest_of") if where == "snapshot" else (plainly.plain, "rate")
    with clock.at(NIGHT):
        run = open_run(OPERATOR, month=MARCH)
        with monkeypatch.context() as broken:
            broken.setattr(owner, name, full)
            with pytest.raises(RunFilesUnavailable):
                carry_on(OPERATOR, run)
        run.refresh_from_db()
        assert "No space left" in run.trouble
        store = RunFolder(run.folder).incoming.parent
        assert [one.name for one in store.iterdir()] == ([] if where == "snapshot" else ["in"])
        assert carry_on(OPERATOR, run).state is BillRunState.CHECKED


def test_what_does_not_add_up_is_not_posted(house, monkeypatch):
    """A line that the rating lost: found from the other side, by its missing record."""
    honest = plainly.plain.rate

    def lossy(*args: Any) -> Any:
        found = honest(*args)
        found["lines"] = found["lines"][1:]
        return found

    monkeypatch.setattr(plainly.plain, "rate", lossy)
    with clock.at(NIGHT):
        run = open_run(OPERATOR, month=MARCH, posts_itself=True)
        with pytest.raises(ChecksFailed):
            carry_on(OPERATOR, run)
    run.refresh_from_db()
    assert run.state is BillRunState.RATED
    assert {one["name"] for one in run.checks if not one["ok"]} == {"records", "groups", "partners"}
    assert not charges()


def test_a_run_is_abandoned_before_anything_of_it_is_posted_and_another_says_what_differs(house):
    with clock.at(NIGHT):
        first = carry_on(OPERATOR, open_run(OPERATOR, month=MARCH))
        with pytest.raises(RunInProgress):
            open_run(OPERATOR, month=MARCH)
        with pytest.raises(ReasonMissing):
            abandon_run(OPERATOR, run=first, reason="")
        abandon_run(OPERATOR, run=first, reason="A discount was forgotten")
        assert first.ratings.get().state is RatingState.DISCARDED
        with clock.at(beijing(2026, 3, 1)):
            make_discount(house.lin, ratio="0.5")
        second = billed()
        with pytest.raises(RunMovedOn):
            abandon_run(OPERATOR, run=second, reason="too late")
    assert second.replaces == first
    moved = second.comparison["replaced"]["customers"]
    assert moved[0] == {"currency": "CNY", "customer_id": house.lin.pk, "before": 600, "after": 300}
    assert charges() == {house.lin.pk: 300, house.mei.pk: 600, house.solo.pk: 600}


def test_a_month_that_goes_on_is_billed_so_far_and_closed_later(house):
    with clock.at(beijing(2026, 3, 26)):
        so_far = billed()
        assert (so_far.state, so_far.closes) == (BillRunState.POSTED, False)
    with clock.at(beijing(2026, 3, 27)):
        deliver([house.use(house.lin, beijing(2026, 3, 26, 8), 5)])
    with clock.at(NIGHT):
        final = billed()
    assert (final.closes, final.replaces) == (True, so_far)
    assert charges()[house.lin.pk] == 700


def test_late_usage_goes_on_where_its_month_stopped(house):
    with clock.at(beijing(2026, 3, 1)):
        publish(house.server, "1", begins_at=beijing(2026, 3, 1, 1), steps=(("32", "1"), (None, "0.5")))
    with clock.at(NIGHT):
        billed()
    with clock.at(beijing(2026, 4, 10)):
        late = deliver([house.use(house.lin, beijing(2026, 3, 28, 8), 10)])
        assert late.late == 1
    with clock.at(beijing(2026, 5, 3, 2)):
        billed("2026-04")
    assert charges()[house.lin.pk] == 3000
    assert charges("2026-04") == {house.lin.pk: 2 * 100 + 8 * 50}, (
        "30 hours were charged in March, the step is at 32"
    )


def test_the_monthly_close_has_its_hours(house):
    closing = Slot("2026-04", NIGHT)
    with clock.at(NIGHT):
        assert schedule.close_month.run(closing)["state"] == "checked"
    with clock.at(NIGHT + timedelta(hours=6)):
        assert schedule.post_month.run(closing)["state"] == "posted"
        assert schedule.post_month.run(closing)["state"] == "posted", "twice is once"
    assert charges() == dict.fromkeys([one.pk for one in house.customers], 600)
    assert BillRun.objects.count() == 1


def test_who_works_on_a_run_is_alone(house):
    with clock.at(NIGHT):
        run = open_run(OPERATOR, month=MARCH)
        another_thread = f"{socket.gethostname()}/{os.getpid()}/1"
        until = clock.machine_now() + timedelta(minutes=5)
        lease = WorkerLease.objects.create(name=lease_of(run), holder=another_thread, until=until)
        assert schedule.next_run() is None
        with pytest.raises(RunBusy):
            carry_on(OPERATOR, run)
        lease.delete()
        assert schedule.next_run() == run.created_at
        assert carry_on(OPERATOR, run).state is BillRunState.CHECKED


def test_the_lease_of_long_work_is_extended(real_house, monkeypatch):
    monkeypatch.setattr(working, "EXTENDED_EVERY", 0.01)
    with clock.at(NIGHT):
        run = open_run(OPERATOR, month=MARCH)
    with working._alone(run):
        lease = WorkerLease.objects.filter(name=lease_of(run))
        lease.update(until=clock.machine_now() - timedelta(minutes=1))
        waited = Event()
        for _moment in range(500):
            if lease_is_held(lease_of(run)):
                break
            waited.wait(0.01)
        assert lease_is_held(lease_of(run))
    assert not lease.exists()


def test_of_two_runs_opened_at_once_one_is_refused(real_house):
    found: list[Any] = []
    start = threading.Barrier(2)

    def open_one() -> None:
        start.wait()
        try:
            with clock.at(NIGHT):
                found.append(open_run(OPERATOR, month=MARCH))
        except RunInProgress as refusal:
            found.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=open_one) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(type(one).__name__ for one in found) == ["BillRun", "RunInProgress"]
    assert BillRun.objects.count() == 1


def test_the_pure_rule_of_cover():
    from partner_center.billing.runs.completeness import Held, cover_of, moments

    first, second = Held(100, 200, 1, False), Held(200, 300, 0, False)
    assert cover_of(150, [first, second]) == "billed"
    assert cover_of(250, [first, second]) == "period without a bill line"
    assert cover_of(250, [first, Held(200, 300, 0, True)]) == "free of charge"
    assert cover_of(300, [first, second]) == "after expiry"
    assert cover_of(50, [first]) == "no period"
    assert cover_of(150, [first, Held(120, 160, 1, False)]) == "more than one bill line"
    day = 86_400
    whole = list(moments(-28_800, 2 * day - 28_800, 0, 10 * day))
    assert whole == [day - 28_800 - 2, 2 * day - 28_800 - 2]
    assert list(moments(0, day, 5 * day, 6 * day)) == []
