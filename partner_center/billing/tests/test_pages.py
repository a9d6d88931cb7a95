"""The pages of bills: who sees which amounts, and that parts add up to the whole on every one of them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from partner_center.billing.actions import charge_usage, issue_partner_bills
from partner_center.billing.makers import group_total
from partner_center.billing.models import AdjustmentState, FeeAdjustment, FeeRecord, PartnerBill
from partner_center.billing.tests.charging import PRESENT, charge
from partner_center.billing.tests.running import OPERATOR, beijing
from partner_center.console.registry import PAGES as REGISTRY
from partner_center.customers.makers import as_customer, make_customer
from partner_center.funds.actions import adjust_balance, grant_credit
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.kernel.period import BillMonth
from partner_center.partners.makers import (
    as_partner,
    as_staff,
    make_distributor,
    make_reseller,
    make_solution_provider,
)
from partner_center.partners.models import Settlement
from tests.pages import as_reader

PAGES = (
    "consumption", "bill", "fee-records", "resource-records", "bill-lines", "focus", "cost-analysis",
    "amortised-costs",
)  # fmt: skip


@pytest.fixture
def partner(db):
    return make_solution_provider()


@pytest.fixture
def customer(partner):
    return make_customer(partner)


def page_of(answer: Any) -> Any:
    assert answer.status_code == 200
    return answer.context["page"]


def amounts(answer: Any, name: str = "consume") -> dict[str, str]:
    """What a table says of each row: name → amount."""
    return {line.name: str(line.row.money(name)) for line in page_of(answer).lines}


def figures(answer: Any) -> dict[str, str]:
    return {
        str(words): "".join(str(html).split(">")[1:2]).split(" ")[0]
        for words, html in page_of(answer).figures
    }


def test_a_bill_has_three_parts_that_add_up_and_every_heading_sums_to_it(partner, customer):
    charge(customer, 12345, discount=55)
    charge(customer, 5, region="cn-east-3", service_type="hws.service.type.obs", means={"debt": 5})
    charge(customer, -345, bill_type=4, charging_mode=1)
    charge(customer, -100, bill_type=9)
    for actor in (as_customer(customer), as_partner(partner), as_staff()):
        with as_reader(actor) as reader:
            assert figures(reader.get("bill")) == {
                "Bill total": "119.05", "Consumption": "123.50", "Refunds": "−3.45", "Adjustments": "−1.00",
                "Paid": "119.00", "Arrears": "0.05",
            }  # fmt: skip
            for heading, _words in page_of(reader.get("bill")).bound[1].choices:
                rows = page_of(reader.get("bill", by=heading)).lines
                assert sum(line.row.amounts["consume"] for line in rows) == 11905, heading
            refunds = page_of(reader.get("bill", part="refunds"))
            assert [line.row.amounts["consume"] for line in refunds.lines] == [-345]
            assert dict(refunds.figures)["Bill total"], "the figures are those of the whole bill"
            empty = reader.get("bill", month=str(PRESENT.previous()))
            assert figures(empty)["Bill total"] == "0.00" and not page_of(empty).lines


def test_a_row_leads_to_what_it_consists_of_down_to_the_records(customer):
    charge(customer, 700, resource_id="r-1")
    charge(customer, 300, region="cn-east-3", resource_id="r-2")
    with as_reader(as_customer(customer)) as reader:
        answer = reader.get("consumption", by="service")
        for expected in (1000, 1000, 700):
            row = page_of(answer).lines[0]
            assert row.row.amounts["consume"] == expected
            answer = reader.get(row.address)
        records = reader.get(page_of(answer).lines[0].address)
        assert [line.row.consume.minor for line in page_of(records).lines] == [700]


def test_the_chart_shows_the_largest_and_adds_up_the_rest(customer):
    for place in range(8):
        charge(customer, 100 * (place + 1), service_type=f"service-{place}")
    charge(customer, 50, month=PRESENT.previous(), service_type="service-0")
    with as_reader(as_customer(customer)) as reader:
        chart = page_of(reader.get("consumption", by="service")).chart
        assert len(chart["series"]) == 7 and chart["series"][0]["name"] == "service-7"
        assert chart["series"][-1]["values"][-2:] == ["0.50", "3.00"], "services 0 and 1 stand together"
        assert sum(Decimal(one["values"][-1]) for one in chart["series"]) == Decimal("36.00")
        by_means = page_of(reader.get("consumption", by="means"))
        assert [(line.name, str(line.row.money("consume"))) for line in by_means.lines] == [
            ("Cash", "36.50 CNY")
        ]


def test_nobody_sees_what_was_consumed_with_another(partner, customer, db):
    """Neither on a page nor in a file nor by asking for it; a customer that moved is in each partner's part."""
    stranger, distributor = make_solution_provider(), make_distributor()
    reseller = make_reseller(distributor)
    theirs, below = make_customer(stranger), make_customer(reseller)
    secret = charge(theirs, 77777)
    charge(customer, 11111)
    charge(customer, 33333, partner_id=stranger.pk)
    charge(below, 55555, distributor_id=distributor.pk)
    sums = {partner.pk: 11111, stranger.pk: 111110, distributor.pk: 55555, reseller.pk: 55555}
    for who in (partner, stranger, distributor, reseller):
        with as_reader(as_partner(who)) as reader:
            assert page_of(reader.get("bill")).whole.amounts.get("consume", 0) == sums[who.pk]
            expected = 200 if who is stranger else 404
            assert reader.get("fee-record", row=secret).status_code == expected
            assert reader.client.get(f"/console/bill/pdf/?customer={theirs.pk}").status_code == expected
            for page in PAGES:
                shown = reader.get(page, customer=theirs.pk, by="customer").content.decode()
                assert who is stranger or "777.77" not in shown, page
    with as_reader(as_customer(customer)) as reader:
        assert page_of(reader.get("bill")).whole.amounts["consume"] == 44444
        assert reader.get("fee-record", row=secret).status_code == 404
        assert reader.client.get(f"/console/bill/pdf/?customer={theirs.pk}").status_code == 200, "its own"


