from __future__ import annotations

import pytest
from django.db import connection

from partner_center.foundation.actor import Actor
from partner_center.funds import trades
from partner_center.funds.actions import charge, grant_credit, refund, repay_credit
from partner_center.funds.errors import CreditInUse, NoCreditForResaleCustomers, NothingToRepay, OnlyTheVendor
from partner_center.funds.makers import cash_of, make_allocation, make_credit, make_money, make_usage
from partner_center.funds.models import AccountChange
from partner_center.funds.queries import balances_of
from partner_center.identity.makers import as_owner
from partner_center.kernel.money import Money
from partner_center.ledger.errors import InsufficientBalance, ReferenceReused
from partner_center.ledger.models import Entry, Transfer

SYSTEM = Actor.system("tests")


def yuan(text: str) -> Money:
    return Money.of(text, "CNY")


def pay(customer, amount: str, *, number: str = "CS1", **more):
    return charge(
        SYSTEM, owner_id=customer.pk, amount=yuan(amount), reference=f"order:{number}",
        kind=trades.ORDER_PAID, about=number, **more,
    )  # fmt: skip


def give_back(customer, cash: str, credit: str = "0", *, number: str = "CS2"):
    return refund(
        SYSTEM, owner_id=customer.pk, cash=yuan(cash), credit=yuan(credit), reference=f"refund:{number}",
        kind=trades.UNSUBSCRIBED, about=number,
    )  # fmt: skip


def test_cash_pays_before_credit(channel):
    make_money(channel.referral, "20.00")
    make_credit(channel.referral, "50.00")

    first = pay(channel.referral, "15.00", number="CS1")
    second = pay(channel.referral, "30.00", number="CS2")

    assert (first.cash, first.credit) == (yuan("15"), yuan("0"))
    assert (second.cash, second.credit) == (yuan("5"), yuan("25"))
    has = balances_of(channel.referral.pk)
    assert (has.cash, has.credit_limit, has.credit_used, has.credit_left) == (
        yuan("0"), yuan("50"), yuan("25"), yuan("25"),
    )  # fmt: skip
    assert Entry.objects.get(pk=second.entry_id).about == "CS2"


def test_what_is_not_there_cannot_be_spent(channel):
    make_money(channel.referral, "20.00")
    make_credit(channel.referral, "5.00")
    before = Transfer.objects.count()

    with pytest.raises(InsufficientBalance) as refusal:
        pay(channel.referral, "25.01")

    assert (refusal.value.needed, refusal.value.available) == (yuan("25.01"), yuan("25"))
    assert Transfer.objects.count() == before


def test_a_reference_pays_once_and_remembers_its_split(channel):
    make_money(channel.referral, "20.00")
    make_credit(channel.referral, "50.00")
    first = pay(channel.referral, "30.00")
    make_money(channel.referral, "100.00")

    assert pay(channel.referral, "30.00") == first
    assert cash_of(channel.referral) == yuan("100")
    with pytest.raises(ReferenceReused):
        pay(channel.referral, "30.01")


def test_nothing_to_pay_moves_nothing(channel):
    assert pay(channel.referral, "0").entry_id is None


def test_what_is_designated_pays_nothing(channel):
    from partner_center.funds.actions import designate, release

    make_money(channel.referral, "20.00")
    designate(SYSTEM, account=channel.referral.account, amount=yuan("15"))
    with pytest.raises(InsufficientBalance):
        pay(channel.referral, "5.01")
    release(SYSTEM, account=channel.referral.account, amount=yuan("10"))

    pay(channel.referral, "15.00")
    has = balances_of(channel.referral.pk)
    assert (has.cash, has.designated, has.allocatable) == (yuan("5"), yuan("5"), yuan("0"))


def test_a_refund_goes_where_the_money_came_from(channel):
    make_money(channel.referral, "20.00")
    make_credit(channel.referral, "50.00")
    pay(channel.referral, "30.00")

    give_back(channel.referral, "20.00", "10.00")
    give_back(channel.referral, "20.00", "10.00")

    has = balances_of(channel.referral.pk)
    assert (has.cash, has.credit_used) == (yuan("20"), yuan("0"))


