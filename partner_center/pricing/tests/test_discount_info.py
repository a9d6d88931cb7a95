"""The framework contract's quoting items through HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from partner_center.catalogue.makers import make_product
from partner_center.catalogue.models import CloudService, Region
from partner_center.customers.makers import make_customer
from partner_center.customers.models import Customer
from partner_center.kernel import clock
from partner_center.partners.makers import make_solution_provider
from partner_center.pricing.actions import Scope, revoke_discount
from partner_center.pricing.makers import MAKER, make_contract, make_discount
from partner_center.pricing.models import Contract
from tests.calling import call

pytestmark = pytest.mark.django_db
PATH = "/v2/promotions/business/discount-info"
DAY = timedelta(days=1)


@pytest.fixture
def customer() -> Customer:
    return make_customer(None)


@pytest.fixture
def contract(customer: Customer) -> Contract:
    product = make_product("c6.large.2.linux")
    make_product("GPSSD", service="hws.service.type.ebs", resource_type="hws.resource.type.volume")
    found = make_contract(
        customer, code="HT-2026-001", begins_at=clock.now(), ends_at=clock.now() + 365 * DAY
    )
    ecs, region = CloudService.objects.get(code="hws.service.type.ec2"), Region.objects.get()
    make_discount(customer, contract=found, ratio="0.85", scope=Scope(service=ecs, charge_mode="on_demand"))
    make_discount(
        customer, contract=found, ratio="0.7", scope=Scope(region=region, period_type="year", period_number=3)
    )
    make_discount(
        customer, contract=found, fixed_price="88.5", scope=Scope(product=product, period_type="month")
    )
    make_discount(customer, contract=found, ratio="0.8", scope=Scope(product=product))
    make_discount(customer, ratio="0.5", name="not of the contract")
    revoke_discount(MAKER, discount=make_discount(customer, contract=found, ratio="0.1"))
    return found


def ask(who: Customer, kind: str, **more: Any) -> Any:
    return call(who.account, "POST", PATH, quoting_item_type=kind, **more)


def test_items_by_category(customer: Customer, contract: Contract) -> None:
    body = ask(customer, "CATEGORY_ITEM", headers={"X-Language": "en_US"}).json()
    assert (body["commerce_id"], body["commerce_code"]) == (contract.number, "HT-2026-001")
    assert body["total_count"] == 2
    assert body["product_quoting_items"] == body["category_quoting_item_steps"] == []
    by_usage, by_year = body["category_quoting_items"]
    assert by_usage["cloud_service_type"] == "hws.service.type.ec2"
    assert (by_usage["charging_mode"], by_usage["discount_ratio"]) == ("ONDEMAND", 0.85)
    assert (by_year["charging_mode"], by_year["discount_ratio"], by_year["region_code"]) == (
        "3_YEARLY",
        0.7,
        "cn-north-1",
    )
    assert "cloud_service_type" not in by_year
    assert body["effective_time"].endswith("Z")
    assert body["sites"][0]["regions"] == [{"region_code": "cn-north-1", "region_name": "cn-north-1"}]


def test_items_by_product(customer: Customer, contract: Contract) -> None:
    body = ask(customer, "PRODUCT_ITEM").json()
    assert (body["total_count"], body["category_quoting_items"]) == (2, [])
    fixed, ratio = body["product_quoting_items"]
    assert (fixed["preferential_type"], fixed["sales_price"], fixed["charging_mode"]) == (1, 88.5, "MONTHLY")
    assert "discount_ratio" not in fixed
    assert (ratio["preferential_type"], ratio["discount_ratio"]) == (0, 0.8)
    assert (ratio["preferential_category"], ratio["product_quoting_item_steps"]) == (0, [])
    assert ratio["related_regions"][0]["region_code"] == "cn-north-1"


def test_filters_and_pages(customer: Customer, contract: Contract) -> None:
    def count(**more: Any) -> int:
        return int(ask(customer, "CATEGORY_ITEM", **more).json()["total_count"])

    assert count(cloud_service_types=["HWS.SERVICE.TYPE.EC2"]) == 1
    assert count(cloud_service_types=["hws.service.type.obs"]) == 0
    assert count(charging_modes=["3_yearly", "MONTHLY"]) == 1
    assert count(cloud_service_types=[], charging_modes=[]) == 2
    assert count(site_code="hwc_cn") == 2
    assert count(site_code="HWC_MOON") == 0
    page = ask(customer, "CATEGORY_ITEM", offset=1, limit=1).json()
    assert (page["total_count"], [one["discount_ratio"] for one in page["category_quoting_items"]]) == (
        2,
        [0.7],
    )


def test_only_the_contract_in_force(customer: Customer, contract: Contract) -> None:
    empty = {
        "total_count": 0,
        "product_quoting_items": [],
        "category_quoting_items": [],
        "category_quoting_item_steps": [],
        "sites": [],
    }
    assert ask(make_customer(None), "PRODUCT_ITEM").json() == empty
    with clock.at(clock.now() + 366 * DAY):
        assert ask(customer, "PRODUCT_ITEM").json() == empty


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"quoting_item_type": "COLOUR_ITEM"},
        {"quoting_item_type": "PRODUCT_ITEM", "limit": 1001},
        {"quoting_item_type": "PRODUCT_ITEM", "limit": 0},
        {"quoting_item_type": "PRODUCT_ITEM", "offset": -1},
        {"quoting_item_type": "PRODUCT_ITEM", "cloud_service_types": ["x" * 65]},
        {"quoting_item_type": "PRODUCT_ITEM", "cloud_service_types": ["x"] * 101},
        {"quoting_item_type": "PRODUCT_ITEM", "charging_modes": ["x"] * 21},
        {"quoting_item_type": "PRODUCT_ITEM", "site_code": "x" * 65},
        {"quoting_item_type": "PRODUCT_ITEM", "colour": "red"},
    ],
)
def test_wrong_questions(customer: Customer, body: dict[str, Any]) -> None:
    answer = call(customer.account, "POST", PATH, **body)
    assert (answer.status_code, answer.json()["error_code"][:6]) == (400, "CBC.01")


def test_for_customers_of_the_china_site(customer: Customer) -> None:
    partner = make_solution_provider("asking-test")
    answer = call(partner.account, "POST", PATH, quoting_item_type="PRODUCT_ITEM")
    assert (answer.status_code, answer.json()["error_code"]) == (403, "CBC.0151")
    answer = ask(make_customer(None, site="intl"), "PRODUCT_ITEM")
    assert (answer.status_code, answer.json()["error_code"]) == (403, "CBC.0156")
