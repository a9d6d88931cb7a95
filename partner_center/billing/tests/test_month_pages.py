"""The pages and files of a month that was really rated and posted: all agree on the amount, whoever looks."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings

from partner_center.billing.console.lines import BillLines
from partner_center.billing.models import FeeRecord
from partner_center.billing.runs.actions import open_run
from partner_center.billing.runs.working import carry_on
from partner_center.billing.tests.charging import charge
from partner_center.billing.tests.running import OPERATOR, House, beijing, deliver, make_house
from partner_center.billing.tests.test_pages import page_of
from partner_center.console import exports
from partner_center.console.exports import work_off
from partner_center.console.models import ExportTask
from partner_center.customers.makers import as_customer
from partner_center.kernel import clock
from partner_center.kernel.period import BillMonth
from partner_center.partners.makers import as_partner, as_staff
from tests import database
from tests.focus_validator import breaches_of_focus
from tests.pages import as_reader


@pytest.fixture(scope="module")
def september(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[House]:
    """September 2026: 1.50 a day for each of three customers, and two fees of Lin's. Built once for this module."""
    folder: Path = tmp_path_factory.mktemp("september")
    with (
        django_db_blocker.unblock(),
        database.copy_of(database.template()) as name,
        database.standing_on(name),
        override_settings(PARTNER_CENTER_STORE="", MEDIA_ROOT=folder / "media"),
    ):
        house = make_house(folder, settings)
        with clock.at(beijing(2026, 9, 28)):
            people = (house.lin, house.mei, house.solo)
            deliver(
                [house.use(one, beijing(2026, 9, day, 8), "7.5") for one in people for day in range(1, 21)]
            )
        with clock.at(beijing(2026, 10, 3, 2)):
            carry_on(OPERATOR, open_run(OPERATOR, month="2026-09", posts_itself=True))
            month = BillMonth.parse("2026-09")
            charge(house.lin, 10000, month=month, bill_type=1, charging_mode=1, discount=500)
            charge(house.lin, -250, month=month, bill_type=4, charging_mode=1)
            yield house


@pytest.fixture
def rated(september: House) -> Iterator[House]:
    """Nothing that a test does stays."""
    with transaction.atomic(), clock.at(beijing(2026, 10, 5)):
        yield september
        transaction.set_rollback(True)


SEPTEMBER = {"month": "2026-09"}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_opens_in_both_languages_and_all_agree_on_the_amount(rated, language):
    """Fee records, resource records, details, costs and the bill come to the same, for whoever may see it."""
    for actor, cents in (
        (as_customer(rated.lin), 12750),
        (as_partner(rated.provider), 12750),
        (as_staff(), 18750),
    ):
        with as_reader(actor, language) as reader:
            assert page_of(reader.get("bill", **SEPTEMBER)).whole.amounts["consume"] == cents
            for page in ("resource-records", "bill-lines", "amortised-costs"):
                rows = page_of(reader.get(page, per="100", **SEPTEMBER)).lines
                told = sum(getattr(line.row, "current", None) or line.row.amount for line in rows)
                assert told == Decimal(cents) / 100, (page, actor.kind)
            costs = page_of(reader.get("cost-analysis", since="2026-09", until="2026-09"))
            assert sum(row.amount for row in costs.rows) == Decimal(cents) / 100
            for record in FeeRecord.objects.visible_to(actor)[:3]:
                assert reader.get("fee-record", row=record).status_code == 200
            assert reader.get("bill-pdf", **SEPTEMBER).content.startswith(b"%PDF")
            assert reader.get("focus", **SEPTEMBER).status_code == 200


def test_a_line_opens_its_explanation_to_whom_it_belongs_and_to_nobody_else(rated):
    with as_reader(as_customer(rated.lin)) as reader:
        lines = page_of(reader.get("bill-lines", **SEPTEMBER, mode="3")).lines
        assert len(lines) == 20
        html = reader.get(lines[0].address).content.decode()
        assert "7.5 Hour × 0.2 CNY = 1.50 CNY" in html and "usage:2026-09" in html
        assert reader.client.get("/console/bill-lines/nonsense/").status_code == 404
    with as_reader(as_customer(rated.solo)) as reader:
        assert reader.get(lines[0].address).status_code == 404


def test_details_are_exported_in_the_background_whole_and_in_order(rated, monkeypatch):
    monkeypatch.setattr(exports, "AT_ONCE", 5)
    monkeypatch.setattr(BillLines, "rows_a_turn", 7)
    with as_reader(as_customer(rated.lin)) as reader:
        answer = reader.client.post("/console/bill-lines/?month=2026-09", {"export": "csv"})
        assert answer.status_code == 302
        task = ExportTask.objects.get()
        turns = 0
        while task.active:
            work_off()
            task.refresh_from_db()
            turns += 1
        assert turns == 6 and task.rows_done == 22
        file = b"".join(reader.client.get(f"/console/exports/{task.pk}/file/").streaming_content)
        rows = list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"))))
        assert len(rows) == 22 and len({row["Line"] for row in rows}) == 22
        assert sum(Decimal(row["Amount"]) for row in rows) == Decimal("127.50")
        assert sum(Decimal(row["Cash"] or 0) for row in rows) == Decimal("127.50")


def test_no_file_leaves_customers_out_without_a_word(rated, monkeypatch):
    monkeypatch.setattr("partner_center.billing.console.scoping.MOST", 1)
    with as_reader(as_staff()) as reader:
        shown = reader.get("resource-records", **SEPTEMBER).content.decode()
        assert "those of 2 are not shown" in shown and 'value="csv"' not in shown
        address = "/console/resource-records/?month=2026-09"
        assert reader.client.post(address, {"export": "csv"}).status_code == 403
        one = reader.get("resource-records", **SEPTEMBER, customer=str(rated.lin))
        assert 'value="csv"' in one.content.decode()


def test_the_focus_export_of_a_month_sums_to_its_bill_and_passes_the_validator(rated, tmp_path):
    with as_reader(as_partner(rated.provider)) as reader:
        answer = reader.client.post("/console/focus/?month=2026-09", {"export": "csv"})
        path = tmp_path / "focus.csv"
        path.write_bytes(b"".join(answer.streaming_content))
    rows = list(csv.DictReader(path.open(encoding="utf-8")))
    assert sum(Decimal(row["BilledCost"]) for row in rows) == Decimal("127.50")
    assert {row["BillingAccountId"] for row in rows} == {rated.provider.pk}
    assert {row["SubAccountId"] for row in rows} == {rated.lin.pk}
    assert breaches_of_focus(path) == []
