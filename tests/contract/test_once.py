"""A native POST with an Idempotency-Key happens once, and its first answer is given again."""

from __future__ import annotations

import threading

import pytest
from django.db import connections

from partner_center.customers.makers import make_customer
from partner_center.foundation.models import StoredAnswer
from partner_center.wire.throttling import FlowTable
from tests.calling import Key, call

NUMBERS = "/api/v1/order-numbers"


@pytest.fixture(autouse=True)
def _no_flow_control(monkeypatch):
    monkeypatch.setattr(FlowTable, "admits", lambda *_who, **_now: True)


def reserve(who, key="first", **body):
    return call(who, "POST", NUMBERS, headers={"Idempotency-Key": key} if key else {}, **body)


@pytest.fixture
def lin(db):
    return make_customer().account


def test_the_same_key_and_body_get_the_first_answer_again(lin):
    first, again = reserve(lin, count=2), reserve(lin, count=2)
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert first.headers["X-Request-Id"] != again.headers["X-Request-Id"]


def test_the_same_key_with_another_body_is_a_conflict(lin):
    reserve(lin, count=2)
    answer = reserve(lin, count=3)
    assert answer.status_code == 409
    assert "first" in answer.json()["error_msg"]


def test_keys_belong_to_their_accounts(lin):
    mo = make_customer().account
    assert reserve(lin, count=1).content != reserve(mo, count=1).content


def test_without_a_key_every_call_is_another(lin):
    assert reserve(lin, key="", count=1).content != reserve(lin, key="", count=1).content
    assert not StoredAnswer.objects.exists()


def test_a_refusal_is_not_kept(lin):
    assert reserve(lin, count=0).status_code == 400
    assert reserve(lin, count=1).status_code == 201


@pytest.mark.parametrize("key", ["x" * 256, "tab\there"])
def test_a_key_is_short_and_printable(lin, key):
    answer = reserve(lin, key=key, count=1)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "CBC.0100")


def test_of_many_at_once_one_happens_and_all_get_its_answer(real_db):
    key = Key.of(make_customer().account)
    answers: list[bytes] = []
    ready = threading.Barrier(6)

    def run() -> None:
        ready.wait()
        answers.append(reserve(key, count=1).content)
        connections.close_all()

    threads = [threading.Thread(target=run) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 6
    assert len(set(answers)) == 1
    assert b"order_ids" in answers[0]
