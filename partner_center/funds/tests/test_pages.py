"""The console's money pages: for whom they open, what they show, what they do, in both languages."""

from __future__ import annotations

import pytest

from partner_center.customers.makers import make_customer
from partner_center.customers.tests.reading import browser, html
from partner_center.foundation.models import TrailEntry
from partner_center.funds.makers import cash_of, make_allocation, make_credit, make_money
from partner_center.funds.models import Adjustment, Recharge, RechargeState
from partner_center.funds.queries import balances_of
from partner_center.identity.makers import make_user
from partner_center.identity.models import Role
from partner_center.kernel.money import Money
from partner_center.ledger.models import Account, Entry
from partner_center.partners.makers import make_solution_provider, make_vendor

PARTNER = (
    "cards/account/", "funds/", "funds/customers/", "funds/changes/", "funds/adjustments/",
    "funds/recharges/", "funds/recharge/", "funds/repay/",
)  # fmt: skip
CUSTOMER = ("cards/account/", "funds/", "funds/changes/", "funds/adjustments/", "funds/recharges/")
STAFF = (
    "funds/customers/", "funds/resellers/", "funds/accounts/", "funds/changes/", "funds/adjustments/",
    "funds/recharges/", "ledger/accounts/", "ledger/entries/",
)  # fmt: skip


def yuan(text: str) -> Money:
    return Money.of(text, "CNY")


@pytest.fixture(autouse=True)
def sandbox(settings):
    settings.PAYMENT_GATEWAYS = ["partner_center.funds.gateways.sandbox.SandboxGateway"]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_opens_for_whom_it_is(channel, language):
    remitted = make_money(channel.provider, "100.00")
    make_credit(channel.provider, "50.00")
    made = make_allocation(channel.own, "30.00")
    staff, partner = browser(make_vendor(), language), browser(channel.provider.account, language)
    account, entry = Account.objects.first(), Entry.objects.first()
    for address in (
        *STAFF,
        f"funds/accounts/{channel.provider.pk}/",
        f"funds/adjustments/{made.number}/",
        f"funds/recharges/{remitted.number}/",
        f"ledger/accounts/{account.pk}/",
        f"ledger/entries/{entry.pk}/",
    ):
        html(staff, address)
    for address in (*PARTNER, f"funds/adjustments/{made.number}/", f"funds/recharges/{remitted.number}/"):
        html(partner, address)
    for address in (*CUSTOMER, f"funds/adjustments/{made.number}/"):
        html(browser(channel.own.account, language), address)
    html(browser(channel.distributor.account, language), "funds/resellers/")


def test_pages_of_others_are_refused(channel):
    for who, addresses in (
        (channel.provider, ("funds/accounts/", "funds/resellers/", "ledger/accounts/", "ledger/entries/")),
        (channel.own, ("funds/accounts/", "funds/customers/", "ledger/accounts/")),
    ):
        for address in addresses:
            assert browser(who.account).get(f"/console/{address}").status_code == 403, address


def test_a_stranger_sees_no_amount_and_no_number(channel):
    remitted = make_money(channel.provider, "123.45")
    made = make_allocation(channel.own, "30.67")
    stranger = browser(channel.sibling.account)
    for address in ("funds/changes/", "funds/adjustments/", "funds/recharges/", "funds/customers/"):
        page = html(stranger, address, owner=channel.provider.pk, target=channel.own.pk)
        assert "123.45" not in page and "30.67" not in page and made.number not in page
    for address in (f"funds/adjustments/{made.number}/", f"funds/recharges/{remitted.number}/"):
        assert stranger.get(f"/console/{address}").status_code == 404


def test_the_account_page_says_what_one_has(channel):
    make_money(channel.provider, "1234.50")
    make_credit(channel.provider, "5000.00")
    page = html(browser(channel.provider.account), "funds/")
    assert "1,234.50" in page and "5,000.00" in page


def test_an_international_resale_customer_is_told_who_pays(db):
    customer = make_customer(make_solution_provider(site="intl"))
    assert "Your partner pays for what you use." in html(browser(customer.account), "funds/")


