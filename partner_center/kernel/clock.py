"""The installation's clock: real time plus an offset, or a set moment in tests and previews.

Business code asks `now()`. What concerns the outside world (signature windows, tokens, sessions, key
locks, flow control) asks `machine_now()`, allowed only in wire/ and identity/. Every other source of
time is banned by the checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_set_moment: ContextVar[datetime | None] = ContextVar("set_moment", default=None)
_scope: ContextVar[list[timedelta] | None] = ContextVar("clock_scope", default=None)


def _no_offset() -> timedelta:
    return timedelta(0)


_offset_source: Callable[[], timedelta] = _no_offset


def now() -> datetime:
    """The installation's present moment, aware, UTC."""
    chosen = _set_moment.get()
    if chosen is not None:
        return chosen
    return machine_now() + _offset()


def machine_now() -> datetime:
    """The machine's present moment, aware, UTC, whatever the installation's clock says."""
    return datetime.now(UTC)  # noqa: TID251 - the one place that reads the machine's clock


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Stand still at `moment` inside this block (tests, previews, replays, jobs in fast-forward)."""
    assert moment.tzinfo is not None, "a moment knows its zone"
    token = _set_moment.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _set_moment.reset(token)


def move_to(moment: datetime) -> None:
    """Inside an `at` block: stand at a later moment from now on."""
    chosen = _set_moment.get()
    assert chosen is not None, "the clock is not set here"
    assert moment >= chosen, "it only goes forwards"
    _set_moment.set(moment.astimezone(UTC))


@contextmanager
def scope() -> Iterator[None]:
    """One unit of work (a request, a job): the offset is read once inside it."""
    token = _scope.set([])
    try:
        yield
    finally:
        _scope.reset(token)


def read_offset_from(source: Callable[[], timedelta]) -> None:
    """Let the installation say how far its clock is ahead of the machine's."""
    global _offset_source
    _offset_source = source


def _offset() -> timedelta:
    seen = _scope.get()
    if seen is None:
        return _offset_source()
    if not seen:
        seen.append(_offset_source())
    return seen[0]


def forget_offset() -> None:
    """The offset was moved: read it again."""
    seen = _scope.get()
    if seen is not None:
        seen.clear()
