"""Bill runs through the native API, the console and the command line; price simulations."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from partner_center.billing.models import BillRun, BillRunState, FeeRecord, ParkedState, Rating, RatingState
from partner_center.billing.runs import begun, rated, schedule
from partner_center.billing.runs.actions import open_run, simulate
from partner_center.billing.runs.working import carry_on
from partner_center.billing.tests.running import OPERATOR, House, beijing, deliver, make_house
from partner_center.catalogue.actions import PriceEntry, draft_prices
from partner_center.catalogue.models import PriceDraft, UsageType
from partner_center.customers.makers import as_customer
from partner_center.kernel import clock
from partner_center.partners.makers import as_partner, as_staff, make_vendor
from partner_center.project.cli import main
from tests.calling import call
from tests.pages import as_reader

NIGHT = beijing(2026, 4, 3, 2)
RUNS = "/api/v1/bill-runs"


@pytest.fixture
def house(db, tmp_path, settings) -> House:
    settings.PARTNER_CENTER_RATING_ENGINE = rated.PLAIN
    house = make_house(tmp_path, settings)
    with clock.at(beijing(2026, 3, 25)):
        disk = house.add_disk(house.mei)
        deliver([house.use(one, beijing(2026, 3, 10, 8), 10) for one in house.customers])
        deliver([house.use(house.mei, beijing(2026, 3, 11, 8), 5, of=disk)])
    return house


def test_an_operator_bills_a_month_through_the_api(house):
    vendor = make_vendor()
    with clock.at(NIGHT):
        opened = call(vendor, "POST", RUNS, bill_cycle="2026-03", post=False)
        assert opened.status_code == 201
        run = opened.json()
        assert (run["bill_cycle"], run["status"], run["closes_month"]) == ("2026-03", "checked", True)
        assert all(set(one) == {"name", "ok", "detail"} and one["ok"] for one in run["checks"])
        assert run["parked"] == [
            {
                "customer_id": house.mei.pk,
                "reason": "unrated",
                "amount_at_stake": 4,
                "currency": "CNY",
                "status": "parked",
                "decision": "",
            }
        ]
        assert not FeeRecord.objects.exists()

        posted = call(vendor, "POST", f"{RUNS}/{run['id']}/post").json()
        assert posted["status"] == "posted" and posted["posted_time"] == "2026-04-02T18:00:00Z"
        assert call(vendor, "POST", f"{RUNS}/{run['id']}/post").status_code == 400
        waived = call(
            vendor, "POST", f"{RUNS}/{run['id']}/parked/{house.mei.pk}/waive", reason="A gift of the house"
        )
        assert waived.json()["status"] == "waiving"
        schedule.open_supplements()
        schedule.carry_runs_on()

        listed = call(vendor, "GET", RUNS, bill_cycle="2026-03").json()
        assert [(one["number"], one["status"]) for one in listed["bill_runs"]] == [
            (2, "posted"),
            (1, "posted"),
        ]
        shown = call(vendor, "GET", f"{RUNS}/{run['id']}").json()
        assert shown["parked"][0]["status"] == "billed"
        assert shown["comparison"]["month"]["totals"] == [{"currency": "CNY", "before": 0, "after": 600}]
    assert sum(row.consume.minor for row in FeeRecord.objects.all()) == 600


def test_by_itself_it_goes_on_to_the_posting_and_a_large_month_is_left_to_the_background(house, monkeypatch):
    vendor = make_vendor()
    monkeypatch.setattr(begun, "SMALL", 0)
    with clock.at(NIGHT):
        opened = call(vendor, "POST", RUNS, bill_cycle="2026-03").json()
        assert (opened["status"], opened["checks"]) == ("open", [])
        assert schedule.next_run() == NIGHT
        schedule.carry_runs_on()
        assert schedule.next_run() is None
        assert call(vendor, "GET", f"{RUNS}/{opened['id']}").json()["status"] == "posted"


def test_what_is_wrong_is_said_and_strangers_see_nothing(house):
    vendor = make_vendor()
    with clock.at(NIGHT):
        for body in (
            {},
            {"bill_cycle": "2026-3"},
            {"bill_cycle": "2027-01"},
            {"bill_cycle": "2026-03", "x": 1},
        ):
            assert call(vendor, "POST", RUNS, **body).status_code == 400, body
        assert not BillRun.objects.exists()
        run = open_run(OPERATOR, month="2026-03")
        twice = call(vendor, "POST", RUNS, bill_cycle="2026-03")
        assert (twice.status_code, "unfinished" in twice.json()["error_msg"]) == (409, True)
        for path in ("999999", "x", "9" * 20):
            assert call(vendor, "GET", f"{RUNS}/{path}").status_code in (400, 404), path
        assert call(vendor, "POST", f"{RUNS}/{run.pk}/parked/{house.lin.pk}/retry").status_code == 404
        assert call(vendor, "POST", f"{RUNS}/{run.pk}/abandon").status_code == 400
        for who in (house.lin.account, house.provider.account):
            assert call(who, "GET", RUNS).status_code == 403
            assert call(who, "GET", f"{RUNS}/{run.pk}").status_code == 403
            assert call(who, "POST", RUNS, bill_cycle="2026-03").status_code == 403
            assert call(who, "POST", f"{RUNS}/{run.pk}/abandon", reason="mine").status_code == 403
        gone = call(vendor, "POST", f"{RUNS}/{run.pk}/abandon", reason="a trial").json()
        assert gone["status"] == "abandoned"
    assert not BillRun.objects.visible_to(as_customer(house.lin)).exists()
    assert not BillRun.objects.visible_to(as_partner(house.provider)).exists()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_staff_follow_a_run_in_the_console(house, language):
    with clock.at(NIGHT), as_reader(as_staff(), language) as reader:
        assert reader.get("new-bill-run").status_code == 200
        reader.post("new-bill-run", month="2026-03")
        run = BillRun.objects.get()
        waiting = reader.get("bill-run", row=run).content.decode()
        assert 'hx-trigger="every 2s"' in waiting
        carry_on(OPERATOR, run)
        page = reader.get("bill-run", row=run).content.decode()
        assert 'hx-trigger="every 2s"' not in page
        assert str(house.lin) in page and "6.00" in page
        assert "2026-03" in reader.get("bill-runs").content.decode()
        parked = run.parked.get()
        assert str(house.mei) in reader.get("parked-customers").content.decode()
        reader.post("parked-customers", deed="waive", row=parked.pk, reason="A gift")
        parked.refresh_from_db()
        assert (parked.state, parked.decision) == (ParkedState.WAIVING, "A gift")
        reader.post("bill-run", of=run, deed="abandon", row=run.pk, reason="A trial")
        run.refresh_from_db()
        assert run.state is BillRunState.ABANDONED
        run.trouble = "No space left"
        run.save(update_fields=["trouble"])
        assert "No space left" in reader.get("bill-run", row=run).content.decode()
    for stranger in (as_customer(house.lin), as_partner(house.provider)):
        with as_reader(stranger) as reader:
            for page in ("bill-runs", "parked-customers", "price-simulations", "new-bill-run"):
                assert reader.get(page).status_code in (403, 404), page


def doubled(house: House, name: str = "Twice as dear") -> PriceDraft:
    duration = UsageType.objects.get(resource_type=house.server.resource_type, code="Duration")
    later = beijing(2026, 12, 1)
    entry = PriceEntry(house.server, "on_demand", "CNY", later, Decimal("0.40"), usage_type=duration)
    return draft_prices(OPERATOR, name=name, prices=[entry])


def test_a_price_change_is_tried_on_a_month_that_was_billed(house):
    with clock.at(NIGHT):
        run = carry_on(OPERATOR, open_run(OPERATOR, month="2026-03", posts_itself=True))
        before = list(FeeRecord.objects.values_list("pk", "consume"))
        draft = doubled(house)
        with as_reader(as_staff()) as reader:
            reader.post("new-price-simulation", draft=draft.pk, month="2026-03")
            found = Rating.objects.get(kind="simulation")
            assert 'hx-trigger="every 2s"' in reader.get("price-simulation", row=found).content.decode()
            assert schedule.next_simulation() == NIGHT
            schedule.simulate()
            page = reader.get("price-simulation", row=found).content.decode()
            assert "Twice as dear" in reader.get("price-simulations").content.decode()
    found.refresh_from_db()
    assert (found.state, found.base.run) == (RatingState.READY, run)
    assert found.comparison["totals"] == [{"currency": "CNY", "before": 600, "after": 1200}]
    assert [(row["before"], row["after"]) for row in found.comparison["prices"]] == [
        ("0.2000000000", "0.4000000000")
    ]
    assert str(house.lin) in page and "12.00" in page
    assert list(FeeRecord.objects.values_list("pk", "consume")) == before, "nobody is charged by it"


def test_a_simulation_that_touches_no_usage_says_so(house):
    with clock.at(NIGHT):
        carry_on(OPERATOR, open_run(OPERATOR, month="2026-03"))
        draft = doubled(house, "Elsewhere")
        draft.prices.update(currency="USD")
        found = simulate(OPERATOR, draft=draft, month="2026-03")
        draft.prices.update(usage_type=None, product=house.server, charge_mode="package")
        schedule.simulate()
    found.refresh_from_db()
    assert found.state is RatingState.DISCARDED and "Elsewhere" in found.trouble
    assert schedule.next_simulation() is None


def test_the_command_line_bills_a_month(house, capsys):
    with clock.at(NIGHT):
        assert main(["bill-run", "2026-03", "--json"]) == 0
        said = json.loads(capsys.readouterr().out)
        assert (said["status"], said["parked"][0]["amount_at_stake"]) == ("checked", "4.00 CNY")
        assert main(["bill-run", "2026-03", "--post"]) == 0
        assert "Bill run 2026-03/1: posted" in capsys.readouterr().out
        assert main(["bill-run", "2026-03"]) == 1
        assert "has been billed" in capsys.readouterr().err
        assert main(["bill-run", "2027-03"]) == 1
        capsys.readouterr()
        assert main(["bill-run"]) == 0
        assert "posted, 1 parked await a decision" in capsys.readouterr().out
