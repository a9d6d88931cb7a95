"""Which part of an order's money belongs to which of its resources, to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from partner_center.kernel.money import Money
from partner_center.orders.models import Order, OrderLine
from partner_center.orders.states import Means
from partner_center.subscriptions.rules import Charge


@dataclass(frozen=True, slots=True)
class Unit:
    """One resource of a line: the `index`-th of its quantity, and what it costs."""

    line: OrderLine
    index: int
    charge: Charge


def charges_of(order: Order, lines: Sequence[OrderLine]) -> list[Unit]:
    """The order's amounts shared out over every resource of every line; each column sums to the order's."""
    officials: list[Money] = []
    payables: list[Money] = []
    places: list[tuple[OrderLine, int]] = []
    for line in lines:
        even = [1] * line.subscription_num
        officials += line.official.split(even)
        payables += line.payable.split(even)
        places += [(line, index) for index in range(line.subscription_num)]
    charges = share_out(
        officials, payables, cash=paid_by(order, Means.CASH), credit=paid_by(order, Means.CREDIT)
    )
    return [Unit(line, index, charge) for (line, index), charge in zip(places, charges, strict=True)]


def share_out(
    officials: Sequence[Money], payables: Sequence[Money], *, cash: Money, credit: Money
) -> list[Charge]:
    """Cash and credit in proportion to the payables; what coupons paid stays uncovered by either."""
    nothing = Money.zero(cash.currency)
    weights = [payable.minor for payable in payables]
    if not any(weights):
        return [
            Charge(official, payable, nothing, nothing)
            for official, payable in zip(officials, payables, strict=True)
        ]
    paid = (cash + credit).split(weights)
    in_cash = _within(cash, paid)
    return [
        Charge(official, payable, cash_part, paid_part - cash_part)
        for official, payable, paid_part, cash_part in zip(officials, payables, paid, in_cash, strict=True)
    ]


def paid_by(order: Order, means: Means) -> Money:
    """What one means of payment gave for the order."""
    return Money.total((one.amount for one in order.payments.all() if one.means == means), order.currency)


def _within(cash: Money, paid: Sequence[Money]) -> list[Money]:
    """Cash shared out over what was paid; no part above what was paid for it."""
    weights = [part.minor for part in paid]
    return cash.split(weights) if any(weights) else [cash * 0 for _ in paid]
