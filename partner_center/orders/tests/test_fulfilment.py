"""Telling the platform: the signed call, its answers, its silence, and a process that dies in between."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.db import connection

from partner_center.foundation.actor import Actor
from partner_center.foundation.models import OutboxMessage
from partner_center.kernel import clock
from partner_center.orders import jobs
from partner_center.orders.actions import confirm_receipt, pay_order, ship_order, take_in_hand
from partner_center.orders.actions.fulfilling import CALL_LASTS, GIVE_UP_AFTER, wait_after
from partner_center.orders.fulfilment.platform import Answer, Outcome, Task
from partner_center.orders.fulfilment.webhook import Webhook, read_answer, signature
from partner_center.orders.makers import make_order, make_paid_order, resource_of
from partner_center.orders.models import Fulfilment, Order
from partner_center.orders.states import FulfilmentState, OrderState
from partner_center.orders.tests.conftest import yuan
from partner_center.partners.makers import as_staff
from partner_center.subscriptions.models import Resource

SECRET = "between the two of us"


class Scripted:
    """A platform that answers what the test says, and remembers what it was told."""

    def __init__(self, *answers: Answer) -> None:
        self.answers, self.told = list(answers), []

    def __call__(self) -> Scripted:
        return self

    def carry_out(self, task: Task) -> Answer:
        assert not inside_a_deed(), "nothing is called inside a transaction"
        self.told.append(task)
        return self.answers.pop(0)


def inside_a_deed() -> bool:
    """Whether an action's savepoint is open (the test itself stands in a transaction)."""
    return bool(connection.savepoint_ids)


@pytest.fixture
def paid(scene) -> Order:
    scene.fund("100.00")
    order = make_order(scene.customer, scene.server)
    pay_order(scene.actor, order=order)
    return order


@pytest.fixture
def answers(monkeypatch) -> Any:
    def say(*several: Answer) -> Scripted:
        scripted = Scripted(*several)
        monkeypatch.setattr(jobs, "platform", scripted)
        return scripted

    return say


def test_the_platforms_own_ids_are_kept(paid, answers):
    told = answers(Answer(Outcome.DONE, {1: ["vm-4711"]}))
    jobs.fulfil()
    assert told.told[0].as_json()["action"] == "create"
    assert Resource.objects.get().resource_id == "vm-4711"


def test_a_refusal_gives_everything_back_and_tells_the_customer(paid, scene, answers):
    scene.customer.account.email = "it@example.com"
    scene.customer.account.save()
    answers(Answer(Outcome.REFUSED, reason="No capacity."))
    jobs.fulfil()
    order = Order.objects.get(pk=paid.pk)
    assert (order.state, order.reason) == (OrderState.CANCELLED, "No capacity.")
    assert scene.cash == yuan("100.00")
    assert OutboxMessage.objects.filter(template="orders.not_delivered").exists()


def test_silence_is_answered_by_asking_again_ever_later(paid, scene, answers):
    answers(*[Answer(Outcome.UNKNOWN, reason="HTTP 503")] * 2, Answer(Outcome.DONE))
    start = clock.now()
    for attempt in (1, 2):
        with clock.at(max(jobs.next_due(), start)):
            jobs.fulfil()
            work = Fulfilment.objects.get()
            assert (work.state, work.attempts, work.last_error) == (
                FulfilmentState.WAITING,
                attempt,
                "HTTP 503",
            )
            assert work.due_at == clock.now() + wait_after(attempt)
    with clock.at(jobs.next_due()):
        jobs.fulfil()
    assert Order.objects.get(pk=paid.pk).state is OrderState.COMPLETED
    assert jobs.next_due() is None


def test_after_a_day_of_silence_the_money_comes_back(paid, scene, answers):
    answers(*[Answer(Outcome.UNKNOWN, reason="HTTP 503")] * GIVE_UP_AFTER)
    for _attempt in range(GIVE_UP_AFTER):
        with clock.at(max(jobs.next_due(), clock.now())):
            jobs.fulfil()
    assert Order.objects.get(pk=paid.pk).state is OrderState.CANCELLED
    assert scene.cash == yuan("100.00")


