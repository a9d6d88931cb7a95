"""Both of the vendor's SDKs call every operation about orders on a live server: typed answers, documented codes."""

from __future__ import annotations

from typing import Any

import huaweicloudsdkbss.v2 as cn
import huaweicloudsdkbssintl.v2 as intl
import pytest
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from partner_center.catalogue.makers import make_product
from partner_center.customers.makers import make_customer
from partner_center.funds.actions import adjust_balance
from partner_center.kernel.money import Money
from partner_center.orders import jobs
from partner_center.orders.makers import make_order, make_paid_order, resource_of
from partner_center.orders.models import Order
from partner_center.orders.states import OrderState
from partner_center.orders.tests.conftest import Scene, make_scene
from partner_center.partners.makers import as_staff, make_solution_provider
from tests.calling import Key


def client_of(sdk: Any, account: Any, url: str) -> Any:
    key = Key.of(account)
    kind = sdk.BssClient if sdk is cn else sdk.BssintlClient
    credentials = GlobalCredentials(key.ak, key.sk, account.pk)
    return kind.new_builder().with_credentials(credentials).with_endpoints([url]).build()


@pytest.fixture(params=["cn", "intl"])
def scene(request: Any, live_server: Any) -> Any:
    """(the site's SDK, its people and a server, the address)."""
    if request.param == "cn":
        made = make_scene()
        made.fund("1000.00")
        return cn, made, live_server.url
    partner = make_solution_provider(site="intl")
    made = Scene(
        partner,
        make_customer(partner, association_type="referral"),
        make_product(region="ap-southeast-1", currency="USD", year=None, hour=None),
    )
    account = made.customer.account
    adjust_balance(as_staff(), account=account, amount=Money.of("1000.00", "USD"), memo="test")
    return intl, made, live_server.url


def refused(code: str, ask: Any) -> None:
    with pytest.raises(ClientRequestException) as refusal:
        ask()
    assert refusal.value.error_code == code
    assert refusal.value.error_msg and refusal.value.request_id


def test_every_operation_answers_both_sdks(scene):
    sdk, made, url = scene
    client = client_of(sdk, made.customer.account, url)
    paid, unpaid = make_paid_order(made.customer, made.server), make_order(made.customer, made.server)
    resource = resource_of(paid)

    listed = client.list_customer_orders(sdk.ListCustomerOrdersRequest(order_by="createTime"))
    assert [one.order_id for one in listed.order_infos] == [paid.number, unpaid.number]
    assert listed.total_count == 2

    detail = client.show_customer_order_details(sdk.ShowCustomerOrderDetailsRequest(order_id=paid.number))
    assert (detail.order_info.status, detail.total_count) == (5, 1)
    assert detail.order_line_items[0].currency == made.customer.account.currency

    offers = client.list_order_discounts(sdk.ListOrderDiscountsRequest(order_id=unpaid.number))
    assert offers.discounts == []

    cancel = sdk.CancelCustomerOrderRequest(body=sdk.CancelCustomerOrderReq(order_id=unpaid.number))
    client.cancel_customer_order(cancel)
    refused("CBC.99005010", lambda: client.cancel_customer_order(cancel))

    pay = sdk.PayOrdersRequest(
        body=sdk.PayCustomerOrderV3Req(order_id=unpaid.number, use_coupon="NO", use_discount="NO")
    )
    refused("CBC.99003106", lambda: client.pay_orders(pay))

    renew = sdk.RenewalResourcesRequest(
        body=sdk.RenewalResourcesReq(
            resource_ids=[resource.resource_id], period_type=2, period_num=1, is_auto_pay=1
        )
    )
    (renewal,) = client.renewal_resources(renew).order_ids
    jobs.fulfil()
    assert Order.objects.get(number=renewal).state is OrderState.COMPLETED

    give_back = sdk.CancelResourcesSubscriptionRequest(
        body=sdk.UnsubscribeResourcesReq(resource_ids=[resource.resource_id], unsubscribe_type=2)
    )
    (returned,) = client.cancel_resources_subscription(give_back).order_ids
    refunds = client.show_refund_order_details(sdk.ShowRefundOrderDetailsRequest(order_id=returned))
    (info,) = refunds.refund_infos
    assert (str(info.amount), info.base_order_id, info.measure_id) == ("-100.00", renewal, "1")
    refused("CBC.99003128", lambda: client.cancel_resources_subscription(give_back))
    refused(
        "CBC.99005026",
        lambda: client.show_refund_order_details(sdk.ShowRefundOrderDetailsRequest(order_id=paid.number)),
    )


def test_a_partner_reads_with_its_own_key(scene):
    sdk, made, url = scene
    order = make_order(made.customer, made.server)
    client = client_of(sdk, made.partner.account, url)
    asked = sdk.ListCustomerOrdersRequest(customer_id=made.customer.pk, status=6)
    assert [one.order_id for one in client.list_customer_orders(asked).order_infos] == [order.number]
    foreign = sdk.ListCustomerOrdersRequest(customer_id=make_customer(None).pk)
    refused("CBC.0155", lambda: client.list_customer_orders(foreign))
    refused(
        "CBC.0151",
        lambda: client.cancel_customer_order(
            sdk.CancelCustomerOrderRequest(body=sdk.CancelCustomerOrderReq(order_id=order.number))
        ),
    )


def test_converting_at_once_is_the_china_sites(scene):
    sdk, made, url = scene
    resource = resource_of(make_paid_order(made.customer, made.server))
    client = client_of(cn, made.customer.account, url)
    ask = cn.UpdatePeriodToOnDemandInstantlyRequest(
        body=cn.PeriodToOnDemandInstantlyReq(resource_ids=[resource.resource_id])
    )
    if sdk is cn:
        (done,) = client.update_period_to_on_demand_instantly(ask).to_ondemand_service_results
        assert (done.result, Order.objects.get(number=done.order_id).type) == ("SUCCESS", 10)
    else:
        refused("CBC.0156", lambda: client.update_period_to_on_demand_instantly(ask))
