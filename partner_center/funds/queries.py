"""Questions about money that both doors ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from partner_center.customers.models import Customer
from partner_center.funds import chart
from partner_center.funds.errors import NoMoneyAccount
from partner_center.identity.models import Account
from partner_center.kernel.money import Money
from partner_center.ledger.queries import purses_of_many


@dataclass(frozen=True, slots=True)
class Balances:
    """What an account owns and owes.

    cash: the balance, designated sums included. credit_used of credit_limit are spent. designated: the part of
    the cash that may be neither spent nor allocated. allocatable = cash - designated. debt: arrears, positive.
    """

    cash: Money
    credit_limit: Money
    credit_used: Money
    designated: Money
    debt: Money

    @property
    def allocatable(self) -> Money:
        """What may be allocated or paid with (可拨款账户余额)."""
        return self.cash - self.designated

    @property
    def credit_left(self) -> Money:
        return self.credit_limit - self.credit_used

    @property
    def total(self) -> Money:
        """Recharge account plus credit account: what could be spent at most."""
        return self.cash + self.credit_left

    @property
    def spendable(self) -> Money:
        return self.allocatable + self.credit_left


def balances_of(account_id: str) -> Balances:
    """The balances of a partner or customer, in the currency of its site. Two statements."""
    site = Account.objects.only("site").get(pk=account_id)
    return balances_of_many([account_id], site.currency)[account_id]


def balances_of_many(account_ids: Iterable[str], currency: str) -> dict[str, Balances]:
    """The balances of many accounts of one site in one statement; those that never had money have zeros."""
    ids = list(account_ids)
    found = purses_of_many(ids, currency)
    return {one: _balances(found.get(one, {}), currency) for one in ids}


def has_money_account(customer: Customer) -> bool:
    """Whether the customer has an account balance: not as a resale customer of the international site."""
    return not (customer.is_resale and customer.account.site == "intl")


def require_money_account(customer: Customer) -> None:
    if not has_money_account(customer):
        raise NoMoneyAccount(customer=customer.pk)


def _balances(purses: dict[str, Money], currency: str) -> Balances:
    zero = Money.zero(currency)
    limit = -purses.get(chart.LINE, zero)
    return Balances(
        cash=purses.get(chart.CASH, zero),
        credit_limit=limit,
        credit_used=limit - purses.get(chart.CREDIT, zero),
        designated=purses.get(chart.DESIGNATED, zero),
        debt=-purses.get(chart.DEBT, zero),
    )
