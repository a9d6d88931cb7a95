"""Two at once, with real transactions, on both databases."""

from __future__ import annotations

from partner_center.foundation.actor import Actor
from partner_center.funds import trades
from partner_center.funds.actions import (
    allocate_to_customer,
    charge,
    designate,
    reclaim_from_customer,
    take_notice,
)
from partner_center.funds.gateways import Notice
from partner_center.funds.makers import cash_of, make_allocation, make_credit, make_money, make_usage
from partner_center.funds.models import Adjustment, Channel, Recharge
from partner_center.funds.queries import balances_of
from partner_center.identity.makers import as_owner
from partner_center.kernel.money import Money
from partner_center.ledger.tests.acting import broken_laws
from partner_center.ledger.tests.test_races import race

SYSTEM = Actor.system("tests")


def yuan(text: str) -> Money:
    return Money.of(text, "CNY")


def test_two_allocations_of_the_last_yuan(real_channel):
    make_money(real_channel.provider, "1.00")
    actor = as_owner(real_channel.provider.account)
    ends = race(
        [lambda: allocate_to_customer(actor, customer=real_channel.own, amount=yuan("1")) for _ in range(8)]
    )
    assert ends == {"done": 1, "InsufficientBalance": 7}
    assert (cash_of(real_channel.own), Adjustment.objects.count()) == (yuan("1"), 1)
    assert broken_laws() == []


def test_cash_and_credit_are_not_spent_twice(real_channel):
    make_money(real_channel.referral, "10.00")
    make_credit(real_channel.referral, "10.00")

    def pay(number: int) -> None:
        charge(
            SYSTEM, owner_id=real_channel.referral.pk, amount=yuan("3"), reference=f"order:{number}",
            kind=trades.ORDER_PAID, about=f"CS{number}",
        )  # fmt: skip

    ends = race([lambda n=n: pay(n) for n in range(20)])
    assert ends == {"done": 6, "InsufficientBalance": 14}
    has = balances_of(real_channel.referral.pk)
    assert (has.cash, has.credit_left) == (yuan("0"), yuan("2"))
    assert broken_laws() == []


def test_designating_and_allocating_the_same_money(real_channel):
    make_money(real_channel.provider, "10.00")
    account = real_channel.provider.account
    tasks = [lambda: designate(SYSTEM, account=account, amount=yuan("2")) for _ in range(6)]
    tasks += [
        lambda: allocate_to_customer(as_owner(account), customer=real_channel.own, amount=yuan("2"))
        for _ in range(6)
    ]
    ends = race([task for pair in zip(tasks[:6], tasks[6:], strict=True) for task in pair])
    assert ends == {"done": 5, "InsufficientBalance": 7}
    has = balances_of(real_channel.provider.pk)
    assert has.allocatable == yuan("0") and has.cash + cash_of(real_channel.own) == yuan("10")


def test_usage_reclaim_and_allocation_of_one_customer_at_once(real_channel):
    make_money(real_channel.provider, "100.00")
    make_allocation(real_channel.own, "10.00")
    actor = as_owner(real_channel.provider.account)
    tasks = []
    for _ in range(10):
        tasks += [
            lambda: make_usage(real_channel.own, "3.00"),
            lambda: reclaim_from_customer(actor, customer=real_channel.own, amount=yuan("2")),
            lambda: allocate_to_customer(actor, customer=real_channel.own, amount=yuan("1")),
        ]
    ends = race(tasks)
    assert ends["done"] + ends["NotEnoughToReclaim"] == 30
    has = balances_of(real_channel.own.pk)
    assert has.cash.minor >= 0 and (not has.cash or not has.debt)
    reclaimed = yuan("2") * (ends["done"] - 20)
    assert has.cash - has.debt == yuan("10") + yuan("10") - yuan("30") - reclaimed
    assert broken_laws() == []


def test_a_gateway_that_calls_from_many_threads_pays_once(real_channel, settings):
    settings.PAYMENT_GATEWAYS = ["partner_center.funds.gateways.sandbox.SandboxGateway"]
    recharge = Recharge.objects.create(
        number="RC1", account=real_channel.provider.account, channel=Channel.ALIPAY_OR_BANK, gateway="sandbox",
        currency="CNY", amount=yuan("5"),
    )  # fmt: skip
    notice = Notice("RC1", recharge.amount, "SB1", True)
    ends = race([lambda: take_notice(SYSTEM, gateway="sandbox", notice=notice) for _ in range(12)])
    assert set(ends) <= {"done", "RechargeClosed"} and ends["done"] >= 1
    assert cash_of(real_channel.provider) == yuan("5")
    assert broken_laws() == []
