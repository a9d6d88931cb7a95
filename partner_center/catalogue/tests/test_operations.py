"""Products, specs, prices and policies through HTTP."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from partner_center.catalogue import sample
from partner_center.catalogue.actions import PriceEntry, publish_prices, set_policy
from partner_center.catalogue.makers import MAKER
from partner_center.catalogue.models import CloudService, Product
from partner_center.customers.makers import make_customer
from partner_center.identity.models import Account
from partner_center.kernel import clock
from partner_center.kernel.period import BillMonth
from partner_center.partners.makers import make_solution_provider
from tests.calling import call

pytestmark = pytest.mark.django_db

ECS = "hws.service.type.ec2"
SERVICES = len(sample.SERVICES)


@pytest.fixture(autouse=True)
def catalogue() -> None:
    sample.load(MAKER, regions=["cn-north-1", "ap-southeast-1"])


@pytest.fixture
def customer() -> Account:
    return make_customer(None).account


@pytest.fixture
def abroad() -> Account:
    return make_customer(None, site="intl").account


@pytest.fixture
def partner() -> Account:
    return make_solution_provider("asking-test").account


def get(who: Account, path: str, **query: Any) -> Any:
    answer = call(who, "GET", path, **query)
    assert answer.status_code == 200, answer.content
    return answer.json()


class TestTypes:
    def test_service_types(self, customer: Account, partner: Account) -> None:
        for who in (customer, partner):
            body = get(who, "/v2/products/service-types", limit=100, headers={"X-Language": "en_US"})
            assert body["total_count"] == len(body["service_types"]) == SERVICES
            assert {
                "service_type_code": ECS,
                "service_type_name": "Elastic Cloud Server",
                "abbreviation": "ECS",
            } in body["service_types"]
        assert len(get(customer, "/v2/products/service-types")["service_types"]) == 10

    def test_service_types_by_a_part_of_their_name(self, customer: Account) -> None:
        for part, language in (("弹性云", "zh_CN"), ("elastic CLOUD", "en_US"), ("弹性云", "en_US")):
            body = get(
                customer,
                "/v2/products/service-types",
                service_type_name=part,
                headers={"X-Language": language},
            )
            assert [one["service_type_code"] for one in body["service_types"]] == [ECS]
        assert get(customer, "/v2/products/service-types", service_type_name="teapot")["total_count"] == 0

    def test_resource_types(self, customer: Account) -> None:
        body = get(customer, "/v2/products/resource-types", limit=100)
        assert {
            "resource_type_code": "hws.resource.type.vm",
            "resource_type_name": "云主机",
            "resource_type_desc": "云主机",
            "service_type_code": ECS,
        } in body["resource_types"]
        second = get(customer, "/v2/products/resource-types", limit=1, offset=1)
        assert second["resource_types"] == body["resource_types"][1:2]
        assert second["total_count"] == body["total_count"]

    def test_resource_types_of_a_service(self, customer: Account) -> None:
        body = get(customer, "/v2/products/service-resources", service_type_code="hws.service.type.vpc")
        assert body["total_count"] == 2
        assert body["infos"][1]["basic_info"] == {
            "resource_type_code": "hws.resource.type.ip",
            "product_owner_service": "hws.service.type.vpc",
            "name": "公网IP",
            "description": "公网IP",
        }
        nothing = get(customer, "/v2/products/service-resources", service_type_code="hws.service.type.teapot")
        assert nothing == {"total_count": 0, "infos": []}

    def test_usage_types(self, customer: Account) -> None:
        body = get(customer, "/v2/products/usage-types", resource_type_code="hws.resource.type.bandwidth")
        assert [one["code"] for one in body["usage_types"]] == ["Duration", "upflow"]
        assert body["usage_types"][1] == {
            "code": "upflow",
            "name": "上行流量",
            "resource_type_code": "hws.resource.type.bandwidth",
            "service_type_code": "hws.service.type.vpc",
            "resource_type_name": "带宽",
            "service_type_name": "虚拟私有云",
        }
        assert get(customer, "/v2/products/usage-types")["total_count"] > 10
        empty = call(customer, "GET", "/v2/products/usage-types", query="resource_type_code=").json()
        assert empty["total_count"] == 0, "an empty text is a filter here"

    @pytest.mark.parametrize(
        ("path", "query"),
        [
            ("service-types", "limit=0"),
            ("service-types", "limit=101"),
            ("service-types", "offset=-1"),
            ("service-types", "service_type_name=" + "x" * 129),
            ("resource-types", "limit=ten"),
            ("service-resources", ""),
            ("service-resources", "service_type_code=x&limit="),
            ("usage-types", "colour=red"),
        ],
    )
    def test_wrong_questions(self, customer: Account, path: str, query: str) -> None:
        answer = call(customer, "GET", f"/v2/products/{path}", query=query)
        assert (answer.status_code, answer.json()["error_code"][:6]) == (400, "CBC.01")


def specs(who: Account, **change: Any) -> Any:
    body = {
        "cloud_service_type": ECS,
        "resource_type": "hws.resource.type.vm",
        "region_code": "cn-north-1",
        "charge_mode": "1",
        **change,
    }
    return call(who, "POST", "/v2/products/resource-specs-query", **body)


class TestSpecs:
    def test_every_spec_page_by_page(self, customer: Account) -> None:
        found, marker = [], None
        for _page in range(9):
            answer = specs(customer, limit=20, **({"marker": marker} if marker else {})).json()
            found += [one["resource_spec"] for one in answer["cloud_service_basics"]]
            marker = answer["page_info"].get("next_marker")
            if marker is None:
                break
        expected = Product.objects.filter(service__code=ECS, region__code="cn-north-1", package=None)
        assert sorted(found) == sorted(expected.values_list("spec", flat=True))
        assert "c6.large.2.linux" in found

    def test_one_spec(self, customer: Account) -> None:
        filters = [{"key": "RESOURCE_SPEC", "value": "c6.large.2.win"}]
        answer = specs(customer, filters=filters, charge_mode="3", headers={"X-Language": "en_US"}).json()
        assert answer["cloud_service_basics"] == [
            {
                "cloud_service_type": ECS,
                "cloud_service_type_name": "Elastic Cloud Server",
                "resource_type": "hws.resource.type.vm",
                "resource_type_name": "Cloud host",
                "resource_spec": "c6.large.2.win",
                "resource_spec_name": "General computing-plus c6 2 vCPUs 4 GB win",
                "charge_mode": "3",
                "region_code": "cn-north-1",
            }
        ]

    def test_what_is_not_sold_so_is_not_listed(self, customer: Account) -> None:
        obs = {"cloud_service_type": "hws.service.type.obs", "resource_type": "hws.resource.type.obs"}
        assert specs(customer, **obs, charge_mode="1").json()["cloud_service_basics"] == []
        assert len(specs(customer, **obs, charge_mode="3").json()["cloud_service_basics"]) == 2
        product = Product.objects.get(spec="c6.large.2.linux", region__code="cn-north-1")
        soon = clock.now() + timedelta(days=1)
        terms = ("month", "year")
        off = [PriceEntry(product, "period", "CNY", soon, None, term) for term in terms]
        publish_prices(MAKER, prices=off)
        one = [{"key": "RESOURCE_SPEC", "value": "c6.large.2.linux"}]
        assert len(specs(customer, filters=one).json()["cloud_service_basics"]) == 1
        with clock.at(soon):
            assert specs(customer, filters=one).json()["cloud_service_basics"] == []

    @pytest.mark.parametrize(
        "change",
        [
            {"charge_mode": "2"},
            {"charge_mode": 7},
            {"limit": 0},
            {"limit": 101},
            {"marker": "nonsense"},
            {"marker": "cDk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"},
            {"filters": [{"key": "COLOUR", "value": "red"}]},
            {"filters": [{"key": "RESOURCE_SPEC"}]},
            {"filters": [{"key": "RESOURCE_SPEC", "value": "a"}, {"key": "RESOURCE_SPEC", "value": "b"}]},
            {"region_code": ""},
            {"colour": "red"},
        ],
    )
    def test_wrong_questions(self, customer: Account, change: dict[str, Any]) -> None:
        answer = specs(customer, **change)
        assert (answer.status_code, answer.json()["error_code"][:6]) == (400, "CBC.01")


def priced(who: Account, **body: Any) -> Any:
    return call(
        who, "POST", "/v2/products/resource-specs-price/query", **{"region_code": "ap-southeast-1", **body}
    )


class TestListPrices:
    def test_prices_and_attributes_where_asked(self, abroad: Account) -> None:
        """A GB of GPSSD: 0.70 CNY x 1.3 x 0.15 = 0.1365 → 0.14 USD a month, 1.40 a year, 0.000195 an hour."""
        filters = [{"key": "RESOURCE_SPEC", "value": "GPSSD"}]
        english = {"X-Language": "en_US"}
        plain = priced(abroad, filters=filters, headers=english).json()
        assert plain["region_code"] == "ap-southeast-1"
        (info,) = plain["resource_spec_infos"]
        assert "attributes" not in info
        assert "price_lists" not in info
        (info,) = priced(
            abroad, filters=filters, need_price=True, need_attributes=True, headers=english
        ).json()["resource_spec_infos"]
        number = Product.objects.get(spec="GPSSD", region__code="ap-southeast-1").number
        assert info["attributes"] == [
            {
                "code": "resource_size",
                "name": "Size",
                "unit": "GB (capacity)",
                "linear_range": {"min": 10, "max": 32768, "step": 1},
            }
        ]
        prices = {one.get("period_type", one.get("billing_usage_factor")): one for one in info["price_lists"]}
        assert prices[2] == {
            "offering_id": number,
            "currency": "USD",
            "official_price": "0.14",
            "charging_mode": "PERIOD",
            "period_type": 2,
            "period_nums": list(range(1, 12)),
        }
        assert prices[3]["official_price"] == "1.4"
        assert prices["Duration"] == {
            "offering_id": number,
            "currency": "USD",
            "official_price": "0.000195",
            "charging_mode": "ON_DEMAND",
            "billing_usage_factor": "Duration",
        }

    def test_by_charging_mode(self, abroad: Account) -> None:
        for mode, services in (
            ("ONE_TIME", {"offline"}),
            ("ON_DEMAND_PKG", {"obs", "cdn", "ec2"}),
        ):
            body = priced(abroad, filters=[{"key": "CHARGING_MODE", "value": mode}], need_price=True).json()
            infos = body["resource_spec_infos"]
            assert {one["cloud_service_type"] for one in infos} == {
                f"hws.service.type.{one}" for one in services
            }
            assert {one["charging_mode"] for info in infos for one in info["price_lists"]} == {mode}

    def test_everything_of_a_region_page_by_page(self, abroad: Account) -> None:
        count, marker = 0, None
        for _page in range(20):
            body = priced(abroad, **({"marker": marker} if marker else {})).json()
            count += len(body["resource_spec_infos"])
            marker = body["page_info"].get("next_marker")
            if not marker:
                break
        assert count == Product.objects.filter(region__code="ap-southeast-1").count()

    @pytest.mark.parametrize(
        "body",
        [
            {"filters": [{"key": "CHARGING_MODE", "value": "BARTER"}]},
            {"limit": 51},
            {"need_price": "maybe"},
            {"region_code": None},
        ],
    )
    def test_wrong_questions(self, abroad: Account, body: dict[str, Any]) -> None:
        answer = priced(abroad, **body)
        assert (answer.status_code, answer.json()["error_code"][:6]) == (400, "CBC.01")

    def test_only_abroad(self, customer: Account) -> None:
        answer = priced(customer)
        assert (answer.status_code, answer.json()["error_code"]) == (403, "CBC.0156")


class TestPolicies:
    path = "/v2/products/incentive-discount-policies"

    def test_the_policy_of_each_service_at_the_end_of_a_month(self, partner: Account) -> None:
        month = BillMonth.of(clock.now())
        body = get(partner, self.path, time=str(month), limit=100, headers={"X-Language": "en_US"})
        assert body["total_count"] == SERVICES
        policies = {one["service_type_code"]: one for one in body["policies"]}
        assert policies["hws.service.type.cdn"] == {
            "service_type_code": "hws.service.type.cdn",
            "service_type_name": "Content Delivery Network",
            "incentive_policy": "3",
            "allow_discount": "YES",
        }
        assert policies["hws.service.type.offline"]["incentive_policy"] == "2"
        assert policies["hws.service.type.offline"]["allow_discount"] == "NO"
        assert policies[ECS]["incentive_policy"] == "0"

    def test_a_change_counts_from_its_month_on(self, partner: Account) -> None:
        month, service = BillMonth.of(clock.now()), CloudService.objects.get(code=ECS)
        set_policy(MAKER, service=service, month=month.shifted(2), incentive_class="1", allows_discount=False)
        for ahead, expected in ((0, "0"), (1, "0"), (2, "1"), (3, "1")):
            (policy,) = get(partner, self.path, time=str(month.shifted(ahead)), service_type_code=ECS)[
                "policies"
            ]
            assert policy["incentive_policy"] == expected
        assert get(partner, self.path, time=str(month.shifted(-1)))["total_count"] == 0

    def test_an_empty_service_code_is_a_filter(self, partner: Account) -> None:
        month = BillMonth.of(clock.now())
        answer = call(partner, "GET", self.path, query=f"service_type_code=&time={month}")
        assert answer.json()["total_count"] == 0

    @pytest.mark.parametrize("query", ["", "time=", "time=2026", "time=2026-13", "time=2026-01&limit=101"])
    def test_wrong_questions(self, partner: Account, query: str) -> None:
        answer = call(partner, "GET", self.path, query=query)
        assert (answer.status_code, answer.json()["error_code"][:6]) == (400, "CBC.01")

    def test_for_partners_of_the_china_site_only(self, customer: Account) -> None:
        answer = call(customer, "GET", self.path, time="2026-01")
        assert (answer.status_code, answer.json()["error_code"]) == (403, "CBC.0151")
        abroad = make_solution_provider("abroad-test", site="intl").account
        assert call(abroad, "GET", self.path, time="2026-01").json()["error_code"] == "CBC.0156"


def test_the_sample_prices_what_the_documents_show() -> None:
    disk = Product.objects.get(spec="GPSSD", region__code="cn-north-1")
    assert disk.linear_measure_id == 17
    for spec in (
        "s6.large.2.linux",
        "c7.xlarge.4.win",
        "m6.large.8.linux",
        "12_sbgp",
        "19_share",
        "5_bgp",
        "SATA",
    ):
        assert Product.objects.filter(spec=spec, region__code="cn-north-1").exists(), spec
    assert Decimal(disk.least_size) == 10
