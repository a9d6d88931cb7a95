"""The sample world, asked through the vendor's SDK: every answer has the contract's fields, types and values only."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from huaweicloudsdkcore.auth.credentials import GlobalCredentials

from partner_center.wire.throttling import FlowTable
from tests.contract.comparison import BY_NAME, CONTRACT

PACKAGES = {
    "cn": ("huaweicloudsdkbss.v2", "BssClient"),
    "intl": ("huaweicloudsdkbssintl.v2", "BssintlClient"),
}
MONTH = "2026-10"

ASKED: list[tuple[str, str, dict[str, Any], bool]] = [
    ("partner", "check_user_identity", {"search_type": "name", "search_value": "nobody-yet"}, False),
    ("partner", "list_sub_customers", {}, True),
    ("partner", "list_customer_orders", {"method": "sub_customer"}, True),
    ("partner", "list_partner_balances", {}, True),
    ("partner", "list_partner_adjust_records", {}, True),
    ("partner", "list_partner_account_change_records", {"balance_type": "BALANCE_TYPE_DEBIT"}, True),
    ("partner", "list_incentive_discount_policies", {"time": MONTH}, True),
    ("partner", "list_customer_on_demand_resources", {"customer_id": "{customer}"}, False),
    ("partner", "list_customers_balances_detail", {"customer_infos": [{"customer_id": "{customer}"}]}, True),
    ("distributor", "list_indirect_partners", {}, True),
    ("customer", "list_customer_orders", {}, True),
    ("referral customer", "show_customer_account_balances", {}, True),
    ("customer", "list_pay_per_use_customer_resources", {}, True),
    ("customer", "list_free_resource_infos", {}, False),
    (
        "customer",
        "list_free_resources_usage_records",
        {"deduct_time_begin": f"{MONTH}-01", "deduct_time_end": f"{MONTH}-31"},
        False,
    ),
    ("customer", "list_measure_units", {}, True),
    ("customer", "list_conversions", {}, True),
    ("customer", "list_service_types", {}, True),
    ("customer", "list_resource_types", {}, True),
    ("customer", "list_usage_types", {"resource_type_code": "hws.resource.type.vm"}, False),
    ("customer", "list_provinces", {}, True),
    ("customer", "list_cities", {"province_code": "440000"}, True),
    ("customer", "list_counties", {"city_code": "440300"}, True),
    ("customer", "list_service_resources", {"service_type_code": "hws.service.type.ec2"}, True),
    (
        "referral customer",
        "list_customer_account_change_records",
        {"balance_type": "BALANCE_TYPE_DEBIT"},
        True,
    ),
]
CASES = [(site, *asked) for site in PACKAGES for asked in ASKED if site in BY_NAME[asked[1]]["sites"]]


@pytest.fixture(scope="module")
def world_of_answers(django_db_setup, django_db_blocker) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The sample world served once for this file; its questions change nothing."""
    from partner_center.project.wsgi import application
    from tests import database, server

    with django_db_blocker.unblock():
        with database.copied_world() as accounts, server.serving(application) as running:
            yield running.url, accounts


@pytest.fixture(autouse=True)
def _no_flow_control(monkeypatch):
    monkeypatch.setattr(FlowTable, "admits", lambda *_who, **_now: True)


def caller_of(accounts: list[dict[str, Any]], role: str, site: str) -> dict[str, Any]:
    """The account that asks: for a customer one that buys from its partner, for a partner a solution provider."""
    wanted = {"partner": "solution_provider", "referral customer": "customer"}.get(role, role)
    found = [one for one in accounts if one["role"] == wanted and one["site"] == site]
    if role == "referral customer":
        found = [one for one in found if one["association_type"] == "1"]
    if not found:
        pytest.fail(f"the sample world has no {wanted} on the site {site}")
    return found[0]


def customer_of(accounts: list[dict[str, Any]], partner: dict[str, Any]) -> str:
    return next(
        one["domain_id"]
        for one in accounts
        if one["role"] == "customer" and one.get("partner_id") == partner["domain_id"]
    )


