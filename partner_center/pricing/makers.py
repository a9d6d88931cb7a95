"""Plausible discounts for tests and the sample world, built through the actions."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from partner_center.customers.models import Customer
from partner_center.foundation.actor import Actor
from partner_center.kernel.money import Money
from partner_center.partners.models import Partner
from partner_center.pricing.actions import EVERYTHING, Scope, grant_discount, sign_contract
from partner_center.pricing.models import Contract, Discount, DiscountKind
from partner_center.pricing.rules import Terms

MAKER = Actor.system("pricing.makers")


def make_discount(
    customer: Customer,
    *,
    kind: str = DiscountKind.COMMERCIAL,
    ratio: str | None = None,
    fixed_price: str | None = None,
    amount_off: str | None = None,
    threshold: str | None = None,
    name: str = "",
    scope: Scope = EVERYTHING,
    begins_at: datetime | None = None,
    ends_at: datetime | None = None,
    grantor: Partner | None = None,
    contract: Contract | None = None,
) -> Discount:
    """One discount of `customer`, ten per cent off everything unless told otherwise.

    A partner's discount comes from the customer's partner unless `grantor` is given.
    """
    currency = customer.account.currency
    if fixed_price is not None:
        terms = Terms("fixed_price", fixed_price=Decimal(fixed_price))
    elif amount_off is not None:
        least = Money.of(threshold, currency) if threshold else None
        terms = Terms("amount_off", amount_off=Money.of(amount_off, currency), threshold=least)
    else:
        terms = Terms("ratio", ratio=Decimal(ratio or "0.9"))
    if kind != DiscountKind.COMMERCIAL and grantor is None:
        grantor = customer.partner
    return grant_discount(
        MAKER,
        customer=customer,
        kind=kind,
        name=name or f"{DiscountKind(kind).label} {ratio or fixed_price or amount_off or '0.9'}",
        terms=terms,
        scope=scope,
        begins_at=begins_at,
        ends_at=ends_at,
        grantor=grantor,
        contract=contract,
    )


def make_contract(
    customer: Customer, *, code: str = "", begins_at: datetime, ends_at: datetime | None = None
) -> Contract:
    """A framework contract without items."""
    return sign_contract(
        MAKER, customer=customer, code=code or f"HT-{customer.pk[:8]}", begins_at=begins_at, ends_at=ends_at
    )
