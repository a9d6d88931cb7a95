"""The vendor's own SDK at our door: endpoints, regions, tokens of its signature, its exceptions."""

from __future__ import annotations

import re

import pytest
import requests
from huaweicloudsdkbss.v2 import BssClient, ListMeasureUnitsRequest
from huaweicloudsdkbss.v2 import ListCustomerOrdersRequest as ListOrders
from huaweicloudsdkbss.v2 import ShowCustomerOrderDetailsRequest as ShowOrder
from huaweicloudsdkbss.v2.region.bss_region import BssRegion
from huaweicloudsdkbssintl.v2 import BssintlClient
from huaweicloudsdkbssintl.v2 import ListMeasureUnitsRequest as ListMeasureUnitsAbroad
from huaweicloudsdkbssintl.v2.region.bssintl_region import BssintlRegion
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from partner_center.identity.makers import make_account
from partner_center.wire.throttling import table
from tests.calling import Key

REQUEST_ID = re.compile(r"[0-9a-f]{32}")


@pytest.fixture(autouse=True)
def _quiet_second():
    table().clear()


@pytest.fixture
def customer(live_server):
    return make_account("customer", name="lin-trading")


def client(live_server, account, *, abroad=False, domain_id=None, secret=None):
    key = Key.of(account)
    credentials = GlobalCredentials(key.ak, secret or key.sk, domain_id)
    kind = BssintlClient if abroad else BssClient
    return kind.new_builder().with_credentials(credentials).with_endpoints([live_server.url]).build()


def test_the_sdk_is_let_in_by_an_endpoint(live_server, customer):
    answer = client(live_server, customer).list_measure_units(ListMeasureUnitsRequest())
    assert answer.status_code == 200


def test_the_sdk_of_the_other_site_is_let_in_too(live_server):
    abroad = make_account("customer", site="intl")
    answer = client(live_server, abroad, abroad=True).list_measure_units(ListMeasureUnitsAbroad())
    assert answer.status_code == 200


def test_a_region_is_looked_up_with_iam(live_server, customer, monkeypatch):
    for name in (
        "HUAWEICLOUD_SDK_REGION_BSS_CN_NORTH_1",
        "HUAWEICLOUD_SDK_IAM_ENDPOINT",
        "HUAWEICLOUD_SDK_STS_ENDPOINT",
    ):
        monkeypatch.setenv(name, live_server.url)
    key = Key.of(customer)
    credentials = GlobalCredentials(key.ak, key.sk)
    builder = (
        BssClient.new_builder().with_credentials(credentials).with_region(BssRegion.value_of("cn-north-1"))
    )
    answer = builder.build().list_measure_units(ListMeasureUnitsRequest(x_language="en_US"))
    assert credentials.domain_id == customer.pk
    assert answer.status_code == 200


def test_a_region_abroad_is_looked_up_too(live_server, monkeypatch):
    abroad = make_account("customer", site="intl")
    for name in ("HUAWEICLOUD_SDK_REGION_BSSINTL_AP_SOUTHEAST_1", "HUAWEICLOUD_SDK_IAM_ENDPOINT"):
        monkeypatch.setenv(name, live_server.url)
    key = Key.of(abroad)
    credentials = GlobalCredentials(key.ak, key.sk)
    region = BssintlRegion.value_of("ap-southeast-1")
    built = BssintlClient.new_builder().with_credentials(credentials).with_region(region).build()
    assert built.list_measure_units(ListMeasureUnitsAbroad()).status_code == 200
    assert credentials.domain_id == abroad.pk


def test_a_domain_id_of_ones_own_is_accepted_and_anothers_refused(live_server, customer):
    assert client(live_server, customer, domain_id=customer.pk).list_measure_units(ListMeasureUnitsRequest())
    with pytest.raises(ClientRequestException) as refusal:
        client(live_server, customer, domain_id="0" * 32).list_measure_units(ListMeasureUnitsRequest())
    assert (refusal.value.status_code, refusal.value.error_code) == (403, "CBC.0151")


def test_a_wrong_secret_is_the_sdks_own_exception(live_server, customer):
    with pytest.raises(ClientRequestException) as refusal:
        client(live_server, customer, secret="wrong").list_measure_units(ListMeasureUnitsRequest())
    assert (refusal.value.status_code, refusal.value.error_code) == (401, "APIGW.0301")
    assert "verify aksk signature fail" in refusal.value.error_msg
    assert REQUEST_ID.fullmatch(refusal.value.request_id)


@pytest.mark.parametrize("text", ["a/b c", "客户", "100%", "a+b&c=d", "~._-", "ünï;cödé"])
def test_any_text_in_a_query_verifies(live_server, customer, text):
    answer = client(live_server, customer).list_customer_orders(ListOrders(order_id=text))
    assert answer.status_code == 200


@pytest.mark.parametrize("text", ["a/b c", "客户", "100%", "a+b&c=d", "~._-"])
def test_any_text_in_a_path_verifies(live_server, customer, text):
    with pytest.raises(ClientRequestException) as refusal:
        client(live_server, customer).show_customer_order_details(ShowOrder(order_id=text))
    assert text in refusal.value.error_msg


def test_an_empty_parameter_is_no_filter(live_server, customer):
    answer = client(live_server, customer).list_customer_orders(ListOrders(order_id="", status=None))
    assert answer.status_code == 200


def test_an_enumeration_is_refused_with_our_code(live_server, customer):
    with pytest.raises(ClientRequestException) as refusal:
        client(live_server, customer).list_customer_orders(ListOrders(status=77))
    assert (refusal.value.status_code, refusal.value.error_code) == (400, "CBC.0100")


def test_every_answer_names_its_request(live_server):
    answer = requests.get(live_server.url + "/v2/bases/measurements", timeout=10)
    assert answer.status_code == 401
    assert REQUEST_ID.fullmatch(answer.headers["X-Request-Id"])
    assert answer.json()["request_id"] == answer.headers["X-Request-Id"]


def test_any_method_on_any_path_gets_json(live_server):
    for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        answer = requests.request(method, live_server.url + "/v2/no/such/thing", timeout=10)
        assert (answer.status_code, answer.json()["error_code"]) == (404, "APIGW.0101")
