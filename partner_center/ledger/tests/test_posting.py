from __future__ import annotations

import pytest
from django.db import connection

from partner_center.kernel import clock
from partner_center.ledger.errors import InsufficientBalance, ReferenceReused
from partner_center.ledger.models import Account, Entry, Transfer
from partner_center.ledger.posting import Leg, open_account, post, post_decided
from partner_center.ledger.tests.acting import WORLD, fund, inside, leg, lies, move, yuan

pytestmark = pytest.mark.django_db


def test_money_goes_from_one_account_to_another():
    fund("cash:a", "100.00")
    entry = move("pay:1", leg("cash:a", "cash:b", "30.00"), memo="thanks", about="CS1")

    assert (lies("cash:a"), lies("cash:b")) == ("70.00 CNY", "30.00 CNY")
    transfer = entry.transfers.get()
    assert (transfer.amount, transfer.source_after_minor, transfer.target_after_minor) == (
        yuan("30"),
        7000,
        3000,
    )
    assert (entry.about, entry.memo, entry.replayed) == ("CS1", "thanks", False)
    assert Entry.objects.get(reference="pay:1").happened_at == entry.happened_at
    assert Account.objects.get(address="cash:b").owner == "b"


def test_the_house_is_summed_and_caches_nothing():
    fund("cash:a", "100.00")
    move("pay:1", leg("cash:a", "house:sales", "30.00"))

    assert (lies(WORLD), lies("house:sales")) == ("-100.00 CNY", "30.00 CNY")
    assert Account.objects.get(address="house:sales").balance_minor is None
    assert Transfer.objects.get(entry__reference="pay:1").target_after_minor is None


def test_the_same_reference_moves_money_once():
    fund("cash:a", "100.00")
    first = move("pay:1", leg("cash:a", "cash:b", "30.00"))
    again = move("pay:1", leg("cash:a", "cash:b", "30.00"))

    assert again.pk == first.pk and again.replayed
    assert lies("cash:a") == "70.00 CNY"


def test_a_replay_is_recognised_when_the_money_has_gone():
    fund("cash:a", "30.00")
    first = move("pay:1", leg("cash:a", "cash:b", "30.00"))

    assert move("pay:1", leg("cash:a", "cash:b", "30.00")).pk == first.pk


@pytest.mark.parametrize(
    "other",
    [leg("cash:a", "cash:b", "30.01"), leg("cash:a", "cash:c", "30.00"), leg("cash:a", "cash:b", "99.00")],
)
def test_a_reference_cannot_be_used_for_something_else(other: Leg):
    fund("cash:a", "100.00")
    move("pay:1", leg("cash:a", "cash:b", "30.00"))

    with pytest.raises(ReferenceReused):
        move("pay:1", other)
    assert lies("cash:a") == "70.00 CNY"


def test_a_refusal_leaves_no_trace():
    fund("cash:a", "10.00")

    with pytest.raises(InsufficientBalance) as refusal:
        move("pay:1", leg("cash:a", "cash:new", "30.00"))

    assert str(refusal.value) == "The balance is not enough: 30.00 CNY needed, 10.00 CNY available."
    assert not Entry.objects.filter(reference="pay:1").exists()
    assert not Account.objects.filter(address="cash:new").exists()
    assert lies("cash:a") == "10.00 CNY"


def test_an_account_that_was_never_used_has_nothing_to_spend():
    with pytest.raises(InsufficientBalance) as refusal:
        move("pay:1", leg("cash:never", "cash:b", "0.01"))
    assert refusal.value.available == yuan("0")


def test_one_account_in_several_legs():
    fund("cash:a", "100.00")
    entry = move(
        "round:1",
        leg("cash:a", "cash:b", "60.00"),
        leg("cash:b", "cash:c", "50.00"),
        leg("cash:a", "cash:b", "40.00"),
        leg("cash:c", "cash:a", "5.00"),
    )
    assert [lies(f"cash:{one}") for one in "abc"] == ["5.00 CNY", "50.00 CNY", "45.00 CNY"]
    afters = list(
        entry.transfers.order_by("position").values_list("source_after_minor", "target_after_minor")
    )
    assert afters == [(4000, 6000), (1000, 5000), (0, 5000), (4500, 500)]


