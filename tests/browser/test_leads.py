"""Winning a customer in Chromium: a partner generates a link, somebody registers by it on a telephone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from partner_center.channel.models import CustomerReport, Invitation, InviteLink
from partner_center.customers.models import Customer
from partner_center.foundation.models import OutboxMessage
from partner_center.identity.actions import describe_account
from partner_center.partners.makers import as_staff
from tests.browser.conftest import PASSWORD, PATIENCE, Market, Visitor
from tests.server import LiveServer

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]


def test_a_link_leads_a_stranger_with_a_telephone_to_its_partner(
    market: Market, visit: Visit, chromium: Any, live_server: LiveServer
) -> None:
    page = visit("harbour-solutions").open("invite-links/custom/").page
    page.select_option("[name=association_type]", "resale")
    page.fill("[name=label]", "Spring fair")
    page.click("main .pc-submit")
    page.wait_for_selector("img.pc-qr")
    assert page.evaluate("document.querySelector('img.pc-qr').naturalWidth") > 100
    address = page.inner_text(".pc-once").strip()
    path = address[address.index("/console/") :]

    window = chromium.new_context(viewport={"width": 390, "height": 800})
    window.set_default_timeout(PATIENCE)
    stranger = Visitor(window.new_page(), live_server.url)
    phone = stranger.page
    phone.goto(live_server.url + path)
    assert "invites you to become its customer" in stranger.text() and not stranger.overflows()
    phone.click("text=Register and associate")
    phone.fill("[name=mobile]", "13712345678")
    phone.click("text=Send a code")
    phone.wait_for_selector("text=A code was sent")
    phone.fill("[name=code]", _latest_code())
    phone.fill("[name=name]", "rose-works")
    phone.fill("[name=password]", PASSWORD)
    assert not stranger.overflows()
    _tick_all(phone)
    phone.click("main .btn-primary")
    phone.wait_for_url("**/accept/")
    _tick_all(phone)
    phone.click("main .btn-primary")
    phone.wait_for_selector("text=Agree to the resale model")
    phone.click("[name=agreed]")
    phone.wait_for_url("**/joined/")
    assert "Real-name authentication is still missing" in stranger.text() and not stranger.overflows()
    window.close()

    customer = Customer.objects.get(account__name="rose-works")
    assert customer.partner == market.provider and customer.label == "Spring fair"
    link = InviteLink.objects.get()
    assert (link.visits, link.registrations, link.associations) == (1, 1, 1)


def test_a_customer_is_reported_and_invited_in_the_row(market: Market, visit: Visit) -> None:
    describe_account(
        as_staff(market.vendor),
        account=market.provider.account,
        mobile="13900000001",
        email="sales@harbour.example",
    )
    harbour = visit("harbour-solutions")
    page = harbour.open("reports/new/").page
    page.fill("[name=company_name]", "Rose Works Ltd")
    page.fill("[name=mobile]", "13712345678")
    page.click("main .pc-submit")
    page.wait_for_selector("text=Not invited yet.")

    page.click(".pc-head-actions >> text=Add or change the e-mail address")
    page.wait_for_selector("#dialog[open]")
    page.fill("#dialog [name=email]", "it@rose.example")
    page.click("#dialog .pc-submit")
    page.wait_for_selector(".pc-toast")
    harbour.settled()
    page.click(".pc-head-actions >> text=Invite")
    page.wait_for_selector("text=The mail:")
    page.select_option("[name=association_type]", "referral")
    page.click("main .pc-submit")
    page.wait_for_selector(".pc-toast")

    assert Invitation.objects.get().report == CustomerReport.objects.get()
    assert OutboxMessage.objects.filter(template="channel.invitation").count() == 1


def _tick_all(page: Any) -> None:
    for box in page.query_selector_all("main input[type=checkbox]"):
        box.check()


def _latest_code() -> str:
    message = OutboxMessage.objects.filter(template="identity.code").order_by("-id").first()
    assert message is not None
    found = re.search(r"\d{6}", message.body)
    assert found is not None
    return found[0]
