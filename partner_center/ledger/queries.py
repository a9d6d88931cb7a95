"""Reads of the ledger that need more than a queryset."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Q, QuerySet

from partner_center.foundation.actor import Actor
from partner_center.kernel.money import Money
from partner_center.ledger.errors import LedgerRowUnknown
from partner_center.ledger.models import Account, Entry, Transfer

T = TypeVar("T")


def balance(address: str, currency: str) -> Money:
    """What lies at `address`: cached or, for the house, summed; zero where nothing ever lay."""
    account = Account.objects.filter(address=address, currency=currency).first()
    return account.summed if account is not None else Money.zero(currency)


def account_for(actor: Actor, pk: int) -> Account:
    """Raises LedgerRowUnknown."""
    return _found(Account.objects.visible_to(actor).filter(pk=pk).first())


def entry_for(actor: Actor, pk: int) -> Entry:
    """Raises LedgerRowUnknown."""
    return _found(Entry.objects.visible_to(actor).filter(pk=pk).first())


def transfers_of(entry: Entry) -> QuerySet[Transfer]:
    """The transfers of an entry in their order."""
    return entry.transfers.select_related("source", "target").order_by("position")


def latest_transfers(account: Account, most: int = 50) -> QuerySet[Transfer]:
    """The newest transfers from or to an account."""
    both = Transfer.objects.filter(Q(source=account) | Q(target=account))
    return both.select_related("entry", "source", "target").order_by("-pk")[:most]


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


def _found(row: T | None) -> T:
    if row is None:
        raise LedgerRowUnknown()
    return row
