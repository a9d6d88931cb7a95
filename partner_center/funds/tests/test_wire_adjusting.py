"""Allocating and reclaiming through HTTP, signed: values, codes, languages, strangers."""

from __future__ import annotations

import pytest

from partner_center.customers.makers import make_customer
from partner_center.foundation.actor import Actor
from partner_center.funds.makers import cash_of, make_allocation, make_money
from partner_center.funds.models import Adjustment
from partner_center.funds.tests.wiring import (
    ALLOCATE,
    FROM_RESELLER,
    RECLAIM,
    TO_RESELLER,
    call,
    code_of,
    ok,
    yuan,
)
from partner_center.ledger.models import Entry
from partner_center.partners.makers import make_solution_provider

SYSTEM = Actor.system("tests")
pytestmark = pytest.mark.django_db


def test_an_allocation_and_a_reclaim_to_the_cent(channel):
    make_money(channel.provider, "100.00")
    given = ok(call(channel.provider.account, "POST", ALLOCATE, customer_id=channel.own.pk, amount=30.15))
    assert given["transfer_id"].startswith("AD") and set(given) == {"transfer_id"}
    assert (cash_of(channel.provider), cash_of(channel.own)) == (yuan("69.85"), yuan("30.15"))

    back = ok(call(channel.provider.account, "POST", RECLAIM, customer_id=channel.own.pk, amount="30.15"))
    assert back["trans_id"].startswith("AD") and set(back) == {"trans_id"}
    assert (cash_of(channel.provider), cash_of(channel.own)) == (yuan("100"), yuan("0"))


def test_a_distributor_names_the_reseller_it_acts_for(channel):
    make_money(channel.distributor, "100.00")
    whose = channel.distributor.account
    ok(call(whose, "POST", TO_RESELLER, indirect_partner_id=channel.reseller.pk, amount=50))
    asked = {"customer_id": channel.resellers.pk, "amount": 20}
    assert code_of(call(whose, "POST", ALLOCATE, **asked)) == (400, "CBC.99000035")
    ok(call(whose, "POST", ALLOCATE, **asked, indirect_partner_id=channel.reseller.pk))
    assert (cash_of(channel.distributor), cash_of(channel.reseller)) == (yuan("50"), yuan("30"))

    for other in (channel.provider.pk, "nobody"):
        refused = call(whose, "POST", ALLOCATE, **asked, indirect_partner_id=other)
        assert code_of(refused) == (400, "CBC.99000037")
    ok(call(whose, "POST", FROM_RESELLER, indirect_partner_id=channel.reseller.pk, amount=30))
    assert (cash_of(channel.distributor), cash_of(channel.reseller)) == (yuan("80"), yuan("0"))


def test_whoever_is_no_distributor_is_not_heard_naming_a_reseller(channel):
    make_money(channel.provider, "100.00")
    ok(
        call(
            channel.provider.account, "POST", ALLOCATE,
            customer_id=channel.own.pk, amount=1, indirect_partner_id=channel.reseller.pk,
        )
    )  # fmt: skip
    assert cash_of(channel.provider) == yuan("99")


def wrong_ids(channel) -> dict[str, tuple[object, str]]:
    return {
        "stranger's": (channel.foreign.pk, "CBC.99000035"),
        "nobody's": (channel.alone.pk, "CBC.99000035"),
        "absent": ("0" * 32, "CBC.99000035"),
        "a partner": (channel.reseller.pk, "CBC.99000035"),
        "referral": (channel.referral.pk, "CBC.99000000"),
        "empty": ("", "CBC.0101"),
        "missing": (None, "CBC.0101"),
        "over-long": ("x" * 65, "CBC.0100"),
        "a list": ([channel.own.pk], "CBC.0100"),
    }


