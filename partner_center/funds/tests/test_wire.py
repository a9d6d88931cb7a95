"""The ten operations through HTTP, signed: values, codes, languages, and that strangers are invisible."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from partner_center.customers.makers import make_customer
from partner_center.foundation.actor import Actor
from partner_center.funds import trades
from partner_center.funds.actions import charge, designate, refund
from partner_center.funds.makers import cash_of, make_allocation, make_credit, make_money, make_usage
from partner_center.funds.models import Adjustment
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.kernel.period import BEIJING, BillMonth
from partner_center.ledger.models import Entry
from partner_center.partners.makers import make_solution_provider
from partner_center.wire.throttling import table
from tests.calling import call as signed_call

ALLOCATE = "/v2/accounts/partner-accounts/adjust-amount"
RECLAIM = "/v2/accounts/partner-accounts/reclaim"
TO_RESELLER = "/v2/accounts/partner-accounts/indirect-partner-adjust"
FROM_RESELLER = "/v2/accounts/partner-accounts/indirect-partner-reclaim"
PARTNER_BALANCES = "/v2/accounts/partner-accounts/balances"
CUSTOMER_BALANCES = "/v2/accounts/customer-accounts/balances"
MANY_BALANCES = "/v2/accounts/customer-accounts/balances/batch-query"
ADJUSTMENTS = "/v3/accounts/partner-accounts/adjust-records"
PARTNER_CHANGES = "/v2/accounts/partner-accounts/account-change-records"
CUSTOMER_CHANGES = "/v2/accounts/customer-accounts/account-change-records"

SYSTEM = Actor.system("tests")
pytestmark = pytest.mark.django_db


def yuan(text: str) -> Money:
    return Money.of(text, "CNY")


def call(*who, **parameters):
    """A signed call; flow control is tested elsewhere."""
    table().clear()
    return signed_call(*who, **parameters)


def ok(answer, status: int = 200):
    assert answer.status_code == status, answer.content
    return answer.json(parse_float=Decimal) if answer.content else None


def code_of(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["error_code"]


# ------------------------------------------------------------------ allocating and reclaiming


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


# ------------------------------------------------------------------ balances


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


# ------------------------------------------------------------------ records


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
