"""Designated sums (专款专用): money of an account that may be neither spent nor allocated until it is released."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.funds import chart, trades
from partner_center.funds.errors import AmountOutOfRange, OnlyTheVendor
from partner_center.funds.rules import is_movable, largest
from partner_center.identity.models import Account
from partner_center.kernel import clock
from partner_center.kernel.ids import transaction_number
from partner_center.kernel.money import Money
from partner_center.ledger.errors import InsufficientBalance
from partner_center.ledger.models import Entry
from partner_center.ledger.posting import Held, Leg, post_decided

Decide = Callable[[Held], Sequence[Leg]]


@action("funds.designate", label=_("Designate funds"))
def designate(actor: Actor, *, account: Account, amount: Money, memo: str = "") -> Entry:
    """Keep `amount` of the account's cash for a purpose. Raises OnlyTheVendor, InsufficientBalance."""
    cash, designated = chart.cash(account.pk), chart.designated(account.pk)

    def decide(held: Held) -> Sequence[Leg]:
        free = held[cash] - held[designated]
        if amount > free:
            raise InsufficientBalance(needed=amount, available=free)
        return [Leg(chart.EARMARKS, designated, amount)]

    return _post(actor, trades.DESIGNATION, account, amount, memo, decide, reading=(cash,))


@action("funds.release", label=_("Release designated funds"))
def release(actor: Actor, *, account: Account, amount: Money, memo: str = "") -> Entry:
    """Let the account use `amount` of its designated cash. Raises OnlyTheVendor, InsufficientBalance."""

    def decide(held: Held) -> Sequence[Leg]:
        return [Leg(chart.designated(account.pk), chart.EARMARKS, amount)]

    return _post(actor, trades.RELEASE, account, amount, memo, decide, reading=())


def _post(
    actor: Actor,
    kind: str,
    account: Account,
    amount: Money,
    memo: str,
    decide: Decide,
    reading: Sequence[str],
) -> Entry:
    if not actor.is_house:
        raise OnlyTheVendor()
    if amount.currency != account.currency or not is_movable(amount):
        raise AmountOutOfRange(maximum=largest(account.currency))
    number = transaction_number("DF", clock.now())
    entry = post_decided(
        kind=kind,
        reference=f"designation:{number}",
        asked=f"{kind} {account.pk} {amount}",
        currency=amount.currency,
        using=(chart.designated(account.pk),),
        reading=reading,
        decide=decide,
        about=number,
        memo=memo,
    )
    record(actor, kind, account, about=account.pk, amount=str(amount), number=number)
    return entry
