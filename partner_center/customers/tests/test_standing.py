"""How customers stand: what the list shows and is filtered by, the panels of one, and the partner's tags."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partner_center.billing.actions.charging import charge_usage
from partner_center.billing.makers import group_total
from partner_center.billing.reading.owed import used_of
from partner_center.catalogue.makers import make_product
from partner_center.channel.actions.alerts import find_alerts
from partner_center.channel.actions.alerts_budgets import mark_budget
from partner_center.customers.actions import freeze_customer_with_resources, rename_label, set_budget
from partner_center.customers.console.standing import budgets_listed, thawing_soon, used_of_budget
from partner_center.customers.makers import make_customer
from partner_center.customers.models import Budget, Customer
from partner_center.foundation.actor import Actor
from partner_center.foundation.models import TrailEntry
from partner_center.funds.makers import make_allocation, make_money
from partner_center.identity.door import actor_of
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.kernel.period import BillMonth
from partner_center.partners.errors import NotAPartner
from partner_center.partners.makers import (
    as_partner,
    as_staff,
    make_account_manager,
    make_solution_provider,
    make_vendor,
)
from partner_center.partners.models import Partner
from partner_center.subscriptions.makers import make_lease
from partner_center.subscriptions.models import Resource
from tests.pages import as_reader

SYSTEM = Actor.system("tests")
NOW = datetime(2026, 11, 10, 4, tzinfo=UTC)


@pytest.fixture
def partner(db: None) -> Partner:
    return make_solution_provider()


def use(customer: Customer, amount: str, month: str) -> None:
    moment = BillMonth.parse(month).period.start + timedelta(days=5)
    with clock.at(moment):
        total = group_total(customer, amount)
        charge_usage(
            SYSTEM, customer_id=customer.pk, month=BillMonth.parse(month), totals=[total], rated_at=moment
        )


def listed(reader: Any, **query: Any) -> list[str]:
    answer = reader.get("customers", **query)
    assert answer.status_code == 200
    return [line.row.pk for line in answer.context["page"].lines]


def test_the_list_shows_and_filters_spending_expiry_alerts_and_managers(partner: Partner) -> None:
    manager = make_account_manager(partner, name="Lin")
    rich, poor = make_customer(partner, manager=manager, label="North"), make_customer(partner, label="south")
    make_money(partner, "500.00")
    make_allocation(rich, "300.00")
    use(rich, "100.00", "2026-10")
    use(rich, "40.00", "2026-11")
    with clock.at(NOW):
        product = make_product("s6.small.1.linux", month="100.00")
        lease = make_lease(rich, product)
        Resource.objects.filter(pk=lease.pk).update(expires_at=NOW + timedelta(days=10))
        find_alerts(SYSTEM, customer_ids=[rich.pk, poor.pk])
        with as_reader(as_partner(partner)) as reader:
            page = reader.get("customers").content.decode()
            assert "160.00 <small>CNY" in page and "40.00 <small>CNY" in page
            assert listed(reader, sort="-spent")[0] == rich.pk
            for query, found in (
                ({"spent_from": "40"}, [rich.pk]),
                ({"spent_to": "39.99"}, [poor.pk]),
                ({"due": "15"}, [rich.pk]),
                ({"due": "7"}, []),
                ({"in_charge": str(manager.pk)}, [rich.pk]),
                ({"in_charge": "nobody"}, [poor.pk]),
                ({"label": "ort"}, [rich.pk]),
                ({"label": "north"}, []),
                ({"tag": "south"}, [poor.pk]),
            ):
                assert listed(reader, **query) == found, query
            detail = reader.get("customer", row=rich).content.decode()
        assert "In 15 days" in detail and "2026-11" in detail and "Consumption by cloud service" in detail
        with as_reader(actor_of(manager)) as reader:
            assert listed(reader) == [rich.pk]
            assert reader.get("customer", row=poor).status_code == 404


def test_what_is_left_of_a_budget_is_the_same_everywhere(db: None) -> None:
    partner = make_solution_provider(site="intl")
    monthly, once, none = (make_customer(partner) for _each in range(3))
    owner = as_partner(partner)
    with clock.at(BillMonth.parse("2026-10").period.start):
        set_budget(owner, customer=once, amount=Money.of("100", "USD"), budget_type="package")
        set_budget(owner, customer=monthly, amount=Money.of("100", "USD"))
    for customer in (monthly, once):
        use(customer, "30.00", "2026-09")
        use(customer, "20.00", "2026-10")
        use(customer, "55.00", "2026-11")
    with clock.at(NOW):
        expected = {monthly.pk: "55.00 USD", once.pk: "75.00 USD"}
        assert {key: str(value) for key, value in used_of(Budget.objects.all()).items()} == expected
        assert {one.customer_id: str(used_of_budget(one)) for one in budgets_listed(owner)} == expected
        for customer in (monthly, once):
            mark_budget(SYSTEM, customer=customer)
        with as_reader(owner) as reader:
            page = reader.get("customers").content.decode()
            assert "45.00 <small>USD" in page and "25.00 <small>USD" in page
            assert listed(reader, budget="75") == [once.pk]
            assert listed(reader, budget="90") == []
            assert set(listed(reader)) == {monthly.pk, once.pk, none.pk}
            assert "55" in reader.get("budgets").content.decode()
    with clock.at(BillMonth.parse("2026-12").period.start), as_reader(owner) as reader:
        assert listed(reader, budget="75") == [once.pk], "a one-time budget does not begin anew"


def test_the_list_asks_the_same_number_of_questions_however_many_customers_there_are(
    partner: Partner,
) -> None:
    def questions() -> int:
        with (
            as_reader(as_partner(partner)) as reader,
            CaptureQueriesContext(
                connection,
            ) as asked,
        ):
            listed(reader)
        return len(asked)

    make_customer(partner)
    questions()
    one = questions()
    for _each in range(4):
        make_customer(partner, manager=make_account_manager(partner), label="x")
    assert questions() == one


def test_tags_are_counted_renamed_and_merged_within_ones_own(partner: Partner) -> None:
    manager, stranger = make_account_manager(partner), make_solution_provider()
    mine = make_customer(partner, label="Retail", manager=manager)
    other, theirs = make_customer(partner, label="Retail"), make_customer(stranger, label="Retail")

    def tags() -> dict[str, str]:
        return dict(Customer.objects.values_list("pk", "label"))

    with as_reader(as_partner(partner)) as reader:
        page = reader.get("customer-tags").content.decode()
        assert "Retail" in page and "tag=Retail" in page
        assert rename_label(actor_of(manager), label="Retail", new="Shops") == 1
        assert tags() == {mine.pk: "Shops", other.pk: "Retail", theirs.pk: "Retail"}
        answer = reader.post("rename-customer-tag", label="Retail", new=" Shops ")
        assert answer.status_code == 302
    assert tags() == {mine.pk: "Shops", other.pk: "Shops", theirs.pk: "Retail"}
    assert TrailEntry.objects.filter(verb="customers.set_label", about_id=other.pk).exists()
    with pytest.raises(NotAPartner):
        rename_label(as_staff(make_vendor()), label="Shops", new="")
    assert rename_label(as_partner(partner), label="Shops", new="") == 2
    assert set(tags().values()) == {"", "Retail"}


def test_a_partner_is_reminded_in_the_last_days_in_which_it_can_unfreeze_resources(db: None) -> None:
    partner = make_solution_provider(site="intl")
    customer = make_customer(partner, budget="100")
    with clock.at(NOW):
        freeze_customer_with_resources(as_partner(partner), customer=customer, reason="overdue")
    for days, found in ((9.9, 0), (10, 1), (14.9, 1), (15, 0)):
        with clock.at(NOW + timedelta(days=days)):
            assert thawing_soon(as_partner(partner)).count() == found, days
