"""An account manager in Chromium: from the to-do to the alert, and its customer's page on a telephone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from partner_center.channel.actions.alerts import find_alerts
from partner_center.channel.models.alerts import AlertState, CustomerAlert
from partner_center.customers.actions import assign_manager
from partner_center.foundation.actor import Actor
from partner_center.funds.makers import make_usage
from partner_center.identity.actions import set_password
from partner_center.partners.makers import as_partner, as_staff, make_account_manager
from tests.browser.conftest import PASSWORD, Market, Visitor

pytestmark = pytest.mark.browser


def test_a_manager_handles_the_alert_of_its_customer(market: Market, visit: Callable[..., Visitor]) -> None:
    manager = make_account_manager(market.provider, "harbour-sales", name="Harbour Sales")
    set_password(as_staff(market.vendor), user=manager, password=PASSWORD)
    assign_manager(as_partner(market.provider), customer=market.resale, manager=manager)
    make_usage(market.resale, "30.00")
    find_alerts(Actor.system("tests"), customer_ids=[market.resale.pk])

    sales = visit("harbour-sales")
    page = sales.page
    page.click("text=Customer alerts to handle")
    page.wait_for_selector("text=It owes 30.00 CNY.")
    page.check("tbody input[name=row]")
    page.click("[data-batches] button:has-text('Handle')")
    page.wait_for_selector("#dialog[open]")
    page.select_option("#dialog [name=result]", "solved")
    page.fill("#dialog [name=note]", "Called them")
    page.click("#dialog .pc-submit")
    page.wait_for_selector("#dialog .pc-said")
    alert = CustomerAlert.objects.get()
    assert (alert.state, alert.note, alert.handled_by_id) == (AlertState.HANDLED, "Called them", manager.pk)

    narrow = visit("harbour-sales", language="zh-hans", width=390)
    narrow.open(f"customers/{market.resale.pk}/")
    assert not narrow.overflows()
    assert not narrow.open("customer-alerts/").overflows()
    assert not narrow.open("customers/").overflows()
