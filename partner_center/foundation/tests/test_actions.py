"""Actions: one transaction, one permission, and a refusal that leaves no trace."""

import pytest
from django.db import DatabaseError, transaction

from partner_center.foundation.action import ACTIONS, action, inside_action
from partner_center.foundation.actor import ALL, Actor
from partner_center.foundation.audit import record
from partner_center.foundation.errors import KeyReused, NotPermitted, WrongState
from partner_center.foundation.models import (
    JobRun,
    JobRunState,
    OutboxMessage,
    OutboxState,
    StoredAnswer,
    TrailEntry,
)
from partner_center.foundation.outbox import message, send
from partner_center.foundation.permissions import PERMISSIONS
from partner_center.foundation.replay import fingerprint_of, once
from partner_center.foundation.steps import advance
from partner_center.kernel import clock
from partner_center.kernel.errors import Refused

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system("tests")
message("tests.hello", subject="Hello {name}", body="Dear {name}", sms="Hi {name}")


class TooLate(Refused):
    code = "X"
    says = "Too late."


@action("tests.greet", label="Greet")
def greet(actor: Actor, *, name: str, refuse: bool = False) -> OutboxMessage:
    """Greet somebody."""
    sent = send(channel="mail", to=name, template="tests.hello", name=name)
    if refuse:
        raise TooLate()
    return sent


@action("tests.greet_all", permission="tests.greet")
def greet_all(actor: Actor, *, names: list[str], swallow: bool = False) -> None:
    """Greet everybody, or nobody."""
    for name in names:
        try:
            greet(actor, name=name, refuse=name == "Nemo")
        except TooLate:
            if not swallow:
                raise


def test_an_action_registers_itself_and_its_permission():
    assert ACTIONS["tests.greet"].summary == "Greet somebody."
    assert PERMISSIONS["tests.greet"].label == "Greet"
    assert ACTIONS["tests.greet_all"].permission == "tests.greet"


def test_without_the_permission_nothing_happens():
    with pytest.raises(NotPermitted):
        greet(Actor(kind="partner", permissions=frozenset({"tests.else"})), name="Ann")
    assert not OutboxMessage.objects.exists()


def test_a_refusal_undoes_the_whole():
    with pytest.raises(TooLate):
        greet_all(SYSTEM, names=["Ann", "Nemo"])
    assert not OutboxMessage.objects.exists()


def test_an_inner_refusal_cannot_be_swallowed():
    with pytest.raises(transaction.TransactionManagementError):
        greet_all(SYSTEM, names=["Nemo", "Ann"], swallow=True)
    assert not OutboxMessage.objects.exists()


def test_money_and_mail_know_whether_they_are_inside():
    assert not inside_action()
    with pytest.raises(AssertionError):
        send(channel="mail", to="x", template="tests.hello", name="x")


@pytest.fixture
def run():
    return JobRun.objects.create(job="t", slot="1", moment=clock.now())


@action("tests.finish", takes=JobRunState.finish)
def finish(actor: Actor, *, run: JobRun) -> None:
    """Finish a run."""
    advance(actor, run, JobRunState.finish, error="none")


def test_a_step_is_taken_once_and_leaves_a_trail(run):
    again = JobRun.objects.get(pk=run.pk)

    finish(SYSTEM, run=run)

    assert run.state is JobRunState.DONE and run.error == "none"
    entry = TrailEntry.objects.get(verb="jobrun.finish")
    assert entry.facts == {"before": "running", "after": "done"}
    with pytest.raises(WrongState) as refusal:
        finish(SYSTEM, run=again)
    assert refusal.value.facts["state"] is JobRunState.DONE


def test_the_trail_cannot_be_changed_or_deleted(run):
    record(SYSTEM, "tests.done", run)
    for deed in (lambda: TrailEntry.objects.update(verb="x"), lambda: TrailEntry.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            deed()
    assert TrailEntry.objects.get(verb="tests.done")


def test_the_trail_is_seen_by_who_acted_and_whom_it_concerns(run):
    record(Actor(kind="partner", account_id="p"), "tests.done", run, about="c")

    for account, seen in (("p", 1), ("c", 1), ("x", 0), ("", 0)):
        assert TrailEntry.objects.visible_to(Actor(kind="customer", account_id=account)).count() == seen


def test_an_outbox_row_keeps_its_words_encrypted():
    sent = greet(SYSTEM, name="ann@example.com")

    stored = (
        OutboxMessage.objects.filter(pk=sent.pk)
        .extra(select={"raw": "body", "to": "recipient"})
        .values("raw", "to")
        .get()
    )
    assert "ann" not in stored["raw"] + stored["to"]
    assert OutboxMessage.objects.get(pk=sent.pk).body == "Dear ann@example.com"
    assert OutboxMessage.objects.get(pk=sent.pk).state is OutboxState.WAITING


def test_the_same_key_gives_the_first_answer_again():
    me, runs = Actor(kind="partner", account_id="p", permissions=ALL), []

    def answer() -> tuple[int, object]:
        runs.append(1)
        return 201, {"n": len(runs)}

    for _ in range(3):
        assert once(me, key="k", fingerprint=fingerprint_of("a"), run=answer) == (201, {"n": 1})
    with pytest.raises(KeyReused):
        once(me, key="k", fingerprint=fingerprint_of("b"), run=answer)
    other = Actor(kind="partner", account_id="q", permissions=ALL)
    assert once(other, key="k", fingerprint=fingerprint_of("b"), run=answer) == (201, {"n": 2})


def test_a_refused_call_leaves_its_key_free():
    me = Actor(kind="partner", account_id="p", permissions=ALL)

    def refuse() -> tuple[int, object]:
        raise TooLate()

    with pytest.raises(TooLate):
        once(me, key="k", fingerprint="f", run=refuse)
    assert not StoredAnswer.objects.exists()