def test_nonsense_in_the_address_is_survived_and_shows_nothing_more(customer):
    charge(customer, 700)
    names = {one.name for page in PAGES for one in getattr(REGISTRY[page], "filters", ())}
    with as_reader(as_customer(make_customer(make_solution_provider()))) as reader:
        for value in ("x", "'", "\x00", "-1", "2026-13", "9999-12", "9" * 40, "ü" * 300, "ＮａＮ", "1e400"):
            asked = dict.fromkeys([*names, "page", "per", "sort", "embed"], value)
            for page in PAGES:
                answer = reader.get(page, **asked)
                assert answer.status_code == 200 and "7.00" not in answer.content.decode(), (page, value)
            assert reader.client.get("/console/bill/pdf/", {"month": value}).status_code == 404


def test_an_adjustment_is_proposed_by_one_and_approved_by_another(customer):
    """A wrong customer, no amount and one's own proposal are refused; a rejection needs an opinion."""
    wen, bo = replace(as_staff(), name="Wen", user_id=None), replace(as_staff(), name="Bo", user_id=None)
    facts = {
        "customer": customer.account.name,
        "bill_type": "9",
        "amount": "12.50",
        "reason": "Outage of 3 March",
    }
    with as_reader(wen) as reader:
        for wrong in (
            {"customer": "nobody"},
            {"amount": "0"},
            {"amount": "1.005"},
            {"reason": " "},
            {"bill_type": "5"},
        ):
            assert reader.post("propose-adjustment", **{**facts, **wrong}).status_code == 200
        assert not FeeAdjustment.objects.exists()
        for _time in range(2):
            assert reader.post("propose-adjustment", **facts).status_code == 302
        first, second = FeeAdjustment.objects.order_by("pk")
        reader.post("fee-adjustment", of=first, deed="approve", row=first.pk)
        first.refresh_from_db()
        assert first.state is AdjustmentState.PROPOSED, "nobody approves what they propose"
    with as_reader(bo, "zh-hans") as reader:
        reader.post("fee-adjustment", of=first, deed="approve", row=first.pk, opinion="ok")
        reader.post("fee-adjustment", of=second, deed="reject", row=second.pk, opinion="")
        second.refresh_from_db()
        assert second.state is AdjustmentState.PROPOSED
        reader.post("fee-adjustment", of=second, deed="reject", row=second.pk, opinion="twice")
        assert len(page_of(reader.get("fee-adjustments")).lines) == 2
    assert FeeRecord.objects.get().consume == Money(-1250, "CNY")
    with as_reader(as_customer(customer)) as reader:
        assert figures(reader.get("bill"))["Adjustments"] == "−12.50"
        for page in ("fee-adjustments", "propose-adjustment"):
            assert reader.get(page).status_code == 403


def test_a_partner_abroad_repays_its_bill_and_sees_nobody_elses(db):
    with clock.at(beijing(2026, 3, 5, 10)):
        partner = make_solution_provider(site="intl", settlement=Settlement.POSTPAID)
        other = make_solution_provider(site="intl")
        account = partner.account
        grant_credit(as_staff(), account=account, limit=Money.of("100", "USD"))
        customer = make_customer(partner)
        total = group_total(customer, "30", service_type="hws.service.type.ec2")
        month = BillMonth.of(clock.now())
        charge_usage(OPERATOR, customer_id=customer.pk, month=month, totals=[total], rated_at=clock.now())
    with clock.at(beijing(2026, 4, 5, 11)):
        issue_partner_bills(OPERATOR, month=month)
        bill = PartnerBill.objects.get(partner=partner)
        adjust_balance(as_staff(), account=account, amount=Money.of("20", "USD"), memo="test")
        with as_reader(as_partner(partner)) as reader:
            assert figures(reader.get("partner-bills"))["Amount due"] == "30.00"
            assert "Repay" in reader.get("partner-bill", row=bill).content.decode()
            reader.post("repay-bill", of=bill, amount="50")
            bill.refresh_from_db()
            assert not bill.repaid, "more than is due"
            reader.post("repay-bill", of=bill, amount="12.34")
            assert figures(reader.get("partner-bills"))["Amount due"] == "17.66"
            assert len(page_of(reader.get("repayments")).lines) == 1
            assert len(page_of(reader.get("invoices")).lines) == 1
        with as_reader(as_partner(other)) as reader:
            assert not page_of(reader.get("partner-bills")).lines
            for page in ("partner-bill", "repay-bill"):
                assert reader.get(page, row=bill).status_code == 404
        with as_reader(as_partner(make_solution_provider())) as reader:
            assert reader.get("partner-bills").status_code == 403, "nobody is on credit here"
