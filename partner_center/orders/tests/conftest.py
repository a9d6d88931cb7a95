"""People, products and money that tests of orders begin with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from partner_center.catalogue.makers import make_product
from partner_center.catalogue.models import Product
from partner_center.customers.makers import as_customer, make_customer
from partner_center.customers.models import Customer
from partner_center.foundation.actor import Actor
from partner_center.funds.actions import adjust_balance, grant_credit
from partner_center.funds.queries import Balances, balances_of
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.kernel.period import BEIJING
from partner_center.partners.makers import as_partner, as_staff, make_solution_provider
from partner_center.partners.models import Partner


def beijing(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BEIJING)


def yuan(text: str) -> Money:
    return Money.of(text, "CNY")


@dataclass(slots=True)
class Scene:
    """A partner, its referral customer, and a server at 100 a month and 1000 a year."""

    partner: Partner
    customer: Customer
    server: Product

    @property
    def actor(self) -> Actor:
        return as_customer(self.customer)

    @property
    def as_its_partner(self) -> Actor:
        return as_partner(self.partner)

    def fund(self, amount: str, *, of: Customer | None = None) -> None:
        """Put money on an account."""
        account = (of or self.customer).account
        adjust_balance(as_staff(), account=account, amount=Money.of(amount, account.currency), memo="test")

    def lend(self, limit: str) -> None:
        account = self.customer.account
        grant_credit(as_staff(), account=account, limit=Money.of(limit, account.currency))

    @property
    def balances(self) -> Balances:
        return balances_of(self.customer.pk)

    @property
    def cash(self) -> Money:
        return self.balances.cash


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene()


def make_scene(**more: Any) -> Scene:
    """Prices and people begin on 1 January 2026, Beijing time; tests stand at any later moment."""
    with clock.at(beijing(2026, 1, 1)):
        partner = make_solution_provider()
        customer = make_customer(partner, **({"association_type": "referral"} | more))
        return Scene(partner, customer, make_product())
