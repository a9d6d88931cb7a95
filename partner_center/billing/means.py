"""Means of payment of usage, in the order in which they are taken (docs/algorithms/settlement.md).

Each takes what it can of the amount that is still due and says what it took; what is left goes on to the next. Coupons
and cards join in front; the accounts come last: cash before credit, and what neither covers becomes arrears.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from partner_center.foundation.actor import Actor
from partner_center.funds import trades
from partner_center.funds.actions import charge
from partner_center.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Due:
    """One charge: for whose consumption, from whose account, how much, under which reference, for which services."""

    customer_id: str
    payer_id: str
    amount: Money
    reference: str
    about: str
    services: tuple[str, ...]
    kind: str = trades.USAGE


@dataclass(frozen=True, slots=True)
class Taken:
    """What one means gave, by column of a fee record, in minor units; and the ledger entry that moved it."""

    parts: Mapping[str, int]
    entry_id: int | None


Takes = Callable[[Actor, Due, Money], Taken]


def from_accounts(actor: Actor, due: Due, left: Money) -> Taken:
    """All of `left` from the payer's cash, then its credit, the rest as arrears."""
    paid = charge(
        actor,
        owner_id=due.payer_id,
        amount=left,
        reference=due.reference,
        kind=due.kind,
        about=due.about,
        memo=memo_of(due.services),
        may_owe=True,
    )
    parts = {"cash": paid.cash.minor, "credit": paid.credit.minor, "debt": paid.debt.minor}
    return Taken(parts, paid.entry_id)


MEANS_OF_USAGE: tuple[Takes, ...] = (from_accounts,)


def take(actor: Actor, due: Due) -> Taken:
    """Take what is due through the means in their order. The ledger entry is that of the accounts, or the first's."""
    parts: dict[str, int] = {}
    entry_id: int | None = None
    left = due.amount
    for means in MEANS_OF_USAGE:
        if not left:
            break
        taken = means(actor, due, left)
        for name, minor in taken.parts.items():
            parts[name] = parts.get(name, 0) + minor
            left -= Money(minor, left.currency)
        entry_id = taken.entry_id or entry_id
    assert not left, f"{due.reference}: {left} was not taken"
    return Taken(parts, entry_id)


def memo_of(services: tuple[str, ...]) -> str:
    """What an account statement says it was for: the service, or the first of several and how many more."""
    if not services:
        return ""
    first, *others = sorted(services)
    return f"{first} +{len(others)}"[:256] if others else first[:256]
