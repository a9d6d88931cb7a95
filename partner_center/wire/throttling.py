"""Flow control: at most so many requests in any one second per account, operation and source address.

The counters live in one memory-mapped file that all server processes of a machine share, outside the business
database: a check costs microseconds, survives no reboot and needs to survive none (docs/decisions/0012).
The file has a fixed size. A slot holds the moments of a caller's latest requests; a slot whose last moment is older
than a second is free for anybody, and when none is free the one that has been quiet longest is taken over.
"""

from __future__ import annotations

import fcntl
import hashlib
import mmap
import os
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import structlog
from django.conf import settings

log = structlog.get_logger(__name__)

HIGHEST_RATE = 32
SECOND = 1.0
BUCKETS, WAYS = 4096, 8
_SLOT = struct.Struct(f"<8sQ{HIGHEST_RATE}d")
_SIZE = BUCKETS * WAYS * _SLOT.size
_STRIPES = 64


class FlowTable:
    """The shared counters. `path` None keeps them in this process only (tests, one process)."""

    def __init__(self, path: Path | None) -> None:
        self._file: int | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            if os.fstat(self._file).st_size != _SIZE:
                os.ftruncate(self._file, _SIZE)
        self._memory = mmap.mmap(-1 if self._file is None else self._file, _SIZE)
        self._threads = [threading.Lock() for _ in range(_STRIPES)]

    def admits(self, rate: int, *who: str, now: float | None = None) -> bool:
        """Count one request of `who`, unless there were `rate` of them in the last second: then it is refused.

        `now` is in seconds of the machine's monotonic clock, which all processes of a machine share.
        """
        assert 0 < rate <= HIGHEST_RATE, f"rates go up to {HIGHEST_RATE} a second"
        moment = time.monotonic() if now is None else now
        key = hashlib.blake2b("\n".join((*who, str(rate))).encode(), digest_size=8).digest()
        bucket = int.from_bytes(key, "little") % BUCKETS
        with self._alone(bucket):
            place, head, moments = self._slot_of(key, bucket, moment)
            if 0 <= moment - moments[head] < SECOND and moments[head] > 0:
                return False
            moments[head] = moment
            _SLOT.pack_into(self._memory, place, key, (head + 1) % rate, *moments)
            return True

    def clear(self) -> None:
        """Forget every request (tests)."""
        self._memory[:] = bytes(_SIZE)

    def _slot_of(self, key: bytes, bucket: int, now: float) -> tuple[int, int, list[float]]:
        """The caller's slot, or one that it may take: (offset, next ring position, ring)."""
        quietest, quiet_since = 0, float("inf")
        for way in range(WAYS):
            place = (bucket * WAYS + way) * _SLOT.size
            found, head, *moments = _SLOT.unpack_from(self._memory, place)
            if found == key:
                return place, head, moments
            latest = max(moments)
            if latest > now:
                latest = 0.0
            if latest < quiet_since:
                quietest, quiet_since = place, latest
        return quietest, 0, [0.0] * HIGHEST_RATE

    @contextmanager
    def _alone(self, bucket: int) -> Iterator[None]:
        """One thread of one process at a time in a bucket."""
        with self._threads[bucket % _STRIPES]:
            if self._file is None:
                yield
                return
            stripe = bucket % _STRIPES
            fcntl.lockf(self._file, fcntl.LOCK_EX, 1, stripe)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN, 1, stripe)


@cache
def table() -> FlowTable:
    """The installation's counters, at settings.FLOW_CONTROL_FILE (empty: in this process only)."""
    where = getattr(settings, "FLOW_CONTROL_FILE", "")
    try:
        return FlowTable(Path(where) if where else None)
    except OSError as error:
        log.warning("flow_control.not_shared", file=str(where), error=str(error))
        return FlowTable(None)
