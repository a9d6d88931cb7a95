"""Sums by the engine against shares of single lines: any lines, any means, charged wholly, partly or not at all."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from itertools import accumulate
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partner_center.billing.models import GROUP, MEANS, CustomerRating, GroupSettlement, RatedFile, Rating
from partner_center.billing.reading import Statistic, Wanted, lines_of, scope_of_customer, shown
from partner_center.billing.reading.shares import parts_of
from partner_center.billing.rules import group_key, target_of
from partner_center.billing.tests.march import MARCH
from partner_center.customers.makers import as_customer, make_customer
from partner_center.metering.errors import StoreUnavailable
from partner_center.metering.store import Store
from partner_center.rating.schemas import LINE_ORDER, LINES

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "algorithms" / "bill_lines.md"
AMOUNTS = st.decimals(min_value="-0.5", max_value="3", places=10)
SERVICES = ("hws.service.type.ec2", "hws.service.type.ebs")


@pytest.fixture
def customer(db, tmp_path, settings):
    settings.PARTNER_CENTER_STORE = str(tmp_path)
    return make_customer()


def table() -> list[list[Decimal]]:
    rows = [
        line.strip("| ").split("|") for line in DOCUMENT.read_text().splitlines() if line.startswith("| ")
    ]
    return [[Decimal(cell) for cell in row] for row in rows[1:]]


@pytest.mark.parametrize("row", table())
def test_the_documents_lines_are_shown_so(row):
    before, payable, cash, debt, consume, cut_off, amount, in_cash, as_debt, off = row
    figures = {"cash": cash, "debt": debt, "consume": consume}
    group = GroupSettlement(
        currency="CNY", cut_off=cut_off, **{name: int(figure * 100) for name, figure in figures.items()}
    )
    start = shown(before)
    parts = parts_of(start, shown(before + payable) - start, group if consume else None, "CNY")
    assert (parts["cash"], parts["debt"], parts["cut_off"]) == (in_cash, as_debt, off)
    assert sum(parts[name] for name in MEANS) == amount


@settings(max_examples=12)
@given(data=st.data())
def test_sums_are_the_sums_of_their_lines_and_the_sums_of_what_was_charged(customer, data):
    groups = data.draw(st.lists(st.lists(AMOUNTS, min_size=1, max_size=12), min_size=2, max_size=2))
    rows, settled = [], []
    for service, payables in zip(SERVICES, groups, strict=True):
        before = Decimal(0)
        for place, payable in enumerate(payables):
            rows.append(line(customer, service, place, payable, before))
            before += payable
        charged = data.draw(st.integers(0, len(payables)))
        settled.append(settlement(rows[-1], sum(payables[:charged], Decimal(0)), data))
    lay_down(customer, rows)
    GroupSettlement.objects.bulk_create([one for one in settled if one is not None])
    actor = as_customer(customer)
    scope = scope_of_customer(actor)
    details = lines_of(actor, scope, MARCH, limit=100).lines
    days = lines_of(actor, scope, MARCH, None, Statistic.DAY, limit=100).lines
    assert added(details) == added(days)
    for one, whole in zip(settled, groups, strict=True):
        if one is not None and charged_wholly(one, whole):
            mine = [row for row in details if row.service_type == one.service_type]
            for name in MEANS:
                assert sum(row.means[name] for row in mine) == getattr(one, name).decimal
    for one in details:
        assert one.official - one.discount - one.cut_off == one.amount == sum(one.means.values())
    shown = lines_of(actor, scope, MARCH, Wanted(with_zero=False), limit=100)
    assert [row.id for row in shown.lines] == [row.id for row in details if row.amount]
    assert shown.total == len(shown.lines)


def charged_wholly(settled: GroupSettlement, payables: list[Decimal]) -> bool:
    """All of the group is charged, and its running sum never turned below zero, or above it for one given back."""
    turn = -1 if settled.consume.minor < 0 else 1
    sums = list(accumulate(payables))
    return settled.consume.decimal + settled.cut_off == sums[-1] and all(one * turn >= 0 for one in sums)


def added(lines: Any) -> dict[Any, list[Decimal]]:
    found: dict[Any, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * (len(MEANS) + 4))
    for one in lines:
        figures = [one.official, one.discount, one.cut_off, one.amount, *(one.means[name] for name in MEANS)]
        key = one.day, one.service_type, one.resource_id
        found[key] = [left + right for left, right in zip(found[key], figures, strict=True)]
    return dict(found)


def line(customer: Any, service: str, place: int, payable: Decimal, before: Decimal) -> dict[str, Any]:
    """A row of a rating's lines, with only that in it that shares depend on."""
    begin = int(MARCH.period.start.timestamp()) + place * 43_200
    texts = dict.fromkeys((field.name for field in LINES if str(field.type) == "string"), "")
    numbers = dict.fromkeys((field.name for field in LINES if str(field.type) != "string"), 0)
    facts = {"customer_id": customer.pk, "currency": "CNY", "cycle": str(MARCH), "source": "usage"}
    discount = Decimal("0.1234567891")
    return {
        **texts,
        **numbers,
        **facts,
        "service_type": service,
        "resource_id": f"resource-{place % 3}",
        "batch": 1,
        "position": place,
        "bill_type": 5,
        "charging_mode": 3,
        "late": False,
        "begin_at": begin,
        "end_at": begin + 3600,
        "official": payable + discount,
        "discount": discount,
        "payable": payable,
        "before": before,
    }