def test_a_release_is_told_until_it_is_heard(scene, answers):
    scene.fund("100.00")
    resource = resource_of(make_paid_order(scene.customer, scene.server))
    from partner_center.orders.actions import unsubscribe

    (order,) = unsubscribe(scene.actor, resources=[resource], kind=1)
    assert (order.state, scene.cash) == (OrderState.COMPLETED, yuan("100.00")), (
        "the customer does not wait for it"
    )
    answers(*[Answer(Outcome.UNKNOWN, reason="HTTP 503")] * (GIVE_UP_AFTER + 3))
    for _attempt in range(GIVE_UP_AFTER + 3):
        with clock.at(max(jobs.next_due(), clock.now())):
            jobs.fulfil()
    assert Fulfilment.objects.get(order=order).state is FulfilmentState.WAITING


def test_work_of_a_dead_process_is_taken_up_again(paid, answers):
    take_in_hand(Actor.system("test"), fulfilment=Fulfilment.objects.select_related("order").get())
    answers(Answer(Outcome.DONE))
    assert jobs.next_due() > clock.now() + CALL_LASTS - timedelta(minutes=1)
    with clock.at(jobs.next_due()):
        jobs.fulfil()
    assert Order.objects.get(pk=paid.pk).state is OrderState.COMPLETED


def test_goods_are_shipped_received_and_only_then_leased(paid, scene, answers):
    answers(Answer(Outcome.SHIPPED))
    jobs.fulfil()
    order = Order.objects.select_related("customer__account").get(pk=paid.pk)
    assert order.state.wire == 10
    ship_order(as_staff(), order=order)
    assert order.state.wire == 11
    assert not Resource.objects.exists()
    confirm_receipt(scene.actor, order=order)
    assert order.state is OrderState.COMPLETED
    assert Resource.objects.count() == 1


@pytest.fixture
def receiver() -> Iterator[Any]:
    """A platform on a free port that checks the signature and answers `receiver.answer`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            expected = signature(SECRET, self.headers["X-Partner-Center-Timestamp"], body)
            genuine = self.headers["X-Partner-Center-Signature"] == f"sha256={expected}"
            server.told.append(json.loads(body))
            self.send_response(server.status if genuine else 401)
            self.end_headers()
            self.wfile.write(server.answer)

        def log_message(self, *_: Any) -> None: ...

    server: Any = HTTPServer(("127.0.0.1", 0), Handler)
    server.told, server.status, server.answer = [], 200, b"{}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


TASK = Task("CS1", "create", "c" * 32, ({"line": 1, "resource_name": "web"},))


def test_the_webhook_signs_what_it_sends(receiver):
    receiver.answer = b'{"result": "done", "resource_ids": {"1": ["vm-1"]}}'
    hook = Webhook(f"http://127.0.0.1:{receiver.server_port}/hook?x=1", SECRET)
    assert hook.carry_out(TASK) == Answer(Outcome.DONE, {1: ["vm-1"]})
    assert receiver.told == [TASK.as_json()]
    wrong = Webhook(f"http://127.0.0.1:{receiver.server_port}/hook", "another secret")
    assert wrong.carry_out(TASK) == Answer(Outcome.UNKNOWN, reason="HTTP 401")


@pytest.mark.parametrize("status", [202, 301, 404, 500, 503])
def test_any_other_status_means_not_yet(receiver, status):
    receiver.status = status
    hook = Webhook(f"http://127.0.0.1:{receiver.server_port}/", SECRET)
    assert hook.carry_out(TASK).outcome is Outcome.UNKNOWN


def test_nobody_there_means_not_yet(receiver):
    port = receiver.server_port
    receiver.shutdown()
    receiver.server_close()
    assert Webhook(f"http://127.0.0.1:{port}/", SECRET).carry_out(TASK).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b"{}", b'{"result": "perhaps"}', b'{"result": "unknown"}', b"\xff", b'{"result": ["done"]}'],
)
def test_nonsense_means_not_yet(text):
    assert read_answer(text).outcome is Outcome.UNKNOWN


def test_a_refusal_says_why():
    assert read_answer('{"result": "refused", "reason": "售罄"}'.encode()) == Answer(
        Outcome.REFUSED, {}, "售罄"
    )
