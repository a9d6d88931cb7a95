"""Arithmetic of bills over plain values: truncation of groups, shares of lines, settling of debts. No query, no clock.

Tables: docs/algorithms/settlement.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Context, Decimal
from fractions import Fraction
from typing import Any

from partner_center.billing.models.fees import GROUP, MEANS
from partner_center.kernel.money import Amount, Money, minor_digits
from partner_center.kernel.period import BEIJING, BillMonth

_EXACT = Context(prec=76)
_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class Target:
    """What a settlement group comes to, in minor units, and the exact rest of its payable below one of them.

    official = discount + erase + consume. `erase` is what the three truncations leave between them: 0 or 1.
    """

    official: int
    discount: int
    erase: int
    consume: int
    cut_off: Decimal


def target_of(*, official: Decimal, discount: Decimal, payable: Decimal, currency: str) -> Target:
    """The sums of a group's lines, truncated toward zero to the minor unit, each for itself."""
    settled = Amount(payable, currency).settle()
    listed = Amount(official, currency).settle().money.minor
    reduced = Amount(discount, currency).settle().money.minor
    return Target(
        official=listed,
        discount=reduced,
        erase=listed - reduced - settled.money.minor,
        consume=settled.money.minor,
        cut_off=settled.cut_off,
    )


def group_key(group: Mapping[str, Any] | Any) -> str:
    """The digest of a settlement group's columns: 32 hexadecimal characters, the same in SQL (`bulk.py`)."""
    read = group.__getitem__ if isinstance(group, Mapping) else lambda name: getattr(group, name)
    text = _SEPARATOR.join(str(read(name)) for name in GROUP)
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def shares_of_line(
    *, before: Decimal, payable: Decimal, settlement: Mapping[str, int] | Any, currency: str
) -> dict[str, Decimal]:
    """Which part of one line was paid by which means: the eight names of MEANS, and "cut_off" for what was not charged.

    before: the sum of `payable` of the earlier lines of its group. settlement: the group's amounts in minor units, by
    name, or its GroupSettlement. The line covers [before, before + payable) of the group's sum; the means cover it
    from zero on, one after the other. The parts sum to `payable` exactly, and over the lines of a group to its
    settlement.
    """
    low, high = sorted((before, before + payable))
    sign = 1 if payable >= 0 else -1
    parts: dict[str, Decimal] = {}
    edge, covered = Decimal(0), Decimal(0)
    for name, minor in layers(settlement):
        upto = _EXACT.add(edge, _EXACT.scaleb(Decimal(minor), -minor_digits(currency)))
        part = max(Decimal(0), min(high, upto) - max(low, edge))
        parts[name] = part * sign
        covered, edge = covered + part, upto
    parts["cut_off"] = payable - covered * sign
    return parts


def layers(settlement: Mapping[str, int] | Any) -> list[tuple[str, int]]:
    """How a group was paid, from its first cent to its last; no layer is below zero.

    Credit that had been repaid before a group became smaller comes back as cash: where that leaves one means below
    zero, another covers it, so that the layers still sum to what was consumed.
    """
    found = [(name, _minor(settlement, name)) for name in MEANS]
    lacking = -sum(minor for _name, minor in found if minor < 0)
    kept: list[tuple[str, int]] = []
    for name, minor in reversed(found):
        taken = min(lacking, minor) if minor > 0 else 0
        lacking -= taken
        kept.append((name, max(minor, 0) - taken))
    return kept[::-1]


@dataclass(frozen=True, slots=True)
class Debt:
    """One record's arrears: which record, and how much is still owed, in minor units."""

    record: int
    owed: int


def first_come_first_settled(debts: Iterable[Debt], amount: int) -> list[tuple[int, int]]:
    """What `amount` of later funds settles of which record: the oldest debt first. `debts` are in that order."""
    settled: list[tuple[int, int]] = []
    for debt in debts:
        part = min(debt.owed, amount)
        if part <= 0:
            break
        settled.append((debt.record, part))
        amount -= part
    return settled


def lay_over(needs: Sequence[int], parts: Mapping[str, int]) -> list[dict[str, int]]:
    """Each need's part of every means: the means are used up in their order, need after need.

    The parts sum to the needs. `needs` and `parts` are minor units, none below zero.
    """
    left = dict(parts)
    assert sum(needs) == sum(left.values()), f"{sum(needs)} needed, {left} given"
    covered: list[dict[str, int]] = []
    for need in needs:
        row: dict[str, int] = {}
        for name in left:
            row[name] = min(need, left[name])
            left[name] -= row[name]
            need -= row[name]
        covered.append(row)
    return covered


def truncated(exact: Decimal, places: int) -> Decimal:
    """Cut to `places` decimals toward zero: what the wire shows of a line (at most 8)."""
    return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_DOWN, context=_EXACT)


def _minor(settlement: Mapping[str, int] | Any, name: str) -> int:
    value = settlement.get(name, 0) if isinstance(settlement, Mapping) else getattr(settlement, name)
    return int(getattr(value, "minor", value))


def payer_of_group(*, site: str, association_type: str, partner_id: str, customer_id: str) -> str:
    """Whose account pays: an international resale customer has no money account, so its partner is billed."""
    return partner_id if site == "intl" and association_type == "resale" and partner_id else customer_id


def credit_first(back: int, credit_paid: int) -> int:
    """How much of what comes back is credit: what was paid last, as far as the group was paid so."""
    return min(back, max(credit_paid, 0))


def day_within(month: BillMonth, moment: datetime) -> date:
    """The Beijing day of `moment`, kept within the month: what the close charges belongs to its last day."""
    last = month.next().period.start.astimezone(BEIJING).date() - timedelta(days=1)
    first = month.period.start.astimezone(BEIJING).date()
    return min(max(moment.astimezone(BEIJING).date(), first), last)


def bill_number(month: BillMonth, customer_id: str, turn: int) -> str:
    """The receivable that one turn of charging raises: trade_id of its fee records."""
    return f"PU{str(month).replace('-', '')}-{customer_id}-{turn}"


def tax_in(amount: Money, percent: Decimal) -> Money:
    """The tax that an amount contains at this rate, truncated to the minor unit: amount * rate / (100 + rate)."""
    share = Fraction(percent) / (100 + Fraction(percent))
    return amount.share(share.numerator, share.denominator)
