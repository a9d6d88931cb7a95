"""`post` as one would write it with the ORM: slower, and obviously right. The tests compare the two."""

from __future__ import annotations

from collections.abc import Sequence

from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.ledger.errors import InsufficientBalance, ReferenceReused
from partner_center.ledger.models import HOUSE, Account, Entry, Transfer
from partner_center.ledger.posting import Leg, fingerprint_of


def post(*, kind: str, reference: str, legs: Sequence[Leg]) -> Entry:
    fingerprint = fingerprint_of(kind, legs)
    entry, is_new = Entry.objects.get_or_create(
        reference=reference, defaults={"kind": kind, "fingerprint": fingerprint, "happened_at": clock.now()}
    )
    if not is_new:
        if entry.fingerprint != fingerprint:
            raise ReferenceReused(reference=reference)
        return entry
    for position, leg in enumerate(legs, start=1):
        source, target = _account(leg.source, leg.amount), _account(leg.target, leg.amount)
        Transfer.objects.create(
            entry=entry,
            position=position,
            currency=leg.amount.currency,
            source=source,
            target=target,
            amount_minor=leg.amount.minor,
            source_after_minor=_change(source, -leg.amount),
            target_after_minor=_change(target, leg.amount),
        )
    return entry


def _account(address: str, amount: Money) -> Account:
    house = address.startswith(HOUSE)
    account, _ = Account.objects.get_or_create(
        address=address,
        currency=amount.currency,
        defaults={
            "owner": "" if house else address.partition(":")[2],
            "balance_minor": None if house else 0,
            "floor_minor": None if house else 0,
        },
    )
    return account


def _change(account: Account, amount: Money) -> int | None:
    if account.balance_minor is None:
        return None
    after = account.balance_minor + amount.minor
    if account.floor_minor is not None and after < account.floor_minor:
        raise InsufficientBalance(
            needed=-amount, available=Money(account.balance_minor - account.floor_minor, account.currency)
        )
    account.balance_minor = after
    account.save()
    return after
