"""Products and prices through the vendor's own SDKs on a live server."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from huaweicloudsdkbss.v2 import (
    BssClient,
    DemandProductInfo,
    ListConversionsRequest,
    ListMeasureUnitsRequest,
    ListOnDemandResourceRatingsRequest,
    ListProvincesRequest,
    ListRateOnPeriodDetailRequest,
    ListServiceTypesRequest,
    PeriodProductInfo,
    RateOnDemandReq,
    RateOnPeriodReq,
)
from huaweicloudsdkbssintl.v2 import BssintlClient, ListResourceSpecsPriceRequest, ResourceSpecsPriceQueryReq
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from partner_center.catalogue.makers import make_catalogue
from partner_center.customers.makers import make_customer
from partner_center.customers.models import Customer
from partner_center.identity.projects import project_id
from partner_center.pricing.makers import make_discount
from tests.calling import Key

DISK = {
    "cloud_service_type": "hws.service.type.ebs",
    "resource_type": "hws.resource.type.volume",
    "resource_spec": "GPSSD",
    "region": "cn-north-1",
}


def client(kind: Any, customer: Customer, url: str) -> Any:
    key = Key.of(customer.account)
    credentials = GlobalCredentials(key.ak, key.sk, customer.pk)
    return kind.new_builder().with_credentials(credentials).with_endpoints([url]).build()


@pytest.fixture
def customer(live_server: Any) -> Customer:
    make_catalogue(["cn-north-1"])
    return make_customer(None)


@pytest.fixture
def bss(customer: Customer, live_server: Any) -> Any:
    return client(BssClient, customer, live_server.url)


def test_the_documented_walk_to_a_price(bss: Any, customer: Customer) -> None:
    """flows.md §9: services → units → price. 30 GB x 0.70 x 5 = 105.00; at 0.9 it is 94.50."""
    make_discount(customer, ratio="0.9", name="Framework")
    services = bss.list_service_types(ListServiceTypesRequest(limit=100, x_language="en_US")).service_types
    assert "hws.service.type.ebs" in {one.service_type_code for one in services}
    units = bss.list_measure_units(ListMeasureUnitsRequest(x_language="en_US")).measure_units
    assert {unit.measure_id: unit.measure_name for unit in units}[17] == "GB (capacity)"
    ratios = bss.list_conversions(ListConversionsRequest(measure_type=3)).conversions
    assert (10, 11, 1024) in {(one.measure_id, one.ref_measure_id, one.conversion_ratio) for one in ratios}
    info = PeriodProductInfo(
        id="1", **DISK, available_zone="cn-north-1b", resource_size=30, size_measure_id=17,
        period_type=2, period_num=5, subscription_num=1,
    )  # fmt: skip
    body = RateOnPeriodReq(project_id=project_id(customer.pk, "cn-north-1"), product_infos=[info])
    answer = bss.list_rate_on_period_detail(ListRateOnPeriodDetailRequest(body=body))
    assert answer.official_website_rating_result.official_website_amount == Decimal(105)
    (offer,) = answer.optional_discount_rating_results
    assert (offer.amount, offer.discount_amount, offer.best_offer) == (Decimal("94.50"), Decimal("10.50"), 1)


def test_a_usage_and_what_is_refused(bss: Any, customer: Customer) -> None:
    def rate(**change: Any) -> Any:
        values: dict[str, Any] = {
            "id": "1", **DISK, "resource_size": 40, "size_measure_id": 17, "usage_factor": "Duration",
            "usage_value": 2, "usage_measure_id": 4, "subscription_num": 1,
        }  # fmt: skip
        project = change.pop("project", project_id(customer.pk, "cn-north-1"))
        body = RateOnDemandReq(project_id=project, product_infos=[DemandProductInfo(**{**values, **change})])
        return bss.list_on_demand_resource_ratings(ListOnDemandResourceRatingsRequest(body=body))

    assert rate().amount == Decimal("0.08")
    for change, code in (
        ({"resource_spec": "none"}, "CBC.99006006"),
        ({"usage_measure_id": 10}, "CBC.99006050"),
        ({"usage_factor": "upflow"}, "CBC.99006074"),
        ({"project": "elsewhere"}, "CBC.99006073"),
    ):
        with pytest.raises(ClientRequestException) as refusal:
            rate(**change)
        assert (refusal.value.status_code, refusal.value.error_code) == (400, code)


def test_provinces_and_the_international_list_prices(bss: Any, customer: Customer, live_server: Any) -> None:
    assert bss.list_provinces(ListProvincesRequest(limit=50)).count == 34
    abroad = client(BssintlClient, make_customer(None, site="intl"), live_server.url)
    body = ResourceSpecsPriceQueryReq(
        region_code="cn-north-1",
        cloud_service_type="hws.service.type.ebs",
        need_price=True,
        need_attributes=True,
    )
    answer = abroad.list_resource_specs_price(ListResourceSpecsPriceRequest(body=body))
    prices = {info.resource_spec: info.price_lists for info in answer.resource_spec_infos}
    monthly = next(one for one in prices["GPSSD"] if one.period_type == 2)
    assert (monthly.official_price, monthly.currency, monthly.charging_mode) == ("0.11", "USD", "PERIOD")