def test_a_later_leg_cannot_pay_for_an_earlier_one():
    fund("cash:a", "10.00")
    with pytest.raises(InsufficientBalance):
        move("round:1", leg("cash:b", "cash:a", "5.00"), leg("cash:a", "cash:b", "5.00"))


def test_a_floor_below_zero_is_credit():
    with inside():
        open_account("credit:a", "CNY", floor=yuan("-50.00"))
        open_account("credit:a", "CNY", floor=yuan("-9999.00"))
    move("pay:1", leg("credit:a", "house:sales", "50.00"))

    with pytest.raises(InsufficientBalance):
        move("pay:2", leg("credit:a", "house:sales", "0.01"))
    assert lies("credit:a") == "-50.00 CNY"


def test_an_account_without_a_floor_never_refuses():
    with inside():
        open_account("debt:a", "CNY", floor=None)
    move("usage:1", leg("debt:a", "house:sales", "1000000.00"))
    assert lies("debt:a") == "-1000000.00 CNY"


def test_currencies_are_different_accounts():
    fund("cash:a", "10.00")
    with pytest.raises(AssertionError, match="one currency"):
        from partner_center.kernel.money import Money

        move("mixed", leg("cash:a", "cash:b", "1.00"), Leg("cash:a", "cash:b", Money.of("1", "USD")))


@pytest.mark.parametrize("wrong", [leg("cash:a", "cash:a", "1.00"), leg("cash:a", "cash:b", "0.00")])
def test_a_leg_moves_something_elsewhere(wrong: Leg):
    fund("cash:a", "10.00")
    with pytest.raises(AssertionError, match="moves something elsewhere"):
        move("odd", wrong)


def test_money_moves_inside_actions_only():
    with pytest.raises(AssertionError, match="inside actions"):
        post(kind="test", reference="x", legs=[leg(WORLD, "cash:a", "1.00")])


def test_the_split_is_decided_under_the_lock():
    fund("cash:a", "20.00")
    fund("credit:a", "50.00")

    def cash_then_credit(held):
        assert held["never:a"] == yuan("0")
        return [leg("cash:a", "house:sales", "20.00"), leg("credit:a", "house:sales", "10.00")]

    def pay():
        with inside():
            return post_decided(
                kind="pay", reference="pay:1", asked="30.00 CNY from a", currency="CNY",
                reading=["cash:a", "credit:a", "never:a"], decide=cash_then_credit,
            )  # fmt: skip

    first, again = pay(), pay()
    assert first.pk == again.pk and again.replayed
    assert (lies("cash:a"), lies("credit:a")) == ("0.00 CNY", "40.00 CNY")
    assert not Account.objects.filter(address="never:a").exists()

    with pytest.raises(ReferenceReused), inside():
        post_decided(
            kind="pay", reference="pay:1", asked="31.00 CNY from a", currency="CNY",
            reading=["cash:a"], decide=lambda held: [leg("cash:a", "house:sales", "31.00")],
        )  # fmt: skip


def test_it_happens_at_the_installation_s_time(django_assert_num_queries):
    with clock.at(clock.now().replace(year=2031)):
        assert move("fund", leg(WORLD, "cash:a", "5.00")).happened_at.year == 2031


def test_a_payment_takes_four_statements_or_two(django_assert_num_queries):
    fund("cash:a", "100.00")
    move("pay:0", leg("cash:a", "house:sales", "1.00"))
    with inside(), django_assert_num_queries(2 if connection.vendor == "postgresql" else 4):
        post(kind="test.move", reference="pay:1", legs=[leg("cash:a", "house:sales", "1.00")])
