"""A platform elsewhere, told by HTTP: one signed POST for each order.

The body is the task as JSON. `X-Partner-Center-Timestamp` is the installation's time in seconds, and
`X-Partner-Center-Signature` is `sha256=` + HMAC-SHA256(secret, timestamp + "." + body) in hexadecimal; the receiver
checks both and refuses old ones. `X-Partner-Center-Order` names the order: a repeated call must give the same answer.

200 with {"result": "done", "resource_ids": {"1": ["…"]}}  delivered; ids by line number, optional
200 with {"result": "shipped"}                            goods will be sent
200 with {"result": "refused", "reason": "…"}             it cannot be done: the customer gets its money back
202, any other status, or no answer in time               not yet: asked again, ever later
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from partner_center.kernel import clock
from partner_center.orders.fulfilment.platform import Answer, Outcome, Task

TIMEOUT_SECONDS = 15
LONGEST_ANSWER = 1_000_000


class Webhook:
    """FULFILMENT_WEBHOOK_URL and FULFILMENT_WEBHOOK_SECRET name the platform."""

    def __init__(self, url: str = "", secret: str = "") -> None:
        self.url = url or settings.FULFILMENT_WEBHOOK_URL
        self.secret = secret or settings.FULFILMENT_WEBHOOK_SECRET
        assert self.url and self.secret, "FULFILMENT_WEBHOOK_URL and FULFILMENT_WEBHOOK_SECRET are needed"

    def carry_out(self, task: Task) -> Answer:
        body = json.dumps(task.as_json(), ensure_ascii=False, separators=(",", ":")).encode()
        try:
            status, text = self._post(body, task.order_number)
        except (OSError, http.client.HTTPException) as failure:
            return Answer(Outcome.UNKNOWN, reason=f"no answer: {type(failure).__name__}")
        if status != 200:
            return Answer(Outcome.UNKNOWN, reason=f"HTTP {status}")
        return read_answer(text)

    def _post(self, body: bytes, order_number: str) -> tuple[int, bytes]:
        target = urlsplit(self.url)
        assert target.scheme in ("http", "https") and target.hostname, f"not an address: {self.url}"
        connection: http.client.HTTPConnection
        if target.scheme == "https":
            connection = http.client.HTTPSConnection(
                target.hostname, target.port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
            )
        else:
            connection = http.client.HTTPConnection(target.hostname, target.port, timeout=TIMEOUT_SECONDS)
        path = (target.path or "/") + (f"?{target.query}" if target.query else "")
        try:
            connection.request("POST", path, body, self._headers(body, order_number))
            response = connection.getresponse()
            return response.status, response.read(LONGEST_ANSWER)
        finally:
            connection.close()

    def _headers(self, body: bytes, order_number: str) -> dict[str, str]:
        timestamp = str(int(clock.now().timestamp()))
        return {
            "Content-Type": "application/json",
            "X-Partner-Center-Order": order_number,
            "X-Partner-Center-Timestamp": timestamp,
            "X-Partner-Center-Signature": f"sha256={signature(self.secret, timestamp, body)}",
        }


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What sender and receiver compute alike."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def read_answer(text: bytes) -> Answer:
    """The answer in a 200's body; UNKNOWN when it is not one."""
    try:
        answer = json.loads(text)
        outcome = Outcome(answer["result"])
    except (ValueError, KeyError, TypeError):
        return Answer(Outcome.UNKNOWN, reason="the answer cannot be read")
    if outcome is Outcome.UNKNOWN:
        return Answer(Outcome.UNKNOWN, reason="the answer cannot be read")
    return Answer(outcome, _resource_ids(answer.get("resource_ids")), str(answer.get("reason", ""))[:1024])


def _resource_ids(named: Any) -> dict[int, list[str]]:
    if not isinstance(named, Mapping):
        return {}
    return {
        int(line): [str(one)[:64] for one in ids]
        for line, ids in named.items()
        if str(line).isdigit() and isinstance(ids, list)
    }
