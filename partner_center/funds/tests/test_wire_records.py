"""Adjustment records and statements through HTTP, signed: values, filters, paging, strangers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from partner_center.foundation.actor import Actor
from partner_center.funds import trades
from partner_center.funds.actions import charge, refund
from partner_center.funds.makers import make_allocation, make_credit, make_money
from partner_center.funds.tests.wiring import (
    ADJUSTMENTS,
    CUSTOMER_CHANGES,
    PARTNER_BALANCES,
    PARTNER_CHANGES,
    RECLAIM,
    call,
    code_of,
    ok,
    yuan,
)
from partner_center.kernel import clock
from partner_center.kernel.period import BEIJING, BillMonth

SYSTEM = Actor.system("tests")
pytestmark = pytest.mark.django_db


def test_adjustment_records(channel):
    make_money(channel.provider, "100.00")
    first = make_allocation(channel.own, "30.00", memo="first")
    back = ok(call(channel.provider.account, "POST", RECLAIM, customer_id=channel.own.pk, amount=10))[
        "trans_id"
    ]
    whose = channel.provider.account
    seen = ok(call(whose, "GET", ADJUSTMENTS))
    assert seen["total_count"] == 2
    newest, oldest = seen["records"]
    assert newest["trans_id"] == back and newest["operation_type"] == "SOURCE_OPERATION_BERETRIEVE"
    assert oldest == {
        "customer_id": channel.own.pk,
        "customer_name": channel.own.name,
        "operation_type": "SOURCE_OPERATION_BEADJUST",
        "amount": "30.00",
        "currency": "CNY",
        "operation_time": first.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "measure_id": 1,
        "trans_id": first.number,
        "memo": "first",
    }

    def found(**asked) -> list[str]:
        return [one["trans_id"] for one in ok(call(whose, "GET", ADJUSTMENTS, **asked))["records"]]

    assert found(operation_type="SOURCE_OPERATION_BEADJUST") == [first.number]
    assert found(trans_id=back) == [back] and found(trans_id="nothing") == []
    assert found(customer_id=channel.own.pk) == [back, first.number]
    assert found(customer_id=channel.foreign.pk) == [] and len(found(customer_id="")) == 2
    assert found(offset=1) == [first.number] and found(limit=1) == [back]
    tomorrow = (clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert found(operation_time_begin=tomorrow) == [] and len(found(operation_time_end=tomorrow)) == 2
    assert found(operation_type="") == [back, first.number]


def test_adjustment_records_of_a_reseller_and_of_nobody_else(channel):
    make_money(channel.distributor, "100.00")
    make_allocation(channel.reseller, "50.00")
    make_allocation(channel.resellers, "5.00")
    whose = channel.distributor.account
    own = ok(call(whose, "GET", ADJUSTMENTS))
    assert [one["customer_id"] for one in own["records"]] == [channel.reseller.pk]
    named = ok(call(whose, "GET", ADJUSTMENTS, indirect_partner_id=channel.reseller.pk))
    assert [one["customer_id"] for one in named["records"]] == [channel.resellers.pk]
    assert ok(call(channel.provider.account, "GET", ADJUSTMENTS))["total_count"] == 0
    refused = call(whose, "GET", ADJUSTMENTS, indirect_partner_id=channel.provider.pk)
    assert code_of(refused) == (400, "CBC.99000037")


def test_a_partners_statement(channel):
    make_money(channel.provider, "100.00")
    made = make_allocation(channel.own, "30.00")
    make_credit(channel.provider, "500.00")
    whose = channel.provider.account
    seen = ok(call(whose, "GET", PARTNER_CHANGES, balance_type="BALANCE_TYPE_DEBIT"))
    assert (seen["total_count"], seen["currency"]) == (2, "CNY")
    given, remitted = seen["records"]
    assert given == {
        "account_change_id": given["account_change_id"],
        "trade_detail_type": "SOURCE_OPERATION_BEADJUST",
        "trade_time": made.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "trade_id": made.number,
        "change_amount": "30.00",
        "balance_after_change": "70.00",
        "type": "2",
        "customer_id": channel.own.pk,
        "account_name": channel.own.account.name,
    }
    assert (remitted["trade_detail_type"], remitted["type"], remitted["balance_after_change"]) == (
        "SOURCE_OPERAIION_RECHARGE", "1", "100.00",
    )  # fmt: skip
    assert "customer_id" not in remitted
    credit = ok(call(whose, "GET", PARTNER_CHANGES, balance_type="BALANCE_TYPE_CREDIT"))
    assert [one["trade_detail_type"] for one in credit["records"]] == ["SOURCE_OPERAIION_ADJUST_CREDIT"]
    narrowed = {"balance_type": "BALANCE_TYPE_DEBIT", "trade_type": "BEADJUST"}
    assert ok(call(whose, "GET", PARTNER_CHANGES, **narrowed))["total_count"] == 1
    narrowed["trade_type"] = "BONUSCONVERT"
    assert ok(call(whose, "GET", PARTNER_CHANGES, **narrowed))["total_count"] == 0


def test_a_statement_of_a_reseller_is_its_distributors_to_see(channel):
    make_money(channel.distributor, "100.00")
    make_allocation(channel.reseller, "50.00")
    facts = {"balance_type": "BALANCE_TYPE_DEBIT", "indirect_partner_id": channel.reseller.pk}
    assert ok(call(channel.distributor.account, "GET", PARTNER_CHANGES, **facts))["total_count"] == 1
    assert ok(call(channel.sibling.account, "GET", PARTNER_CHANGES, **facts))["total_count"] == 0


def test_a_statement_covers_beijing_days_of_at_most_a_year(channel):
    whose = channel.provider.account
    today = clock.now().astimezone(BEIJING).date()
    make_money(channel.provider, "1.00")

    def asked(begin: object = None, end: object = None):
        facts = {"balance_type": "BALANCE_TYPE_DEBIT", "trade_time_begin": begin, "trade_time_end": end}
        return call(whose, "GET", PARTNER_CHANGES, **facts)

    assert ok(asked(today, today))["total_count"] == 1
    assert ok(asked(end=today - timedelta(days=1)))["total_count"] == 0
    assert ok(asked(begin=today + timedelta(days=1), end=today + timedelta(days=2)))["total_count"] == 0
    assert code_of(asked(begin=today - timedelta(days=368))) == (400, "CBC.80021021")
    with clock.at(clock.now() + timedelta(days=400)):
        assert ok(asked())["total_count"] == 0
        assert ok(asked(today, today + timedelta(days=30)))["total_count"] == 1


def test_a_customers_statement(channel):
    make_money(channel.referral, "100.00")
    charge(
        SYSTEM, owner_id=channel.referral.pk, amount=yuan("42.34"), reference="o:1",
        kind=trades.ORDER_PAID, about="CS1", memo="Elastic Cloud Server",
    )  # fmt: skip
    refund(
        SYSTEM, owner_id=channel.referral.pk, cash=yuan("2.34"), credit=yuan("0"), reference="r:1",
        kind=trades.UNSUBSCRIBED, about="CS2",
    )  # fmt: skip
    whose = channel.referral.account
    seen = ok(call(whose, "GET", CUSTOMER_CHANGES, balance_type="BALANCE_TYPE_DEBIT"))
    assert seen["total_count"] == 3
    back, paid, money = seen["records"]
    month, moment = str(BillMonth.of(clock.now())), paid["trade_time"]
    assert paid == {
        "account_change_id": paid["account_change_id"],
        "trade_detail_type": "SOURCE_OPERAIION_DEDEUCT",
        "trade_time": moment,
        "trade_id": "CS1",
        "change_amount": "42.34",
        "balance_after_change": "57.66",
        "revenue_expense_type": "EXPENSE",
        "bill_cycle": month,
        "consume_time": moment,
        "account_name": whose.name,
        "cloud_service_type_name": "Elastic Cloud Server",
    }
    assert (back["trade_detail_type"], back["revenue_expense_type"], back["balance_after_change"]) == (
        "SOURCE_OPERAIION_UNSUBSCRIBE", "REVENUE", "60.00",
    )  # fmt: skip
    assert money["payment_channel_id"] == "2" and money["payment_channel_no"].startswith("BANK")

    def found(**asked) -> list[str]:
        answer = ok(call(whose, "GET", CUSTOMER_CHANGES, balance_type="BALANCE_TYPE_DEBIT", **asked))
        assert answer["total_count"] == len(answer["records"])
        return [one["trade_id"] for one in answer["records"]]

    assert found(revenue_expense_type="EXPENSE") == ["CS1"]
    assert found(trade_type="REFUND") == ["CS2"] and found(trade_type="EXPIRED") == []
    assert found(trade_id="CS1") == ["CS1"] and found(trade_id="CS9") == []
    assert found(payment_channel_id="1,2") == [money["trade_id"]] and found(payment_channel_id="1") == []
    assert found(payment_channel_no=money["payment_channel_no"]) == [money["trade_id"]]
    assert found(payment_channel_no="nothing") == []


def test_a_customer_sees_nobody_elses_statement(channel):
    make_money(channel.referral, "100.00")
    answer = ok(call(channel.alone.account, "GET", CUSTOMER_CHANGES, balance_type="BALANCE_TYPE_DEBIT"))
    assert answer["total_count"] == 0 and answer["records"] == []
    refused = call(channel.provider.account, "GET", CUSTOMER_CHANGES, balance_type="BALANCE_TYPE_DEBIT")
    assert code_of(refused) == (403, "CBC.0151")


BAD_PAGING = [{"offset": -1}, {"offset": "x"}, {"limit": 0}, {"limit": 101}, {"limit": -1}, {"offset": 2**40}]
BAD_STATEMENT = [
    {"balance_type": None}, {"balance_type": ""}, {"balance_type": "BALANCE_TYPE_COUPON"},
    {"trade_type": "UNHEARD"}, {"trade_time_begin": "2026-02-30"}, {"trade_time_begin": "2026-1-1"},
    {"trade_time_end": "2026-01-01T00:00:00Z"}, {"trade_time_end": "x"}, {"more": "1"}, *BAD_PAGING,
]  # fmt: skip


@pytest.mark.parametrize("wrong", BAD_STATEMENT, ids=str)
def test_a_statement_asked_for_wrongly(channel, wrong):
    facts = {"balance_type": "BALANCE_TYPE_DEBIT", **wrong}
    for who, path in ((channel.provider, PARTNER_CHANGES), (channel.referral, CUSTOMER_CHANGES)):
        answer = call(who.account, "GET", path, **facts)
        assert answer.status_code == 400, answer.content
        assert answer.json()["error_code"] in ("CBC.0100", "CBC.0101"), answer.content


@pytest.mark.parametrize(
    "wrong",
    [{"payment_channel_id": "3"}, {"payment_channel_id": "1;2"}, {"revenue_expense_type": "BOTH"},
     {"trade_id": "x" * 129}, {"payment_channel_no": "x" * 129}],
    ids=str,
)  # fmt: skip
def test_a_customers_statement_asked_for_wrongly(channel, wrong):
    answer = call(
        channel.referral.account, "GET", CUSTOMER_CHANGES, balance_type="BALANCE_TYPE_DEBIT", **wrong
    )
    assert code_of(answer) == (400, "CBC.0100")


@pytest.mark.parametrize(
    "wrong",
    [{"operation_type": "BEADJUST"}, {"operation_time_begin": "2026-01-01"}, {"operation_time_end": "soon"},
     {"trans_id": "x" * 65}, {"customer_id": "x" * 65}, *BAD_PAGING],
    ids=str,
)  # fmt: skip
def test_adjustment_records_asked_for_wrongly(channel, wrong):
    answer = call(channel.provider.account, "GET", ADJUSTMENTS, **wrong)
    assert code_of(answer) == (400, "CBC.0100")


def test_queries_do_not_grow_with_the_rows(channel, django_assert_max_num_queries):
    make_money(channel.provider, "100.00")
    for _ in range(5):
        make_allocation(channel.own, "1.00")
    whose = channel.provider.account
    call(whose, "GET", ADJUSTMENTS)
    for path, facts in (
        (ADJUSTMENTS, {}),
        (PARTNER_CHANGES, {"balance_type": "BALANCE_TYPE_DEBIT"}),
        (PARTNER_BALANCES, {}),
    ):
        with django_assert_max_num_queries(8):
            ok(call(whose, "GET", path, **facts))
