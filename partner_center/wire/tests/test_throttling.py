"""Flow control: so many in any one second, no fewer and no more, whichever process is asked."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.test import override_settings

from partner_center.wire.requests import source_of
from partner_center.wire.throttling import BUCKETS, WAYS, FlowTable

PROCESS = """
import sys, time
from pathlib import Path
from partner_center.wire.throttling import FlowTable

table = FlowTable(Path(sys.argv[1]))
while time.monotonic() < float(sys.argv[2]):
    pass
print(sum(table.admits(10, "account", "pay_orders", "127.0.0.1", now=1000.0 + turn / 1000) for turn in range(100)))
"""


@pytest.fixture
def table():
    return FlowTable(None)


def test_ten_pass_and_the_eleventh_does_not(table):
    assert [table.admits(10, "a", "op", "ip", now=100.0 + turn / 100) for turn in range(12)] == [
        True
    ] * 10 + [False] * 2


def test_a_second_after_the_first_there_is_room_for_one(table):
    for turn in range(10):
        assert table.admits(10, "a", "op", "ip", now=100.0 + turn / 10)
    assert not table.admits(10, "a", "op", "ip", now=100.95)
    assert table.admits(10, "a", "op", "ip", now=101.0)
    assert not table.admits(10, "a", "op", "ip", now=101.05)


def test_who_keeps_to_the_rate_is_never_refused(table):
    assert all(table.admits(10, "a", "op", "ip", now=100.0 + turn * 0.1001) for turn in range(500))


def test_a_refused_request_does_not_count(table):
    for _turn in range(10):
        table.admits(10, "a", "op", "ip", now=100.0)
    for _turn in range(50):
        assert not table.admits(10, "a", "op", "ip", now=100.9)
    assert table.admits(10, "a", "op", "ip", now=101.0)


def test_accounts_operations_and_sources_are_counted_apart(table):
    for who in (("a", "op", "ip"), ("b", "op", "ip"), ("a", "other", "ip"), ("a", "op", "elsewhere")):
        assert [table.admits(1, *who, now=100.0) for _turn in range(2)] == [True, False]


def test_the_table_is_bounded_and_takes_over_what_is_quiet(table):
    for number in range(BUCKETS * WAYS * 2):
        assert table.admits(1, str(number), "op", "ip", now=100.0 + number / 1e6)
    assert table.admits(1, "new", "op", "ip", now=200.0)


def test_moments_of_an_earlier_boot_do_not_block(table):
    assert table.admits(1, "a", "op", "ip", now=90_000.0)
    assert table.admits(1, "a", "op", "ip", now=5.0)


def test_threads_count_together(table):
    with ThreadPoolExecutor(8) as pool:
        passed = sum(pool.map(lambda _turn: table.admits(20, "a", "op", "ip", now=100.0), range(200)))
    assert passed == 20


def test_processes_count_together(tmp_path):
    start = str(time.monotonic() + 2)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS, str(tmp_path / "flow"), start], stdout=subprocess.PIPE, text=True
        )
        for _number in range(4)
    ]
    assert sum(int(process.communicate(timeout=60)[0]) for process in processes) == 10


@pytest.mark.parametrize(
    ("trusted", "remote", "forwarded", "source"),
    [
        ((), "10.0.0.1", "1.2.3.4", "10.0.0.1"),
        (("10.0.0.0/8",), "10.0.0.1", "1.2.3.4", "1.2.3.4"),
        (("10.0.0.0/8",), "10.0.0.1", "9.9.9.9, 1.2.3.4, 10.0.0.2", "1.2.3.4"),
        (("10.0.0.0/8",), "8.8.8.8", "1.2.3.4", "8.8.8.8"),
        (("10.0.0.0/8",), "10.0.0.1", "", "10.0.0.1"),
        (("10.0.0.0/8",), "10.0.0.1", "not an address", "not an address"),
    ],
)
def test_only_trusted_proxies_say_where_a_request_comes_from(trusted, remote, forwarded, source):
    with override_settings(TRUSTED_PROXIES=trusted):
        assert source_of({"REMOTE_ADDR": remote, "HTTP_X_FORWARDED_FOR": forwarded}) == source
