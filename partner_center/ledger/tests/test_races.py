"""Threads against one database, with real transactions: on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

from django.db import connection

from partner_center.ledger.errors import InsufficientBalance
from partner_center.ledger.models import Account, Entry
from partner_center.ledger.posting import open_account, post
from partner_center.ledger.tests.acting import WORLD, broken_laws, fund, inside, leg, lies, move, yuan

WORKERS = 8


def race(tasks: list[Callable[[], object]]) -> Counter:
    """Run the tasks from eight threads at once; count how each ended."""
    ends: Counter = Counter()
    queue, gate, lock = list(tasks), threading.Barrier(WORKERS), threading.Lock()

    def work() -> None:
        gate.wait()
        try:
            while True:
                with lock:
                    if not queue:
                        return
                    task = queue.pop()
                try:
                    task()
                    end = "done"
                except Exception as error:
                    end = type(error).__name__
                with lock:
                    ends[end] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def test_debits_of_an_account_that_never_had_a_row_and_may_not_fall_below_zero(real_db):
    """R-13 with limit zero: the row to lock does not exist yet, and nobody gets anything."""
    ends = race(
        [lambda n=n: move(f"debit:{n}", leg("cash:never", "house:sales", "1.00")) for n in range(200)]
    )
    assert ends == {"InsufficientBalance": 200}
    assert not Entry.objects.exists()


def test_debits_of_an_account_that_never_had_a_row_and_has_credit(real_db):
    """R-13 with credit: of 200 debits of 7.00 from a credit of 200.00, 28 succeed."""

    def debit(number: int) -> None:
        with inside():
            open_account("credit:never", "CNY", floor=yuan("-200.00"))
            post(kind="debit", reference=f"debit:{number}", legs=[leg("credit:never", "house:sales", "7.00")])

    ends = race([lambda n=n: debit(n) for n in range(200)])
    assert ends == {"done": 28, "InsufficientBalance": 172}
    assert (lies("credit:never"), lies("house:sales")) == ("-196.00 CNY", "196.00 CNY")
    assert broken_laws() == []


def test_two_payers_of_the_last_yuan(real_db):
    fund("cash:a", "1.00")
    ends = race([lambda n=n: move(f"pay:{n}", leg("cash:a", "cash:b", "1.00")) for n in range(16)])
    assert ends == {"done": 1, "InsufficientBalance": 15}
    assert broken_laws() == []


def test_one_reference_from_many_threads_moves_money_once(real_db):
    fund("cash:a", "100.00")
    ends = race([lambda: move("pay:1", leg("cash:a", "cash:b", "30.00")) for _ in range(32)])
    assert ends == {"done": 32}
    assert (lies("cash:a"), Entry.objects.count()) == ("70.00 CNY", 2)


def test_opposite_transfers_wait_for_each_other_in_one_order_and_lose_nothing(real_db):
    fund("cash:a", "100.00")
    fund("cash:b", "100.00")
    there = [lambda n=n: move(f"there:{n}", leg("cash:a", "cash:b", "0.50")) for n in range(100)]
    back = [lambda n=n: move(f"back:{n}", leg("cash:b", "cash:a", "0.50")) for n in range(100)]
    ends = race([task for pair in zip(there, back, strict=True) for task in pair])
    assert ends == {"done": 200}
    assert (lies("cash:a"), lies("cash:b"), lies(WORLD)) == ("100.00 CNY", "100.00 CNY", "-200.00 CNY")
    assert broken_laws() == []


def test_new_accounts_opened_by_many_threads_are_opened_once(real_db):
    fund("cash:a", "100.00")
    tasks = [
        lambda n=n: move(
            f"spread:{n}", leg("cash:a", f"new:{n % 3}", "1.00"), leg(f"new:{n % 3}", "new:x", "0.40")
        )
        for n in range(60)
    ]
    assert race(tasks) == {"done": 60}
    assert lies("new:x") == "24.00 CNY"
    assert Account.objects.filter(address__startswith="new:").count() == 4
    assert broken_laws() == []


def test_a_refusal_in_a_thread_is_a_business_code(real_db):
    """R-17 in small: no database error reaches a caller under contention."""
    fund("cash:a", "50.00")
    ends = race([lambda n=n: move(f"pay:{n}", leg("cash:a", f"cash:{n % 5}x", "1.00")) for n in range(120)])
    assert ends == {"done": 50, InsufficientBalance.__name__: 70}
    assert broken_laws() == []
