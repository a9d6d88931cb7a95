"""Stand inside an action without declaring one: a test's own action would enter the permission catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from partner_center.foundation import action
from partner_center.foundation.laws import LAWS
from partner_center.kernel.money import Money
from partner_center.ledger.models import Entry
from partner_center.ledger.posting import Leg, post
from partner_center.ledger.queries import balance

WORLD = "house:world"


@contextmanager
def inside() -> Iterator[None]:
    """Inside an action's transaction; a refusal undoes what was done in it."""
    token = action._inside.set(True)
    try:
        with transaction.atomic():
            yield
    finally:
        action._inside.reset(token)


def yuan(text: str) -> Money:
    return Money.of(text, "CNY")


def leg(source: str, target: str, amount: str) -> Leg:
    return Leg(source, target, yuan(amount))


def move(reference: str, *legs: Leg, **more: Any) -> Entry:
    with inside():
        return post(kind="test.move", reference=reference, legs=legs, **more)


def fund(address: str, amount: str) -> None:
    move(f"fund:{address}", leg(WORLD, address, amount))


def lies(address: str) -> str:
    """What lies at an address, as text: "30.00 CNY"."""
    return str(balance(address, "CNY"))


def broken_laws() -> list[str]:
    """What the ledger's laws find wrong."""
    return [
        breach for one in LAWS.values() if one.name.startswith("ledger.") for breach in one.first_breaches()
    ]
