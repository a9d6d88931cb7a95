"""Arithmetic of funds over plain values. No query, no clock."""

from __future__ import annotations

from dataclasses import dataclass

from partner_center.kernel.money import Money
from partner_center.ledger.errors import InsufficientBalance

LARGEST_MINOR = 10**14
"""No single movement is larger (a million million yuan): sums of very many still fit a 64-bit integer."""


@dataclass(frozen=True, slots=True)
class Split:
    """How a charge is paid: cash first, then credit, then (where allowed) arrears."""

    cash: Money
    credit: Money
    debt: Money


def split_charge(amount: Money, *, cash: Money, credit: Money, may_owe: bool = False) -> Split:
    """Cash before credit (spec/api/flows.md §5.4). `cash` is what may be spent, without designated sums.

    Raises InsufficientBalance when both do not suffice, unless the rest may become arrears.
    """
    zero = Money.zero(amount.currency)
    from_cash = min(amount, max(cash, zero))
    from_credit = min(amount - from_cash, max(credit, zero))
    rest = amount - from_cash - from_credit
    if rest and not may_owe:
        raise InsufficientBalance(needed=amount, available=max(cash, zero) + max(credit, zero))
    return Split(from_cash, from_credit, rest)


def refundable_to_credit(credit: Money, *, used: Money) -> Money:
    """The part of a credit refund that fits: credit repaid meanwhile comes back as cash."""
    return min(credit, max(used, Money.zero(credit.currency)))


def is_movable(amount: Money) -> bool:
    return 0 < amount.minor <= LARGEST_MINOR


def largest(currency: str) -> Money:
    return Money(LARGEST_MINOR, currency)
