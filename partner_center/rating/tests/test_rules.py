"""The tables of docs/algorithms/rating.md, rated by DuckDB: every row of them is a case."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from partner_center.rating import run
from partner_center.rating.schemas import FOREVER
from partner_center.rating.tests.months import BEGIN, FORMER, MONTH, Month, read_out

PAGE = Path(__file__).resolve().parents[3] / "docs/algorithms/rating.md"
TIERS = ((0, 100, "0.50"), (100, 500, "0.40"), (500, None, "0.30"))
Row = dict[str, Any]


@pytest.fixture(scope="module")
def tables() -> dict[str, list[Row]]:
    """The tables of the page by the first words of their headings."""
    found: dict[str, list[Row]] = {}
    heading, names = "", []
    for text in PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in text.strip("|").split("|")]
        if text.startswith("## "):
            heading = text[3:]
        elif text.startswith("|---") or not text.startswith("|"):
            names = names if text.startswith("|") else []
        elif not names:
            names = cells
        else:
            found.setdefault(heading, []).append(dict(zip(names, cells, strict=True)))
    return found


def test_lines_of_a_cycle_cost_the_differences_of_its_tariff(
    tables: dict[str, list[Row]], tmp_path: Path
) -> None:
    cases = tables["Tiers, blocks, free quantity"]
    month = _month()
    for number, case in enumerate(cases):
        scheme, *price = case["tariff"].split()
        _price(month, number, scheme, *price, free=case["free"])
        if case["carried"]:
            key = {"customer_id": "c" * 32, "resource_id": f"r{number}", "usage_type_id": 1, "cycle": FORMER}
            month.tables["carried"].append(key | {"quantity": Decimal(case["carried"])})
        for use in case["uses"].split():
            _use(month, number, use, late=bool(case["carried"]), size=int(case["size"]))
    lines = _lines(month, tmp_path)
    for number, case in enumerate(cases):
        own = [line for line in lines if line["resource_id"] == f"r{number}"]
        assert [line["official"] for line in own] == _amounts(case["amounts"]), case
        assert [str(line["unit_price"] and line["unit_price"].normalize()) for line in own] == case[
            "unit prices"
        ].replace("several", "None").split(), case


def test_an_amount_is_cut_after_ten_places_then_its_discount_is(
    tables: dict[str, list[Row]], tmp_path: Path
) -> None:
    cases = tables["Amounts and discounts"]
    month = _month()
    for number, case in enumerate(cases):
        _price(month, number, "flat", case["price"])
        mode, _, value = case["discount"].partition(" ")
        if mode != "none":
            _rebate(month, number, mode, Decimal(value))
        _use(month, number, case["quantity"])
    lines = {line["product_id"]: line for line in _lines(month, tmp_path)}
    for number, case in enumerate(cases):
        line = lines[number]
        found = (line["official"], line["discount"], line["payable"])
        assert found == tuple(Decimal(case[name]) for name in ("official", "off", "payable")), case


def test_buckets_are_drained_in_their_order_record_by_record(
    tables: dict[str, list[Row]], tmp_path: Path
) -> None:
    month = _month()
    _price(month, 0, "flat", "1")
    for rank, (kind, capacity, per_hour) in enumerate((("reserved", 2, True), ("package", 5, False)), 1):
        month.tables["buckets"].append(
            {"bucket_id": rank, "customer_id": "c" * 32, "rank": rank, "kind": kind, "begins_at": 0}
            | {"ends_at": FOREVER, "capacity": Decimal(capacity), "per_hour": per_hour}
        )
        month.tables["bucket_scopes"].append({"bucket_id": rank, "product_id": 0, "usage_type_id": 1})
    cases = tables["Packages"]
    for case in cases:
        _use(month, 0, case["quantity"], minute=int(case["minute"]))
    folder = _rated(month, tmp_path)
    out = read_out(folder)
    taken = {(row["position"], row["bucket_id"]): row["quantity"] for row in out["coverage"]}
    for line, case in zip(out["lines"], cases, strict=True):
        assert taken.get((line["position"], 1), 0) == Decimal(case["from reserved"]), case
        assert taken.get((line["position"], 2), 0) == Decimal(case["from package"]), case
        assert line["payable"] == Decimal(case["payable"]), case
        assert (line["mark"], line["charging_mode"]) == (case["mark"], int(case["mode"])), case


def test_a_peak_leaves_out_the_highest_twentieth(tables: dict[str, list[Row]], tmp_path: Path) -> None:
    cases = tables["95th percentile"]
    month = _month()
    month.tables["usage_types"][0]["method"] = "peak95_month"
    for number, case in enumerate(cases):
        _price(month, number, "flat", case["price"])
        levels = [
            level
            for part in case["points"].split(", ")
            for level in [part.split(" × ")[1]] * int(part.split(" × ")[0])
        ]
        for minute, level in enumerate(levels):
            _use(month, number, level, minute=5 * minute)
    folder = _rated(month, tmp_path)
    out = read_out(folder)
    fees = {line["product_id"]: line["payable"] for line in out["lines"]}
    peaks = {peak["product_id"]: peak for peak in out["peaks"]}
    for number, case in enumerate(cases):
        assert peaks[number]["peak"] == Decimal(case["peak"]), case
        assert peaks[number]["left_out"] == int(case["left out"]), case
        assert fees[number] == Decimal(case["fee"]), case


def test_orders_are_shared_over_their_days(tables: dict[str, list[Row]], tmp_path: Path) -> None:
    cases = tables["Amortisation"]
    month = _month()
    first = (BEGIN + 28800) // 86400
    means = ("cash", "credit", "coupon", "flexi", "card", "bonus")
    for number, case in enumerate(cases):
        begins = first - int(case["days before"])
        amount = int(case["amount"])
        month.tables["periods"].append(
            {
                "item_id": number,
                "customer_id": "c" * 32,
                "begins_on": begins,
                "ends_on": begins + int(case["days"]),
            }
            | dict.fromkeys(("official", "consume", "cash"), amount)
            | dict.fromkeys(("discount", *means[1:]), 0)
        )
    folder = _rated(month, tmp_path)
    for row, case in zip(read_out(folder)["amortised"], cases, strict=True):
        for name in ("official", "consume", "cash"):
            found = [row[f"{when}_{name}"] for when in ("past", "current", "future")]
            assert found == [int(case[when]) for when in ("past", "current", "future")], case


def _month() -> Month:
    month = Month()
    month.tables["customers"].append({"customer_id": "c" * 32, "currency": "CNY", "site": "cn"})
    month.tables["usage_types"].append({"usage_type_id": 1, "code": "use", "method": "sum"})
    return month


def _price(
    month: Month, number: int, scheme: str, price: str = "0", block: str = "1", *, free: str = "0"
) -> None:
    names = ("service_type", "resource_type", "resource_spec", "region")
    month.tables["products"].append({"product_id": number} | {name: f"{name}{number}" for name in names})
    month.tables["prices"].append(
        {"price_id": number, "product_id": number, "usage_type_id": 1, "currency": "CNY", "begins_at": 0}
        | {"ends_at": FOREVER, "scheme": scheme, "unit_price": Decimal(price), "free": Decimal(free)}
        | {"block": Decimal(block)}
    )
    for step, (lower, upper, tier) in enumerate(TIERS if scheme in ("graduated", "volume") else (), 1):
        month.tables["tiers"].append(
            {"price_id": number, "step": step, "lower": Decimal(lower), "price": Decimal(tier)}
            | {"upper": None if upper is None else Decimal(upper)}
        )


def _rebate(month: Month, number: int, mode: str, value: Decimal) -> None:
    month.tables["rebates"].append(
        {
            "customer_id": "c" * 32,
            "product_id": number,
            "begins_at": 0,
            "ends_at": FOREVER,
            "discount_type": "605",
        }
        | {"discount_id": "d", "mode": "ratio" if mode == "ratio" else "fixed_price"}
        | {"kept": value if mode == "ratio" else None, "unit_price": value if mode == "price" else None}
    )


def _use(
    month: Month, number: int, quantity: str, *, late: bool = False, size: int = 1, minute: int = 0
) -> None:
    position = len(month.tables["usage"])
    begin = BEGIN + 60 * minute - (86400 if late else 0)
    month.tables["usage"].append(
        {"batch": 1, "position": position, "customer_id": "c" * 32, "resource_id": f"r{number}"}
        | {"product_id": number, "usage_type_id": 1, "size": size, "quantity": Decimal(quantity)}
        | {"value": Decimal(quantity), "measure_id": 4, "begin_at": begin, "end_at": begin + 300}
        | {"cycle": FORMER if late else MONTH, "late": late, "enterprise_project_id": ""}
    )


def _rated(month: Month, folder: Path) -> Path:
    totals = run(month.write(folder / "in"), folder / "out")
    assert totals.ok, totals.checks
    assert json.loads((folder / "out/totals.json").read_text())["lines"] == totals.lines
    return folder / "out"


def _lines(month: Month, folder: Path) -> list[Row]:
    return read_out(_rated(month, folder))["lines"]


def _amounts(text: str) -> list[Decimal]:
    return [Decimal(amount) for amount in text.split()]
