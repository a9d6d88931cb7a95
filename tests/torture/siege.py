"""The siege: a server of its own on a database of its own, buyers at its door, SIGKILL at random moments.

After each kill the server is started again. At the end the jobs carry out what was paid, every law is proven, and what
the buyers were told is compared with the rows: no order paid twice, none lost, each cent where it belongs.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from django.db import connections

from tests import database
from tests.calling import Key
from tests.server import free_port
from tests.torture import quiet
from tests.torture.buyers import Buyer

ROOT = Path(__file__).resolve().parents[2]
BUYERS = 8
FUNDS = "9000000.00"


@dataclass(frozen=True, slots=True)
class Report:
    """What happened. A siege that was held has kills, orders and payments, and no faults."""

    kills: int
    placed: int
    paid: int
    cancelled: int
    unanswered: int
    faults: list[str]

    def __str__(self) -> str:
        counts = (
            f"{self.kills} kills, {self.placed} orders placed, {self.paid} paid, {self.cancelled} cancelled, "
        )
        return counts + f"{self.unanswered} calls left without an answer, {len(self.faults)} faults"


def besiege(kills: int, *, var: Path, seed: int = 1, told: Callable[[int], None] = quiet) -> Report:
    """Run a siege on the database that Django's connection leads to, which the caller throws away.

    told: is given the number of kills so far, after each.
    """
    chance = random.Random(seed)
    customers = _found_customers()
    connections.close_all()
    stopping = threading.Event()
    port = free_port()
    buyers = [
        Buyer(f"127.0.0.1:{port}", key, seed * 100 + at, stopping)
        for at, key in enumerate(customers.values())
    ]

    faults: list[str] = []
    for number in range(kills):
        with running_server(port, var) as server:
            for buyer in buyers:
                if not number:
                    buyer.thread.start()
            time.sleep(chance.uniform(0.05, 2.0))
            os.killpg(server.pid, signal.SIGKILL)
        faults += [f"after kill {number + 1}: {breach}" for breach in _breaches()]
        told(number + 1)
    with running_server(port, var) as server:
        time.sleep(1)
        stopping.set()
        for buyer in buyers:
            buyer.thread.join(90)
        server.send_signal(signal.SIGTERM)
        if server.wait(60):
            faults.append("the server did not end cleanly")

    _carry_out_what_was_paid()
    faults += _breaches()
    for account_id, buyer in zip(customers, buyers, strict=True):
        faults += buyer.memory.surprises + list(_compare(account_id, buyer))
        if buyer.thread.is_alive():
            faults.append(f"the buyer {account_id} is still waiting")
    told = [buyer.memory for buyer in buyers]
    return Report(
        kills=kills,
        placed=sum(len(one.placed) for one in told),
        paid=sum(len(one.paid) for one in told),
        cancelled=sum(len(one.cancelled) for one in told),
        unanswered=sum(one.unanswered for one in told),
        faults=faults,
    )


def _found_customers() -> dict[str, Key]:
    """Customers with money, by account id, in the vendor's smallest catalogue."""
    from partner_center.catalogue.makers import make_catalogue
    from partner_center.customers.makers import make_customer
    from partner_center.funds.makers import make_money

    make_catalogue()
    found = {}
    for _number in range(BUYERS):
        customer = make_customer(site="cn")
        make_money(customer, FUNDS)
        found[customer.pk] = Key.of(customer.account)
    return found


@contextmanager
def running_server(port: int, var: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The program as an operator starts it, of two processes, on the database of this test."""
    name = connections.settings["default"]["NAME"]
    environment = {**os.environ, "PARTNER_CENTER_VAR": str(var), "DATABASE_URL": database.url_of(name)}
    command = [sys.executable, "-m", "partner_center", "serve", "--port", str(port), "--workers", "2"]
    with (var / "server.log").open("ab") as log:
        server = subprocess.Popen(
            command, cwd=ROOT, env=environment, start_new_session=True, stdout=log, stderr=log
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/readyz", server)
        yield server
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        assert server.poll() is None, "the server ended by itself"
        try:
            urllib.request.urlopen(url, timeout=5).read()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the server does not answer")


def _carry_out_what_was_paid() -> None:
    """Let the jobs do what the killed workers left, until nothing is due."""
    from partner_center.foundation.jobs import run_due, worker_lease
    from partner_center.orders.models import Fulfilment

    until = time.monotonic() + 60
    while time.monotonic() < until:
        with worker_lease(wait=30) as held:
            assert held, "a killed worker's lease is not given up"
            run_due()
        if not Fulfilment.objects.filter(state="waiting").exists():
            return
        time.sleep(0.5)


def _breaches() -> list[str]:
    """Every breach of every law, as `partner-center verify` finds them."""
    from partner_center.foundation.laws import LAWS

    found = [f"{law.name}: {breach}" for law in LAWS.values() for breach in law.first_breaches()]
    connections.close_all()
    return found


def _compare(account_id: str, buyer: Buyer) -> Iterator[str]:
    """What one buyer was told beside what the rows say."""
    from partner_center.funds import chart
    from partner_center.kernel.money import Money
    from partner_center.ledger.models import Entry
    from partner_center.ledger.queries import balance
    from partner_center.orders.models import Order
    from partner_center.orders.states import OrderState

    orders = {order.number: order for order in Order.objects.filter(customer_id=account_id)}
    for lost in buyer.memory.placed - orders.keys():
        yield f"{lost} was placed and is lost"
    for number in buyer.memory.paid:
        if orders[number].state is not OrderState.COMPLETED:
            yield f"{number} was paid and is {orders[number].state.value}"
    for number in buyer.memory.cancelled:
        if orders[number].state is not OrderState.CANCELLED:
            yield f"{number} was cancelled and is {orders[number].state.value}"
    paid = [order for order in orders.values() if order.paid_at is not None]
    entries = Entry.objects.filter(reference__in=[f"order:{number}" for number in orders]).count()
    if entries != len(paid):
        yield f"{len(paid)} orders are paid by {entries} entries"
    left = Money.of(FUNDS, "CNY")
    for order in paid:
        left -= order.payable
    if balance(chart.cash(account_id), "CNY") != left:
        yield f"{balance(chart.cash(account_id), 'CNY')} are left of {FUNDS}, {left} should be"
