"""Money that comes from outside: bank transfers that the vendor records, and payments through a gateway.

A resale customer cannot be recharged: its money is what its partner allocates (spec/domain/roles.md §5).
"""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from partner_center.customers.models import Customer
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.steps import advance
from partner_center.funds import chart, trades
from partner_center.funds.arrears import write_off
from partner_center.funds.errors import (
    AmountOutOfRange,
    FedByItsPartner,
    NoticeNotGenuine,
    OnlyOwnAccount,
    OnlyTheVendor,
    RechargeClosed,
    RemittanceKnown,
)
from partner_center.funds.gateways import Notice, gateway_named
from partner_center.funds.models import Channel, Recharge, RechargeState
from partner_center.funds.rules import is_movable, largest
from partner_center.identity.models import Account
from partner_center.kernel import clock
from partner_center.kernel.ids import transaction_number
from partner_center.kernel.money import Money
from partner_center.ledger.models import Entry
from partner_center.ledger.posting import Leg, post

PAY_WITHIN = timedelta(minutes=30)
"""How long a gateway's payment page may be used (ours: the vendor documents no figure)."""


@action("funds.record_remittance", label=_("Record a bank transfer"))
def record_remittance(
    actor: Actor, *, account: Account, amount: Money, bank_number: str, payer: str = "", memo: str = ""
) -> Recharge:
    """Record money that arrived at the vendor's bank for this account, and repay the account's arrears with it.

    bank_number: the bank's number of the transfer; the same one is recorded once.
    Raises OnlyTheVendor, FedByItsPartner, AmountOutOfRange, RemittanceKnown.
    """
    if not actor.is_house:
        raise OnlyTheVendor()
    recharge = _opened(account, amount, channel=Channel.BANK_TRANSFER, payer=payer, memo=memo)
    recharge.channel_number = bank_number
    _save(recharge)
    _settle(actor, recharge, source=chart.BANK, kind=trades.REMITTANCE)
    return recharge


@action("funds.recharge", label=_("Recharge online"))
def begin_recharge(actor: Actor, *, account: Account, amount: Money, gateway: str) -> Recharge:
    """Open a recharge to be paid through the payment gateway within `PAY_WITHIN`. No money moves yet.

    The payer goes on at `checkout_url(recharge)` of the gateway. Raises OnlyOwnAccount, FedByItsPartner,
    UnknownGateway, AmountOutOfRange.
    """
    if not actor.is_house and actor.account_id != account.pk:
        raise OnlyOwnAccount()
    chosen = gateway_named(gateway)
    recharge = _opened(account, amount, channel=chosen.channel)
    recharge.gateway = gateway
    recharge.expires_at = recharge.created_at + PAY_WITHIN
    _save(recharge)
    record(actor, "funds.recharge", recharge, about=account.pk, amount=str(amount), gateway=gateway)
    return recharge


@action("funds.take_notice", takes=RechargeState.pay, label=_("Take a payment notice"))
def take_notice(actor: Actor, *, gateway: str, notice: Notice) -> Recharge:
    """Believe a verified notice of a payment gateway: book the money, or close a failed payment.

    The same notice again changes nothing. Money for a recharge that expired meanwhile is booked all the same:
    it has been paid. Raises NoticeNotGenuine when it names no recharge of this gateway or another amount.
    """
    recharge = (
        Recharge.objects.select_related("account").filter(number=notice.number, gateway=gateway).first()
    )
    if recharge is None:
        raise NoticeNotGenuine(reason=_("it names no recharge of this gateway"))
    if notice.amount != recharge.amount:
        raise NoticeNotGenuine(reason=_("the amount differs"))
    if recharge.state is RechargeState.PAID:
        if recharge.channel_number != notice.channel_number:
            raise RechargeClosed(subject=recharge.number, state=recharge.state)
        return recharge
    if not notice.succeeded:
        if recharge.state is RechargeState.AWAITING_PAYMENT:
            advance(actor, recharge, RechargeState.fail, about=recharge.account_id, refusal=RechargeClosed)
        return recharge
    _settle(
        actor,
        recharge,
        source=chart.gateway(gateway),
        kind=trades.RECHARGE,
        channel_number=notice.channel_number,
    )
    return recharge


@action("funds.expire_recharge", takes=RechargeState.expire, label=_("Expire a recharge"))
def expire_recharge(actor: Actor, *, recharge: Recharge) -> None:
    """Close a recharge that was not paid in time."""
    advance(actor, recharge, RechargeState.expire, about=recharge.account_id, refusal=RechargeClosed)


@action("funds.adjust_balance", label=_("Adjust a balance"))
def adjust_balance(actor: Actor, *, account: Account, amount: Money, memo: str) -> Entry:
    """Correct an account's cash by the vendor: a positive amount is given, a negative one taken.

    Raises OnlyTheVendor, AmountOutOfRange, InsufficientBalance.
    """
    if not actor.is_house:
        raise OnlyTheVendor()
    if amount.currency != account.currency or not is_movable(abs(amount)):
        raise AmountOutOfRange(maximum=largest(account.currency))
    number = transaction_number("AJ", clock.now())
    cash = chart.cash(account.pk)
    ends = (chart.ADJUSTMENTS, cash) if amount.minor > 0 else (cash, chart.ADJUSTMENTS)
    entry = post(
        kind=trades.ADJUSTMENT,
        reference=f"balance:{number}",
        legs=[Leg(*ends, abs(amount))],
        about=number,
        memo=memo,
    )
    write_off(account.pk, amount.currency, because=entry)
    record(actor, "funds.adjust_balance", account, about=account.pk, amount=str(amount), number=number)
    return entry


def _opened(
    account: Account, amount: Money, *, channel: Channel, payer: str = "", memo: str = ""
) -> Recharge:
    if amount.currency != account.currency or not is_movable(amount):
        raise AmountOutOfRange(maximum=largest(account.currency))
    customer = Customer.objects.filter(pk=account.pk).first()
    if customer is not None and customer.is_resale:
        raise FedByItsPartner(customer=account.name)
    now = clock.now()
    return Recharge(
        number=transaction_number("RC", now),
        account=account,
        channel=channel,
        payer=payer,
        memo=memo,
        currency=amount.currency,
        amount=amount,
        created_at=now,
    )


def _save(recharge: Recharge) -> None:
    try:
        with transaction.atomic():
            recharge.save(force_insert=True)
    except IntegrityError:
        raise RemittanceKnown(number=recharge.channel_number) from None


def _settle(actor: Actor, recharge: Recharge, *, source: str, kind: str, **changes: str) -> None:
    """Book the money of a recharge and take its step, in one deed."""
    entry = post(
        kind=kind,
        reference=f"recharge:{recharge.number}",
        legs=[Leg(source, chart.cash(recharge.account_id), recharge.amount)],
        about=recharge.number,
        memo=recharge.memo,
    )
    advance(
        actor,
        recharge,
        RechargeState.pay,
        about=recharge.account_id,
        refusal=RechargeClosed,
        paid_at=entry.happened_at,
        entry=entry,
        **changes,
    )
    write_off(recharge.account_id, recharge.currency, because=entry)
