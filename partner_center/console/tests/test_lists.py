"""Lists by the example of the outbox, which only staff may read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from partner_center.console.actions import Batch, RowAction
from partner_center.console.builtin.outbox import OutboxList
from partner_center.foundation.action import ACTIONS, action
from partner_center.foundation.actor import ALL, Actor
from partner_center.foundation.errors import WrongState
from partner_center.foundation.models import OutboxMessage, OutboxState, TrailEntry
from partner_center.foundation.permissions import PERMISSIONS
from partner_center.foundation.steps import advance
from tests.pages import as_reader

STAFF = Actor(
    kind="staff", account_id="f" * 32, account_kind="vendor", user_id=7, name="Wen", permissions=ALL
)


def deliver_message(actor: Actor, *, message: OutboxMessage) -> None:
    advance(actor, message, OutboxState.deliver)


@pytest.fixture
def messages(db: None) -> list[OutboxMessage]:
    return [
        OutboxMessage.objects.create(
            channel="mail" if number % 2 else "sms",
            recipient=f"person{number}@example.com",
            template=f"orders.kind{number % 3}",
            subject=f"Subject {number:02}",
            body="body",
            attempts=number,
        )
        for number in range(45)
    ]


@pytest.fixture
def with_deeds(monkeypatch: pytest.MonkeyPatch) -> None:
    """An action of this test alone: the registry forgets it afterwards, because documents are made from it."""
    monkeypatch.setattr("partner_center.foundation.action.ACTIONS", dict(ACTIONS))
    monkeypatch.setattr("partner_center.foundation.permissions.PERMISSIONS", dict(PERMISSIONS))
    deliver = action("console_tests.deliver")(deliver_message)
    monkeypatch.setattr(OutboxList, "batches", (Batch("deliver", "Deliver", deliver, "message"),))
    monkeypatch.setattr(
        OutboxList,
        "row_actions",
        (
            RowAction(
                "one",
                "Deliver it",
                deliver,
                "message",
                success="It is on its way.",
                step=OutboxState.deliver,
            ),
        ),
    )


def test_pages_count_and_numbers_out_of_range_are_brought_back(messages: list[OutboxMessage]) -> None:
    with as_reader(STAFF) as reader:
        page = reader.get("outbox").context["page"]
        assert (page.total, page.pages, page.first, page.last, len(page.lines)) == (45, 3, 1, 20, 20)
        assert reader.get("outbox", page="3").context["page"].lines[-1].row == messages[0]
        assert reader.get("outbox", page="99").context["page"].number == 3
        assert reader.get("outbox", page="-1").context["page"].number == 1
        assert reader.get("outbox", per="50").context["page"].pages == 1
        assert reader.get("outbox", per="7").context["page"].per == 20


def test_sorting_is_by_declared_columns_only(messages: list[OutboxMessage]) -> None:
    with as_reader(STAFF) as reader:

        def by(sort: str) -> list[int]:
            return [line.row.attempts for line in reader.get("outbox", sort=sort).context["page"].lines]

        assert by("attempts")[:3] == [0, 1, 2]
        assert by("-attempts")[:3] == [44, 43, 42]
        assert by("recipient") == by("body") == by("") == list(range(44, 24, -1))


def test_filters_narrow_together_and_say_what_they_did_not_understand(messages: list[OutboxMessage]) -> None:
    with as_reader(STAFF) as reader:
        page = reader.get("outbox", channel="sms", q="kind0").context["page"]
        assert page.total == 8
        page = reader.get("outbox", created_at_since="tomorrow").context["page"]
        assert page.total == 45 and [one.name for one in page.bound if one.read.wrong] == ["created_at_since"]
        assert reader.get("outbox", state=["waiting", "sent"]).context["page"].total == 45
        assert reader.get("outbox", channel="fax").context["page"].total == 0


def test_htmx_gets_the_rows_and_everybody_else_the_page(messages: list[OutboxMessage]) -> None:
    with as_reader(STAFF) as reader:
        whole, piece = reader.get("outbox").content, reader.get("outbox", htmx=True).content
        assert b"<html" in whole and b"<html" not in piece and b'id="list-outbox"' in piece
        panel = reader.get("outbox", htmx=True, embed="here").content.decode()
        assert 'id="list-outbox-here"' in panel and "pc-filters" not in panel
        assert "<html" in reader.get("outbox", embed="here").content.decode()


def test_an_empty_list_says_so(db: None) -> None:
    with as_reader(STAFF) as reader:
        assert "Nothing here yet." in reader.get("outbox").content.decode()
        assert "Nothing matches these filters." in reader.get("outbox", q="x").content.decode()


def test_a_batch_does_what_it_can_and_says_why_not_the_rest(
    messages: list[OutboxMessage], with_deeds: None
) -> None:
    OutboxMessage.objects.filter(pk=messages[1].pk).update(state=OutboxState.SENT)
    with as_reader(STAFF) as reader:
        asked = reader.dialog("outbox", "deliver", *messages[:3]).content.decode()
        assert all(str(message) in asked for message in messages[:3])
        told = reader.post("outbox", deed="deliver", row=[message.pk for message in messages[:3]], htmx=True)
        html = told.content.decode()
        assert "2 done." in html and "1 was refused:" in html and f"{messages[1]}: " in html
    states = list(OutboxMessage.objects.order_by("pk").values_list("state", flat=True)[:4])
    assert states == [OutboxState.SENT] * 3 + [OutboxState.WAITING]


def test_a_refused_row_leaves_no_trace_of_its_own(messages: list[OutboxMessage], with_deeds: None) -> None:
    OutboxMessage.objects.filter(pk=messages[0].pk).update(state=OutboxState.SENT)
    with as_reader(STAFF) as reader:
        reader.post("outbox", batch="deliver", row=[messages[0].pk, messages[1].pk])
    deeds = TrailEntry.objects.filter(subject_type="foundation.outboxmessage")
    assert list(deeds.values_list("subject_id", flat=True)) == [str(messages[1].pk)]


def test_one_row_is_asked_about_done_and_told(messages: list[OutboxMessage], with_deeds: None) -> None:
    with as_reader(STAFF) as reader:
        assert "Deliver it" in reader.dialog("outbox", "one", messages[0]).content.decode()
        done = reader.post("outbox", deed="one", row=messages[0].pk, htmx=True)
        assert (
            "It is on its way." in done.headers["HX-Trigger"] and "pc:refresh" in done.headers["HX-Trigger"]
        )
        late = reader.post("outbox", deed="one", row=messages[0].pk, htmx=True)
        assert "this is not possible any more" in late.content.decode() and "HX-Trigger" not in late.headers
        plain = reader.post("outbox", deed="one", row=messages[1].pk)
        assert plain.status_code == 302


def test_buttons_follow_state_and_permission(messages: list[OutboxMessage], with_deeds: None) -> None:
    OutboxMessage.objects.filter(pk=messages[44].pk).update(state=OutboxState.SENT)
    with as_reader(STAFF) as reader:
        lines = reader.get("outbox").context["page"].lines
        assert [len(line.deeds) for line in lines[:3]] == [0, 1, 1]
    reading = replace(STAFF, permissions=frozenset({"outbox.view"}))
    with as_reader(reading) as reader:
        page = reader.get("outbox").context["page"]
        assert not page.open_batches and not any(line.deeds for line in page.lines) and not page.may_export
        assert reader.post("outbox", deed="deliver", row=messages[0].pk).status_code == 403
        assert reader.post("outbox", export="csv").status_code == 403
    assert OutboxMessage.objects.filter(state=OutboxState.SENT).count() == 1


@pytest.mark.parametrize(
    "rows", [[], ["x"], ["999999999999999999999"], ["\x00"], [str(n) for n in range(1, 400)]]
)
def test_impossible_choices_of_rows_are_the_readers_mistake(
    messages: list[OutboxMessage], with_deeds: None, rows: list[str]
) -> None:
    with as_reader(STAFF) as reader:
        assert reader.post("outbox", deed="deliver", row=rows).status_code in (400, 404)
        assert reader.post("outbox", deed="nonsense", row=rows).status_code == 404
    assert not OutboxMessage.objects.filter(state=OutboxState.SENT).exists()


def test_opening_the_eye_is_recorded_row_by_row(messages: list[OutboxMessage]) -> None:
    with as_reader(STAFF) as reader:
        assert "person44@example.com" not in reader.get("outbox").content.decode()
        one = reader.post("outbox", reveal="recipient", row=messages[44].pk, htmx=True)
        assert one.content.decode() == '<span class="pc-clear">person44@example.com</span>'
        assert TrailEntry.objects.filter(verb="personal_data.revealed").count() == 1
        column = reader.post("outbox", reveal="recipient", htmx=True).content.decode()
        assert "person44@example.com" in column and "person20@example.com" not in column
    seen = TrailEntry.objects.filter(verb="personal_data.revealed").values_list("facts", "actor_user_id")
    assert len(seen) == 21 and set(map(str, seen)) == {str(({"field": "recipient"}, 7))}


def test_what_is_not_masked_cannot_be_revealed(messages: list[OutboxMessage]) -> None:
    with as_reader(STAFF) as reader:
        for name in ("body", "subject", "pk", "recipient__x", "nonsense"):
            assert reader.post("outbox", reveal=name, row=messages[0].pk).status_code == 404
    assert not TrailEntry.objects.exists()


def test_others_do_not_get_in(messages: list[OutboxMessage]) -> None:
    customer: Any = replace(STAFF, kind="customer")
    with as_reader(customer) as reader:
        assert reader.get("outbox").status_code == 403
        assert reader.post("outbox", deed="deliver", row=messages[0].pk).status_code == 403


def test_wrong_state_is_a_sentence() -> None:
    assert "CS1 is" in str(WrongState(subject="CS1", state=OutboxState.SENT))
