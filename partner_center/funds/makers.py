"""Money for tests and the sample world, moved through the actions."""

from __future__ import annotations

from itertools import count

from partner_center.customers.models import Customer
from partner_center.foundation.actor import Actor
from partner_center.funds import chart, trades
from partner_center.funds.actions import (
    Paid,
    allocate_to_customer,
    allocate_to_reseller,
    charge,
    grant_credit,
    record_remittance,
)
from partner_center.funds.models import Adjustment, Recharge
from partner_center.identity.makers import as_owner
from partner_center.identity.models import Account
from partner_center.kernel.money import Money
from partner_center.ledger.models import Entry
from partner_center.ledger.queries import balance
from partner_center.partners.models import Partner

_numbers = count(1)
_SYSTEM = Actor.system("makers")


def make_money(owner: Account | Partner | Customer, amount: str) -> Recharge:
    """A bank transfer of `amount` for a partner or a customer that has money of its own."""
    account = _account(owner)
    number = f"BANK{next(_numbers):08d}-{account.pk[:8]}"
    money = Money.of(amount, account.currency)
    return record_remittance(
        _SYSTEM, account=account, amount=money, bank_number=number, payer=account.company_name
    )


def make_allocation(to: Customer | Partner, amount: str, *, memo: str = "") -> Adjustment:
    """What a partner allocates to its resale customer, or a distributor to its reseller."""
    money = Money.of(amount, to.account.currency)
    if isinstance(to, Partner):
        assert to.distributor is not None
        actor = as_owner(to.distributor.account)
        return allocate_to_reseller(actor, reseller=to, amount=money, memo=memo)
    assert to.partner is not None
    return allocate_to_customer(as_owner(to.partner.account), customer=to, amount=money, memo=memo)


def make_credit(owner: Account | Partner | Customer, limit: str) -> Entry | None:
    """A credit limit that the vendor grants."""
    account = _account(owner)
    return grant_credit(_SYSTEM, account=account, limit=Money.of(limit, account.currency))


def make_usage(owner: Account | Partner | Customer, amount: str) -> Paid:
    """A pay-per-use charge, which may leave arrears."""
    account, number = _account(owner), next(_numbers)
    return charge(
        _SYSTEM,
        owner_id=account.pk,
        amount=Money.of(amount, account.currency),
        reference=f"usage:{account.pk}:{number}",
        kind=trades.USAGE,
        about=f"BILL{number:06d}",
        may_owe=True,
    )


def cash_of(owner: Account | Partner | Customer) -> Money:
    """What lies in the owner's cash purse."""
    account = _account(owner)
    return balance(chart.cash(account.pk), account.currency)


def _account(owner: Account | Partner | Customer) -> Account:
    return owner if isinstance(owner, Account) else owner.account
