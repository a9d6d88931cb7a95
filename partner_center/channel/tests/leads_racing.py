"""Many at once, each in a thread and a transaction of its own: how did they end?"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

from django.db import connection

AT_ONCE = 8


def race(task: Callable[[int], object]) -> Counter[str]:
    """Run `task(0)` … `task(7)` at once; count how each ended: "done", or its refusal's name."""
    ends: Counter[str] = Counter()
    gate, lock = threading.Barrier(AT_ONCE), threading.Lock()

    def work(number: int) -> None:
        gate.wait()
        try:
            task(number)
            end = "done"
        except Exception as error:
            end = type(error).__name__
        finally:
            connection.close()
        with lock:
            ends[end] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends
