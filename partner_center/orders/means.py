"""Means of payment, in the order in which they are taken (docs/algorithms/orders.md, flows §5.6).

Each takes what it can of the amount that is still due and says what it took; what is left goes on to the next.
Coupons and cards join in front when the benefits room exists; the accounts, cash before credit, come last and
take the whole rest or refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from partner_center.foundation.actor import Actor
from partner_center.funds.actions import charge
from partner_center.funds.trades import ORDER_PAID
from partner_center.kernel.money import Money
from partner_center.orders.models import Order, Payment
from partner_center.orders.states import Means


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a payment: from which means, how much, by which ledger entry."""

    means: Means
    amount: Money
    entry_id: int


TakesPart = Callable[[Actor, Order, str, Money], Sequence[Part]]


def from_accounts(actor: Actor, order: Order, payer_id: str, due: Money) -> Sequence[Part]:
    """The whole of `due` from the payer's cash, then its credit. Raises InsufficientBalance."""
    paid = charge(
        actor,
        owner_id=payer_id,
        amount=due,
        reference=f"order:{order.number}",
        kind=ORDER_PAID,
        about=order.number,
        memo=order.cloud_service_type,
    )
    assert paid.entry_id is not None, "something was due"
    parts = (Part(Means.CASH, paid.cash, paid.entry_id), Part(Means.CREDIT, paid.credit, paid.entry_id))
    return [part for part in parts if part.amount]


MEANS: tuple[TakesPart, ...] = (from_accounts,)


def take(actor: Actor, order: Order, *, payer_id: str, due: Money) -> list[Payment]:
    """Take `due` through the means in their order; what each gave, for the caller to write.

    Nothing is taken for nothing due, nor for what comes back when the order is done (a downgrade).
    """
    payments: list[Payment] = []
    if due.minor <= 0:
        return payments
    for means in MEANS:
        if not due:
            break
        for part in means(actor, order, payer_id, due):
            due -= part.amount
            payment = Payment(
                order=order,
                means=part.means,
                payer_id=payer_id,
                currency=order.currency,
                amount=part.amount,
                entry_id=part.entry_id,
            )
            payments.append(payment)
    assert not due, f"{order}: {due} was not taken"
    return payments
