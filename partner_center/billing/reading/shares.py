"""Which part of a line was paid by which means: shares_of_line for lines as they are shown, and where its edges lie."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from partner_center.billing.models.fees import GroupSettlement
from partner_center.billing.reading.charges import group_text
from partner_center.billing.reading.line import NOTHING, shown
from partner_center.billing.rules import layers, shares_of_line
from partner_center.kernel.money import Money
from partner_center.kernel.period import BillMonth


def settlements(customer_ids: Iterable[str], month: BillMonth) -> dict[str, GroupSettlement]:
    """How each settlement group of these customers' month stands, by the group's columns as one text."""
    rows = GroupSettlement.objects.of_month(month).of_customers(customer_ids)
    return {group_text(row): row for row in rows}


def edges_of(settled: GroupSettlement) -> list[Decimal]:
    """Where in a group's sum each means ends, in the order of MEANS, and where what has been charged for ends."""
    edge, edges = NOTHING, list[Decimal]()
    for _name, minor in layers(settled):
        edge += Money(minor, settled.currency).decimal
        edges.append(edge)
    return [*edges, shown(_upto(settled))]


def parts_of(
    start: Decimal, payable: Decimal, settled: GroupSettlement | None, currency: str
) -> dict[str, Decimal]:
    """The parts of a line as it is shown: the names of MEANS and "cut_off". What is not charged yet counts as debt."""
    return _parts(start, payable, settled, currency, shown(_upto(settled)))


def exact_parts(
    before: Decimal, payable: Decimal, settled: GroupSettlement | None, currency: str
) -> dict[str, Decimal]:
    """The same of a line as it was rated, to ten places."""
    return _parts(before, payable, settled, currency, _upto(settled))


def _upto(settled: GroupSettlement | None) -> Decimal:
    """Where what a group has been charged for ends: what was charged, and what of it was cut off."""
    if settled is None:
        return NOTHING
    charged: Decimal = settled.consume.decimal
    return max(charged, charged + settled.cut_off)


def _parts(
    start: Decimal, payable: Decimal, settled: GroupSettlement | None, currency: str, upto: Decimal
) -> dict[str, Decimal]:
    parts = shares_of_line(before=start, payable=payable, settlement=settled or {}, currency=currency)
    low, high = sorted((start, start + payable))
    open_part = max(NOTHING, high - max(low, upto)) * (1 if payable >= 0 else -1)
    parts["debt"] += open_part
    parts["cut_off"] -= open_part
    return parts
