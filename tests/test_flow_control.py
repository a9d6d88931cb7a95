"""Flow control as a client meets it: several server processes share one allowance."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter

from partner_center.customers.makers import make_customer
from tests.calling import Key, signed
from tests.server import free_port
from tests.torture.siege import running_server

PATH = "/v2/accounts/customer-accounts/balances"
RATE = 20
"""Requests a second, as the operation documents."""


def test_two_processes_admit_together_what_one_may(real_db, tmp_path):
    key = Key.of(make_customer(site="cn").account)
    with running_server(port := free_port(), tmp_path):
        host, answers = f"127.0.0.1:{port}", Counter()
        headers = signed(key, "GET", PATH, "", b"", {"host": host, "content-type": "application/json"})

        def ask() -> None:
            connection = http.client.HTTPConnection(host, timeout=60)
            for _turn in range(10):
                connection.request("GET", PATH, headers=headers)
                answer = connection.getresponse()
                answer.read()
                answers[answer.status] += 1

        began = time.monotonic()
        threads = [threading.Thread(target=ask) for _client in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.monotonic() - began

    assert set(answers) == {200, 429}
    assert RATE <= answers[200] <= RATE + int(seconds * RATE) + 1, (answers, seconds)
