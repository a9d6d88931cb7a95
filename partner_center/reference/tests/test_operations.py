"""The dictionaries through HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from partner_center.customers.makers import make_customer
from partner_center.identity.models import Account
from partner_center.partners.makers import make_solution_provider
from tests.calling import call

pytestmark = pytest.mark.django_db

PLACES = {
    "provinces": ("/v2/systems/configs/provinces", {}),
    "cities": ("/v2/systems/configs/cities", {"province_code": "440000"}),
    "counties": ("/v2/systems/configs/counties", {"city_code": "440300"}),
}


@pytest.fixture
def customer() -> Account:
    return make_customer(None).account


@pytest.fixture
def abroad() -> Account:
    return make_customer(None, site="intl").account


def units(who: Account, **more: Any) -> dict[int, dict[str, Any]]:
    answer = call(who, "GET", "/v2/bases/measurements", **more)
    assert answer.status_code == 200
    return {unit["measure_id"]: unit for unit in answer.json()["measure_units"]}


def test_measure_units_have_the_vendors_ids(customer: Account) -> None:
    known = units(customer, headers={"X-Language": "en_US"})
    assert known[4] == {"measure_id": 4, "measure_name": "Hour", "abbreviation": "h", "measure_type": 2}
    assert known[10] == {"measure_id": 10, "measure_name": "GB", "abbreviation": "G", "measure_type": 3}
    assert (known[15]["measure_type"], known[17]["measure_type"]) == (16, 7)


def test_names_are_chinese_unless_english_is_asked_for(customer: Account) -> None:
    assert units(customer)[4]["measure_name"] == "小时"
    assert units(customer, headers={"X-Language": "zh_CN"})[4]["measure_name"] == "小时"


def test_each_site_lists_only_its_own_measure_types(customer: Account, abroad: Account) -> None:
    ours, theirs = units(customer), units(abroad)
    assert theirs.keys() < ours.keys()
    assert not {unit["measure_type"] for unit in theirs.values()} & {26, 27, 28, 29, 30, 40, 41}


def conversions(who: Account, **query: Any) -> Any:
    return call(who, "GET", "/v2/bases/conversions", **query)


def test_a_gigabyte_is_1024_megabytes(customer: Account) -> None:
    assert {
        "measure_id": 10,
        "ref_measure_id": 11,
        "conversion_ratio": 1024,
        "measure_type": 3,
    } in conversions(customer, measure_type=3).json()["conversions"]
    kinds = {one["measure_type"] for one in conversions(customer, measure_type=3).json()["conversions"]}
    assert kinds == {3}
    assert len(conversions(customer).json()["conversions"]) > 10


@pytest.mark.parametrize(
    "query", ["measure_type=", "measure_type=5", "measure_type=x", "measure_type=-1", "colour=red"]
)
def test_wrong_questions_about_conversions(customer: Account, query: str) -> None:
    answer = call(customer, "GET", "/v2/bases/conversions", query=query)
    assert (answer.status_code, answer.json()["error_code"][:6]) == (400, "CBC.01")


def test_types_that_only_the_china_site_documents(customer: Account, abroad: Account) -> None:
    assert conversions(customer, measure_type=98).status_code == 200
    assert conversions(abroad, measure_type=98).status_code == 400


@pytest.mark.parametrize(
    ("key", "count", "first", "some"),
    [
        ("provinces", 34, {"code": "110000", "name": "北京市"}, {"code": "440000", "name": "广东省"}),
        ("cities", 21, {"code": "440100", "name": "广州市"}, {"code": "440300", "name": "深圳市"}),
        ("counties", 9, {"code": "440303", "name": "罗湖区"}, {"code": "440305", "name": "南山区"}),
    ],
)
def test_places(customer: Account, key: str, count: int, first: dict[str, str], some: dict[str, str]) -> None:
    path, query = PLACES[key]
    body = call(customer, "GET", path, limit=1000, **query).json()
    assert (body["count"], body[key][0]) == (count, first)
    assert some in body[key]
    assert len(call(customer, "GET", path, **query).json()[key]) == min(10, count)
    page = call(customer, "GET", path, limit=2, offset=1, **query).json()
    assert (page["count"], page[key]) == (count, body[key][1:3])


def test_every_county_hangs_on_a_city_and_every_city_on_a_province() -> None:
    from partner_center.reference.models import City, County, Province

    assert (Province.objects.count(), County.objects.count()) == (34, 2842)
    for city in City.objects.all():
        assert city.code[:2] == city.province_id[:2]
    for county in County.objects.all():
        assert county.code[:4] == county.city_id[:4]


@pytest.mark.parametrize(
    ("key", "query"),
    [
        ("provinces", "limit=1001"),
        ("provinces", "limit=0"),
        ("provinces", "offset=-1"),
        ("provinces", "offset=x"),
        ("cities", ""),
        ("cities", "province_code="),
        ("counties", ""),
        ("counties", "city_code=440300&limit="),
        ("counties", "city_code=440300&limit=1001"),
    ],
)
def test_wrong_questions_about_places(customer: Account, key: str, query: str) -> None:
    answer = call(customer, "GET", PLACES[key][0], query=query)
    assert (answer.status_code, answer.json()["error_code"][:6]) == (400, "CBC.01")


def test_nothing_below_a_place_that_does_not_exist(customer: Account) -> None:
    assert call(customer, "GET", PLACES["cities"][0], province_code="990000").json() == {
        "count": 0,
        "cities": [],
    }


def test_places_belong_to_the_china_site(abroad: Account) -> None:
    answer = call(abroad, "GET", PLACES["provinces"][0])
    assert (answer.status_code, answer.json()["error_code"]) == (403, "CBC.0156")


def test_partners_may_ask_and_nobody_may_not(customer: Account) -> None:
    assert units(make_solution_provider("asking-test").account)
    for path, query in PLACES.values():
        assert call(None, "GET", path, **query).status_code == 401
