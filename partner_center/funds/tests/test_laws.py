"""The invariants of spec/api/flows.md §3: nothing is made or lost between tiers, and every movement has two sides."""

from __future__ import annotations

from collections import defaultdict

from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from partner_center.funds import trades
from partner_center.funds.actions import (
    allocate_to_customer,
    allocate_to_reseller,
    charge,
    reclaim_from_customer,
    reclaim_from_reseller,
    refund,
)
from partner_center.funds.makers import cash_of, make_money
from partner_center.funds.models import AccountChange
from partner_center.funds.rules import split_charge
from partner_center.identity.makers import as_owner
from partner_center.kernel.errors import DomainError
from partner_center.kernel.money import Money
from partner_center.ledger.errors import InsufficientBalance
from partner_center.ledger.tests.acting import broken_laws

DEEDS = (
    "to_own",
    "from_own",
    "to_reseller",
    "from_reseller",
    "to_resellers",
    "from_resellers",
    "as_distributor",
)
cents = st.integers(1, 9_000)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(DEEDS), cents), max_size=12))
def test_between_tiers_nothing_is_made_or_lost(channel, history):
    with transaction.atomic():
        make_money(channel.provider, "100.00")
        make_money(channel.distributor, "100.00")
        everybody = (
            channel.provider, channel.distributor, channel.reseller, channel.own, channel.resellers,
        )  # fmt: skip
        for deed, minor in history:
            try:
                _do(channel, deed, Money(minor, "CNY"))
            except InsufficientBalance:
                continue
            finally:
                cash = [cash_of(one).minor for one in everybody]
                assert sum(cash) == 20_000 and min(cash) >= 0
        assert broken_laws() == []
        sides = defaultdict(list)
        for row in AccountChange.objects.exclude(kind=trades.REMITTANCE):
            sides[row.reference].append(row)
        for rows in sides.values():
            assert sum(row.signed.minor for row in rows) == 0 and len(rows) == 2
            assert all(row.balance_after.minor >= 0 for row in rows)
        transaction.set_rollback(True)


def _do(channel, deed: str, amount: Money) -> None:
    provider, distributor = as_owner(channel.provider.account), as_owner(channel.distributor.account)
    reseller = as_owner(channel.reseller.account)
    match deed:
        case "to_own":
            allocate_to_customer(provider, customer=channel.own, amount=amount)
        case "from_own":
            reclaim_from_customer(provider, customer=channel.own, amount=amount)
        case "to_reseller":
            allocate_to_reseller(distributor, reseller=channel.reseller, amount=amount)
        case "from_reseller":
            reclaim_from_reseller(distributor, reseller=channel.reseller, amount=amount)
        case "to_resellers":
            allocate_to_customer(reseller, customer=channel.resellers, amount=amount)
        case "from_resellers":
            reclaim_from_customer(reseller, customer=channel.resellers, amount=amount)
        case "as_distributor":
            allocate_to_customer(
                distributor,
                customer=channel.resellers,
                amount=amount,
            )


@settings(max_examples=200)
@given(cents, st.integers(-50, 9_000), st.integers(-50, 9_000), st.booleans())
def test_a_charge_is_split_without_rest(amount, cash, credit, may_owe):
    asked = Money(amount, "CNY")
    try:
        split = split_charge(asked, cash=Money(cash, "CNY"), credit=Money(credit, "CNY"), may_owe=may_owe)
    except DomainError:
        assert not may_owe and max(cash, 0) + max(credit, 0) < amount
        return
    assert split.cash + split.credit + split.debt == asked
    assert 0 <= split.cash.minor <= max(cash, 0) and 0 <= split.credit.minor <= max(credit, 0)
    assert not split.credit or split.cash.minor == max(cash, 0), "credit helps only when the cash is gone"
    assert not split.debt or split.credit.minor == max(credit, 0), "arrears only when the credit is gone"
    assert may_owe or not split.debt


@settings(max_examples=25)
@given(st.lists(cents, min_size=1, max_size=6), st.data())
def test_refunds_of_what_was_paid_bring_everything_back(channel, amounts, data):
    from partner_center.funds.makers import make_credit
    from partner_center.funds.queries import balances_of

    system = as_owner(channel.referral.account)
    with transaction.atomic():
        make_money(channel.referral, "80.00")
        make_credit(channel.referral, "500.00")
        before = balances_of(channel.referral.pk)
        paid = [
            charge(
                system, owner_id=channel.referral.pk, amount=Money(minor, "CNY"), reference=f"order:{number}",
                kind=trades.ORDER_PAID, about=f"CS{number}",
            )
            for number, minor in enumerate(amounts)
        ]  # fmt: skip
        for number in data.draw(st.permutations(range(len(paid)))):
            one = paid[number]
            refund(
                system, owner_id=channel.referral.pk, cash=one.cash, credit=one.credit,
                reference=f"refund:{number}", kind=trades.UNSUBSCRIBED, about=f"CS{number}",
            )  # fmt: skip
        assert balances_of(channel.referral.pk) == before
        transaction.set_rollback(True)