@pytest.mark.parametrize("path", [ALLOCATE, RECLAIM])
@pytest.mark.parametrize(
    "which",
    ["stranger's", "nobody's", "absent", "a partner", "referral", "empty", "missing", "over-long", "a list"],
)
def test_a_customer_that_is_not_the_partners_resale_customer(channel, path, which):
    make_money(channel.provider, "100.00")
    entries = Entry.objects.count()
    given, code = wrong_ids(channel)[which]
    answer = call(channel.provider.account, "POST", path, customer_id=given, amount=1)
    if which == "empty":
        assert code_of(answer) in ((400, "CBC.0100"), (400, "CBC.0101"))
    else:
        assert code_of(answer) == (400, code)
    assert Entry.objects.count() == entries and not Adjustment.objects.exists()


@pytest.mark.parametrize("path", [ALLOCATE, RECLAIM, TO_RESELLER, FROM_RESELLER])
@pytest.mark.parametrize(
    "amount", [0, -1, "-0.01", 1.001, "1.001", "", None, "abc", "1e2", [], {}, True, 10**14, "9" * 30, "0.00"]
)
def test_an_amount_that_is_none(channel, path, amount):
    make_money(channel.distributor, "100.00")
    make_allocation(channel.reseller, "50.00")
    entries = Entry.objects.count()
    facts = {"customer_id": channel.resellers.pk, "indirect_partner_id": channel.reseller.pk}
    if path in (TO_RESELLER, FROM_RESELLER):
        del facts["customer_id"]
    answer = call(channel.distributor.account, "POST", path, **facts, amount=amount)
    assert answer.status_code == 400 and answer.json()["error_code"] in ("CBC.0100", "CBC.0101"), (
        answer.content
    )
    assert Entry.objects.count() == entries


def test_not_enough_is_said_with_the_documented_code_in_the_callers_language(channel):
    make_money(channel.provider, "10.00")
    whose, facts = channel.provider.account, {"customer_id": channel.own.pk, "amount": 10.01}
    refused = call(whose, "POST", ALLOCATE, **facts, headers={"X-Language": "en_US"})
    assert refused.status_code == 400
    assert refused.json() == {
        "error_code": "CBC.99005003",
        "error_msg": "The balance is not enough: 10.01 CNY needed, 10.00 CNY available.",
    }
    chinese = call(whose, "POST", ALLOCATE, **facts, headers={"X-Language": "zh_CN"})
    assert chinese.json()["error_msg"] == "余额不足：需要 10.01 CNY，可用 10.00 CNY。"
    assert code_of(call(whose, "POST", RECLAIM, **facts)) == (400, "CBC.5003")
    make_money(channel.distributor, "1.00")
    short = {"indirect_partner_id": channel.reseller.pk, "amount": 2}
    for path in (TO_RESELLER, FROM_RESELLER):
        assert code_of(call(channel.distributor.account, "POST", path, **short)) == (400, "CBC.99005003")


def test_resellers_are_a_distributors(channel):
    facts = {"indirect_partner_id": channel.sibling.pk, "amount": 1}
    for path in (TO_RESELLER, FROM_RESELLER):
        for who in (channel.provider, channel.reseller, channel.own):
            answer = call(who.account, "POST", path, **facts)
            assert answer.status_code == 403 and answer.json()["error_code"] in ("CBC.0150", "CBC.0151")
        for other in (channel.provider.pk, channel.distributor.pk, "nobody"):
            answer = call(channel.distributor.account, "POST", path, indirect_partner_id=other, amount=1)
            assert code_of(answer) == (400, "CBC.99000037")


def test_customers_do_not_allocate(channel):
    answer = call(channel.own.account, "POST", ALLOCATE, customer_id=channel.own.pk, amount=1)
    assert code_of(answer) == (403, "CBC.0151")


def test_the_international_site_knows_no_allocation(db):
    partner = make_solution_provider(site="intl")
    customer = make_customer(partner)
    answer = call(partner.account, "POST", ALLOCATE, customer_id=customer.pk, amount=1)
    assert code_of(answer) == (403, "CBC.0156")
