"""The operations about bills, asked through the vendor's SDK over a March that was really rated and charged."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import huaweicloudsdkbss.v2 as sdk
import pytest
from django.conf import settings
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from partner_center.billing.models import MEANS, FeeRecord
from partner_center.billing.models.fees import RATED
from partner_center.billing.reading import Statistic, Wanted, lines_of, scope_of_customer
from partner_center.billing.reading.amortised import amortised_lines
from partner_center.billing.reading.engine import ask
from partner_center.billing.reading.explanation import explained
from partner_center.billing.reading.line import Line
from partner_center.billing.reading.tariff_parts import parts_at
from partner_center.billing.runs.folders import RunFolder
from partner_center.billing.tests.march import MARCH, make_march
from partner_center.customers.makers import as_customer, make_customer
from partner_center.identity.makers import make_account
from partner_center.kernel.period import BillMonth
from partner_center.partners.makers import make_solution_provider
from partner_center.wire.throttling import FlowTable
from tests.calling import Key, call
from tests.contract.comparison import BY_NAME, CONTRACT
from tests.contract.test_answers import misfits
from tests.database import copy_of, standing_on, template
from tests.server import serving

EIGHT = ("cash", "credit", "coupon", "flexipurchase_coupon", "bonus", "debt")
OF_RECORDS = (*EIGHT, "stored_card", "adjustment")


@pytest.fixture(scope="module")
def bill(tmp_path_factory, django_db_setup, django_db_blocker) -> Iterator[SimpleNamespace]:
    """The month and a server over it; these tests only ask."""
    from partner_center.project.wsgi import application

    kept = settings.PARTNER_CENTER_STORE
    with django_db_blocker.unblock(), copy_of(template()) as name, standing_on(name):
        march = make_march(tmp_path_factory.mktemp("march"), settings)
        with serving(application) as running:
            yield SimpleNamespace(
                march=march, url=running.url, stranger=make_customer(make_solution_provider())
            )
    settings.PARTNER_CENTER_STORE = kept


@pytest.fixture(autouse=True)
def _no_flow_control(monkeypatch):
    monkeypatch.setattr(FlowTable, "admits", lambda *_who, **_now: True)


def asked(bill: Any, whose: Any, name: str, *, body: str = "", **given: Any) -> dict[str, Any]:
    """An operation called by the SDK, which parses the answer; the answer as it was written, with exact numbers."""
    key = Key.of(getattr(whose, "account", whose))
    client = sdk.BssClient.new_builder().with_credentials(GlobalCredentials(key.ak, key.sk))
    request = getattr(sdk, "".join(part.capitalize() for part in name.split("_")) + "Request")
    call_it = getattr(client.with_endpoints([bill.url]).build(), name)
    answer = call_it(request(body=getattr(sdk, body)(**given)) if body else request(**given))
    contract = BY_NAME[name]["by_site"]["cn"]["response_model"]
    problems = misfits(
        json.loads(answer.raw_content), CONTRACT["models"]["cn"][contract]["fields"], "cn", name
    )
    assert not list(problems)
    said: dict[str, Any] = json.loads(answer.raw_content, parse_float=Decimal)
    return said


def refused(bill: Any, whose: Any, name: str, **given: Any) -> tuple[int, str]:
    with pytest.raises(ClientRequestException) as refusal:
        asked(bill, whose, name, **given)
    return refusal.value.status_code, refusal.value.error_code


def records(bill: Any, whose: Any, **given: Any) -> list[dict[str, Any]]:
    answer = asked(bill, whose, "list_customerself_resource_records", cycle="2026-03", limit=100, **given)
    assert answer["total_count"] == len(answer["fee_records"])
    return list(answer["fee_records"])


def charged(customer: Any, **narrowed: Any) -> Decimal:
    rows = FeeRecord.objects.filter(customer=customer, month="2026-03", **narrowed)
    return Decimal(rows.sums("consume")["consume"]) / 100


def test_fee_records_hold_their_identities_and_add_up_to_the_summary(bill):
    lin = bill.march.lin
    said = asked(bill, lin, "list_customer_bills_fee_records", bill_cycle="2026-03", limit=100)
    assert said["currency"] == "CNY" and said["total_count"] == len(said["records"]) > 4
    means = (*EIGHT, "stored_value_card", "writeoff")
    for row in said["records"]:
        assert row["official_amount"] == (
            row["official_discount_amount"] + row["erase_amount"] + row["consume_amount"]
        )
        assert row["consume_amount"] == sum(row[f"{name}_amount"] for name in means)
        assert row["service_type_name"] and row["account_name"] == lin.account.name
    summary = asked(bill, lin, "show_customer_monthly_sum", bill_cycle="2026-03", limit=100)
    assert summary["consume_amount"] == sum(row["consume_amount"] for row in said["records"]) == charged(lin)
    assert summary["debt_amount"] == sum(row["debt_amount"] for row in summary["bill_sums"]) > 0
    for row in summary["bill_sums"]:
        assert row["consume_amount"] == (
            row["official_amount"] - row["official_discount_amount"] - row["truncated_amount"]
        )
        assert "resource_type_code" not in row
    by_kind = asked(
        bill, lin, "show_customer_monthly_sum", bill_cycle="2026-03", service_type_code="hws.service.type.ebs"
    )
    assert [row["resource_type_code"] for row in by_kind["bill_sums"]] == ["hws.resource.type.volume"]


@pytest.mark.parametrize("statistic", list(Statistic))
def test_records_of_resources_add_up_to_what_was_charged_to_the_last_place(bill, statistic):
    rows = records(bill, bill.march.lin, statistic_type=int(statistic))
    assert sum(row["amount"] for row in rows) == charged(bill.march.lin)
    for row in rows:
        assert row["amount"] == sum(row[f"{name}_amount"] for name in OF_RECORDS)
        rounding = row["official_amount"] - row["discount_amount"] - row["amount"]
        assert 0 <= rounding < Decimal("0.01")
        amounts = [row[key] for key in row if key.endswith("amount") and isinstance(row[key], Decimal)]
        assert all(-one.as_tuple().exponent <= 8 for one in amounts)
        assert ("id" in row) is (statistic is Statistic.DETAIL)
    assert len({row.get("id", place) for place, row in enumerate(rows)}) == len(rows)
    assert len(rows) == {Statistic.CYCLE: 4, Statistic.DAY: 33, Statistic.DETAIL: 33}[statistic]


def test_pages_tile_the_whole_across_orders_and_usage(bill):
    whole = [row["id"] for row in records(bill, bill.march.lin)]
    pages: list[str] = []
    for offset in range(0, 40, 12):
        said = asked(
            bill,
            bill.march.lin,
            "list_customerself_resource_records",
            cycle="2026-03",
            offset=offset,
            limit=12,
        )
        assert said["total_count"] == len(whole)
        pages += [row["id"] for row in said["fee_records"]]
    assert pages == whole


def test_filters_narrow(bill):
    lin = bill.march.lin
    assert {row["usage_type"] for row in records(bill, lin, resource_id=bill.march.address.resource_id)} == {
        "95Peak"
    }
    assert len(records(bill, lin, charge_mode="1")) == 1
    assert len(records(bill, lin, enterprise_project_id="ep")) == 28
    assert len(records(bill, lin, enterprise_project_id="null", bill_type=5)) == 4
    assert len(records(bill, lin, bill_date_begin="2026-03-04", bill_date_end="2026-03-04")) == 2
    paid_for = records(bill, lin, include_zero_record="false")
    assert all(row["amount"] for row in paid_for) and len(paid_for) == 33 - 19
    trade = next(row["trade_id"] for row in paid_for if row["trade_id"].endswith("-1"))
    under = records(bill, lin, trade_id=trade)
    assert {row["trade_id"] for row in under} == {trade}
    assert [row["id"] for row in under] == [row["id"] for row in paid_for if row["trade_id"] == trade]
    assert refused(bill, lin, "list_customerself_resource_records", cycle="2020-01") == (400, "CBC.0100")
    assert refused(
        bill, lin, "list_customerself_resource_records", cycle="2026-03", method="sub_customer"
    ) == (
        400,
        "CBC.0101",
    )


def test_a_formula_comes_to_the_amount_without_coupons(bill):
    rows = [row for row in records(bill, bill.march.lin) if "formula" in row and row["amount"]]
    assert rows
    for row in rows:
        numbers = [Decimal(one) for one in re.findall(r"[0-9.]+(?=【)", row["formula"])]
        usage, ratio, price, discount, rounding, coupons = numbers
        assert abs(usage / ratio * price - discount - rounding - coupons - row["amount"]) <= Decimal(
            "0.00000003"
        )


def test_details_tell_the_same_money(bill):
    lin = bill.march.lin
    body = "QueryResRecordsDetailReq"
    name = "list_customerself_resource_record_details"
    for statistic in Statistic:
        said = asked(bill, lin, name, body=body, cycle="2026-03", limit=100, statistic_type=int(statistic))
        assert sum(row["consume_amount"] for row in said["monthly_records"]) == charged(lin)
        for row in said["monthly_records"]:
            assert row["consume_amount"] == sum(row[f"{key}_amount"] for key in OF_RECORDS)
            assert ("bill_date" in row) is (statistic is Statistic.DAY)
            assert row["resource_Type_code"].startswith("hws.resource.type.")
    days = {"query_type": "DAILY", "bill_cycle_begin": "2026-03-20", "bill_cycle_end": "2026-03-22"}
    said = asked(bill, lin, name, body=body, cycle="2026-03", statistic_type=2, **days)
    assert {row["bill_date"] for row in said["monthly_records"]} == {"2026-03-20", "2026-03-21", "2026-03-22"}
    assert refused(bill, lin, name, body=body, cycle="2026-03", **days) == (400, "CBC.0100")
    assert refused(bill, lin, name, body=body, cycle="2026-03", statistic_type=3, query_type="DAILY") == (
        400,
        "CBC.0101",
    )


def test_a_partner_sees_what_was_consumed_while_the_customer_was_its_own(bill):
    house = bill.march.house
    provider, solo = house.provider, house.solo
    detail = "list_sub_customer_bill_detail"
    whole = asked(bill, provider, detail, bill_cycle="2026-03", customer_id=house.lin.pk, limit=100)
    assert sum(row["payment_amount"] for row in whole["fee_records"]) == charged(house.lin)
    assert {row["association_type"] for row in whole["fee_records"]} == {"1"}
    since = asked(bill, provider, detail, bill_cycle="2026-03", customer_id=solo.pk, limit=100)["fee_records"]
    assert min(row["consume_time"] for row in since) >= "2026-03-19T16:00:00Z"
    assert sum(row["payment_amount"] for row in since) == charged(solo, partner_id=provider.pk)
    assert charged(solo, partner_id="") > 0
    mine = asked(bill, solo, "list_customerself_resource_records", cycle="2026-03", limit=100)
    assert sum(row["amount"] for row in mine["fee_records"]) == charged(solo)
    body = "ListConsumeSubCustomersReq"
    consumed = asked(bill, provider, "list_consume_sub_customers", body=body, bill_cycle="2026-03")
    assert {one["customer_id"] for one in consumed["sub_customers"]} == {house.lin.pk, solo.pk}
    for row in whole["fee_records"]:
        assert row["payment_amount"] == sum(
            row[f"{key}_amount"] for key in (*EIGHT[:4], "stored_value_card", "debt", "writeoff")
        )


def test_a_distributor_names_the_reseller_whose_customers_it_asks_about(bill):
    house = bill.march.house
    reseller, mei = house.reseller, house.mei
    distributor = reseller.distributor
    given = {"bill_cycle": "2026-03", "customer_id": mei.pk, "limit": 100}
    through = asked(
        bill, distributor, "list_sub_customer_bill_detail", indirect_partner_id=reseller.pk, **given
    )
    own = asked(bill, reseller, "list_sub_customer_bill_detail", **given)
    assert through == own and sum(row["payment_amount"] for row in own["fee_records"]) == charged(mei)
    name = "list_sub_customer_bill_detail"
    assert refused(bill, distributor, name, **given) == (400, "CBC.99000035")
    assert refused(bill, distributor, name, indirect_partner_id=house.provider.pk, **given) == (
        400,
        "CBC.99000037",
    )
    months = {"cycle": "2026-03", "charge_mode": "3"}
    sums = asked(bill, reseller, "list_subcustomer_monthly_bills", **months)
    assert sum(row["amount"] for row in sums["bill_sums"]) == charged(mei)
    for row in sums["bill_sums"]:
        details = sum(one["amount"] for one in row["account_details"])
        assert row["amount"] == details + row["debt_amount"] + row["adjustment_amount"]
    assert asked(bill, house.provider, "list_subcustomer_monthly_bills", **months)["count"] == 0


def test_nothing_of_it_exists_for_a_stranger(bill):
    house, stranger = bill.march.house, bill.stranger
    line = records(bill, house.lin)[5]["id"]
    assert records(bill, stranger) == []
    other = stranger.partner
    name = "list_sub_customer_bill_detail"
    assert refused(bill, other, name, bill_cycle="2026-03", customer_id=house.lin.pk) == (400, "CBC.99000035")
    for who in (stranger, other, house.mei, house.reseller):
        answer = call(who.account, "GET", f"/api/v1/bill-lines/{line}/explanation")
        assert answer.status_code == 404 and answer.json()["error_code"] == "CBC.0100"
        answer = call(
            who.account, "GET", "/api/v1/bill-lines", bill_cycle="2026-03", customer_id=house.lin.pk
        )
        assert (answer.status_code, answer.json()["error_code"]) == (400, "CBC.99000000")
    for nonsense in ("x", "%%%", "A" * 47, line[:-3], line[:-3] + "zzz"):
        answer = call(house.lin.account, "GET", f"/api/v1/bill-lines/{nonsense}/explanation")
        assert answer.status_code == 404, nonsense
    solo_before = next(row["id"] for row in records(bill, house.solo) if row["consume_time"] < "2026-03-10")
    assert (
        call(house.provider.account, "GET", f"/api/v1/bill-lines/{solo_before}/explanation").status_code
        == 404
    )
    assert call(house.solo.account, "GET", f"/api/v1/bill-lines/{solo_before}/explanation").status_code == 200


def test_the_house_and_a_distributor_read_the_lines_of_the_customer_they_name(bill):
    house = bill.march.house
    given = {"bill_cycle": "2026-03", "limit": 100}
    everything = call(make_account("vendor"), "GET", "/api/v1/bill-lines", customer_id=house.lin.pk, **given)
    assert everything.json()["total_count"] == 33
    above = call(
        house.reseller.distributor.account, "GET", "/api/v1/bill-lines", customer_id=house.mei.pk, **given
    )
    mine = call(house.mei.account, "GET", "/api/v1/bill-lines", **given)
    assert above.status_code == 200 and above.json() == mine.json() and mine.json()["total_count"] == 28
    line = mine.json()["lines"][0]["id"]
    assert (
        call(house.reseller.distributor.account, "GET", f"/api/v1/bill-lines/{line}/explanation").status_code
        == 200
    )
    unnamed = call(house.provider.account, "GET", "/api/v1/bill-lines", **given)
    assert (unnamed.status_code, unnamed.json()["error_code"]) == (400, "CBC.0101")


def test_every_line_explains_itself(bill):
    lin = bill.march.lin
    said = call(lin.account, "GET", "/api/v1/bill-lines", bill_cycle="2026-03", limit=100)
    listed = said.json(parse_float=Decimal)["lines"]
    lines = [
        *listed[:3],
        *(one for one in listed if one["cloud_service_type"].endswith("ebs")),
        *listed[23:25],
    ]
    kinds: dict[str, int] = defaultdict(int)
    for line in lines:
        found = explained(as_customer(lin), line["id"])
        stored = found.stored
        if stored is not None and stored.peak is None:
            assert stored.price is not None
            parts = (
                parts_at(stored.line, stored.price, stored.tiers) if stored.line["charged_quantity"] else []
            )
            whole = sum(quantity * price for quantity, price in parts) * stored.line["size"]
            assert whole == stored.line["list_exact"]
            covered = sum(quantity for _bucket, quantity in stored.coverage)
            assert covered == stored.line["package_quantity"]
        answer = call(lin.account, "GET", f"/api/v1/bill-lines/{line['id']}/explanation").json(
            parse_float=Decimal
        )
        assert answer["line"] == line
        shares = [
            step["figures"]["amount"] for step in answer["steps"] if step["kind"] in ("share", "cut_off")
        ]
        payable = [step["figures"]["payable"] for step in answer["steps"] if step["kind"] == "payable"]
        assert sum(shares) == payable[-1]
        for step in answer["steps"]:
            kinds[step["kind"]] += 1
            assert step["text"].replace("×", "x").isascii() and "{" not in step["text"]
    assert set(kinds) == {
        *(
            "usage",
            "conversion",
            "package",
            "peak",
            "free",
            "price",
            "position",
            "part",
            "size",
            "list_price",
        ),
        *(
            "discount",
            "payable",
            "nothing",
            "group",
            "truncation",
            "cut_off",
            "share",
            "entry",
            "order",
            "period",
        ),
    }
    chinese = call(
        lin.account,
        "GET",
        f"/api/v1/bill-lines/{lines[3]['id']}/explanation",
        headers={"X-Language": "zh_CN"},
    )
    assert all(not step["text"].isascii() for step in chinese.json()["steps"])


def test_orders_are_shared_over_their_days_as_a_rating_shares_them(bill):
    march = bill.march
    actor = as_customer(march.lin)
    scope = scope_of_customer(actor)
    parts = {
        month: amortised_lines(actor, scope, month, Wanted(charging_mode=1), offset=0, limit=10)
        for month in (BillMonth(2026, 2), MARCH, BillMonth(2026, 4), BillMonth(2026, 5))
    }
    assert [page.total for page in parts.values()] == [0, 1, 1, 0]
    (here,), (after,) = parts[MARCH].lines, parts[BillMonth(2026, 4)].lines
    assert here.past == 0 and here.current + here.future == Decimal("27.90") and after.past == here.current
    assert after.current == here.future and after.future == 0
    rating = march.lin_rating()
    names = ("past_consume", "current_consume", "future_consume", "current_cash")
    (rated,) = ask(
        f"SELECT {', '.join(names)} FROM read_parquet(?)",
        [str(RunFolder(rating.folder).came_out("amortised"))],
    )
    assert [Decimal(minor) / 100 for minor in rated] == [
        here.past,
        here.current,
        here.future,
        here.means["cash"],
    ]
    said = asked(bill, march.lin, "list_customer_bills_monthly_break_down", shared_month="2026-03", limit=100)
    for row in said["details"]:
        current = row["current_month_amortized_amount"]
        assert row["consume_amount"] == (
            row["past_months_amortized_amount"] + current + row["future_months_amortized_amount"]
        )
        shares = ("cash", "credit", "coupon", "flexipurchase_coupon", "stored_value_card", "bonus")
        assert current == sum(row[f"amortized_{name}_amount"] for name in shares)
    assert said["total_count"] == len(said["details"]) == 4


def costs(bill: Any, whose: Any, *keys: str, **given: Any) -> dict[str, Any]:
    asking = {
        "time_condition": {"time_measure_id": 2, "begin_time": "2026-03", "end_time": "2026-04"},
        "groupby": [{"type": "dimension", "key": key} for key in keys],
        "cost_type": "ORIGINAL_COST",
        "amount_type": "PAYMENT_AMOUNT",
        "limit": 100,
        **given,
    }
    return asked(bill, whose, "list_costs", body="ListCostsReq", **asking)


def cost_sum(said: dict[str, Any]) -> Decimal:
    for group in said["cost_data"]:
        assert Decimal(group["amount_by_costs"]) == sum(Decimal(one["amount"]) for one in group["costs"])
    return sum((Decimal(group["amount_by_costs"]) for group in said["cost_data"]), Decimal(0))


def test_costs_add_up_however_they_are_grouped(bill):
    lin = bill.march.lin
    for keys in (
        ("CLOUD_SERVICE_TYPE",),
        ("RESOURCE_ID", "CHARGING_MODE"),
        ("AZ_CODE", "USAGE_TYPE", "BILL_TYPE"),
    ):
        assert cost_sum(costs(bill, lin, *keys)) == charged(lin)
    days = {"time_measure_id": 1, "begin_time": "2026-03-20", "end_time": "2026-03-21"}
    two = costs(bill, lin, "CLOUD_SERVICE_TYPE", time_condition=days)
    assert {one["time_dimension_value"] for group in two["cost_data"] for one in group["costs"]} <= {
        "2026-03-20",
        "2026-03-21",
    }
    assert cost_sum(two) == sum(
        row["amount"]
        for row in records(
            bill, lin, bill_date_begin="2026-03-20", bill_date_end="2026-03-21", statistic_type=2
        )
    )
    only = {"operator": 0, "filter_factor": {"key": "CHARGING_MODE", "value": ["1"]}}
    without = {**only, "operator": 1}
    assert cost_sum(costs(bill, lin, "REGION_CODE", filters=[only])) == Decimal("27.90")
    assert cost_sum(costs(bill, lin, "REGION_CODE", filters=[without])) == charged(lin) - Decimal("27.90")
    spread = costs(bill, lin, "CHARGING_MODE", cost_type="AMORTIZED_COST", filters=[only])
    assert cost_sum(spread) == Decimal("27.90") and len(spread["cost_data"][0]["costs"]) == 2
    daily = {"time_measure_id": 1, "begin_time": "2026-03-01", "end_time": "2026-04-30"}
    by_day = costs(
        bill, lin, "CHARGING_MODE", cost_type="AMORTIZED_COST", filters=[only], time_condition=daily
    )
    assert cost_sum(by_day) == Decimal("27.90") and len(by_day["cost_data"][0]["costs"]) == 32
    long = {"time_measure_id": 2, "begin_time": "2024-01", "end_time": "2026-03"}
    bad = {"body": "ListCostsReq", "cost_type": "ORIGINAL_COST", "amount_type": "NET_AMOUNT"}
    groups = [{"type": "dimension", "key": "RESOURCE_TAG"}]
    assert refused(bill, lin, "list_costs", time_condition=daily, groupby=groups, **bad) == (400, "CBC.0100")
    groups = [{"type": "tag", "key": "RESOURCE_TAG"}]
    assert refused(bill, lin, "list_costs", time_condition=long, groupby=groups, **bad) == (
        400,
        "CBC.80021021",
    )


def test_the_peak_of_a_month_and_its_points(bill):
    address = bill.march.address
    kind = {
        "bill_cycle": "2026-03",
        "service_type_code": "hws.service.type.vpc",
        "resource_type_code": "hws.resource.type.bandwidth",
        "usage_type": "95Peak",
    }
    said = asked(bill, bill.march.lin, "list_resource_usage_summary", **kind)
    (row,) = said["summary_usage_info_list"]
    assert (row["resource_id"], row["band_width"], row["band_width_measure_id"]) == (
        address.resource_id,
        "95",
        15,
    )
    assert row["actual_days"] == "0.3472222222"
    points = asked(
        bill,
        bill.march.lin,
        "list_resource_usage",
        resource_id=address.resource_id,
        offset=98,
        limit=10,
        **kind,
    )
    assert points["total_count"] == 100 and points["band_width"] == "95"
    assert [(one["stat_time"], one["usage"]) for one in points["usage_info_list"]] == [
        ("2026-03-02T00:10:00Z", "99"),
        ("2026-03-02T00:15:00Z", "100"),
    ]
    nobody = asked(bill, bill.stranger, "list_resource_usage", resource_id=address.resource_id, **kind)
    assert nobody["total_count"] == 0 and "band_width" not in nobody


def test_days_add_up_to_their_lines_share_by_share(bill):
    """The engine's sums against the one function that shares a line."""
    actor = as_customer(bill.march.lin)
    scope = scope_of_customer(actor)

    def shares(lines: Any) -> dict[Any, list[Decimal]]:
        found: dict[Any, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * (len(MEANS) + 4))
        for line in lines:
            assert isinstance(line, Line)
            if line.is_usage:
                figures = [line.official, line.discount, line.cut_off, line.amount]
                figures += [line.means[name] for name in MEANS]
                kept = found[line.day, line.resource_id, line.usage_type]
                found[line.day, line.resource_id, line.usage_type] = [
                    a + b for a, b in zip(kept, figures, strict=True)
                ]
        return dict(found)

    details = lines_of(actor, scope, MARCH, limit=100).lines
    days = lines_of(actor, scope, MARCH, None, Statistic.DAY, limit=100).lines
    assert shares(details) == shares(days) and len(shares(days)) == 32


def test_every_rated_record_is_in_the_lines_and_no_other(bill):
    """Fee records of usage are not told twice: they are the lines' sums."""
    lin = bill.march.lin
    rated = FeeRecord.objects.filter(customer=lin, bill_type__in=RATED)
    lines = records(bill, lin, charge_mode="3")
    assert sum(row["amount"] for row in lines) == Decimal(rated.sums("consume")["consume"]) / 100
