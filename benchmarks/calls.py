"""Paying and listing orders over HTTP: our server and the bare one take turns over copies of the same rows."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
import timeit
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TypeVar

from benchmarks.figures import ROOT, ROUNDS, machine, say

T = TypeVar("T")
SERVERS: set[int] = set()
"""Sessions (in the sense of the operating system) of the two servers."""
DATABASE: set[int] = set()
"""The database's first process."""
WORKERS, THREADS = 2, 8


@dataclass(frozen=True, slots=True)
class Result:
    """Requests a second of both, one figure a round."""

    name: str
    ours: list[float]
    bare: list[float]
    cpu: tuple[float, float]
    target: float

    @property
    def ratio(self) -> float:
        return statistics.median(self.ours) / statistics.median(self.bare)

    def row(self) -> str:
        ours, bare = statistics.median(self.ours), statistics.median(self.bare)
        cpu = f"{self.cpu[0]:.1f} | {self.cpu[1]:.1f}"
        return f"| {self.name} | {ours:,.0f} | {bare:,.0f} | **{self.ratio:.2f}** | {self.target} | {cpu} |"


def run(options: argparse.Namespace) -> list[str]:
    """Both operations on PostgreSQL; a table of their rates."""
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        raise SystemExit("These benchmarks want PostgreSQL: set DATABASE_URL.")

    import django

    import tests.environment  # noqa: F401 - secrets and folders that both servers share

    django.setup()
    from django.db import connection, connections

    from benchmarks import load, world
    from tests import database

    world.FINISHED, world.CUSTOMERS = options.orders, options.customers
    with ExitStack() as stack:
        name = stack.enter_context(database.copy_of(database.template()))
        stack.enter_context(database.standing_on(name))
        say(f"building {options.orders:,} orders")
        buyers, to_pay = world.build(to_pay=2 * (ROUNDS + 1) * options.pay)
        with connection.cursor() as cursor:
            cursor.execute("SHOW fsync")
            fsync = cursor.fetchone()[0]
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0]
            cursor.execute("SELECT pg_backend_pid()")
            _find_database(cursor.fetchone()[0])
        connections.close_all()
        url = database.url_of(name)
        ours = stack.enter_context(server(url, "ours"))
        bare = stack.enter_context(server(url, "bare"))

        say("paying")
        paying = _take_turns(
            "pay_orders",
            lambda host: [
                load.shot(
                    host,
                    buyer.key,
                    "POST",
                    "/v3/orders/customer-orders/pay",
                    body=f'{{"order_id": "{number}", "use_coupon": "NO", "use_discount": "NO"}}'.encode(),
                )
                for buyer, number in _some(to_pay, options.pay)
            ],
            (ours, bare),
            expected=204,
            target=0.5,
        )
        say("listing")
        month = timedelta(days=330)
        begin = f"{datetime.now(UTC) - month:%Y-%m-%dT00:00:00Z}"
        end = f"{datetime.now(UTC):%Y-%m-%dT00:00:00Z}"

        def listings(host: str) -> list[load.Shot]:
            return [
                load.shot(
                    host,
                    buyers[number % len(buyers)].key,
                    "GET",
                    "/v2/orders/customer-orders",
                    customer_id=buyers[number % len(buyers)].id,
                    status=5,
                    create_time_begin=begin,
                    create_time_end=end,
                    limit=10,
                )
                for number in range(options.list)
            ]

        _demand_the_same(load.answer(ours, listings(ours)[0]), load.answer(bare, listings(bare)[0]))
        listing = _take_turns("list_customer_orders", listings, (ours, bare), expected=200, target=0.25)
    microseconds = signature_cost()

    return [
        f"{machine()},"
        f" PostgreSQL {version} with fsync {fsync}, {options.orders:,} orders, {load.CLIENTS} clients,"
        f" {WORKERS} processes of {THREADS} threads; the median of {ROUNDS} rounds after a warm-up.",
        "",
        "| operation | ours, requests a second | bare | ratio | target | ours, CPU ms a request | bare |",
        "|---|---|---|---|---|---|---|",
        paying.row(),
        listing.row(),
        "",
        f"Verifying a signature takes {microseconds:.0f} µs (target: under 100).",
    ]


