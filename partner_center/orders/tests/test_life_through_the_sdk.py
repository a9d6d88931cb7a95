"""A subscription's whole life through the vendor's own SDK on a live server, every amount to the cent.

Prices: c6.large 100.00 a month, c6.xlarge 160.00; a commercial discount of 10 %. The customer has 1000.00.
"""

from __future__ import annotations

import http.client
import json
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest
from huaweicloudsdkbss.v2 import (
    BssClient,
    CancelResourcesSubscriptionRequest,
    DiscountSimpleInfoV3,
    ListCustomerOrdersRequest,
    ListOrderDiscountsRequest,
    ListPayPerUseCustomerResourcesRequest,
    PayCustomerOrderV3Req,
    PayOrdersRequest,
    QueryResourcesReq,
    RenewalResourcesReq,
    RenewalResourcesRequest,
    ShowCustomerOrderDetailsRequest,
    ShowRefundOrderDetailsRequest,
    UnsubscribeResourcesReq,
)
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from partner_center.catalogue.makers import make_product
from partner_center.orders import jobs
from partner_center.orders.tests.conftest import Scene, make_scene, yuan
from partner_center.pricing.makers import make_discount
from partner_center.subscriptions.models import Resource
from tests.calling import Key, signed


@pytest.fixture
def life(live_server: Any) -> Any:
    scene = make_scene()
    make_product("c6.xlarge.2.linux", month="160.00", year="1600.00")
    scene.fund("1000.00")
    make_discount(scene.customer, ratio="0.9")
    return scene, live_server.url


def client_of(scene: Scene, url: str) -> BssClient:
    key = Key.of(scene.customer.account)
    credentials = GlobalCredentials(key.ak, key.sk, scene.customer.pk)
    return BssClient.new_builder().with_credentials(credentials).with_endpoints([url]).build()


def native(scene: Scene, url: str, method: str, path: str, **body: Any) -> dict[str, Any]:
    """A signed call of the native API over HTTP."""
    target = urlsplit(url)
    content = json.dumps(body).encode()
    headers = {"content-type": "application/json", "host": target.netloc}
    signed_headers = signed(Key.of(scene.customer.account), method, f"/api/v1{path}", "", content, headers)
    connection = http.client.HTTPConnection(target.hostname or "", target.port, timeout=10)
    connection.request(method, f"/api/v1{path}", content, signed_headers)
    response = connection.getresponse()
    answer = json.loads(response.read(), parse_float=Decimal)
    assert response.status in (200, 201), answer
    return answer


def test_a_subscription_lives_through_the_sdk(life):
    scene, url = life
    client = client_of(scene, url)
    number = native(scene, url, "POST", "/order-numbers", count=1)["order_ids"][0]
    item = {
        "cloud_service_type": "hws.service.type.ec2",
        "resource_type": "hws.resource.type.vm",
        "resource_spec": "c6.large.2.linux",
        "region": "cn-north-1",
        "period_type": 2,
        "period_num": 1,
        "subscription_num": 1,
    }
    placed = native(scene, url, "POST", "/orders", order_id=number, items=[item], is_auto_pay=0)
    assert (placed["order_id"], placed["status"]) == (number, 6)
    assert placed["amount_after_discount"] == Decimal("100.00")

    waiting = client.list_customer_orders(ListCustomerOrdersRequest(status=6))
    assert [one.order_id for one in waiting.order_infos] == [number]
    offers = client.list_order_discounts(ListOrderDiscountsRequest(order_id=number)).discounts
    assert [(one.discount_type, one.discount_value) for one in offers] == [(2, "0.9")]
    assert Decimal(str(offers[0].orders[0].order_line_items[0].discount_amount)) == Decimal("10.00")

    pay(client, number, offers[0].discount_id)
    assert scene.cash == yuan("910.00")
    with pytest.raises(ClientRequestException) as refusal:
        pay(client, number, offers[0].discount_id)
    assert refusal.value.error_code == "CBC.99003106"
    assert scene.cash == yuan("910.00")

    jobs.fulfil()
    detail = client.show_customer_order_details(ShowCustomerOrderDetailsRequest(order_id=number))
    assert detail.order_info.status == 5
    assert Decimal(str(detail.order_info.amount_after_discount)) == Decimal("90.00")
    assert Decimal(str(detail.order_info.official_amount)) == Decimal("100.00")
    discounts = detail.order_info.amount_info.discounts
    assert [(one.discount_type, Decimal(str(one.discount_amount))) for one in discounts] == [
        ("605", Decimal("10.00"))
    ]
    assert detail.order_line_items[0].period_num == 1

    resources = client.list_pay_per_use_customer_resources(
        ListPayPerUseCustomerResourcesRequest(body=QueryResourcesReq(order_id=number))
    ).data
    assert [one.status for one in resources] == [2]
    resource_id = resources[0].resource_id

    renewed = client.renewal_resources(
        RenewalResourcesRequest(
            body=RenewalResourcesReq(resource_ids=[resource_id], period_type=2, period_num=2, is_auto_pay=1)
        )
    )
    assert renewed.fail_resource_infos is None
    assert scene.cash == yuan("730.00")
    jobs.fulfil()

    change = native(
        scene,
        url,
        "POST",
        f"/resources/{resource_id}/change",
        resource_spec="c6.xlarge.2.linux",
        is_auto_pay=1,
    )
    assert change["status"] == 3
    jobs.fulfil()
    upgraded = Resource.objects.get(resource_id=resource_id)
    assert upgraded.resource_spec == "c6.xlarge.2.linux"
    # 60.00 for this month's rest (bought within the hour: the whole) and 120.00 for the two to come, less 10 %.
    assert change["official_amount"] == Decimal("180.00")
    assert change["amount_after_discount"] == Decimal("162.00")
    assert scene.cash == yuan("568.00")

    returned = client.cancel_resources_subscription(
        CancelResourcesSubscriptionRequest(
            body=UnsubscribeResourcesReq(
                resource_ids=[resource_id], unsubscribe_type=1, unsubscribe_reason_type=5
            )
        )
    )
    refund = client.show_refund_order_details(ShowRefundOrderDetailsRequest(order_id=returned.order_ids[0]))
    amounts = {one.base_order_id: Decimal(str(one.amount)) for one in refund.refund_infos}
    assert amounts == {
        number: Decimal("-90.00"),
        renewed.order_ids[0]: Decimal("-180.00"),
        change["order_id"]: Decimal("-162.00"),
    }
    assert scene.cash == yuan("1000.00")
    jobs.fulfil()
    closed = client.show_customer_order_details(
        ShowCustomerOrderDetailsRequest(order_id=returned.order_ids[0])
    )
    assert (closed.order_info.status, closed.order_info.order_type) == (5, 4)
    assert closed.order_line_items[0].period_num is None


def pay(client: BssClient, number: str, discount_id: str) -> None:
    client.pay_orders(
        PayOrdersRequest(
            body=PayCustomerOrderV3Req(
                order_id=number,
                use_coupon="NO",
                use_discount="YES",
                discount_infos=[DiscountSimpleInfoV3(id=discount_id, type=2)],
            )
        )
    )
