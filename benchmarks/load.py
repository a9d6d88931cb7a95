"""The load: requests signed beforehand, sent over as many kept-alive connections as there are clients."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.calling import Key, canonical_query, signed

CLIENTS = 8


@dataclass(frozen=True, slots=True)
class Shot:
    """One signed request."""

    method: str
    target: str
    body: bytes
    headers: dict[str, str]


def shot(host: str, key: Key, method: str, path: str, *, body: bytes = b"", **query: object) -> Shot:
    """A request to `host` as the owner of `key` signs it now."""
    asked = canonical_query(query)
    headers = signed(key, method, path, asked, body, {"host": host, "content-type": "application/json"})
    return Shot(method, f"{path}?{asked}" if asked else path, body, headers)


def fire(host: str, shots: Sequence[Shot], *, clients: int = CLIENTS) -> tuple[float, Counter[int]]:
    """Send them all, each once; (seconds, answers by status)."""
    statuses: Counter[int] = Counter()
    start = threading.Barrier(clients + 1)
    threads = [
        threading.Thread(target=_shoot, args=(host, shots[number::clients], start, statuses))
        for number in range(clients)
    ]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began, statuses


def answer(host: str, one: Shot) -> tuple[int, bytes]:
    """Status and body of a single request."""
    connection = http.client.HTTPConnection(host, timeout=30)
    connection.request(one.method, one.target, one.body or None, one.headers)
    answered = connection.getresponse()
    return answered.status, answered.read()


def _shoot(host: str, shots: Iterable[Shot], start: threading.Barrier, statuses: Counter[int]) -> None:
    connection = http.client.HTTPConnection(host, timeout=60)
    connection.connect()
    seen: Counter[int] = Counter()
    start.wait()
    for one in shots:
        connection.request(one.method, one.target, one.body or None, one.headers)
        answered = connection.getresponse()
        answered.read()
        seen[answered.status] += 1
    connection.close()
    statuses.update(seen)
