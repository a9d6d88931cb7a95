"""Usage at the door: what is accepted stands in the store, what is not stands in the quarantine with its reason."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from partner_center.foundation.laws import LAWS
from partner_center.kernel import clock
from partner_center.kernel.period import BillMonth
from partner_center.metering import jobs
from partner_center.metering.actions import close_month, discard_record
from partner_center.metering.actions.intake import Overtaken
from partner_center.metering.errors import (
    AlreadyDecided,
    BatchReused,
    DiscardReasonMissing,
    IntakeBusy,
    MonthNotClosable,
    StoreUnavailable,
    TooManyRejected,
)
from partner_center.metering.intake import examining, gathering, receiving
from partner_center.metering.intake.calls import delivery_of_call, resubmit
from partner_center.metering.intake.receiving import receive
from partner_center.metering.intake.records import reason_of
from partner_center.metering.intake.spans import take
from partner_center.metering.intake.sweeping import sweep
from partner_center.metering.models import (
    Arrival,
    BatchState,
    MeteredTime,
    PendingFile,
    QuarantinedRecord,
    QuarantineState,
    UsageBatch,
    UsageFile,
)
from partner_center.metering.queries import usage_files
from partner_center.metering.store import Store
from partner_center.metering.tests.living import OPERATOR, counted, hours_of, usage_of
from partner_center.subscriptions.actions import close_on_demand
from partner_center.subscriptions.makers import MAKER, make_lease
from partner_center.subscriptions.tests.living import beijing, live_until
from partner_center.wire.throttling import table
from tests import calling

OURS = {"metering.batches", "metering.files", "metering.time"}
DAY2 = ("2024-01-02T00:00:00Z", "2024-01-02T01:00:00Z")


def take_in(*records, batch_id="b-1"):
    return receive(OPERATOR, delivery_of_call(batch_id, list(records)))


def codes(batch):
    return {one.index: one.code.removeprefix("USAGE.") for one in batch.quarantined.all()}


def test_accepted_usage_stands_in_the_file_of_its_month_resolved_and_exact(lin, vm, volume, later):
    batch = take_in(
        usage_of(volume, *DAY2, value="0.000000000001", usage_measure_id=4),
        usage_of(
            vm,
            "2024-01-31T15:00:00Z",
            "2024-01-31T16:00:00Z",
            value=Decimal("1.5"),
            enterprise_project_id="ep",
        ),
        usage_of(vm, "2024-01-31T16:00:00Z", "2024-01-31T17:00:00Z", value=3600, usage_measure_id=6),
    )
    assert (batch.state, batch.accepted, batch.rejected, batch.late) == (BatchState.RECEIVED, 3, 0, 0)
    january, february = counted("2024-01"), counted("2024-02")
    assert [(row["resource_id"], row["cycle"], row["position"]) for row in january] == [
        (volume.resource_id, "2024-01", 0),
        (vm.resource_id, "2024-01", 1),
    ]
    (row,) = february
    assert row == {
        "batch": batch.pk,
        "position": 2,
        "customer_id": lin.pk,
        "resource_id": vm.resource_id,
        "product_id": vm.product_id,
        "usage_type_id": vm.product.resource_type.usage_types.get().pk,
        "size": 1,
        "quantity": Decimal("1.000000000000"),
        "value": Decimal("3600.000000000000"),
        "measure_id": 6,
        "begin_at": 1706716800,
        "end_at": 1706720400,
        "cycle": "2024-02",
        "late": False,
        "enterprise_project_id": "",
    }
    assert january[0]["size"] == 40 and january[0]["quantity"] == Decimal("0.000000000001")
    assert january[1]["enterprise_project_id"] == "ep"
    assert {(one.customer_id, one.month) for one in Arrival.objects.all()} == {
        (lin.pk, "2024-01"),
        (lin.pk, "2024-02"),
    }
    assert [one.rows for one in usage_files("2024-01", [lin.pk])] == [2]
    assert usage_files("2024-01", ["0" * 32]) == [] and usage_files("2024-01", []) == []
    assert not PendingFile.objects.exists()


def test_every_wrong_record_is_refused_with_its_own_reason_and_the_others_count(
    lin, mallory, vm, volume, later
):
    right = usage_of(vm, *DAY2)
    wrong = {
        "MISSING_FIELD": {**right, "usage_value": None},
        "MALFORMED_FIELD": {**right, "begin_time": "2024-01-02 00:00:00"},
        "UNKNOWN_CUSTOMER": {**right, "customer_id": "nobody"},
        "UNKNOWN_RESOURCE": {**right, "resource_id": "nothing"},
        "FOREIGN_RESOURCE": {**right, "customer_id": mallory.pk},
        "UNKNOWN_PRODUCT": {**right, "resource_spec": "c9.huge"},
        "OTHER_KIND": {**usage_of(volume, *DAY2), "resource_id": vm.resource_id},
        "UNKNOWN_USAGE_TYPE": {**right, "usage_type": "upflow"},
        "UNKNOWN_MEASURE": {**right, "usage_measure_id": 99999},
        "MEASURE_MISMATCH": {**right, "usage_measure_id": 10},
        "TOO_MANY_PLACES": {**right, "usage_value": "0.0000000000001"},
        "NEGATIVE": {**right, "usage_value": -1},
        "ABSURD": {**right, "usage_value": "1e999999999"},
        "REVERSED_PERIOD": {**right, "end_time": right["begin_time"]},
        "PERIOD_TOO_LONG": {**right, "end_time": "2024-02-03T00:00:00Z"},
        "FUTURE": {**right, "begin_time": "2024-03-09T23:00:00Z", "end_time": "2024-03-10T00:00:01Z"},
        "OUTSIDE_LIFE": {**right, "begin_time": "2023-12-31T23:00:00Z", "end_time": "2024-01-01T03:00:00Z"},
        "OVERLAP": {**right, "begin_time": "2024-01-02T00:59:59Z", "end_time": "2024-01-02T02:00:00Z"},
    }
    batch = take_in(right, *wrong.values())
    assert (batch.accepted, batch.rejected) == (1, len(wrong))
    assert codes(batch) == dict(enumerate(wrong, start=1))
    assert len(counted()) == 1
    refused = QuarantinedRecord.objects.get(code="USAGE.ABSURD")
    assert json.loads(refused.line)["usage_value"] == "1e999999999"
    assert reason_of(refused) == "The quantity 1E+999999999 is larger than any usage: the limit is 99999999."
    with translation.override("zh-hans"):
        assert reason_of(refused) != str(refused.error) and "1E+999999999" in reason_of(refused)


def test_what_does_not_divide_into_twelve_places_is_refused_not_rounded(vm, later):
    batch = take_in(usage_of(vm, *DAY2, value=1, usage_measure_id=6))
    assert codes(batch) == {0: "TOO_MANY_PLACES"} and not counted()


def test_usage_touching_accepted_usage_is_no_overlap_whatever_the_order_of_batches(vm, later):
    def hour(begin, end):
        return usage_of(vm, f"2024-01-02T{begin:02d}:00:00Z", f"2024-01-02T{end:02d}:00:00Z")

    assert take_in(hour(2, 3), hour(0, 1), batch_id="one").rejected == 0
    second = take_in(hour(1, 2), hour(0, 1), hour(2, 4), hour(3, 4), batch_id="two")
    assert (second.accepted, codes(second)) == (2, {1: "OVERLAP", 2: "OVERLAP"})
    assert [one.spans for one in MeteredTime.objects.all()] == [[1704153600, 1704168000]]


def test_spans_take_a_period_exactly_when_no_second_of_it_is_taken():
    import random

    dice = random.Random(7)
    for _round in range(500):
        spans, taken = [], set()
        for _period in range(12):
            begin = dice.randrange(30)
            seconds = set(range(begin, begin + dice.randrange(1, 6)))
            assert take(spans, min(seconds), max(seconds) + 1) == (not seconds & taken)
            taken |= seconds if not seconds & taken else set()
            assert spans == sorted(set(spans))
            assert {s for k in range(0, len(spans), 2) for s in range(spans[k], spans[k + 1])} == taken


def test_a_batch_counts_once_and_its_id_stands_for_its_content(vm, later):
    first = take_in(usage_of(vm, *DAY2), usage_of(vm, *DAY2))
    again = take_in(usage_of(vm, *DAY2), usage_of(vm, *DAY2))
    assert (again.pk, again.accepted, codes(again)) == (first.pk, 1, {1: "OVERLAP"})
    with pytest.raises(BatchReused):
        take_in(usage_of(vm, *DAY2))
    assert len(counted()) == 1 and UsageBatch.objects.count() == 1


def test_usage_for_a_closed_month_is_charged_in_the_open_one(vm, later):
    with pytest.raises(MonthNotClosable):
        close_month(OPERATOR, month=BillMonth(2024, 3))
    close_month(OPERATOR, month=BillMonth(2024, 1))
    close_month(OPERATOR, month=BillMonth(2024, 1))
    batch = take_in(usage_of(vm, *DAY2), usage_of(vm, "2024-02-05T00:00:00Z", "2024-02-05T01:00:00Z"))
    assert (batch.accepted, batch.late) == (2, 1)
    assert [(row["cycle"], row["late"]) for row in counted("2024-02")] == [
        ("2024-01", True),
        ("2024-02", False),
    ]
    assert not counted("2024-01")


def test_a_month_closed_while_a_batch_is_examined_makes_it_late(vm, later, monkeypatch):
    finish, closed = gathering.Gathering.finish, []

    def finish_late(self):
        finish(self)
        if not closed:
            closed.append(close_month(OPERATOR, month=BillMonth(2024, 1)))

    monkeypatch.setattr(gathering.Gathering, "finish", finish_late)
    assert take_in(usage_of(vm, *DAY2)).late == 1
    assert [row["cycle"] for row in counted("2024-02")] == ["2024-01"] and not counted("2024-01")
    assert not PendingFile.objects.exists()


def test_usage_accepted_while_a_batch_is_examined_is_not_accepted_twice(vm, later, monkeypatch):
    finish, rivals = gathering.Gathering.finish, []

    def finish_late(self):
        finish(self)
        if not rivals:
            rivals.append("faster")
            take_in(usage_of(vm, *DAY2), batch_id="faster")

    monkeypatch.setattr(gathering.Gathering, "finish", finish_late)
    slower = take_in(usage_of(vm, *DAY2), batch_id="slower")
    assert (slower.accepted, codes(slower)) == (0, {0: "OVERLAP"})
    assert len(counted()) == 1 and not PendingFile.objects.exists()


def test_a_batch_that_is_overtaken_again_and_again_is_told_to_come_later(vm, later, monkeypatch):
    def overtaken(*_arguments, **_facts):
        raise Overtaken

    monkeypatch.setattr(receiving, "close_batch", overtaken)
    with pytest.raises(IntakeBusy):
        take_in(usage_of(vm, *DAY2))
    assert not UsageBatch.objects.exists() and not PendingFile.objects.exists()
    assert not list(Store.configured().local("usage").rglob("*.parquet"))


def test_the_job_sweeps_what_was_left_behind(vm, later, store):
    PendingFile.objects.create(path="usage/2024-01/left.parquet")
    UsageBatch.objects.create(batch_id="left", source="api", sha256="")
    (store / "usage/2024-01").mkdir(parents=True)
    left = store / "usage/2024-01/left.parquet"
    left.write_bytes(b"half")
    assert sweep(OPERATOR) == 0 and left.exists()
    with clock.at(clock.now() + timedelta(days=1, seconds=1)):
        jobs.sweep_leftovers.run(None)
    assert not left.exists() and not PendingFile.objects.exists() and not UsageBatch.objects.exists()


def test_a_lease_turned_pay_per_use_and_a_closed_resource_take_usage_of_their_own_time_only(
    lin, server, vm, later
):
    with clock.at(beijing("2024-01-01 10:30")):
        lease = make_lease(lin, server)
    with clock.at(beijing("2024-01-10 08:00")):
        close_on_demand(MAKER, resource=vm)
        live_until(clock.now())
    batch = take_in(
        usage_of(vm, "2024-01-09T23:00:00Z", "2024-01-10T00:00:00Z"),
        usage_of(vm, "2024-01-09T23:30:00Z", "2024-01-10T00:30:00Z"),
        {**usage_of(vm, *DAY2), "resource_id": lease.resource_id},
    )
    assert (batch.accepted, codes(batch)) == (2, {1: "OUTSIDE_LIFE"})


def test_a_quarantined_record_is_corrected_and_sent_again_or_discarded(vm, later):
    batch = take_in(
        usage_of(vm, *DAY2, usage_type="duratoin"),
        usage_of(vm, *DAY2, value=-1),
        usage_of(vm, *DAY2, value=-2),
    )
    typo, negative, other = batch.quarantined.order_by("index")
    second = resubmit(OPERATOR, [typo, negative], {typo.pk: {"usage_type": "Duration"}})
    assert (second.corrects, second.accepted, codes(second)) == (batch, 1, {1: "NEGATIVE"})
    typo.refresh_from_db()
    assert (typo.state, typo.resubmitted_in) == (QuarantineState.RESUBMITTED, second)
    with pytest.raises(AlreadyDecided):
        resubmit(OPERATOR, [typo])
    with pytest.raises(DiscardReasonMissing):
        discard_record(OPERATOR, quarantined=other, reason=" ")
    discard_record(OPERATOR, quarantined=other, reason="the platform's test")
    stale = QuarantinedRecord.objects.get(pk=other.pk)
    assert (stale.state, stale.discarded_because) == (QuarantineState.DISCARDED, "the platform's test")
    stale.state = QuarantineState.WAITING  # somebody who read it earlier
    with pytest.raises(AlreadyDecided):
        resubmit(OPERATOR, [stale], {stale.pk: {"usage_value": "1"}})
    assert len(counted()) == 1 and UsageBatch.objects.count() == 2 and not PendingFile.objects.exists()


def test_the_laws_hold_and_notice_what_is_amiss(vm, later, store):
    def broken():
        return {name for name, law in LAWS.items() if name in OURS and law.first_breaches()}

    batch = take_in(usage_of(vm, *DAY2), usage_of(vm, *DAY2))
    assert LAWS.keys() >= OURS and not broken()
    (store / UsageFile.objects.get().path).write_bytes(b"half")
    assert broken() == {"metering.files"}
    MeteredTime.objects.update(spans=[10, 20, 15, 30])
    UsageBatch.objects.filter(pk=batch.pk).update(accepted=2)
    assert broken() == OURS


def test_a_full_disk_is_told_and_leaves_nothing(vm, later, monkeypatch):
    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("pyarrow.parquet.write_table", full)
        with pytest.raises(StoreUnavailable, match="No space left on device"):
            take_in(usage_of(vm, *DAY2))
    assert not UsageBatch.objects.exists() and not MeteredTime.objects.exists()
    assert not PendingFile.objects.exists() and not UsageFile.objects.exists()
    assert take_in(usage_of(vm, *DAY2)).accepted == 1


def test_a_wrong_file_is_refused_rather_than_quarantined(vm, later, monkeypatch):
    monkeypatch.setattr(examining, "MOST_REJECTED", 3)
    with pytest.raises(TooManyRejected, match="There is no customer nobody"):
        take_in(*[usage_of(vm, *DAY2, customer_id="nobody")] * 4)
    assert not UsageBatch.objects.exists() and not QuarantinedRecord.objects.exists()


def test_statements_do_not_grow_with_the_records(vm, volume, later):
    def statements(count, day, batch_id):
        with CaptureQueriesContext(connection) as seen:
            assert (
                take_in(*hours_of(vm, day, count), *hours_of(volume, day, count), batch_id=batch_id).rejected
                == 0
            )
        return len(seen)

    assert statements(2, 3, "few") == statements(24, 4, "many")


@pytest.fixture
def staff(later):
    from partner_center.partners.makers import make_vendor

    table().clear()
    return make_vendor()


class TestTheCall:
    PATH = "/api/v1/usage-batches"

    def test_it_answers_as_documented_and_again_the_same(self, staff, vm):
        records = [usage_of(vm, *DAY2, value=1.25), usage_of(vm, *DAY2, customer_id={"a": 1})]
        answer = calling.call(staff, "POST", self.PATH, batch_id="b", records=records)
        assert answer.status_code == 202, answer.content
        assert answer.json() == {
            "batch_id": "b",
            "accepted": 1,
            "rejected": [
                {
                    "index": 1,
                    "error_code": "USAGE.UNKNOWN_CUSTOMER",
                    "error_msg": 'There is no customer {"a": 1}.',
                }
            ],
        }
        again = calling.call(
            staff, "POST", self.PATH, batch_id="b", records=records, headers={"Idempotency-Key": "k"}
        )
        assert (again.status_code, again.content) == (202, answer.content)
        other = calling.call(staff, "POST", self.PATH, batch_id="b", records=records[:1])
        assert (other.status_code, other.json()["error_code"]) == (409, "USAGE.BATCH_REUSED")
        assert len(counted()) == 1

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"batch_id": "x"},
            {"batch_id": "x", "records": []},
            {"batch_id": "", "records": [{}]},
            {"batch_id": "x", "records": [1]},
            {"batch_id": "x", "records": [{"price": 1}]},
        ],
    )
    def test_a_malformed_call_is_refused_and_changes_nothing(self, staff, body):
        assert calling.call(staff, "POST", self.PATH, **body).status_code == 400
        assert not UsageBatch.objects.exists()

    def test_nonsense_in_any_field_goes_to_the_quarantine_and_breaks_nothing(self, staff, vm):
        right = usage_of(vm, *DAY2)
        nonsense = [
            [], {}, [[]], "", " ", "\x00", "\ud800", "x" * 5000, True, False, -1, 0, 10**400, "1e400", "NaN",
            "-Infinity", "１", "1_0", "2024-01-02", "2024-01-02T00:00:00.5Z", "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59Z", 10**18, "'; --", "%", None,
        ]  # fmt: skip
        names = [*right, "enterprise_project_id"]
        records = [{**right, name: value} for name in names for value in nonsense]
        answer = calling.call(staff, "POST", self.PATH, batch_id="\ud83d\ude00", records=records)
        assert answer.status_code == 202, answer.content
        accepted = answer.json()["accepted"]
        assert accepted + len(answer.json()["rejected"]) == len(records)
        assert accepted == len(counted()) <= 1
        listed = calling.call(staff, "GET", "/api/v1/quarantined-records", limit=100)
        assert (listed.status_code, listed.json()["total_count"]) == (200, len(records) - accepted)

    def test_nobody_but_operators_comes_near(self, staff, lin, partner, vm):
        for stranger in (lin.account, partner.account):
            for method, path, body in (
                ("POST", self.PATH, {"batch_id": "b", "records": [usage_of(vm, *DAY2)]}),
                ("GET", self.PATH, {}),
                ("GET", "/api/v1/quarantined-records", {}),
                ("POST", "/api/v1/quarantined-records/discard", {"ids": [1], "reason": "x"}),
                ("POST", "/api/v1/quarantined-records/resubmit", {"records": [{"id": 1}]}),
            ):
                assert calling.call(stranger, method, path, **body).status_code == 403
        assert not UsageBatch.objects.exists()

    def test_the_quarantine_is_worked_off(self, staff, vm):
        wrong = [usage_of(vm, *DAY2, usage_type="typo"), usage_of(vm, *DAY2, value=-1)]
        calling.call(staff, "POST", self.PATH, batch_id="b", records=wrong)
        listed = calling.call(
            staff, "GET", "/api/v1/quarantined-records", status="waiting", batch_id="b"
        ).json()
        assert listed["total_count"] == 2
        negative, typo = listed["records"]
        assert (typo["error_code"], typo["record"]["usage_type"]) == ("USAGE.UNKNOWN_USAGE_TYPE", "typo")
        answer = calling.call(
            staff,
            "POST",
            "/api/v1/quarantined-records/resubmit",
            records=[{"id": typo["id"], "record": {"usage_type": "duration"}}],
        )
        assert (answer.status_code, answer.json()["accepted"]) == (202, 1)
        gone = calling.call(
            staff, "POST", "/api/v1/quarantined-records/discard", ids=[negative["id"]], reason="test"
        )
        assert gone.status_code == 204
        late = calling.call(
            staff, "POST", "/api/v1/quarantined-records/discard", ids=[typo["id"]], reason="test"
        )
        assert (late.status_code, late.json()["error_code"]) == (400, "USAGE.ALREADY_DECIDED")
        batches = calling.call(staff, "GET", self.PATH).json()
        assert [(one["source"], one["accepted"], one.get("corrects")) for one in batches["batches"]] == [
            ("quarantine", 1, "b"),
            ("api", 0, None),
        ]
        missing = calling.call(
            staff, "POST", "/api/v1/quarantined-records/discard", ids=[10**9], reason="test"
        )
        assert (missing.status_code, missing.json()["error_code"]) == (400, "USAGE.RECORD_NOT_FOUND")


def test_the_store_gives_a_copy_of_what_lies_far_away(tmp_path, settings):
    near = Store(tmp_path / "near")
    import pyarrow as pa

    written = near.write("usage/x.parquet", pa.table({"a": [1, 2]}))
    assert (written.rows, near.local("usage/x.parquet").stat().st_size) == (2, written.size)
    assert sorted(path.name for path in (tmp_path / "near/usage").iterdir()) == ["x.parquet"]
    near.delete("usage/x.parquet")
    near.delete("usage/x.parquet")
    assert not near.exists("usage/x.parquet")
    with pytest.raises(StoreUnavailable):
        near.open("usage/x.parquet")
