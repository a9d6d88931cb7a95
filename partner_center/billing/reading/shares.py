"""Which part of a line was paid by which means: shares_of_line for lines as they are shown, and where its edges lie."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from partner_center.billing.models.fees import MEANS, GroupSettlement
from partner_center.billing.reading.charges import group_text
from partner_center.billing.reading.line import NOTHING, shown
from partner_center.billing.rules import layers, shares_of_line
from partner_center.kernel.money import Money
from partner_center.kernel.period import BillMonth


def settlements(customer_ids: Iterable[str], month: BillMonth) -> dict[str, GroupSettlement]:
    """How each settlement group of these customers' month stands, by the group's columns as one text."""
    rows = GroupSettlement.objects.of_month(month).of_customers(customer_ids)
    return {group_text(row): row for row in rows}


@dataclass(frozen=True, slots=True)
class Edges:
    """A group's sum from zero on: where each means ends, in the order of MEANS, and where what was charged for ends.

    mirrored: the group has been given back more than it cost, so that everything lies below zero; the edges are told
    as if it lay above.
    """

    means: tuple[Decimal, ...]
    upto: Decimal
    mirrored: bool


def edges_of(settled: GroupSettlement) -> Edges:
    mirrored = settled.consume.minor < 0
    edge, edges = NOTHING, list[Decimal]()
    for _name, minor in layers(_amounts(settled, mirrored)):
        edge += Money(minor, settled.currency).decimal
        edges.append(edge)
    return Edges(tuple(edges), shown(_upto(settled, mirrored)), mirrored)


def parts_of(
    start: Decimal, payable: Decimal, settled: GroupSettlement | None, currency: str
) -> dict[str, Decimal]:
    """The parts of a line as it is shown: the names of MEANS and "cut_off". What is not charged yet counts as debt."""
    return _parts(start, payable, settled, currency, cut=shown)


def exact_parts(
    before: Decimal, payable: Decimal, settled: GroupSettlement | None, currency: str
) -> dict[str, Decimal]:
    """The same of a line as it was rated, to ten places."""
    return _parts(before, payable, settled, currency, cut=lambda upto: upto)


def _parts(
    start: Decimal,
    payable: Decimal,
    settled: GroupSettlement | None,
    currency: str,
    cut: Callable[[Decimal], Decimal],
) -> dict[str, Decimal]:
    if settled is None:
        return {**dict.fromkeys(MEANS, NOTHING), "debt": payable, "cut_off": NOTHING}
    mirrored = settled.consume.minor < 0
    turn = -1 if mirrored else 1
    parts = shares_of_line(
        before=start * turn,
        payable=payable * turn,
        settlement=_amounts(settled, mirrored),
        currency=currency,
    )
    low, high = sorted((start * turn, (start + payable) * turn))
    open_part = max(NOTHING, high - max(low, cut(_upto(settled, mirrored))))
    open_part *= 1 if payable * turn >= 0 else -1
    parts["debt"] += open_part
    parts["cut_off"] -= open_part
    return {name: part * turn for name, part in parts.items()}


def _amounts(settled: GroupSettlement, mirrored: bool) -> dict[str, int]:
    return {
        name: -getattr(settled, name).minor if mirrored else getattr(settled, name).minor for name in MEANS
    }


def _upto(settled: GroupSettlement, mirrored: bool) -> Decimal:
    """Where what a group has been charged for ends: what was charged, and what of it was cut off."""
    turn = -1 if mirrored else 1
    charged: Decimal = settled.consume.decimal * turn
    return max(charged, charged + settled.cut_off * turn)
