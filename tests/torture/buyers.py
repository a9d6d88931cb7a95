"""Buyers who never give up: each places orders and pays or cancels them, and asks again when an answer did not come."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from tests.calling import Key, signed

WISH = {
    "cloud_service_type": "hws.service.type.ec2",
    "resource_type": "hws.resource.type.vm",
    "resource_spec": "s6.large.2.linux",
    "region": "cn-north-1",
    "period_type": 2,
    "period_num": 1,
    "subscription_num": 1,
}
MOVED = "CBC.99003106"
PATIENCE = 600.0
"""Seconds that a buyer goes on asking a server that is killed under it: a busy machine is no fault of the program."""


class Unanswered(Exception):
    """The server went away before it answered: the call may have done its work or not."""


class NobodyThere(Exception):
    """No server listens."""


@dataclass(slots=True)
class Memory:
    """What a buyer was told. `placed` and `paid` hold order numbers whose answer arrived."""

    placed: set[str] = field(default_factory=set)
    paid: dict[str, int] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)
    unanswered: int = 0
    surprises: list[str] = field(default_factory=list)


class Buyer:
    """One customer. Runs in a thread until told to stop, and finishes what it has begun."""

    def __init__(self, host: str, key: Key, seed: int, stopping: threading.Event) -> None:
        self.host, self.key, self.stopping = host, key, stopping
        self.memory = Memory()
        self._chance = random.Random(seed)
        self._connection: http.client.HTTPConnection | None = None
        self._numbers: list[str] = []
        self.thread = threading.Thread(target=self._live, daemon=True)

    def _live(self) -> None:
        try:
            while not self.stopping.is_set():
                self._one_order()
        except Exception as error:
            self.memory.surprises.append(f"{type(error).__name__}: {error}")

    def _one_order(self) -> None:
        number = self._next_number()
        order = {"order_id": number, "items": [WISH], "is_auto_pay": 0}
        status, answer = self._insist("POST", "/api/v1/orders", order, {"idempotency-key": number})
        if status != 201 or answer["order_id"] != number:
            self.memory.surprises.append(f"placing {number}: {status} {answer}")
            return
        self.memory.placed.add(number)
        if self._chance.random() < 0.15:
            self._cancel(number)
        else:
            self._pay(number, twice=self._chance.random() < 0.3)

    def _pay(self, number: str, *, twice: bool) -> None:
        """Pay; a payer who got no answer asks again and may learn that the order has moved on already."""
        before = self.memory.unanswered
        payers = [self, Buyer(self.host, self.key, 0, self.stopping)] if twice else [self]
        answers: list[tuple[int, Any]] = []
        body = {"order_id": number, "use_coupon": "NO", "use_discount": "NO"}

        def ask(payer: Buyer) -> None:
            answers.append(payer._insist("POST", "/v3/orders/customer-orders/pay", body))

        threads = [threading.Thread(target=ask, args=(payer,)) for payer in payers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        unanswered = self.memory.unanswered - before + sum(one.memory.unanswered for one in payers[1:])
        paid = sum(status == 204 for status, _answer in answers)
        moved = sum(status == 400 and answer["error_code"] == MOVED for status, answer in answers)
        if paid + moved != len(answers) or paid > 1 or (not paid and not unanswered):
            self.memory.surprises.append(f"paying {number}: {answers}, {unanswered} unanswered")
        self.memory.paid[number] = paid

    def _cancel(self, number: str) -> None:
        before = self.memory.unanswered
        status, answer = self._insist("PUT", "/v2/orders/customer-orders/cancel", {"order_id": number})
        if status == 204 or self.memory.unanswered > before:
            self.memory.cancelled.add(number)
        else:
            self.memory.surprises.append(f"cancelling {number}: {status} {answer}")

    def _next_number(self) -> str:
        if not self._numbers:
            status, answer = self._insist("POST", "/api/v1/order-numbers", {"count": 20})
            assert status == 201, f"reserving numbers: {status} {answer}"
            self._numbers = answer["order_ids"]
        return self._numbers.pop()

    def _insist(
        self, method: str, path: str, body: Any, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """Ask until an answer comes that is neither flow control nor a server in trouble."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                status, answer = self._ask(method, path, body, headers or {})
            except NobodyThere:
                time.sleep(0.05)
                continue
            except Unanswered:
                self.memory.unanswered += 1
                continue
            if status == 429:
                time.sleep(0.2)
            elif status >= 500:
                self.memory.surprises.append(f"{method} {path}: {status} {answer}")
                time.sleep(0.2)
            else:
                return status, answer
        raise TimeoutError(f"{method} {path}: no answer for ten minutes")

    def _ask(self, method: str, path: str, body: Any, headers: dict[str, str]) -> tuple[int, Any]:
        content = json.dumps(body).encode()
        sent = {"host": self.host, "content-type": "application/json", **headers}
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection(self.host, timeout=30)
                self._connection.connect()
            self._connection.request(method, path, content, signed(self.key, method, path, "", content, sent))
            answered = self._connection.getresponse()
            text = answered.read()
        except ConnectionRefusedError as error:  # nobody is there, so nothing can have happened
            self._connection = None
            raise NobodyThere from error
        except (OSError, http.client.HTTPException) as error:
            if self._connection is not None:
                self._connection.close()
            self._connection = None
            raise Unanswered from error
        return answered.status, json.loads(text) if text else None