@pytest.mark.parametrize(
    ("site", "role", "name", "given", "filled"), CASES, ids=[f"{c[2]}-{c[1]}-{c[0]}" for c in CASES]
)
def test_an_answer_is_the_contracts(world_of_answers, site, role, name, given, filled):
    url, accounts = world_of_answers
    asking = caller_of(accounts, role, site)
    text = json.dumps(given)
    if "{customer}" in text:
        text = text.replace("{customer}", customer_of(accounts, asking))
    answer = ask(url, asking, site, name, json.loads(text))
    raw = json.loads(answer.raw_content)
    said = BY_NAME[name]["by_site"][site]
    problems = list(misfits(raw, CONTRACT["models"][site][said["response_model"]]["fields"], site, name))
    assert not problems, problems[:10]
    if filled:
        lists = [value for value in raw.values() if isinstance(value, list)]
        assert not lists or any(lists), f"{name} has nothing to show in the sample world"


@pytest.mark.parametrize("site", PACKAGES)
def test_every_order_of_the_world_can_be_shown(world_of_answers, site):
    """Each customer's orders in detail, with the refunds of those that gave something back."""
    url, accounts = world_of_answers
    shown, refunds = 0, 0
    for asking in (one for one in accounts if one["role"] == "customer" and one["site"] == site):
        listed = json.loads(ask(url, asking, site, "list_customer_orders", {"limit": 100}).raw_content)
        for order in listed["order_infos"]:
            checked(
                ask(url, asking, site, "show_customer_order_details", {"order_id": order["order_id"]}), site
            )
            shown += 1
            if order["order_type"] == 4:
                checked(
                    ask(url, asking, site, "show_refund_order_details", {"order_id": order["order_id"]}), site
                )
                refunds += 1
    assert shown, "nobody has ordered anything"
    assert refunds or site == "intl", "nothing was given back in a year"


def checked(answer: Any, site: str) -> None:
    """Assert that an answer of the SDK is what the contract says of its model."""
    model = type(answer).__name__
    problems = list(
        misfits(json.loads(answer.raw_content), CONTRACT["models"][site][model]["fields"], site, model)
    )
    assert not problems, problems[:10]


def ask(url: str, asking: dict[str, Any], site: str, name: str, given: dict[str, Any]) -> Any:
    """Call an operation through the SDK, which parses the answer with its own models."""
    package, client = PACKAGES[site]
    sdk = importlib.import_module(package)
    credentials = GlobalCredentials(asking["ak"], asking["sk"])
    built = getattr(sdk, client).new_builder().with_credentials(credentials).with_endpoints([url]).build()
    said = BY_NAME[name]["by_site"][site]
    request = getattr(sdk, said["request_model"])
    if said["body"]:
        return getattr(built, name)(request(body=getattr(sdk, said["body"]["model"])(**given)))
    return getattr(built, name)(request(**given))


def misfits(value: dict[str, Any], said: list[dict[str, Any]], site: str, place: str) -> Iterator[str]:
    """Every way in which an answer is not what the contract says."""
    known = {field["key"]: field for field in said}
    for key, part in value.items():
        if key not in known:
            yield f"{place}.{key} is not in the contract"
            continue
        yield from misfit(part, known[key], site, f"{place}.{key}")


def misfit(part: Any, field: dict[str, Any], site: str, place: str) -> Iterator[str]:
    if field.get("type") == "array":
        if not isinstance(part, list):
            yield f"{place} is no list"
            return
        for item in part:
            yield from misfit(item, {**field["items"], "enum": field.get("enum", ())}, site, place)
        return
    if "ref" in field:
        yield from misfits(part, CONTRACT["models"][site][field["ref"]]["fields"], site, place)
        return
    kinds = {"string": str, "integer": int, "boolean": bool, "decimal": (int, float), "number": (int, float)}
    if not isinstance(part, kinds[field["type"]]) or (isinstance(part, bool) and field["type"] != "boolean"):
        yield f"{place} is {part!r}, the contract says {field['type']}"
    allowed = {str(one["value"]) for one in field.get("enum", ())}
    if allowed and str(part) not in allowed and field["type"] != "boolean":
        yield f"{place} is {part!r}, the contract allows {sorted(allowed)}"
    if str(field.get("format", "")).startswith("datetime") and not re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", str(part)
    ):
        yield f"{place} is {part!r}, no moment of the contract"
