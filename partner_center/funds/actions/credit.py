"""Credit that the vendor grants, and its repayment.

The limit is the sum that went from `line` to `credit`; what is left of it lies in `credit`; the rest is in use.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from partner_center.customers.models import AssociationType, Customer
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.funds import chart, trades
from partner_center.funds.errors import (
    AmountOutOfRange,
    CreditInUse,
    NoCreditForResaleCustomers,
    NothingToRepay,
    OnlyOwnAccount,
    OnlyTheVendor,
)
from partner_center.funds.rules import LARGEST_MINOR, is_movable, largest
from partner_center.identity.models import Account
from partner_center.kernel import clock
from partner_center.kernel.ids import transaction_number
from partner_center.kernel.money import Money
from partner_center.ledger.errors import InsufficientBalance
from partner_center.ledger.models import Entry
from partner_center.ledger.posting import Held, Leg, open_account, post_decided


class _NothingToChange(Exception):
    """The limit is already what it shall be."""


@action("funds.grant_credit", label=_("Set credit limit"))
def grant_credit(actor: Actor, *, account: Account, limit: Money) -> Entry | None:
    """Set the account's credit limit (a partner of the international site: its consumption quota).

    None when it is that already. Raises OnlyTheVendor, NoCreditForResaleCustomers, AmountOutOfRange,
    CreditInUse when more than the new limit is in use.
    """
    if not actor.is_house:
        raise OnlyTheVendor()
    if limit.currency != account.currency or not 0 <= limit.minor <= LARGEST_MINOR:
        raise AmountOutOfRange(maximum=largest(account.currency))
    if Customer.objects.filter(pk=account.pk, association_type=AssociationType.RESALE).exists():
        raise NoCreditForResaleCustomers(customer=account.name)
    line, credit = chart.line(account.pk), chart.credit(account.pk)
    open_account(line, limit.currency, floor=None)

    def decide(held: Held) -> Sequence[Leg]:
        granted = -held[line]
        if limit == granted:
            raise _NothingToChange
        if limit > granted:
            return [Leg(line, credit, limit - granted)]
        used = granted - held[credit]
        if used > limit:
            raise CreditInUse(limit=limit, used=used)
        return [Leg(credit, line, granted - limit)]

    number = transaction_number("CR", clock.now())
    try:
        entry = post_decided(
            kind=trades.CREDIT_LIMIT,
            reference=f"credit:{number}",
            asked=f"credit limit {account.pk} {limit}",
            currency=limit.currency,
            using=(line, credit),
            decide=decide,
            about=number,
        )
    except _NothingToChange:
        return None
    record(actor, "funds.grant_credit", account, about=account.pk, limit=str(limit), number=number)
    return entry


@action("funds.repay_credit", label=_("Repay credit"))
def repay_credit(actor: Actor, *, account: Account, amount: Money) -> Entry:
    """Repay used credit with the account's own cash.

    Raises OnlyOwnAccount, AmountOutOfRange, NothingToRepay when less is in use, InsufficientBalance.
    """
    if not actor.is_house and actor.account_id != account.pk:
        raise OnlyOwnAccount()
    if amount.currency != account.currency or not is_movable(amount):
        raise AmountOutOfRange(maximum=largest(account.currency))
    cash, credit = chart.cash(account.pk), chart.credit(account.pk)
    line, designated = chart.line(account.pk), chart.designated(account.pk)

    def decide(held: Held) -> Sequence[Leg]:
        used = -held[line] - held[credit]
        if amount > used:
            raise NothingToRepay(used=used)
        own = held[cash] - held[designated]
        if amount > own:
            raise InsufficientBalance(needed=amount, available=own)
        return [Leg(cash, credit, amount)]

    number = transaction_number("RP", clock.now())
    entry = post_decided(
        kind=trades.CREDIT_REPAID,
        reference=f"repayment:{number}",
        asked=f"repay {account.pk} {amount}",
        currency=amount.currency,
        using=(cash, credit),
        reading=(line, designated),
        decide=decide,
        about=number,
    )
    record(actor, "funds.repay_credit", account, about=account.pk, amount=str(amount), number=number)
    return entry