def test_allocating_from_the_list(channel):
    make_money(channel.provider, "100.00")
    reader = browser(channel.provider.account)
    assert "Allocate" in html(reader, "funds/customers/", dialog="allocate", row=channel.own.pk)

    reader.post(
        "/console/funds/customers/",
        {"deed": "allocate", "row": channel.own.pk, "amount": "30.50", "memo": "spring"},
    )
    assert cash_of(channel.own) == yuan("30.50")
    assert Adjustment.objects.get().memo == "spring"
    page = html(reader, "funds/customers/")
    assert "30.50" in page

    reader.post("/console/funds/customers/", {"deed": "reclaim", "row": channel.own.pk, "amount": "10"})
    assert cash_of(channel.own) == yuan("20.50")


@pytest.mark.parametrize("amount", ["0", "-1", "1.234", "abc", "", "9" * 20])
def test_a_wrong_amount_moves_nothing(channel, amount):
    make_money(channel.provider, "100.00")
    answer = browser(channel.provider.account).post(
        "/console/funds/customers/", {"deed": "allocate", "row": channel.own.pk, "amount": amount}
    )
    assert answer.status_code == 200 and not Adjustment.objects.exists()


def test_a_batch_goes_on_after_a_refusal_and_touches_nothing_that_is_not_ones_own(channel):
    make_money(channel.provider, "100.00")
    second, third = make_customer(channel.provider), make_customer(channel.provider)
    answer = browser(channel.provider.account).post(
        "/console/funds/customers/",
        {
            "batch": "allocate-all",
            "row": [channel.own.pk, second.pk, third.pk, channel.foreign.pk, channel.referral.pk],
            "amount": "40",
        },
    )
    said = answer.content.decode()
    assert answer.status_code == 200 and "2 done" in said and "not enough" in said
    assert [cash_of(one) for one in (channel.own, second, third)] == [yuan("40"), yuan("40"), yuan("0")]
    assert cash_of(channel.foreign) == yuan("0") and Adjustment.objects.count() == 2


def test_a_distributor_feeds_its_resellers_from_the_list(channel):
    make_money(channel.distributor, "100.00")
    reader = browser(channel.distributor.account)
    reader.post(
        "/console/funds/resellers/",
        {"batch": "allocate-all", "row": [channel.reseller.pk, channel.sibling.pk], "amount": "25"},
    )
    assert [cash_of(one) for one in (channel.distributor, channel.reseller, channel.sibling)] == [
        yuan("50"), yuan("25"), yuan("25"),
    ]  # fmt: skip
    reader.post("/console/funds/resellers/", {"deed": "reclaim", "row": channel.sibling.pk, "amount": "25"})
    assert cash_of(channel.distributor) == yuan("75")


def test_who_may_only_look_does_not_move(channel):
    make_money(channel.provider, "100.00")
    looker = make_user(channel.provider.account, roles=[Role.objects.get(preset="read_only")])
    reader = browser(looker)
    assert "dialog=allocate" not in html(reader, "funds/customers/")
    answer = reader.post(
        "/console/funds/customers/", {"deed": "allocate", "row": channel.own.pk, "amount": "1"}
    )
    assert answer.status_code == 403 and not Adjustment.objects.exists()


def test_the_vendor_records_transfers_grants_credit_and_corrects(channel):
    staff, account = browser(make_vendor()), channel.provider.account

    def do(deed: str, **facts: str) -> str:
        answer = staff.post(
            "/console/funds/accounts/", {"deed": deed, "row": account.pk, **facts}, follow=True
        )
        assert answer.status_code == 200
        return answer.content.decode()

    do("remit", amount="100", bank_number="B-17", payer="Payer Ltd")
    assert "has been recorded already" in do("remit", amount="100", bank_number="B-17")
    do("limit", limit="500")
    do("designate", amount="40", memo="bid")
    do("release", amount="10")
    do("adjust", amount="-5", memo="typing mistake")
    has = balances_of(account.pk)
    assert (has.cash, has.designated, has.credit_limit) == (yuan("95"), yuan("30"), yuan("500"))
    assert TrailEntry.objects.filter(about_id=account.pk).count() >= 5


