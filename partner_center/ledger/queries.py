"""Reads of the ledger that need more than a queryset."""

from __future__ import annotations

from django.db.models import Sum

from partner_center.kernel.money import Money
from partner_center.ledger.models import Account, Transfer


def balance(address: str, currency: str) -> Money:
    """What lies at `address`: cached for guarded accounts, summed for the house, zero where nothing ever lay."""
    account = Account.objects.filter(address=address, currency=currency).first()
    if account is None:
        return Money.zero(currency)
    return account.balance if account.balance is not None else history(account)


def history(account: Account) -> Money:
    """What came minus what went, from the first transfer on."""
    came = Transfer.objects.filter(target=account).aggregate(sum=Sum("amount_minor"))["sum"] or 0
    went = Transfer.objects.filter(source=account).aggregate(sum=Sum("amount_minor"))["sum"] or 0
    return Money(came - went, account.currency)


def purses(owner: str, currency: str) -> dict[str, Money]:
    """Every guarded balance of one owner by purse: {"cash": 30.00 CNY, "credit": ...}."""
    return purses_of_many([owner], currency).get(owner, {})


def purses_of_many(owners: list[str], currency: str) -> dict[str, dict[str, Money]]:
    """As `purses`, for many owners in one statement."""
    found: dict[str, dict[str, Money]] = {}
    rows = Account.objects.filter(owner__in=owners, currency=currency, balance_minor__isnull=False)
    for account in rows:
        found.setdefault(account.owner, {})[account.purse] = Money(account.balance_minor or 0, currency)
    return found
