"""The pages of batches and quarantine: staff works the quarantine off, nobody else sees it."""

from __future__ import annotations

import pytest

from partner_center.console.todos import todos_of
from partner_center.customers.makers import as_customer
from partner_center.identity.makers import as_owner
from partner_center.metering.intake.calls import delivery_of_call
from partner_center.metering.intake.receiving import receive
from partner_center.metering.models import QuarantinedRecord, QuarantineState, UsageBatch
from partner_center.metering.tests.living import OPERATOR, counted, usage_of
from partner_center.partners.makers import make_vendor
from tests.pages import as_reader


def hour(vm, number, **other):
    return usage_of(vm, f"2024-01-02T{number:02d}:00:00Z", f"2024-01-02T{number + 1:02d}:00:00Z", **other)


@pytest.fixture
def batch(vm, later):
    records = [hour(vm, 0), hour(vm, 1, usage_type="typo"), hour(vm, 2, value=-1), hour(vm, 0)]
    return receive(OPERATOR, delivery_of_call("2024-01-02/1", records))


@pytest.fixture
def refused(batch):
    return {one.code.removeprefix("USAGE."): one for one in batch.quarantined.all()}


@pytest.fixture
def staff(batch):
    with as_reader(as_owner(make_vendor())) as reader:
        yield reader


def states():
    return dict(QuarantinedRecord.objects.order_by("pk").values_list("index", "state"))


def test_staff_sees_batches_their_files_and_what_was_refused_in_both_languages(staff, batch, refused):
    html = staff.get("usage-batches").content.decode()
    assert "2024-01-02/1" in html
    assert "2024-01-02/1" not in staff.get("usage-batches", quarantine="clear").content.decode()
    for language, files, reason in (
        ("en", "Files", "The quantity -1 is negative."),
        ("zh-hans", "文件", "用量-1为负数。"),
    ):
        with as_reader(staff.actor, language) as reader:
            assert files in reader.get("usage-batch", row=batch).content.decode()
            assert reason in reader.get("quarantine", code="USAGE.NEGATIVE").content.decode()
            assert reason in reader.get("quarantined-record", row=refused["NEGATIVE"]).content.decode()
    assert [
        (one.name, count) for one, count, _where in todos_of(staff.actor) if "quarantine" in one.name
    ] == [("metering.quarantine", 3)]


def test_a_record_is_corrected_in_the_form_and_counts(staff, refused):
    typo = refused["UNKNOWN_USAGE_TYPE"]
    form = staff.get("correct-record", row=typo).content.decode()
    assert 'value="typo"' in form
    answer = staff.post("correct-record", of=typo, **{**typo.fields, "usage_type": "Duration"})
    corrected = UsageBatch.objects.get(source="quarantine")
    assert (answer.status_code, answer["Location"]) == (302, f"/console/usage-batches/{corrected.pk}/")
    assert corrected.accepted == 1 and len(counted()) == 2
    again = staff.post("correct-record", of=typo, **{**typo.fields, "usage_type": "Duration"})
    assert again.status_code == 200 and "can no longer be changed" in again.content.decode()
    assert len(counted()) == 2


def test_chosen_records_are_sent_again_in_one_batch_and_what_is_wrong_stays_wrong(staff, refused):
    answer = staff.post("quarantine", batch="resubmit", row=[one.pk for one in refused.values()])
    assert answer.status_code == 200 and "is negative" in answer.content.decode()
    (again,) = UsageBatch.objects.filter(source="quarantine")
    assert (again.accepted, again.rejected) == (0, 3)
    waiting = QuarantinedRecord.objects.filter(state=QuarantineState.WAITING)
    assert {one.batch_id for one in waiting} == {again.pk} and len(counted()) == 1


def test_records_are_discarded_with_a_reason_only(staff, refused):
    overlap, negative = refused["OVERLAP"], refused["NEGATIVE"]
    staff.post("quarantine", deed="discard", row=overlap.pk, reason="")
    assert set(states().values()) == {QuarantineState.WAITING}
    staff.post("quarantine", deed="discard", row=overlap.pk, reason="sent twice")
    staff.post("quarantine", batch="discard-all", row=[overlap.pk, negative.pk], reason="a test")
    overlap.refresh_from_db(), negative.refresh_from_db()
    assert (overlap.discarded_because, negative.discarded_because) == ("sent twice", "a test")


def test_nobody_else_finds_the_pages(batch, refused, lin, partner):
    for actor in (as_customer(lin), as_owner(partner.account)):
        with as_reader(actor) as reader:
            for page, row in (
                ("usage-batches", None),
                ("usage-batch", batch),
                ("quarantine", None),
                ("quarantined-record", refused["NEGATIVE"]),
                ("correct-record", refused["NEGATIVE"]),
            ):
                assert reader.get(page, row=row).status_code in (403, 404)
            reader.post("quarantine", deed="discard", row=refused["NEGATIVE"].pk, reason="mine")
    assert set(states().values()) == {QuarantineState.WAITING}