def test_recharging_online_through_the_sandbox(channel):
    reader = browser(channel.provider.account)
    answer = reader.post("/console/funds/recharge/", {"amount": "66.60", "gateway": "sandbox"})
    recharge = Recharge.objects.get()
    assert answer.status_code == 302 and answer["Location"].endswith(f"/{recharge.number}/")
    assert cash_of(channel.provider) == yuan("0")

    assert "66.60" in reader.get(answer["Location"]).content.decode()
    assert browser(channel.sibling.account).get(answer["Location"]).status_code == 404
    reader.post(answer["Location"], {"result": "failed"})
    recharge.refresh_from_db()
    assert recharge.state is RechargeState.FAILED
    reader.post(answer["Location"], {"result": "paid"})
    reader.post(answer["Location"], {"result": "paid"})
    assert cash_of(channel.provider) == yuan("66.60")


def test_without_a_gateway_nobody_is_sent_to_one(channel, settings):
    settings.PAYMENT_GATEWAYS = []
    assert browser(channel.provider.account).get("/console/funds/recharge/").status_code == 403


def test_repaying_credit(channel):
    from partner_center.funds.makers import make_usage

    make_credit(channel.referral, "50.00")
    make_usage(channel.referral, "30.00")
    make_money(channel.referral, "20.00")
    reader = browser(channel.referral.account)
    answer = reader.post("/console/funds/repay/", {"amount": "20.01"})
    assert "not enough" in answer.content.decode()
    reader.post("/console/funds/repay/", {"amount": "20"})
    assert balances_of(channel.referral.pk).credit_used == yuan("10")


def test_a_statement_is_narrowed_and_exported(channel):
    make_money(channel.provider, "100.00")
    make_allocation(channel.own, "30.00")
    reader = browser(channel.provider.account)
    page = html(reader, "funds/changes/", direction="expense")
    assert "−30.00" in page and "100.00" not in page.replace("70.00", "")
    answer = reader.post("/console/funds/changes/", {"export": "csv"}, follow=True)
    text = answer.getvalue().decode() if answer.streaming else answer.content.decode()
    assert answer.status_code == 200 and "-30.00" in text and "70.00" in text


def test_queries_do_not_grow_with_the_rows(channel, django_assert_max_num_queries):
    make_money(channel.provider, "1000.00")
    for customer in (channel.own, *(make_customer(channel.provider) for _ in range(6))):
        make_allocation(customer, "5.00")
    reader, staff = browser(channel.provider.account), browser(make_vendor())
    for address in ("funds/customers/", "funds/changes/", "funds/adjustments/", "funds/recharges/"):
        html(reader, address)
        with django_assert_max_num_queries(16):
            html(reader, address)
    for address in ("funds/accounts/", "ledger/accounts/", "ledger/entries/"):
        with django_assert_max_num_queries(16):
            html(staff, address)


def test_allocating_from_the_customers_page(channel):
    make_money(channel.provider, "100.00")
    reader = browser(channel.provider.account)
    assert f"/console/customers/{channel.own.pk}/allocate/" in html(reader, f"customers/{channel.own.pk}/")
    assert "/allocate/" not in html(reader, f"customers/{channel.referral.pk}/")
    reader.post(f"/console/customers/{channel.own.pk}/allocate/", {"amount": "12"})
    reader.post(f"/console/customers/{channel.own.pk}/reclaim/", {"amount": "2"})
    assert cash_of(channel.own) == yuan("10")
    foreign = reader.post(f"/console/customers/{channel.foreign.pk}/allocate/", {"amount": "12"})
    assert foreign.status_code == 404 and cash_of(channel.foreign) == yuan("0")
    refused = reader.post(f"/console/customers/{channel.referral.pk}/allocate/", {"amount": "12"})
    assert "Only the balance of a resale customer" in refused.content.decode()


def test_what_waits_is_on_the_home_page(channel):
    from partner_center.funds.makers import make_usage

    make_usage(channel.own, "5.00")
    reader = browser(channel.provider.account)
    reader.post("/console/funds/recharge/", {"amount": "66.60", "gateway": "sandbox"})
    page = html(reader, "")
    assert "Customers in arrears" in page and "Recharges to pay" in page
    listed = html(reader, "funds/customers/", debt_from="0.01")
    assert channel.own.name in listed and "5.00" in listed
