"""Laws: what must hold of the rows at any time. `partner-center verify` proves them on any database.

    @law("ledger.conservation", says="Balances sum to zero in every currency.")       # <room>/laws.py
    def conservation() -> Iterator[str]:
        yield "CNY: the balances sum to 0.01"        # one sentence for each breach; none when the law holds

A law only reads. It finds breaches in the database, in a bounded number of statements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

MOST_BREACHES = 20
"""Breaches named per law; one is enough to fail it."""


@dataclass(frozen=True, slots=True)
class Law:
    """A sentence about the rows, and the function that looks for breaches of it."""

    name: str
    says: str
    breaches: Callable[[], Iterable[str]]

    def first_breaches(self) -> list[str]:
        return list(islice(self.breaches(), MOST_BREACHES))


LAWS: dict[str, Law] = {}


def law(name: str, *, says: str) -> Callable[[Callable[[], Iterable[str]]], Callable[[], Iterable[str]]]:
    """Declare a law. name: `<room>.<word>`; says: one English sentence for operators."""

    def declare(function: Callable[[], Iterable[str]]) -> Callable[[], Iterable[str]]:
        assert name not in LAWS, f"two laws named {name}"
        LAWS[name] = Law(name, says, function)
        return function

    return declare