def test_credit_that_was_repaid_comes_back_as_cash(channel):
    make_credit(channel.referral, "50.00")
    pay(channel.referral, "30.00")
    make_money(channel.referral, "25.00")
    repay_credit(as_owner(channel.referral.account), account=channel.referral.account, amount=yuan("25"))

    give_back(channel.referral, "0", "30.00")

    has = balances_of(channel.referral.pk)
    assert (has.cash, has.credit_used, has.credit_left) == (yuan("25"), yuan("0"), yuan("50"))


def test_usage_may_leave_arrears_and_the_next_money_repays_them(channel):
    make_money(channel.provider, "100.00")
    make_allocation(channel.own, "10.00")
    paid = make_usage(channel.own, "25.00")
    assert (paid.cash, paid.debt) == (yuan("10"), yuan("15"))

    make_allocation(channel.own, "6.00")
    assert (balances_of(channel.own.pk).debt, cash_of(channel.own)) == (yuan("9"), yuan("0"))
    make_allocation(channel.own, "10.00")
    assert (balances_of(channel.own.pk).debt, cash_of(channel.own)) == (yuan("0"), yuan("1"))
    details = list(
        AccountChange.objects.filter(owner_id=channel.own.pk).order_by("id").values_list("kind", "direction")
    )
    assert details[-2:] == [(trades.ALLOCATION, "revenue"), (trades.WRITE_OFF, "expense")]


def test_a_refund_and_a_recharge_repay_arrears_too(channel):
    make_usage(channel.referral, "25.00")
    make_money(channel.referral, "20.00")
    assert (balances_of(channel.referral.pk).debt, cash_of(channel.referral)) == (yuan("5"), yuan("0"))
    give_back(channel.referral, "7.00")
    assert (balances_of(channel.referral.pk).debt, cash_of(channel.referral)) == (yuan("0"), yuan("2"))


def test_a_credit_limit_can_be_lowered_to_what_is_used(channel):
    make_credit(channel.referral, "50.00")
    pay(channel.referral, "30.00")
    with pytest.raises(CreditInUse):
        make_credit(channel.referral, "29.99")
    make_credit(channel.referral, "30.00")
    assert make_credit(channel.referral, "30.00") is None
    has = balances_of(channel.referral.pk)
    assert (has.credit_limit, has.credit_left) == (yuan("30"), yuan("0"))


def test_only_used_credit_is_repaid_with_cash_that_is_there(channel):
    account = channel.referral.account
    make_credit(channel.referral, "50.00")
    pay(channel.referral, "30.00")
    with pytest.raises(NothingToRepay):
        repay_credit(as_owner(account), account=account, amount=yuan("30.01"))
    with pytest.raises(InsufficientBalance):
        repay_credit(as_owner(account), account=account, amount=yuan("30"))


def test_credit_is_the_vendors_to_give_and_not_for_resale_customers(channel):
    with pytest.raises(OnlyTheVendor):
        grant_credit(as_owner(channel.provider.account), account=channel.referral.account, limit=yuan("5"))
    with pytest.raises(NoCreditForResaleCustomers):
        make_credit(channel.own, "5")


def test_a_charge_takes_four_statements_or_two(channel, django_assert_num_queries):
    from partner_center.ledger.tests.acting import inside

    make_money(channel.referral, "20.00")
    pay(channel.referral, "1.00", number="CS0")
    with inside(), django_assert_num_queries(2 if connection.vendor == "postgresql" else 4):
        pay(channel.referral, "1.00", number="CS1")


def test_every_kind_that_is_charged_is_in_the_table(channel):
    with pytest.raises(AssertionError, match=r"funds\.trades"):
        charge(
            SYSTEM, owner_id=channel.own.pk, amount=yuan("1"), reference="x", kind="unheard of", about="",
        )  # fmt: skip
