"""The two price inquiries through HTTP, with values worked out by hand (docs/algorithms/pricing.md)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from partner_center.catalogue.makers import make_product
from partner_center.catalogue.models import CloudService, Product
from partner_center.customers.makers import make_customer
from partner_center.customers.models import Customer
from partner_center.identity.projects import project_id
from partner_center.kernel import clock
from partner_center.partners.makers import make_solution_provider
from partner_center.pricing.actions import Scope, revoke_discount
from partner_center.pricing.makers import MAKER, make_contract, make_discount
from partner_center.pricing.models import DiscountKind
from tests.calling import call

PERIOD = "/v2/bills/ratings/period-resources/subscribe-rate"
ON_DEMAND = "/v2/bills/ratings/on-demand-resources"
REGION = "cn-north-1"

pytestmark = pytest.mark.django_db


@pytest.fixture
def disk() -> Product:
    """GPSSD at 0.70 a GB and month, 0.001 a GB and hour: the example of spec/api/flows.md §9."""
    return make_product(
        "GPSSD",
        month="0.70",
        year="7.00",
        hour="0.001",
        measure=17,
        sizes=(10, 32768, 1),
        service="hws.service.type.ebs",
        resource_type="hws.resource.type.volume",
    )


@pytest.fixture
def server() -> Product:
    return make_product("c6.large.2.linux", month="230.80", year="2308.00", hour="0.4808333")


@pytest.fixture
def customer() -> Customer:
    return make_customer(make_solution_provider("qiming-test"))


def a_disk(**more: Any) -> dict[str, Any]:
    return {
        "id": "1",
        "cloud_service_type": "hws.service.type.ebs",
        "resource_type": "hws.resource.type.volume",
        "resource_spec": "GPSSD",
        "region": REGION,
        "available_zone": "CN-NORTH-1B",
        "resource_size": 30,
        "size_measure_id": 17,
        "period_type": 2,
        "period_num": 5,
        "subscription_num": 1,
        **more,
    }


def a_server(**more: Any) -> dict[str, Any]:
    return {
        "id": "2",
        "cloud_service_type": "hws.service.type.ec2",
        "resource_type": "hws.resource.type.vm",
        "resource_spec": "c6.large.2.linux",
        "region": REGION,
        "period_type": 2,
        "period_num": 1,
        "subscription_num": 2,
        **more,
    }


def metered(info: dict[str, Any], **more: Any) -> dict[str, Any]:
    info = {name: value for name, value in info.items() if not name.startswith("period")}
    return {**info, "usage_factor": "Duration", "usage_value": 1, "usage_measure_id": 4, **more}


def ask(customer: Customer, path: str, *infos: dict[str, Any], **more: Any) -> Any:
    project = more.pop("project_id", project_id(customer.pk, REGION))
    return call(customer.account, "POST", path, project_id=project, product_infos=list(infos), **more)


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error_code"]


def test_the_documented_example_with_a_commercial_and_a_partner_discount(
    disk: Product, customer: Customer
) -> None:
    """30 GB x 0.70 x 5 months = 105.00; 0.9 of it is 94.50, 0.95 of it is 99.75."""
    commercial = make_discount(customer, ratio="0.9", name="Framework")
    partner = make_discount(customer, kind=DiscountKind.GRANTED, ratio="0.95", name="Partner")
    answer = ask(customer, PERIOD, a_disk())
    assert answer.status_code == 200
    assert answer.json() == {
        "official_website_rating_result": {
            "official_website_amount": 105.00,
            "measure_id": 1,
            "product_rating_results": [
                {"id": "1", "product_id": disk.number, "official_website_amount": 105.00, "measure_id": 1}
            ],
        },
        "optional_discount_rating_results": [
            {
                "discount_id": commercial.number,
                "amount": 94.50,
                "official_website_amount": 105.00,
                "discount_amount": 10.50,
                "measure_id": 1,
                "discount_type": 605,
                "discount_name": "Framework",
                "best_offer": 1,
                "product_rating_results": [
                    {
                        "id": "1",
                        "product_id": disk.number,
                        "amount": 94.50,
                        "official_website_amount": 105.00,
                        "discount_amount": 10.50,
                        "measure_id": 1,
                    }
                ],
            },
            {
                "discount_id": partner.number,
                "amount": 99.75,
                "official_website_amount": 105.00,
                "discount_amount": 5.25,
                "measure_id": 1,
                "discount_type": 606,
                "discount_name": "Partner",
                "best_offer": 0,
                "product_rating_results": [
                    {
                        "id": "1",
                        "product_id": disk.number,
                        "amount": 99.75,
                        "official_website_amount": 105.00,
                        "discount_amount": 5.25,
                        "measure_id": 1,
                    }
                ],
            },
        ],
        "currency": "CNY",
    }
    assert b"105.00" in answer.content, "amounts keep their cents"


def test_several_products_and_a_discount_on_one_of_them(
    disk: Product, server: Product, customer: Customer
) -> None:
    """Disk 105.00 and two servers 461.60; 0.8 on ECS alone: 461.60 → 369.28, the disk stays."""
    make_discount(
        customer, ratio="0.8", scope=Scope(service=CloudService.objects.get(code="hws.service.type.ec2"))
    )
    body = ask(customer, PERIOD, a_disk(), a_server()).json()
    assert body["official_website_rating_result"]["official_website_amount"] == 566.60
    (offer,) = body["optional_discount_rating_results"]
    assert (offer["amount"], offer["discount_amount"], offer["best_offer"]) == (474.28, 92.32, 1)
    assert [(one["id"], one["amount"]) for one in offer["product_rating_results"]] == [
        ("1", 105.00),
        ("2", 369.28),
    ]


def test_equal_reductions_go_to_the_commercial_discount(disk: Product, customer: Customer) -> None:
    make_discount(customer, kind=DiscountKind.GRANTED, ratio="0.9")
    make_discount(customer, ratio="0.9")
    offers = ask(customer, PERIOD, a_disk()).json()["optional_discount_rating_results"]
    assert {offer["discount_type"]: offer["best_offer"] for offer in offers} == {605: 1, 606: 0}


def test_the_larger_reduction_wins_whoever_gives_it(disk: Product, customer: Customer) -> None:
    make_discount(customer, ratio="0.9")
    make_discount(customer, kind=DiscountKind.GRANTED, ratio="0.85")
    offers = ask(customer, PERIOD, a_disk()).json()["optional_discount_rating_results"]
    assert {offer["discount_type"]: offer["best_offer"] for offer in offers} == {605: 0, 606: 1}


def test_fixed_prices_and_amounts_off(disk: Product, customer: Customer) -> None:
    """0.65 a GB and month: 97.50. Thirty off from 100.00: 75.00. Thirty off from 200.00: does not apply."""
    make_discount(customer, fixed_price="0.65")
    make_discount(customer, amount_off="30.00", threshold="100.00")
    make_discount(customer, amount_off="30.00", threshold="200.00")
    offers = ask(customer, PERIOD, a_disk()).json()["optional_discount_rating_results"]
    assert [(offer["amount"], offer["best_offer"]) for offer in offers] == [(97.50, 0), (75.00, 1)]


def test_a_ratio_is_cut_to_the_cent_in_favour_of_the_customer(customer: Customer) -> None:
    """99.99 x 0.777 = 77.69223 → 77.69; 22.30 off."""
    make_product("s6.small.1.linux", month="99.99")
    make_discount(customer, ratio="0.777")
    body = ask(customer, PERIOD, a_server(resource_spec="s6.small.1.linux", subscription_num=1)).json()
    (offer,) = body["optional_discount_rating_results"]
    assert (offer["amount"], offer["discount_amount"]) == (77.69, 22.30)


def test_discounts_that_do_not_hold_are_not_shown(disk: Product, customer: Customer) -> None:
    now, day = clock.now(), timedelta(days=1)
    revoked = make_discount(customer, ratio="0.5", name="revoked")
    revoke_discount(MAKER, discount=revoked)
    make_discount(customer, ratio="0.5", name="over", begins_at=now - 2 * day, ends_at=now - day)
    make_discount(customer, ratio="0.5", name="to come", begins_at=now + day)
    make_discount(customer, ratio="0.5", name="on demand", scope=Scope(charge_mode="on_demand"))
    make_discount(customer, ratio="0.5", name="one year", scope=Scope(period_type="year", period_number=1))
    make_discount(customer, ratio="0.5", name="renewals", scope=Scope(order_kinds=("renewal",)))
    expired = make_contract(customer, begins_at=now - 9 * day, ends_at=now - day)
    make_discount(customer, ratio="0.5", name="contract over", contract=expired)
    make_discount(make_customer(None), ratio="0.5", name="somebody else's")
    assert ask(customer, PERIOD, a_disk()).json()["optional_discount_rating_results"] == []


def test_a_year_is_priced_by_the_year(disk: Product, customer: Customer) -> None:
    body = ask(customer, PERIOD, a_disk(period_type=3, period_num=2)).json()
    assert body["official_website_rating_result"]["official_website_amount"] == 420.00


def test_the_international_site_is_priced_in_dollars() -> None:
    make_product("c6.large.2.linux", month="34.62", currency="USD")
    customer = make_customer(None, site="intl")
    body = ask(customer, PERIOD, a_server(subscription_num=1)).json()
    assert (body["official_website_rating_result"]["official_website_amount"], body["currency"]) == (
        34.62,
        "USD",
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"resource_spec": "GPSSD9"}, "CBC.99006006"),
        ({"region": "cn-north-9"}, "CBC.99006006"),
        ({"available_zone": "cn-south-1a"}, "CBC.99006006"),
        ({"period_type": 0}, "CBC.99006066"),
        ({"fee_installment_mode": "HALF_PAY"}, "CBC.99006066"),
        ({"size_measure_id": 15}, "CBC.99006050"),
        ({"size_measure_id": 16}, "CBC.0100"),
        ({"resource_size": None}, "CBC.0101"),
        ({"size_measure_id": None}, "CBC.0101"),
        ({"resource_size": 9}, "CBC.0100"),
        ({"resource_size": 32769}, "CBC.0100"),
        ({"resource_size": -1}, "CBC.0100"),
        ({"resource_size": "thirty"}, "CBC.0100"),
        ({"period_num": 0}, "CBC.0100"),
        ({"period_num": None}, "CBC.0101"),
        ({"period_type": 1}, "CBC.0100"),
        ({"subscription_num": 0}, "CBC.0100"),
        ({"period_num": 2147483647, "subscription_num": 2147483647}, "CBC.99006055"),
        ({"id": "x" * 65}, "CBC.0100"),
        ({"cloud_service_type": ""}, "CBC.0100"),
        ({"nonsense": 1}, "CBC.0101"),
    ],
)
def test_wrong_period_questions(disk: Product, customer: Customer, change: dict[str, Any], code: str) -> None:
    info = {name: value for name, value in a_disk(**change).items() if value is not None}
    project = project_id(customer.pk, info["region"])
    assert refusal(ask(customer, PERIOD, info, project_id=project)) == (400, code)


def test_ids_are_unique_and_the_list_is_not_empty(disk: Product, customer: Customer) -> None:
    assert refusal(ask(customer, PERIOD, a_disk(), a_disk())) == (400, "CBC.0100")
    assert refusal(ask(customer, PERIOD)) == (400, "CBC.0100")
    assert refusal(ask(customer, PERIOD, *[a_disk(id=str(n)) for n in range(101)])) == (400, "CBC.0100")


def test_the_project_is_the_callers_in_the_region(disk: Product, customer: Customer) -> None:
    stranger = make_customer(None)
    for project in (project_id(stranger.pk, REGION), project_id(customer.pk, "cn-south-1"), "none"):
        assert refusal(ask(customer, PERIOD, a_disk(), project_id=project)) == (400, "CBC.99006073")
        assert refusal(ask(customer, ON_DEMAND, metered(a_disk()), project_id=project)) == (
            400,
            "CBC.99006073",
        )


def test_a_partner_needs_its_customers_token(disk: Product, customer: Customer) -> None:
    assert customer.partner is not None
    answer = call(customer.partner.account, "POST", PERIOD, project_id="p", product_infos=[a_disk()])
    assert refusal(answer) == (403, "CBC.0151")


def test_an_illegal_token_is_403_here(disk: Product) -> None:
    answer = call(None, "POST", PERIOD, token="nonsense", project_id="p", product_infos=[a_disk()])
    assert refusal(answer) == (403, "CBC.0154")


def test_refusals_speak_the_callers_language(disk: Product, customer: Customer) -> None:
    body = {"project_id": project_id(customer.pk, REGION), "product_infos": [a_disk(resource_spec="GPSSD9")]}
    english = call(customer.account, "POST", PERIOD, headers={"X-Language": "en_US"}, **body).json()
    chinese = call(customer.account, "POST", PERIOD, headers={"X-Language": "zh_CN"}, **body).json()
    assert "was not found" in english["error_msg"]
    assert english["error_msg"] != chinese["error_msg"]


def test_on_demand_the_amount_is_the_final_price(disk: Product, server: Product, customer: Customer) -> None:
    """Two servers, 3 h: 0.4808333 x 3 x 2 = 2.8849998 → 2.884999; 40 GB, 3 h: 0.12. At 0.9: 2.596499 and 0.108."""
    make_discount(customer, ratio="0.9", name="Framework")
    body = ask(
        customer,
        ON_DEMAND,
        metered(a_server(), usage_value=3),
        metered(a_disk(resource_size=40), usage_value=3),
    ).json()
    assert [(one["official_website_amount"], one["amount"]) for one in body["product_rating_results"]] == [
        (2.884999, 2.596499),
        (0.12, 0.108),
    ]
    assert (body["official_website_amount"], body["amount"]) == (3.004999, 2.704499)
    assert body["discount_amount"] == 0.3005
    assert body["product_rating_results"][0]["discount_rating_results"] == [
        {
            "discount_id": body["product_rating_results"][0]["discount_rating_results"][0]["discount_id"],
            "discount_type": 605,
            "amount": 0.2885,
            "measure_id": 1,
            "discount_name": "Framework",
        }
    ]


def test_ten_decimals_on_request(server: Product, customer: Customer) -> None:
    info = metered(a_server(subscription_num=1))
    assert ask(customer, ON_DEMAND, info).json()["amount"] == 0.480833
    assert ask(customer, ON_DEMAND, info, inquiry_precision=1).json()["amount"] == 0.4808333
    assert refusal(ask(customer, ON_DEMAND, info, inquiry_precision=2)) == (400, "CBC.0100")


def test_usage_is_converted_into_the_unit_of_the_price(server: Product, customer: Customer) -> None:
    info = metered(a_server(subscription_num=1))
    hours = ask(customer, ON_DEMAND, {**info, "usage_value": 48}).json()["amount"]
    assert (
        ask(customer, ON_DEMAND, {**info, "usage_value": 2, "usage_measure_id": 0}).json()["amount"] == hours
    )
    minutes = {**info, "usage_value": Decimal("2880"), "usage_measure_id": 5, "usage_factor": "dURATION"}
    assert ask(customer, ON_DEMAND, minutes).json()["amount"] == hours


def test_on_demand_the_commercial_discount_comes_first(disk: Product, customer: Customer) -> None:
    make_discount(customer, kind=DiscountKind.GRANTED, ratio="0.5")
    (one,) = ask(customer, ON_DEMAND, metered(a_disk())).json()["product_rating_results"]
    assert (one["amount"], one["discount_rating_results"][0]["discount_type"]) == (0.015, 606)
    make_discount(customer, ratio="0.9")
    (one,) = ask(customer, ON_DEMAND, metered(a_disk())).json()["product_rating_results"]
    assert (one["amount"], one["discount_rating_results"][0]["discount_type"]) == (0.027, 605)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"usage_factor": "upflow"}, "CBC.99006074"),
        ({"usage_measure_id": 10}, "CBC.99006050"),
        ({"usage_measure_id": 999}, "CBC.99006050"),
        ({"usage_value": -1}, "CBC.0100"),
        ({"usage_value": "1.0000000000001"}, "CBC.0100"),
        ({"usage_value": 10**13, "resource_size": 30000}, "CBC.99006055"),
        ({"resource_spec": "SSD9"}, "CBC.99006006"),
        ({"resource_size": None}, "CBC.0101"),
        ({"usage_factor": None}, "CBC.0101"),
    ],
)
def test_wrong_on_demand_questions(
    disk: Product, customer: Customer, change: dict[str, Any], code: str
) -> None:
    info = {name: value for name, value in metered(a_disk(), **change).items() if value is not None}
    info = {**info, "usage_value": info["usage_value"]}
    assert refusal(ask(customer, ON_DEMAND, info)) == (400, code)
