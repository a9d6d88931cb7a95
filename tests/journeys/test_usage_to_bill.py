"""Months of a small cloud: usage arrives, packages run out, prices change, money ends and comes again, months close."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from partner_center.billing.actions.adjusting import approve_adjustment, propose_adjustment
from partner_center.billing.actions.partner_bills import record_repayment
from partner_center.billing.models import (
    BillRun,
    BillRunState,
    BillType,
    FeeRecord,
    Invoice,
    PartnerBill,
    PartnerBillState,
)
from partner_center.billing.runs import rated
from partner_center.billing.tests.running import House, beijing, deliver, make_house, publish
from partner_center.catalogue.makers import make_product
from partner_center.catalogue.models import PackageKind, Renews
from partner_center.customers.makers import as_customer, make_customer
from partner_center.customers.models import Customer
from partner_center.foundation.actor import Actor
from partner_center.foundation.jobs import run_due
from partner_center.funds.makers import cash_of, make_allocation, make_credit, make_money
from partner_center.funds.queries import balances_of
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.kernel.period import BillMonth
from partner_center.metering.makers import make_package_product
from partner_center.metering.models import Package, PackageState
from partner_center.orders.actions import unsubscribe
from partner_center.orders.makers import make_paid_order, resource_of, wish_for
from partner_center.partners.makers import as_partner, make_solution_provider
from partner_center.partners.models import Settlement
from partner_center.subscriptions.makers import make_on_demand
from partner_center.subscriptions.models import OnDemandResource, OnDemandState
from tests.calling import call
from tests.journeys.identities import every_identity_holds, lines

JANUARY, FEBRUARY = BillMonth(2026, 1), BillMonth(2026, 2)


@pytest.fixture
def house(db, tmp_path, settings) -> House:
    """Its jobs know since the night of 2 January what they have done."""
    settings.PARTNER_CENTER_RATING_ENGINE = rated.PLAIN
    house = make_house(tmp_path, settings)
    at(2026, 1, 2)
    return house


def at(*moment: int) -> None:
    """Go there and do what is due, and an hour later what is charged of it."""
    for later in (timedelta(0), timedelta(hours=1)):
        with clock.at(beijing(*moment) + later):
            run_due()


def close(month: BillMonth) -> None:
    """The night and the morning of the 3rd, as the jobs have them; every check of the run holds."""
    following = month.next()
    for hour, minute in ((2, 5), (8, 5)):
        at(following.year, following.month, 3, hour, minute)
    run = BillRun.objects.of_month(month).closing().get()
    assert run.state is BillRunState.POSTED, (run.trouble, [one for one in run.checks if not one["ok"]])
    assert all(one["ok"] for one in run.checks)
    assert not run.parked.exists()
    every_identity_holds(month)


def use(house: House, customer: Customer, month: int, days: Any, hours: int, *, on: datetime) -> None:
    """The customer's server ran `hours` from eight o'clock on these days; the platform says so on `on`."""
    with clock.at(on):
        deliver([house.use(customer, beijing(2026, month, day, 8), hours) for day in days])


def charged(customer: Customer, month: BillMonth) -> Money:
    return Money(
        FeeRecord.objects.of_month(month).filter(customer=customer).sums("consume")["consume"], "CNY"
    )


def yuan(text: str) -> Money:
    return Money.of(text, "CNY")


def test_a_package_runs_out_and_a_price_changes_in_the_middle_of_a_month(house, settings):
    settings.PARTNER_CENTER_RATING_ENGINE = "duckdb"
    lin = house.lin
    with clock.at(beijing(2026, 1, 5, 10)):
        monthly = make_package_product(
            house.server, quantities=("60",), renews=Renews.MONTH, valid=("month", 2), price="9.00"
        )
        once = make_package_product(
            house.server, spec="once", quantities=("25.5",), valid=("month", 2), price="4.00", priority=50
        )
        term = {"period_type": 2, "period_num": 2}
        make_paid_order(lin, wishes=[wish_for(monthly, **term), wish_for(once, **term)])
        publish(house.server, "0.40", begins_at=beijing(2026, 1, 15))
        run_due()
    assert charged(lin, JANUARY) == yuan("13.00")

    use(house, lin, 1, (3, 6, 8, 10, 12, 14, 16, 18, 20, 22), 10, on=beijing(2026, 1, 23, 9))
    at(2026, 1, 23, 10, 30)
    every_identity_holds(JANUARY)
    assert charged(lin, JANUARY) == yuan("16.80"), (
        "ten hours before the package at 0.20, 4.5 after it at 0.40"
    )
    assert {one.state for one in Package.objects.all()} == {PackageState.USED_UP}

    asked = {"deduct_time_begin": "2026-01-01", "deduct_time_end": "2026-01-31", "limit": 100}
    path = "/v2/bills/customer-bills/free-resources-usage-records"
    told = call(lin.account, "GET", path, **asked).json()
    assert told["total_count"] == 10
    records = told["free_resource_records"]
    assert [one["used_amount"] for one in records] == ["10", "10", "4.5", "5.5", *["10"] * 5, "5.5"]
    assert (records[0]["available_amount"], records[0]["remaining_amount"]) == ("25.5", "15.5")
    assert (records[-1]["available_amount"], records[-1]["remaining_amount"]) == ("5.5", "0")
    first, last = call(lin.account, "GET", path, **asked | {"limit": 1}).json(), records[-1]
    assert (first["total_count"], first["free_resource_records"]) == (10, records[:1])
    narrowed = call(lin.account, "GET", path, **asked, free_resource_id=last["free_resource_id"]).json()
    assert narrowed["total_count"] == 7
    assert call(lin.account, "GET", path, **asked | {"offset": 10}).json()["free_resource_records"] == []
    assert call(house.solo.account, "GET", path, **asked).json()["total_count"] == 0
    refused = call(lin.account, "GET", path, **asked | {"deduct_time_end": "2026-04-02"})
    assert (refused.status_code, refused.json()["error_code"]) == (400, "CBC.0100")

    use(house, lin, 1, (30,), 5, on=beijing(2026, 2, 1, 9))
    at(2026, 2, 1, 10, 30)
    assert {one.product.spec: one.state for one in Package.objects.select_related("product")} == {
        monthly.spec: PackageState.EFFECTIVE,
        once.spec: PackageState.USED_UP,
    }
    close(JANUARY)
    assert charged(lin, JANUARY) == yuan("18.80")

    use(house, lin, 1, (31,), 5, on=beijing(2026, 2, 4, 9))
    use(house, lin, 2, (2, 3), 20, on=beijing(2026, 2, 4, 10))
    at(2026, 2, 4, 11, 30)
    late, *covered = lines(lin, FEBRUARY)
    assert (late.amount, late.package_usage) == (Decimal("2.00"), 0), "January's package is empty"
    assert [(one.amount, one.package_usage) for one in covered] == [(0, 20), (0, 20)]
    at(2026, 2, 20, 12)
    close(FEBRUARY)
    assert (charged(lin, JANUARY), charged(lin, FEBRUARY)) == (yuan("18.80"), yuan("2.00"))


def test_an_account_falls_into_arrears_and_recovers(house):
    mei = house.mei
    distributor = house.reseller.distributor
    assert distributor is not None
    server = OnDemandResource.objects.filter(customer=mei)
    use(house, mei, 1, (3, 5, 10), 10, on=beijing(2026, 1, 11, 9))
    at(2026, 1, 11, 10, 30)
    (record,) = FeeRecord.objects.filter(customer=mei)
    assert (record.consume, record.debt, record.status) == (yuan("6.00"), yuan("6.00"), record.status)
    assert server.get().state is OnDemandState.GRACE
    every_identity_holds(JANUARY)

    with clock.at(beijing(2026, 1, 12, 9)):
        make_money(distributor, "100.00")
        make_allocation(house.reseller, "50.00")
        make_allocation(mei, "4.00")
        run_due()
    record.refresh_from_db()
    assert (record.debt, record.writeoff, cash_of(mei)) == (yuan("2.00"), yuan("4.00"), yuan("0.00"))
    assert server.get().state is OnDemandState.GRACE
    with clock.at(beijing(2026, 1, 12, 10)):
        make_allocation(mei, "5.00")
        run_due()
    record.refresh_from_db()
    assert (record.debt, record.writeoff, cash_of(mei)) == (yuan("0.00"), yuan("6.00"), yuan("3.00"))
    assert server.get().state is OnDemandState.NORMAL
    every_identity_holds(JANUARY)

    use(house, mei, 1, (13,), 20, on=beijing(2026, 1, 14, 9))
    at(2026, 1, 14, 10, 30)
    assert FeeRecord.objects.filter(customer=mei).sums("cash", "debt", "writeoff") == {
        "cash": 300,
        "debt": 100,
        "writeoff": 600,
    }
    close(JANUARY)
    assert server.get().state is OnDemandState.FROZEN, "grace is over"
    with clock.at(beijing(2026, 2, 4, 9)):
        make_allocation(mei, "1.00")
        run_due()
    assert server.get().state is OnDemandState.NORMAL
    assert charged(mei, JANUARY) == yuan("10.00")
    every_identity_holds(JANUARY)


def test_a_refund_and_an_adjustment_cross_a_month(house):
    solo = house.solo
    with clock.at(beijing(2026, 1, 20, 10)):
        bought = make_paid_order(solo, wishes=[wish_for(house.server, period_num=2)])
        use(house, solo, 1, (20, 21), 10, on=beijing(2026, 1, 22, 9))
    at(2026, 1, 22, 11)
    close(JANUARY)
    assert charged(solo, JANUARY) == yuan("204.00")
    closed = list(FeeRecord.objects.of_month(JANUARY).order_by("pk").values_list("number", "consume"))

    proposer, approver = (Actor.system(name) for name in ("first clerk", "second clerk"))
    with clock.at(beijing(2026, 2, 10, 10)):
        unsubscribe(as_customer(solo), resources=[resource_of(bought)], kind=1)
        run_due()
        proposed = propose_adjustment(
            proposer,
            customer=solo,
            bill_type=BillType.COMPENSATION,
            amount=yuan("1.50"),
            reason="The server was slow",
            about_month=str(JANUARY),
        )
        approve_adjustment(approver, adjustment=proposed)
        run_due()
    records = FeeRecord.objects.of_month(FEBRUARY).filter(customer=solo)
    back = {BillType(one.bill_type): one.consume for one in records}
    assert back[BillType.COMPENSATION] == yuan("-1.50")
    refund = sum((one for kind, one in back.items() if kind is not BillType.COMPENSATION), yuan("0.00"))
    assert yuan("-200.00") < refund < yuan("0.00")
    assert cash_of(solo) == yuan("1000.00") - charged(solo, JANUARY) - charged(solo, FEBRUARY)
    every_identity_holds(FEBRUARY)
    close(FEBRUARY)
    assert list(FeeRecord.objects.of_month(JANUARY).order_by("pk").values_list("number", "consume")) == closed


def test_reserved_hours_are_marked_and_the_rest_is_paid(house, settings):
    settings.PARTNER_CENTER_RATING_ENGINE = "duckdb"
    lin = house.lin
    with clock.at(beijing(2026, 1, 5, 10)):
        reserved = make_package_product(
            house.server,
            spec="reserved",
            kind=PackageKind.RESERVED,
            renews=Renews.HOUR,
            quantities=("1",),
            valid=("month", 1),
            price="50.00",
        )
        make_paid_order(lin, wishes=[wish_for(reserved)])
        (paid,) = _recorded(lin)
    assert (paid.charging_mode, paid.consume) == (10, yuan("50.00"))
    with clock.at(beijing(2026, 1, 6, 12)):
        deliver([house.use(lin, beijing(2026, 1, 6, hour), 1) for hour in range(8, 12)])
        deliver([house.use(lin, beijing(2026, 1, 5, 23), 2)])
    at(2026, 1, 6, 13, 30)
    told = [line for line in lines(lin, JANUARY) if line.is_usage]
    assert [(one.mark, one.charging_mode, one.amount) for one in told] == [
        ("reserved", 3, Decimal("0.20")),
        *[("reserved", 10, Decimal(0))] * 4,
    ]
    close(JANUARY)


def test_a_month_closes_and_the_partner_on_credit_settles_it(house):
    with clock.at(beijing(2026, 1, 3)):
        partner = make_solution_provider(site="intl", settlement=Settlement.POSTPAID)
        make_credit(partner, "100.00")
        one, other = (make_customer(partner, budget="1000") for _ in range(2))
        server = make_product("c6.abroad", currency="USD", hour="0.30", begins_at=beijing(2026, 1, 3))
        for customer in (one, other):
            house.vms[customer.pk] = make_on_demand(customer, server)
    for customer, days in ((one, (5, 6)), (other, (7,))):
        use(house, customer, 1, days, 10, on=beijing(2026, 1, 8, 9))
    at(2026, 1, 8, 10, 30)
    assert balances_of(partner.pk).credit_used == usd("9.00"), "resale customers spend their partner's credit"
    close(JANUARY)

    at(2026, 2, 5, 11, 5)
    bill = PartnerBill.objects.get(partner=partner, month=str(JANUARY))
    assert (bill.consume, bill.due) == (usd("9.00"), usd("9.00"))
    told = sum((line.amount for customer in (one, other) for line in lines(customer, JANUARY)), Decimal(0))
    assert bill.consume.decimal == told, "the partner's bill is its customers' lines"
    assert Invoice.objects.get().amount == bill.initial_due
    with clock.at(beijing(2026, 2, 6, 9)):
        make_money(partner, "20.00")
        record_repayment(as_partner(partner), bill=bill, amount=usd("4.00"))
        record_repayment(as_partner(partner), bill=bill, amount=usd("5.00"))
    bill.refresh_from_db()
    assert (bill.state, bill.repaid) == (PartnerBillState.PAID, usd("9.00"))
    balances = balances_of(partner.pk)
    assert (balances.credit_used, balances.cash) == (usd("0.00"), usd("11.00"))
    every_identity_holds(JANUARY)


def usd(text: str) -> Money:
    return Money.of(text, "USD")


def _recorded(customer: Customer) -> list[FeeRecord]:
    run_due()
    return list(FeeRecord.objects.filter(customer=customer))