def settlement(row: dict[str, Any], payable: Decimal, data: Any) -> GroupSettlement | None:
    """The row's group, charged for its first lines by whichever means; None where nothing was charged."""
    target = target_of(official=payable, discount=Decimal(0), payable=payable, currency="CNY")
    if not target.consume and not target.cut_off:
        return None
    turn = -1 if target.consume < 0 else 1
    left, parts = abs(target.consume), {}
    for name in MEANS[:-1]:
        parts[name] = data.draw(st.integers(0, left))
        left -= parts[name]
    parts["writeoff"] = left
    parts = {name: turn * minor for name, minor in parts.items()}
    group = {name: row[name] for name in GROUP}
    amounts = {"official": target.official, "erase": target.erase, "consume": target.consume}
    return GroupSettlement(
        month=str(MARCH), key=group_key(group), **group, **amounts, **parts, cut_off=target.cut_off
    )


def lay_down(customer: Any, rows: list[dict[str, Any]]) -> None:
    """The lines as a rating's file, and that rating as the present one."""
    number = Rating.objects.count()
    table = pa.Table.from_pylist(rows, schema=LINES).sort_by([(name, "ascending") for name in LINE_ORDER])
    Store.configured().write(f"{number}.parquet", table)
    CustomerRating.objects.all().delete()
    rating = Rating.objects.create(month=str(MARCH), kind="open", folder=f"folder-{number}", state="ready")
    file = RatedFile.objects.create(
        rating=rating, path=f"{number}.parquet", bucket=0, rows=len(rows), size=1, sha256=""
    )
    CustomerRating.objects.create(
        customer=customer,
        month=str(MARCH),
        rating=rating,
        file=file,
        rows=len(rows),
        currency="CNY",
        official=0,
        payable=0,
    )
    GroupSettlement.objects.all().delete()


def test_a_file_that_is_gone_or_torn_is_said_to_be_unavailable(customer, tmp_path):
    lay_down(customer, [line(customer, SERVICES[0], 0, Decimal("1.5"), Decimal(0))])
    actor = as_customer(customer)
    (file,) = tmp_path.rglob("*.parquet")
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StoreUnavailable) as refusal:
        lines_of(actor, scope_of_customer(actor), MARCH)
    assert refusal.value.status == 503 and str(tmp_path) not in str(refusal.value)
    file.unlink()
    with pytest.raises(StoreUnavailable):
        lines_of(actor, scope_of_customer(actor), MARCH)
