"""Paying from an account and giving back to it. Called by orders and billing inside their own actions.

A charge is four statements when it is paid with cash, six when credit has to help (ledger.posting).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.funds import chart
from partner_center.funds.arrears import write_off
from partner_center.funds.rules import Split, refundable_to_credit, split_charge
from partner_center.funds.trades import TRADES
from partner_center.kernel.money import Money
from partner_center.ledger.models import Entry
from partner_center.ledger.posting import Held, Leg, open_account, post_decided


@dataclass(frozen=True, slots=True)
class Paid:
    """How a charge was paid. `debt` is what became arrears; `entry_id` is None when nothing had to be paid."""

    cash: Money
    credit: Money
    debt: Money
    entry_id: int | None


@action("funds.charge", label=_("Charge an account"))
def charge(
    actor: Actor,
    *,
    owner_id: str,
    amount: Money,
    reference: str,
    kind: str,
    about: str,
    memo: str = "",
    may_owe: bool = False,
) -> Paid:
    """Take `amount` from the account of `owner_id`: cash first, then credit; designated sums are not touched.

    kind: one of `funds.trades`; about: the order or bill number that the statement shows; memo: the cloud
    services' names. may_owe: what neither cash nor credit covers becomes arrears (pay-per-use) instead of a
    refusal. The same reference pays once, and answers with the first split.
    Raises InsufficientBalance.
    """
    assert kind in TRADES, f"{kind} is not in funds.trades"
    zero = Money.zero(amount.currency)
    assert amount >= zero, f"a charge of {amount}"
    if not amount:
        return Paid(zero, zero, zero, None)
    if may_owe:
        open_account(chart.debt(owner_id), amount.currency, floor=None)

    cash, credit, designated = chart.cash(owner_id), chart.credit(owner_id), chart.designated(owner_id)
    decided: list[Split] = []

    def decide(held: Held) -> Sequence[Leg]:
        split = split_charge(amount, cash=held[cash] - held[designated], credit=held[credit], may_owe=may_owe)
        decided.append(split)
        return [
            Leg(source, chart.SALES, part)
            for source, part in (
                (cash, split.cash),
                (credit, split.credit),
                (chart.debt(owner_id), split.debt),
            )
            if part
        ]

    entry = post_decided(
        kind=kind,
        reference=reference,
        asked=f"charge {owner_id} {amount}",
        currency=amount.currency,
        reading=(cash, credit, designated, chart.debt(owner_id)) if may_owe else (cash, credit, designated),
        decide=decide,
        about=about,
        memo=memo,
    )
    split = _split_of(entry, amount.currency) if entry.replayed else decided[-1]
    return Paid(split.cash, split.credit, split.debt, entry.pk)


@action("funds.refund", label=_("Refund to an account"))
def refund(
    actor: Actor,
    *,
    owner_id: str,
    cash: Money,
    credit: Money,
    reference: str,
    kind: str,
    about: str,
    memo: str = "",
) -> Entry:
    """Give back what was paid with cash as cash, and what was paid with credit as credit.

    Credit that has been repaid since the payment comes back as cash. Arrears of the account are written off
    with what it gets. The same reference gives back once.
    """
    assert kind in TRADES, f"{kind} is not in funds.trades"
    assert cash.minor >= 0 and credit.minor >= 0 and (cash + credit), f"a refund of {cash} and {credit}"
    purse, left, granted = chart.cash(owner_id), chart.credit(owner_id), chart.line(owner_id)

    def decide(held: Held) -> Sequence[Leg]:
        to_credit = refundable_to_credit(credit, used=-held[granted] - held[left])
        parts = ((purse, cash + credit - to_credit), (left, to_credit))
        return [Leg(chart.SALES, target, part) for target, part in parts if part]

    entry = post_decided(
        kind=kind,
        reference=reference,
        asked=f"refund {owner_id} {cash} {credit}",
        currency=cash.currency,
        using=(purse,),
        reading=(left, granted),
        decide=decide,
        about=about,
        memo=memo,
    )
    if not entry.replayed:
        write_off(owner_id, cash.currency, because=entry)
    return entry


def _split_of(entry: Entry, currency: str) -> Split:
    parts = {chart.CASH: 0, chart.CREDIT: 0, chart.DEBT: 0}
    for transfer in entry.transfers.select_related("source"):
        parts[transfer.source.purse] += transfer.amount_minor
    return Split(
        Money(parts[chart.CASH], currency),
        Money(parts[chart.CREDIT], currency),
        Money(parts[chart.DEBT], currency),
    )
