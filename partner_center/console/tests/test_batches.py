"""A batch to its end: in the request as far as that goes, then by the worker, with the rights of that moment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from partner_center.console import batches
from partner_center.console.actions import Batch
from partner_center.console.builtin.outbox import OutboxList
from partner_center.console.models import BatchOutcome, BatchRow, BatchState, BatchTask
from partner_center.foundation.action import ACTIONS, action
from partner_center.foundation.actor import ALL, Actor
from partner_center.foundation.models import OutboxMessage, OutboxState
from partner_center.foundation.permissions import PERMISSIONS
from partner_center.foundation.steps import advance
from partner_center.kernel import clock
from tests.pages import as_reader

STAFF = Actor(kind="staff", account_id="f" * 32, account_kind="vendor", user_id=7, permissions=ALL)
now = STAFF


def actor_now(user_id: int | None) -> Actor:
    """Stands for settings.ACTOR_OF_USER: whom the reader has become."""
    return now


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def messages(db: None, monkeypatch: pytest.MonkeyPatch, settings: object) -> list[OutboxMessage]:
    """Five messages, a batch that delivers them, and a request that has no time for any of it."""
    monkeypatch.setattr("partner_center.foundation.action.ACTIONS", dict(ACTIONS))
    monkeypatch.setattr("partner_center.foundation.permissions.PERMISSIONS", dict(PERMISSIONS))

    def deliver_message(actor: Actor, *, message: OutboxMessage) -> None:
        advance(actor, message, OutboxState.deliver)

    deliver = action("console_tests.deliver")(deliver_message)
    monkeypatch.setattr(OutboxList, "batches", (Batch("deliver", "Deliver", deliver, "message"),))
    monkeypatch.setattr(batches, "PATIENCE", -1.0)
    monkeypatch.setattr(batches, "TURN", 2)
    monkeypatch.setattr("django.conf.settings.ACTOR_OF_USER", f"{__name__}.actor_now")
    monkeypatch.setitem(globals(), "now", STAFF)
    return [
        OutboxMessage.objects.create(
            channel="mail", recipient=f"{n}@example.com", template="x", subject=str(n), body="-"
        )
        for n in range(5)
    ]


def ask(messages: list[OutboxMessage]) -> BatchTask:
    with as_reader(STAFF) as reader:
        told = reader.post("outbox", deed="deliver", row=[one.pk for one in messages], htmx=True)
        assert "5 are still being worked on" in told.content.decode()
    return BatchTask.objects.get()


def outcomes() -> list[str]:
    return list(BatchRow.objects.values_list("outcome", flat=True))


def sent() -> int:
    return OutboxMessage.objects.filter(state=OutboxState.SENT).count()


def test_what_the_request_had_no_time_for_is_done_in_turns(messages: list[OutboxMessage]) -> None:
    task = ask(messages)
    assert sent() == 0
    assert [batches.carry_on()["rows"] for _turn in range(3)] == [2, 2, 1]
    assert sent() == 5 and outcomes() == [BatchOutcome.DONE] * 5
    task.refresh_from_db()
    assert task.state is BatchState.DONE and batches.next_due() is None
    with as_reader(STAFF) as reader:
        assert reader.get("batches").context["page"].lines[0].row.done == 5
        assert "Completed" in reader.get("batch", row=task).content.decode()
    with as_reader(replace(STAFF, user_id=8)) as other:
        assert other.get("batches").context["page"].total == 0
        assert other.get("batch", row=task).status_code == 404


def test_a_killed_turn_repeats_nothing_and_forgets_nothing(
    messages: list[OutboxMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(messages)
    batch = OutboxList.batches[0]
    seen: list[int] = []
    deed = batch.act
    assert deed is not None

    def deadly(actor: Actor, *, message: OutboxMessage) -> None:
        deed(actor, message=message)
        seen.append(message.pk)
        if len(seen) == 2:
            raise Killed

    monkeypatch.setattr(batch, "act", deadly)
    with pytest.raises(Killed):
        batches.carry_on()
    assert sent() == 1 and outcomes().count(BatchOutcome.DONE) == 1
    assert batches.carry_on() == {}, "the killed turn's lease still holds"
    with clock.at(clock.now() + batches.LEASE):
        while batches.carry_on():
            pass
    assert sent() == 5 and len(seen) == 6, "only the deed that was undone is done again"


def test_who_may_no_longer_do_it_is_refused_row_by_row(
    messages: list[OutboxMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(messages)
    batches.carry_on()
    monkeypatch.setitem(globals(), "now", Actor.nobody())
    while batches.carry_on():
        pass
    assert sent() == 2
    assert outcomes() == [BatchOutcome.DONE] * 2 + [BatchOutcome.REFUSED] * 3
    assert BatchTask.objects.get().state is BatchState.DONE


def test_a_row_that_is_gone_is_said_so(messages: list[OutboxMessage]) -> None:
    ask(messages)
    OutboxMessage.objects.filter(pk=messages[0].pk).delete()
    while batches.carry_on():
        pass
    first = BatchRow.objects.get(place=1)
    assert first.outcome == BatchOutcome.REFUSED and first.words == "It is not there any more."
    assert sent() == 4
