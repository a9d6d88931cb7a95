from __future__ import annotations

import pytest

from partner_center.customers.errors import NotACustomerOfThePartner
from partner_center.customers.makers import make_customer
from partner_center.foundation.actor import Actor
from partner_center.foundation.errors import NotPermitted
from partner_center.foundation.models import TrailEntry
from partner_center.funds.actions import (
    allocate_to_customer,
    allocate_to_reseller,
    designate,
    reclaim_all_from_customer,
    reclaim_from_customer,
    reclaim_from_reseller,
)
from partner_center.funds.errors import (
    AmountOutOfRange,
    NoMoneyAccount,
    NotEnoughToReclaim,
    OnlyADistributor,
    OnlyResaleCustomers,
)
from partner_center.funds.makers import cash_of, make_allocation, make_credit, make_money
from partner_center.funds.models import AccountChange, Adjustment, Operation
from partner_center.identity.makers import as_owner
from partner_center.kernel.money import Money
from partner_center.ledger.errors import InsufficientBalance
from partner_center.partners.errors import NoRightOverReseller
from partner_center.partners.makers import (
    make_account_manager,
    make_distributor,
    make_reseller,
    make_solution_provider,
)


def yuan(text: str) -> Money:
    return Money.of(text, "CNY")


def test_an_allocation_moves_money_and_leaves_its_evidence(channel):
    make_money(channel.provider, "100.00")
    made = allocate_to_customer(
        as_owner(channel.provider.account), customer=channel.own, amount=yuan("30.00"), memo="March"
    )

    assert (cash_of(channel.provider), cash_of(channel.own)) == (yuan("70"), yuan("30"))
    assert made.number.startswith("AD") and made.operation == Operation.ALLOCATION
    assert (made.amount, made.memo, made.target_name) == (yuan("30"), "March", channel.own.name)
    theirs, ours = AccountChange.objects.filter(about=made.number).order_by("direction")
    assert (theirs.owner_id, theirs.direction, theirs.balance_after) == (
        channel.provider.pk, "expense", yuan("70"),
    )  # fmt: skip
    assert (ours.owner_id, ours.direction, ours.balance_after) == (channel.own.pk, "revenue", yuan("30"))
    assert theirs.counterpart_id == channel.own.pk
    assert TrailEntry.objects.filter(verb="funds.allocation", about_id=channel.own.pk).exists()


def test_a_reclaim_takes_back_what_is_there(channel):
    make_money(channel.provider, "100.00")
    make_allocation(channel.own, "30.00")
    actor = as_owner(channel.provider.account)

    with pytest.raises(NotEnoughToReclaim) as refusal:
        reclaim_from_customer(actor, customer=channel.own, amount=yuan("30.01"))
    assert refusal.value.code == "CBC.5003"
    made = reclaim_from_customer(actor, customer=channel.own, amount=yuan("30.00"))

    assert made.operation == Operation.RECLAIM
    assert (cash_of(channel.provider), cash_of(channel.own)) == (yuan("100"), yuan("0"))


def test_a_distributor_acts_within_its_resellers_scope_on_the_resellers_money(channel):
    make_money(channel.distributor, "500.00")
    make_allocation(channel.reseller, "100.00")
    actor = as_owner(channel.distributor.account)

    made = allocate_to_customer(
        actor,
        customer=channel.resellers,
        amount=yuan("60"),
    )
    assert made.partner_id == channel.reseller.pk
    assert (cash_of(channel.distributor), cash_of(channel.reseller)) == (yuan("400"), yuan("40"))

    with pytest.raises(InsufficientBalance) as refusal:
        allocate_to_customer(
            actor,
            customer=channel.resellers,
            amount=yuan("40.01"),
        )
    assert refusal.value.available == yuan("40")
    reclaim_from_customer(
        actor,
        customer=channel.resellers,
        amount=yuan("60"),
    )
    assert (cash_of(channel.distributor), cash_of(channel.reseller)) == (yuan("400"), yuan("100"))


@pytest.mark.parametrize("who", ["foreign", "alone", "resellers"])
def test_strangers_are_not_customers_of_the_partner(channel, who):
    make_money(channel.provider, "100.00")
    for deed in (allocate_to_customer, reclaim_from_customer):
        with pytest.raises(NotACustomerOfThePartner) as refusal:
            deed(as_owner(channel.provider.account), customer=getattr(channel, who), amount=yuan("1"))
        assert refusal.value.code == "CBC.99000035"
    assert cash_of(channel.provider) == yuan("100") and not Adjustment.objects.exists()