def signature_cost() -> float:
    """Microseconds to read and verify a signed POST as the stock signer sends it."""
    from partner_center.wire import signing
    from tests.calling import Key, signed

    key, body = Key("A" * 20, "s" * 40), b'{"order_id": "CS1", "use_coupon": "NO", "use_discount": "NO"}'
    path = "/v3/orders/customer-orders/pay"
    headers = signed(
        key, "POST", path, "", body, {"host": "127.0.0.1:8000", "content-type": "application/json"}
    )
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "CONTENT_TYPE": headers.pop("content-type"),
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
    }
    assert signing.read(environ, body).matches(key.sk)
    turns = 5000
    runs = timeit.repeat(lambda: signing.read(environ, body).matches(key.sk), number=turns, repeat=ROUNDS)
    return statistics.median(runs) / turns * 1e6


def _take_turns(
    name: str,
    shots_for: Callable[[str], Sequence[object]],
    hosts: tuple[str, str],
    *,
    expected: int,
    target: float,
) -> Result:
    from benchmarks import load

    rates: dict[str, list[float]] = {host: [] for host in hosts}
    spent: dict[str, list[float]] = {host: [] for host in hosts}
    for turn in range(ROUNDS + 1):
        for host in hosts:
            shots = shots_for(host)
            before = _cpu()
            seconds, statuses = load.fire(host, shots)  # type: ignore[arg-type]
            after = _cpu()
            if set(statuses) != {expected}:
                say(str(load.answer(host, shots[0])))  # type: ignore[arg-type]
                raise SystemExit(f"{name}: answers {dict(statuses)}, {expected} expected")
            if turn:  # the first round warms
                rates[host].append(len(shots) / seconds)
                spent[host].append((after - before) / len(shots) * 1000)
                say(f"  {'ours' if host == hosts[0] else 'bare'} {rates[host][-1]:,.0f}/s")
    cpu = (statistics.median(spent[hosts[0]]), statistics.median(spent[hosts[1]]))
    return Result(name, rates[hosts[0]], rates[hosts[1]], cpu, target)


def _find_database(backend: int) -> None:
    """Remember the database's first process, whose children work for us, if it runs on this machine."""
    stat = Path(f"/proc/{backend}/stat")
    if stat.exists():
        DATABASE.add(int(stat.read_text().rpartition(")")[2].split()[1]))


def _cpu() -> float:
    """CPU seconds so far of both servers and of the database's processes, where /proc tells them."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = path.read_text()
        except OSError:
            continue
        fields = text.rpartition(")")[2].split()
        parent, session = int(fields[1]), int(fields[3])
        if session in SERVERS or parent in DATABASE:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def server(url: str, which: str, **more: str) -> Iterator[str]:
    """One of the two servers, on a free port, with `more` in its environment; yields host:port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "PARTNER_CENTER_VAR": str(ROOT / f"var/bench-{which}"),
        **more,
    }
    if which == "ours":
        command = ["-m", "partner_center", "serve", "--no-jobs", "--port", str(port)]
        command += ["--workers", str(WORKERS), "--threads", str(THREADS)]
    else:
        command = ["-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", str(WORKERS)]
        command += ["--blocking-threads", str(THREADS), "--http", "1", "--no-ws", "--log-level", "warning"]
        command += ["benchmarks.bare:application"]
    with subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=environment, start_new_session=True
    ) as process:
        try:
            SERVERS.add(process.pid)
            _wait(f"127.0.0.1:{port}", process)
            yield f"127.0.0.1:{port}"
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)


def _wait(host: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if process.poll() is not None:
            raise SystemExit("a server ended by itself")
        try:
            urllib.request.urlopen(f"http://{host}/healthz", timeout=5).read()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("a server does not answer")


def _demand_the_same(ours: tuple[int, bytes], bare: tuple[int, bytes]) -> None:
    if ours != bare:
        raise SystemExit(f"the two answer differently:\n{ours}\n{bare}")


def _some(rows: Iterator[T], count: int) -> list[T]:
    return list(islice(rows, count))
