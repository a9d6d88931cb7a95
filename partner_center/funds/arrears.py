"""Arrears are repaid as soon as money comes: by an allocation, a recharge, a refund (spec/domain/lifecycles.md 13)."""

from __future__ import annotations

from collections.abc import Sequence

from partner_center.funds import chart, trades
from partner_center.kernel.money import Money
from partner_center.ledger.models import Entry
from partner_center.ledger.posting import Held, Leg, post_decided
from partner_center.ledger.queries import balance


class _NothingToRepay(Exception):
    """Another deed has repaid them in the meantime."""


def write_off(owner_id: str, currency: str, *, because: Entry) -> Entry | None:
    """Repay the owner's arrears with the cash that `because` brought, as far as it goes. None when there are none."""
    if not balance(chart.debt(owner_id), currency):
        return None
    cash, debt, designated = chart.cash(owner_id), chart.debt(owner_id), chart.designated(owner_id)

    def decide(held: Held) -> Sequence[Leg]:
        amount = min(held[cash] - held[designated], -held[debt])
        if amount <= Money.zero(currency):
            raise _NothingToRepay
        return [Leg(cash, debt, amount)]

    try:
        return post_decided(
            kind=trades.WRITE_OFF,
            reference=f"write-off:{because.pk}",
            asked=f"write off {owner_id} after {because.pk}",
            currency=currency,
            using=(cash, debt),
            reading=(designated,),
            decide=decide,
            about=because.about,
        )
    except _NothingToRepay:
        return None
