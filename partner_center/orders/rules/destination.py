"""To whose account a refund goes: the matrix of spec/domain/lifecycles.md §10."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tie:
    """To which partner a customer belongs and how ("referral", "resale"; both empty without a partner)."""

    partner_id: str
    association_type: str


def refund_payee(*, customer_id: str, payer_id: str, when_paid: Tie, now: Tie) -> str:
    """The account that gets the money back.

    Who paid for the customer gets it back, at any time. What the customer paid itself comes back to it, except
    that the money of a resale customer is its partner's once the resale has ended (left, switched, migrated).
    A referral customer's own money stays its own, also after a switch to resale.
    """
    if payer_id and payer_id != customer_id:
        return payer_id
    if when_paid.association_type == "resale" and now != when_paid:
        return when_paid.partner_id
    return customer_id