def test_referral_customers_have_their_own_money(channel):
    make_money(channel.provider, "100.00")
    make_money(channel.referral, "100.00")
    for deed in (allocate_to_customer, reclaim_from_customer):
        with pytest.raises(OnlyResaleCustomers) as refusal:
            deed(as_owner(channel.provider.account), customer=channel.referral, amount=yuan("1"))
        assert refusal.value.code == "CBC.99000000"


def test_international_resale_customers_have_no_money(channel):
    partner = make_solution_provider(site="intl")
    customer = make_customer(partner)
    make_money(partner, "100.00")
    with pytest.raises(NoMoneyAccount):
        allocate_to_customer(as_owner(partner.account), customer=customer, amount=Money.of("1", "USD"))


@pytest.mark.parametrize("minor", [0, -1, 10**14 + 1])
def test_an_amount_is_above_nothing_and_not_beyond_everything(channel, minor):
    with pytest.raises(AmountOutOfRange):
        allocate_to_customer(
            as_owner(channel.provider.account), customer=channel.own, amount=Money(minor, "CNY")
        )


def test_an_amount_is_of_the_sites_currency(channel):
    with pytest.raises(AmountOutOfRange):
        allocate_to_customer(
            as_owner(channel.provider.account), customer=channel.own, amount=Money.of("1", "USD")
        )


def test_neither_designated_money_nor_credit_is_allocated(channel):
    make_money(channel.provider, "100.00")
    make_credit(channel.provider, "1000.00")
    designate(Actor.system("tests"), account=channel.provider.account, amount=yuan("60"))
    with pytest.raises(InsufficientBalance) as refusal:
        make_allocation(channel.own, "40.01")
    assert refusal.value.available == yuan("40")
    make_allocation(channel.own, "40.00")


def test_an_account_manager_allocates_within_its_scope_only(channel):
    manager = make_account_manager(channel.provider)
    make_money(channel.provider, "100.00")
    actor = as_owner(channel.provider.account, user_id=manager.pk, customers=frozenset({"nobody"}))
    with pytest.raises(NotACustomerOfThePartner):
        allocate_to_customer(actor, customer=channel.own, amount=yuan("1"))


def test_who_may_not_allocate_does_not(channel):
    actor = as_owner(channel.provider.account, permissions=frozenset({"funds.view"}))
    with pytest.raises(NotPermitted):
        allocate_to_customer(actor, customer=channel.own, amount=yuan("1"))


def test_a_distributor_feeds_its_resellers_and_nobody_elses(channel):
    make_money(channel.distributor, "500.00")
    actor = as_owner(channel.distributor.account)
    allocate_to_reseller(actor, reseller=channel.reseller, amount=yuan("100"))
    with pytest.raises(InsufficientBalance) as refusal:
        reclaim_from_reseller(actor, reseller=channel.reseller, amount=yuan("100.01"))
    assert refusal.value.code == "CBC.99005003"
    reclaim_from_reseller(actor, reseller=channel.reseller, amount=yuan("40"))
    assert (cash_of(channel.distributor), cash_of(channel.reseller)) == (yuan("440"), yuan("60"))

    for nobody in (channel.provider, channel.distributor, make_reseller(make_distributor())):
        with pytest.raises(NoRightOverReseller):
            allocate_to_reseller(actor, reseller=nobody, amount=yuan("1"))
    with pytest.raises(OnlyADistributor):
        allocate_to_reseller(as_owner(channel.reseller.account), reseller=channel.sibling, amount=yuan("1"))


def test_what_is_left_goes_back_when_the_association_ends(channel):
    make_money(channel.provider, "100.00")
    make_allocation(channel.own, "30.00")
    system = Actor.system("tests")
    made = reclaim_all_from_customer(
        system, customer=channel.own, partner_id=channel.provider.pk, scene="disassociation"
    )
    assert made is not None and made.operation == Operation.UNBIND and made.amount == yuan("30")
    assert cash_of(channel.provider) == yuan("100")
    again = reclaim_all_from_customer(
        system, customer=channel.own, partner_id=channel.provider.pk, scene="disassociation"
    )
    assert again is None


def test_adjustments_are_seen_by_both_sides_and_by_no_stranger(channel):
    make_money(channel.distributor, "500.00")
    make_allocation(channel.reseller, "100.00")
    make_allocation(channel.resellers, "10.00")

    def seen(account) -> int:
        return Adjustment.objects.visible_to(as_owner(account)).count()

    assert seen(channel.distributor.account) == 2
    assert seen(channel.reseller.account) == 2
    assert seen(channel.resellers.account) == 1
    assert seen(channel.sibling.account) == seen(channel.provider.account) == seen(channel.own.account) == 0
