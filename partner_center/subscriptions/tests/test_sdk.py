"""The vendor's own SDKs against a live server, and time that passes on it."""

from __future__ import annotations

from datetime import timedelta

import huaweicloudsdkbss.v2 as bss
import huaweicloudsdkbssintl.v2 as bssintl
import pytest
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from partner_center.catalogue.makers import make_product
from partner_center.customers.makers import make_customer
from partner_center.kernel import clock
from partner_center.partners.makers import make_solution_provider, make_vendor
from partner_center.subscriptions.makers import make_lease, make_on_demand
from tests.calling import Key, call


def client_of(sdk, account, server):
    key = Key.of(account)
    credentials = GlobalCredentials(key.ak, key.sk, account.pk)
    return sdk.BssClient.new_builder().with_credentials(credentials).with_endpoints([server.url]).build()


@pytest.fixture(params=["cn", "intl"])
def site(request):
    return request.param


@pytest.fixture
def sdk(site):
    return bss if site == "cn" else bssintl_client(bssintl)


def bssintl_client(module):
    """The international SDK names its client BssintlClient."""
    module.BssClient = module.BssintlClient
    return module


def moment(text: str):
    from datetime import UTC, datetime

    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def test_a_customer_and_its_partner_live_with_the_sdk(live_server, site, sdk):
    currency = "CNY" if site == "cn" else "USD"
    partner = make_solution_provider(site=site)
    customer = make_customer(partner, site=site, budget="" if site == "cn" else "5000")
    lease = make_lease(customer, make_product(currency=currency))
    on_demand = make_on_demand(customer, lease.product)
    own, partners = (
        client_of(sdk, customer.account, live_server),
        client_of(sdk, partner.account, live_server),
    )

    listed = own.list_pay_per_use_customer_resources(
        sdk.ListPayPerUseCustomerResourcesRequest(body=sdk.QueryResourcesReq(status_list=[2]))
    )
    assert listed.total_count == 1
    (row,) = listed.data
    assert (row.resource_id, row.status, row.expire_policy, row.is_main_resource) == (
        lease.resource_id,
        2,
        0,
        1,
    )

    body = sdk.QueryResourcesReq(customer_id=customer.pk)
    seen = partners.list_pay_per_use_customer_resources(sdk.ListPayPerUseCustomerResourcesRequest(body=body))
    assert [one.resource_id for one in seen.data] == [lease.resource_id]
    by_use = partners.list_customer_on_demand_resources(
        sdk.ListCustomerOnDemandResourcesRequest(
            body=sdk.QueryCustomerOnDemandResourcesReq(customer_id=customer.pk, status=1)
        )
    )
    assert [one.resource_id for one in by_use.resources] == [on_demand.resource_id]

    rate = own.list_renew_rate_on_period(
        sdk.ListRenewRateOnPeriodRequest(
            body=sdk.ListRenewRateOnPeriodReq(
                resource_ids=[lease.resource_id, "gone"], period_type=2, period_num=3
            )
        )
    )
    assert (rate.currency, rate.official_website_rating_result.official_website_amount) == (
        currency,
        "300.00",
    )
    assert [one.amount for one in rate.renew_inquiry_results] == ["300.00"]
    assert [(one.resource_id, one.error_code) for one in rate.fail_resource_infos] == [
        ("gone", "CBC.30050009")
    ]

    own.auto_renewal_resources(
        sdk.AutoRenewalResourcesRequest(
            resource_id=lease.resource_id,
            body=sdk.AutoRenewalResourcesReq(auto_renew_times=2, period_type="MONTH"),
        )
    )
    lease.refresh_from_db()
    assert lease.renews_itself and lease.auto_renewal.times == 2
    cancel = sdk.CancelAutoRenewalResourcesRequest(resource_id=lease.resource_id)
    own.cancel_auto_renewal_resources(cancel)
    with pytest.raises(ClientRequestException) as refusal:
        own.cancel_auto_renewal_resources(cancel)
    assert (refusal.value.status_code, refusal.value.error_code) == (400, "CBC.99003605")

    answer = own.set_resources_renew_config(
        sdk.SetResourcesRenewConfigRequest(
            body=sdk.RenewResourceConfigReq(config_name="DEDUCTION_DATE", config_value="2")
        )
    )
    assert answer.error_code == "CBC.0000"
    changed = own.update_period_to_on_demand(
        sdk.UpdatePeriodToOnDemandRequest(
            body=sdk.PeriodToOnDemandReq(operation="SET_UP", resource_ids=[lease.resource_id, "gone"])
        )
    )
    assert [(one.id, one.error_code) for one in changed.error_details] == [("gone", "CBC.99003012")]


def test_fast_forward_expires_to_the_second(live_server, settings):
    settings.SANDBOX = True
    operator = make_vendor()
    customer = make_customer(make_solution_provider())
    lease = make_lease(customer, make_product())
    client = client_of(bss, customer.account, live_server)

    def status():
        (row,) = client.list_pay_per_use_customer_resources(
            bss.ListPayPerUseCustomerResourcesRequest(body=bss.QueryResourcesReq())
        ).data
        return row.status, row.expire_time

    def advance(to):
        answer = call(operator, "POST", "/api/v1/clock/advance", to=to.strftime("%Y-%m-%dT%H:%M:%SZ"))
        assert answer.status_code == 200, answer.content
        assert all(one["failures"] == 0 for one in answer.json()["jobs"]), answer.json()

    in_use, expire_time = status()
    expiry = moment(expire_time)
    assert (in_use, expiry) == (2, lease.expires_at)
    advance(expiry - timedelta(minutes=2))
    assert status()[0] == 2
    advance(expiry)
    assert status()[0] == 5
    advance(expiry + timedelta(days=7))
    assert status()[0] == 4
    advance(expiry + timedelta(days=22))
    assert status()[0] == 3
    lease.refresh_from_db()
    assert lease.closed_at == expiry + timedelta(days=22) <= clock.now()
