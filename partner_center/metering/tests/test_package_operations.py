"""The vendor's SDKs ask for packages, and an order begins them."""

from __future__ import annotations

import importlib
from decimal import Decimal

import pytest
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from partner_center.catalogue.makers import make_product
from partner_center.catalogue.models import Renews
from partner_center.customers.makers import make_customer
from partner_center.customers.models import AssociationType
from partner_center.foundation.jobs import run_due
from partner_center.funds.makers import make_money
from partner_center.kernel import clock
from partner_center.kernel.period import BillMonth
from partner_center.metering.actions import record_consumption, unsubscribe_package
from partner_center.metering.cycles import bucket_id
from partner_center.metering.makers import MAKER, make_package, make_package_product
from partner_center.metering.models import Package, PackageState
from partner_center.orders.models import Order
from partner_center.partners.makers import make_solution_provider
from partner_center.subscriptions.tests.living import beijing
from tests.calling import Key, call

SDKS = {"cn": ("huaweicloudsdkbss.v2", "BssClient"), "intl": ("huaweicloudsdkbssintl.v2", "BssintlClient")}


@pytest.mark.parametrize("site", SDKS)
def test_the_sdk_reads_packages_and_what_is_left_of_them(live_server, site):
    module, name = SDKS[site]
    sdk = importlib.import_module(module)
    customer = make_customer(
        make_solution_provider(site=site), site=site, budget="" if site == "cn" else "100"
    )
    other = make_customer(make_solution_provider(site=site), site=site, budget="" if site == "cn" else "100")
    server = make_product()
    bundle = make_package_product(server, quantities=("100", "20.5"), renews=Renews.MONTH)
    package = make_package(customer, bundle)
    make_package(customer, make_package_product(server, spec="once"))
    theirs = make_package(other, bundle)
    first, second = package.items.all()
    month = BillMonth.of(clock.now())
    uses = {bucket_id(second.pk, str(month)): Decimal("0.000000000001")}
    record_consumption(MAKER, month=month, customer_ids=None, uses=uses)
    key = Key.of(customer.account)
    builder = (
        getattr(sdk, name).new_builder().with_credentials(GlobalCredentials(key.ak, key.sk, customer.pk))
    )
    client = builder.with_endpoints([live_server.url]).build()

    def infos(**asked):
        body = sdk.ListFreeResourceInfosReq(**asked)
        return client.list_free_resource_infos(
            sdk.ListFreeResourceInfosRequest(body=body, x_language="en_US")
        )

    assert infos().total_count == 2
    answer = infos(product_id=bundle.number, service_type_code_list=["HWS.service.type.EC2"], status=1)
    (told,) = answer.free_resource_packages
    assert (told.order_instance_id, told.order_id, told.source_type) == (package.number, None, 1)
    assert (told.bundle_type, told.quota_reuse_mode, told.status) == ("BUNDLE_PKG", 1, 1)
    assert told.effective_time == package.begins_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert [(one.amount, one.original_amount, one.measure_id) for one in told.free_resources] == [
        ("100", "100", 4),
        ("20.499999999999", "20.5", 4),
    ]
    for narrow in (
        {"status": 4},
        {"region_code": "cn-south-1"},
        {"order_id": "CS1"},
        {"product_name": "hours"},
        {"enterprise_project_id": "0"},
        {"service_type_code_list": ["hws.service.type.obs"]},
    ):
        assert infos(**narrow).total_count == 0, narrow
    assert infos(offset=1, limit=1).total_count == 2

    ids = [first.number, theirs.items.first().number, "unknown"]
    (detail,) = client.list_free_resource_usages(
        sdk.ListFreeResourceUsagesRequest(body=sdk.ListFreeResourceUsagesReq(free_resource_ids=ids))
    ).free_resources
    assert (detail.free_resource_id, detail.quota_reuse_cycle, detail.quota_reuse_cycle_type) == (
        first.number,
        4,
        1,
    )
    assert detail.amount == detail.original_amount == 100
    assert detail.end_time == month.period.end.strftime("%Y-%m-%dT%H:%M:%SZ")
    with pytest.raises(ClientRequestException) as refusal:
        infos(limit=101)
    assert refusal.value.error_code == "CBC.0100"


def test_packages_are_seen_for_eighteen_months_after_they_expired(db):
    with clock.at(beijing("2024-01-10 10:30")):
        customer = make_customer(make_solution_provider())
        make_package(customer, make_package_product(make_product(), valid=("month", 1)))

    def seen(moment):
        with clock.at(beijing(moment)):
            return call(customer.account, "POST", "/v3/payments/free-resources/query").json()["total_count"]

    assert seen("2025-08-10 10:29") == 1
    assert seen("2025-08-10 10:30") == 0


def test_an_order_begins_packages_beside_its_resources(db):
    customer = make_customer(make_solution_provider(), association_type=AssociationType.REFERRAL)
    make_money(customer, "1000.00")
    server = make_product()
    package = make_package_product(server, price="60.00")

    def order(*items, **more):
        return call(customer.account, "POST", "/api/v1/orders", items=list(items), is_auto_pay=1, **more)

    def item(product, **more):
        return {
            "cloud_service_type": product.service.code,
            "resource_type": product.resource_type.code,
            "resource_spec": product.spec,
            "region": product.region.code,
            "period_type": 3,
            "period_num": 1,
            "subscription_num": 1,
        } | more

    refused = order(item(package, period_num=2))
    assert (refused.status_code, refused.json()["error_code"]) == (400, "CBC.99006066")
    answer = order(
        item(package, period_type=2, period_num=12, subscription_num=2, resource_name="hours"),
        item(server, period_type=2),
    )
    assert answer.status_code == 201, answer.content
    assert answer.json()["official_amount"] == 220
    run_due()
    first, second = Package.objects.order_by("pk")
    assert [first.name, second.name] == ["hours-0001", "hours-0002"]
    assert (first.order_number, first.order_line, first.state) == (
        answer.json()["order_id"],
        1,
        PackageState.EFFECTIVE,
    )
    line = Order.objects.get().lines.get(number=1)
    assert line.resource_ids == [first.number, second.number]
    assert (line.effective_at, line.expires_at) == (first.begins_at, first.ends_at)

    back = call(
        customer.account,
        "POST",
        "/v2/orders/subscriptions/resources/unsubscribe",
        resource_ids=[first.number],
        unsubscribe_type=1,
    )
    assert (back.status_code, back.json()["error_code"]) == (400, "CBC.99003647")
    unsubscribe_package(MAKER, package=first)
    told = call(customer.account, "POST", "/v3/payments/free-resources/query", status=4).json()
    assert [one["order_instance_id"] for one in told["free_resource_packages"]] == [first.number]
