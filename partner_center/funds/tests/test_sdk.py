"""The vendor's own SDK moves money on a live server, and raises its own exception with our code."""

from __future__ import annotations

from decimal import Decimal

import pytest
from huaweicloudsdkbss.v2 import (
    AdjustAccountReq,
    AdjustToIndirectPartnerReq,
    BssClient,
    CustomerInfoV2,
    ListCustomerAccountChangeRecordsRequest,
    ListCustomersBalancesDetailRequest,
    ListPartnerAccountChangeRecordsRequest,
    ListPartnerAdjustRecordsRequest,
    ListPartnerBalancesRequest,
    QueryCustomersBalancesReq,
    ReclaimIndirectPartnerAccountReq,
    ReclaimIndirectPartnerAccountRequest,
    ReclaimToPartnerAccountBalancesReq,
    ReclaimToPartnerAccountRequest,
    ShowCustomerAccountBalancesRequest,
    UpdateCustomerAccountAmountRequest,
    UpdateIndirectPartnerAccountRequest,
)
from huaweicloudsdkbssintl.v2 import BssintlClient
from huaweicloudsdkbssintl.v2 import ShowCustomerAccountBalancesRequest as ShowBalancesAbroad
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from partner_center.customers.makers import make_customer
from partner_center.funds.makers import cash_of, make_allocation, make_money
from partner_center.funds.tests.conftest import make_channel
from partner_center.partners.makers import make_solution_provider
from partner_center.wire.throttling import table
from tests.calling import Key


@pytest.fixture
def live(live_server):
    table().clear()
    return live_server, make_channel()


def client(server, owner, kind=BssClient):
    key = Key.of(owner.account)
    credentials = GlobalCredentials(key.ak, key.sk)
    return kind.new_builder().with_credentials(credentials).with_endpoints([server.url]).build()


def test_a_partner_feeds_its_customer_and_reads_the_evidence(live):
    server, channel = live
    make_money(channel.provider, "100.00")
    partner = client(server, channel.provider)

    given = partner.update_customer_account_amount(
        UpdateCustomerAccountAmountRequest(
            body=AdjustAccountReq(customer_id=channel.own.pk, amount=Decimal("30.10"))
        )
    )
    back = partner.reclaim_to_partner_account(
        ReclaimToPartnerAccountRequest(
            body=ReclaimToPartnerAccountBalancesReq(customer_id=channel.own.pk, amount=Decimal("0.05"))
        )
    )
    balances = partner.list_partner_balances(ListPartnerBalancesRequest()).account_balances
    assert [(one.account_type, one.amount) for one in balances] == [(1, 69.95), (8, 69.95)]

    seen = partner.list_customers_balances_detail(
        ListCustomersBalancesDetailRequest(
            body=QueryCustomersBalancesReq(customer_infos=[CustomerInfoV2(customer_id=channel.own.pk)])
        )
    )
    assert [one.amount for one in seen.customer_balances] == [Decimal("30.05")]

    records = partner.list_partner_adjust_records(ListPartnerAdjustRecordsRequest())
    assert [one.trans_id for one in records.records] == [back.trans_id, given.transfer_id]
    assert [one.amount for one in records.records] == ["0.05", "30.10"]
    statement = partner.list_partner_account_change_records(
        ListPartnerAccountChangeRecordsRequest(balance_type="BALANCE_TYPE_DEBIT")
    )
    assert [one.balance_after_change for one in statement.records] == ["69.95", "69.90", "100.00"]
    assert statement.total_count == 3

    customer = client(server, channel.own)
    own = customer.show_customer_account_balances(ShowCustomerAccountBalancesRequest())
    assert (own.account_balances[0].amount, own.debt_amount, own.currency) == (Decimal("30.05"), 0, "CNY")
    theirs = customer.list_customer_account_change_records(
        ListCustomerAccountChangeRecordsRequest(balance_type="BALANCE_TYPE_DEBIT")
    )
    assert [one.revenue_expense_type for one in theirs.records] == ["EXPENSE", "REVENUE"]


def test_a_distributor_feeds_its_reseller(live):
    server, channel = live
    make_money(channel.distributor, "100.00")
    distributor = client(server, channel.distributor)
    distributor.update_indirect_partner_account(
        UpdateIndirectPartnerAccountRequest(
            body=AdjustToIndirectPartnerReq(indirect_partner_id=channel.reseller.pk, amount=60)
        )
    )
    distributor.reclaim_indirect_partner_account(
        ReclaimIndirectPartnerAccountRequest(
            body=ReclaimIndirectPartnerAccountReq(indirect_partner_id=channel.reseller.pk, amount=10)
        )
    )
    assert str(cash_of(channel.reseller)) == "50.00 CNY"


def test_the_sdk_raises_its_own_exception_with_the_documented_code(live):
    server, channel = live
    make_money(channel.provider, "1.00")
    make_allocation(channel.own, "1.00")
    partner = client(server, channel.provider)
    asked = AdjustAccountReq(customer_id=channel.own.pk, amount=Decimal("0.01"))
    with pytest.raises(ClientRequestException) as refusal:
        partner.update_customer_account_amount(UpdateCustomerAccountAmountRequest(body=asked))
    assert (refusal.value.status_code, refusal.value.error_code) == (400, "CBC.99005003")


def test_the_sdk_of_the_other_site(live_server):
    partner = make_solution_provider(site="intl")
    referral = make_customer(partner, association_type="referral")
    make_money(referral, "12.30")
    abroad = client(live_server, referral, BssintlClient)
    seen = abroad.show_customer_account_balances(ShowBalancesAbroad())
    assert (seen.currency, seen.account_balances[0].amount) == ("USD", Decimal("12.3"))
