"""Balances through HTTP, signed: values, codes, and that strangers are invisible."""

from __future__ import annotations

from decimal import Decimal

import pytest

from partner_center.customers.makers import make_customer
from partner_center.foundation.actor import Actor
from partner_center.funds import trades
from partner_center.funds.actions import charge, designate
from partner_center.funds.makers import make_allocation, make_credit, make_money, make_usage
from partner_center.funds.tests.wiring import (
    CUSTOMER_BALANCES,
    MANY_BALANCES,
    PARTNER_BALANCES,
    call,
    code_of,
    ok,
    yuan,
)
from partner_center.partners.makers import make_solution_provider

SYSTEM = Actor.system("tests")
pytestmark = pytest.mark.django_db


def test_a_partners_balances(channel):
    make_money(channel.provider, "100.50")
    make_credit(channel.provider, "1000.00")
    designate(SYSTEM, account=channel.provider.account, amount=yuan("20.25"))
    cash, credit, allocatable = ok(call(channel.provider.account, "GET", PARTNER_BALANCES))[
        "account_balances"
    ]
    assert (cash["account_type"], cash["amount"], cash["designated_amount"]) == (
        1, Decimal("100.50"), Decimal("20.25"),
    )  # fmt: skip
    assert (credit["account_type"], credit["amount"], credit["credit_amount"]) == (2, 1000, 1000)
    assert (allocatable["account_type"], allocatable["amount"]) == (8, Decimal("80.25"))
    assert {one["currency"] for one in (cash, credit)} == {"CNY"} and cash["measure_id"] == 1
    assert cash["account_id"] and "credit_amount" not in cash


def test_a_distributor_sees_its_resellers_balance_and_no_others(channel):
    make_money(channel.distributor, "100.00")
    make_allocation(channel.reseller, "40.00")
    seen = ok(
        call(channel.distributor.account, "GET", PARTNER_BALANCES, indirect_partner_id=channel.reseller.pk)
    )
    assert seen["account_balances"][0]["amount"] == 40
    own = ok(call(channel.reseller.account, "GET", PARTNER_BALANCES))
    assert own["account_balances"][0]["amount"] == 40
    ignored = ok(
        call(channel.sibling.account, "GET", PARTNER_BALANCES, indirect_partner_id=channel.reseller.pk)
    )
    assert ignored["account_balances"][0]["amount"] == 0
    refused = call(
        channel.distributor.account, "GET", PARTNER_BALANCES, indirect_partner_id=channel.provider.pk
    )
    assert code_of(refused) == (400, "CBC.99000037")
    assert code_of(call(channel.own.account, "GET", PARTNER_BALANCES)) == (403, "CBC.0151")


def test_a_customers_own_balances(channel):
    make_money(channel.referral, "12.34")
    make_credit(channel.referral, "100.00")
    charge(
        SYSTEM, owner_id=channel.referral.pk, amount=yuan("42.34"), reference="o:1",
        kind=trades.ORDER_PAID, about="CS1",
    )  # fmt: skip
    seen = ok(call(channel.referral.account, "GET", CUSTOMER_BALANCES))
    cash, credit = seen["account_balances"]
    assert (cash["account_type"], cash["amount"]) == (1, 0)
    assert (credit["account_type"], credit["amount"], credit["credit_amount"]) == (2, 70, 100)
    assert (seen["debt_amount"], seen["measure_id"], seen["currency"]) == (0, 1, "CNY")


def test_arrears_are_positive(channel):
    make_usage(channel.own, "7.07")
    assert ok(call(channel.own.account, "GET", CUSTOMER_BALANCES))["debt_amount"] == Decimal("7.07")


def test_an_international_resale_customer_has_no_account(db):
    partner = make_solution_provider(site="intl")
    resale, referral = make_customer(partner), make_customer(partner, association_type="referral")
    make_money(referral, "5.00")
    assert code_of(call(resale.account, "GET", CUSTOMER_BALANCES)) == (400, "CBC.99000049")
    seen = ok(call(referral.account, "GET", CUSTOMER_BALANCES))
    assert (seen["currency"], seen["account_balances"][0]["amount"]) == ("USD", 5)


def test_balances_of_many_customers_leave_out_who_is_not_ours(channel):
    make_money(channel.provider, "100.00")
    make_allocation(channel.own, "12.50")
    second = make_customer(channel.provider)
    asked = [channel.foreign.pk, second.pk, channel.referral.pk, channel.own.pk, channel.own.pk, "nobody"]
    seen = ok(
        call(
            channel.provider.account, "POST", MANY_BALANCES,
            customer_infos=[{"customer_id": one} for one in asked],
        )
    )  # fmt: skip
    assert [(one["customer_id"], one["amount"]) for one in seen["customer_balances"]] == [
        (second.pk, 0),
        (channel.own.pk, Decimal("12.50")),
    ]
    assert seen["customer_balances"][0] == {
        "customer_id": second.pk, "amount": 0, "debt_amount": 0, "currency": "CNY", "measure_id": 1,
    }  # fmt: skip


def test_a_distributor_asks_for_balances_within_a_resellers_scope(channel):
    facts = {"customer_infos": [{"customer_id": channel.resellers.pk}]}
    whose = channel.distributor.account
    assert ok(call(whose, "POST", MANY_BALANCES, **facts))["customer_balances"] == []
    named = ok(call(whose, "POST", MANY_BALANCES, **facts, indirect_partner_id=channel.reseller.pk))
    assert len(named["customer_balances"]) == 1
    refused = call(whose, "POST", MANY_BALANCES, **facts, indirect_partner_id="nobody")
    assert code_of(refused) == (400, "CBC.99000037")


@pytest.mark.parametrize(
    "infos",
    [None, [], "x", [17], [{}], [{"customer_id": "x" * 65}], [{"customer_id": ""}],
     [{"customer_id": "a"}] * 101, [{"customer_id": "a", "more": 1}]],
)  # fmt: skip
def test_a_list_of_customers_that_is_none(channel, infos):
    answer = call(channel.provider.account, "POST", MANY_BALANCES, customer_infos=infos)
    assert answer.status_code == 400 and answer.json()["error_code"] in ("CBC.0100", "CBC.0101"), (
        answer.content
    )
