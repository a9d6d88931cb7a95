"""The ledger's three tables. Sums are integers of minor units; nothing here is ever changed but `balance_minor`.

An entry is one thing that happened; its transfers are the sums it moved, each from one account to another, so
that nothing can be unbalanced. The after-balances of a transfer make an account's statement a plain select.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.actor import Actor
from partner_center.kernel.money import Money

HOUSE = "house:"
"""Addresses of the house's own accounts begin so: no floor, no cached balance, no lock, summed when asked for."""


class AccountQuerySet(models.QuerySet["Account"]):
    """The words used to ask for accounts."""

    def visible_to(self, actor: Actor) -> AccountQuerySet:
        """Everybody sees the accounts it owns; staff see all."""
        match actor.kind:
            case "staff" | "system":
                return self
            case "partner" | "customer":
                return self.filter(owner=actor.account_id)
        return self.none()


class Account(models.Model):
    """A place where value lies. `address` and currency name it; the row comes into being with its first entry."""

    address = models.CharField(_("address"), max_length=128)
    owner = models.CharField(_("owner"), max_length=64, blank=True, db_index=True)
    currency = models.CharField(_("currency"), max_length=3)
    balance_minor = models.BigIntegerField(_("balance in minor units"), null=True)
    floor_minor = models.BigIntegerField(_("lowest balance in minor units"), null=True)

    objects = AccountQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="one_account_an_address_and_currency", fields=["address", "currency"]
            ),
            models.CheckConstraint(
                name="no_balance_below_its_floor",
                condition=Q(floor_minor__isnull=True) | Q(balance_minor__gte=F("floor_minor")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address} {self.currency}"

    @property
    def purse(self) -> str:
        """The part of the address before its owner: "cash", "credit", "house"."""
        return self.address.partition(":")[0]

    @property
    def balance(self) -> Money | None:
        """The cached balance; None for an account of the house, which is summed (`queries.balance`)."""
        return None if self.balance_minor is None else Money(self.balance_minor, self.currency)

    @property
    def floor(self) -> Money | None:
        """The lowest balance it may have; None when there is no floor."""
        return None if self.floor_minor is None else Money(self.floor_minor, self.currency)

    @property
    def summed(self) -> Money:
        """The balance of any account: cached, or for the house what came minus what went."""
        if self.balance is not None:
            return self.balance
        came = self.incoming.aggregate(sum=Sum("amount_minor"))["sum"] or 0
        went = self.outgoing.aggregate(sum=Sum("amount_minor"))["sum"] or 0
        return Money(came - went, self.currency)


class EntryQuerySet(models.QuerySet["Entry"]):
    """The words used to ask for entries."""

    def visible_to(self, actor: Actor) -> EntryQuerySet:
        """The house sees entries; everybody else sees its own side of them as account changes (funds)."""
        return self if actor.is_house else self.none()


class Entry(models.Model):
    """One thing that happened to money, once: its reference is unique for ever."""

    kind = models.CharField(_("kind"), max_length=48)
    reference = models.CharField(_("reference"), max_length=128, unique=True)
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    asked = models.CharField(_("what was asked"), max_length=200, blank=True)
    about = models.CharField(_("about"), max_length=64, blank=True)
    memo = models.CharField(_("memo"), max_length=256, blank=True)
    happened_at = models.DateTimeField(_("happened at"), db_index=True)

    objects = EntryQuerySet.as_manager()

    replayed: bool = False
    """True on the instance that `post()` returned for a reference that had moved its money before."""

    class Meta:
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class Transfer(models.Model):
    """`amount_minor` went from `source` to `target`; the after-balances are empty for accounts of the house."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="transfers")
    position = models.PositiveSmallIntegerField(_("position"))
    currency = models.CharField(_("currency"), max_length=3)
    source = models.ForeignKey(Account, models.PROTECT, related_name="outgoing", db_index=False)
    target = models.ForeignKey(Account, models.PROTECT, related_name="incoming", db_index=False)
    amount_minor = models.BigIntegerField(_("amount in minor units"))
    source_after_minor = models.BigIntegerField(_("balance of the source afterwards"), null=True)
    target_after_minor = models.BigIntegerField(_("balance of the target afterwards"), null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(name="transfer_by_source", fields=["source", "id"]),
            models.Index(name="transfer_by_target", fields=["target", "id"]),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(name="one_transfer_a_place_in_its_entry", fields=["entry", "position"]),
            models.CheckConstraint(name="transfers_move_something", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(name="transfers_go_elsewhere", condition=~Q(source=F("target"))),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}.{self.position}: {self.amount}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)
