"""The laws of money, proved on any database at any time: `partner-center verify`.

A law is a generator of violations, declared with `@law("a sentence that is true")` in a room's `laws.py`,
which is read at the start.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

Check = Callable[[], Iterable[str]]

SHOWN = 5
"""How many violations of one law are told apart; more are only counted."""


@dataclass(frozen=True, slots=True)
class Law:
    """`says` is true of every database; `check` yields one sentence for each thing that breaks it."""

    room: str
    says: str
    check: Check


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one law: the number of violations and the first few of them."""

    law: Law
    count: int
    examples: list[str]

    @property
    def holds(self) -> bool:
        return self.count == 0

    def lines(self) -> Iterator[str]:
        word = "holds" if self.holds else f"BROKEN {self.count}×"
        yield f"{self.law.room}: {self.law.says} – {word}"
        yield from (f"    {example}" for example in self.examples)


LAWS: list[Law] = []


def law(says: str) -> Callable[[Check], Check]:
    """Declare a law: `says` is the line that `verify` prints."""

    def declare(check: Check) -> Check:
        room = check.__module__.split(".")[1]
        assert all(known.says != says for known in LAWS), f"this law stands already: {says}"
        LAWS.append(Law(room, says, check))
        return check

    return declare


def verify() -> Iterator[Verdict]:
    """Check every law of every room, one after the other."""
    for one in LAWS:
        violations = iter(one.check())
        examples = list(itertools.islice(violations, SHOWN))
        yield Verdict(one, len(examples) + sum(1 for _ in violations), examples)
