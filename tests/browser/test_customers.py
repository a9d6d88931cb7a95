"""Partners and their customers in Chromium: asked, agreed, revoked; assigned and taken back; restricted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from partner_center.customers.lifecycles import AuthorisationState
from partner_center.customers.makers import make_customer
from partner_center.customers.models import Authorisation, Customer
from partner_center.identity.models import User
from partner_center.partners.makers import make_account_manager
from partner_center.partners.models import Partner, PartnerState
from tests.browser.conftest import Market, Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]


def test_a_partner_asks_and_the_customer_agrees_and_revokes(market: Market, visit: Visit) -> None:
    harbour = visit("harbour-solutions")
    harbour.open(f"customers/{market.resale.pk}/")
    page = harbour.page
    page.wait_for_selector("text=Nothing requested yet.")
    page.wait_for_timeout(500)
    assert "Customer ID" in harbour.text(), "embedded lists leave the page as it is"
    page.click(".pc-head-actions >> text=Request authorisation")
    page.wait_for_selector("#dialog[open]")
    page.check("#dialog [name=accepted]")
    page.click("#dialog .pc-submit")
    page.wait_for_selector(".pc-toast")
    assert Authorisation.objects.get().state is AuthorisationState.REQUESTED

    mei = visit("mei-design", language="zh-hans")
    assert "待处理的授权申请" in mei.text()
    mei.open("my-partner/")
    page = mei.page
    decide(mei, "同意", letter=True)
    assert Authorisation.objects.get().state is AuthorisationState.ACTIVE
    page.wait_for_selector("text=生效中")

    decide(mei, "撤销", reason="合作已结束")
    page.wait_for_selector("section:has-text('授权管理') >> text=已撤销")
    assert Authorisation.objects.get().state is AuthorisationState.REVOKED
    assert "Revoked" in harbour.open(f"customers/{market.resale.pk}/").text()


def test_customers_are_assigned_and_taken_back_in_batch(market: Market, visit: Visit) -> None:
    manager = make_account_manager(market.provider, "harbour-sales", name="Harbour Sales")
    harbour = visit("harbour-solutions")
    page = harbour.open("customers/").page
    page.check("thead input[type=checkbox]")
    page.click("[data-batches] button:has-text('Assign to an account manager')")
    page.wait_for_selector("#dialog[open]")
    page.select_option("#dialog [name=manager]", str(manager.pk))
    page.click("#dialog .pc-submit")
    page.wait_for_selector("#dialog .pc-said")
    assert "2 done." in page.inner_text("#dialog")
    assert Customer.objects.filter(account_manager=manager).count() == 2

    page = harbour.open(f"account-managers/{manager.pk}/").page
    page.wait_for_selector("tr >> text=Company")
    assert "Harbour Sales" in harbour.text()
    page = harbour.open(f"customers/?manager={manager.pk}").page
    page.check("tbody tr >> nth=0 >> input[name=row]")
    page.click("[data-batches] button:has-text('Reclaim')")
    page.wait_for_selector("#dialog[open]")
    page.click("#dialog .pc-submit")
    page.wait_for_selector("#dialog .pc-said")
    assert Customer.objects.filter(account_manager=manager).count() == 1


def test_the_operator_restricts_a_partner_from_its_page(market: Market, visit: Visit) -> None:
    operator = visit("harbour-vendor")
    page = operator.open("partners/").page
    page.click("text=harbour-solutions")
    operator.settled()
    page.click(".pc-head-actions >> text=Restrict")
    page.wait_for_selector("#dialog[open]")
    page.fill("#dialog [name=reason]", "arrears")
    page.click("#dialog .pc-submit")
    page.wait_for_selector(".pc-toast")
    assert Partner.objects.get(pk=market.provider.pk).state is PartnerState.RESTRICTED
    page.wait_for_selector("h1 >> text=Restricted")


def test_a_distributor_reads_its_resellers_customers_on_a_telephone(market: Market, visit: Visit) -> None:
    make_customer(market.reseller, company="Resold Roses")
    channel = visit("harbour-channel", width=390)
    page = channel.open("customers/?whose=resellers").page

    assert "Resold Roses" in channel.text() and not channel.overflows()
    page.click("text=Resold Roses")
    channel.settled()
    assert "Customer ID" in channel.text() and not channel.overflows()
    assert User.objects.filter(login="harbour-channel").exists()


def decide(visitor: Visitor, words: str, *, reason: str = "", letter: bool = False) -> None:
    """Take a step with the one authorisation that the page embeds."""
    page = visitor.page
    page.wait_for_selector("section:has-text('授权管理') tbody tr")
    page.click(
        "section:has-text('授权管理') tbody tr [data-bs-toggle=dropdown], section:has-text('授权管理') tbody tr summary"
    )
    page.click(f"section:has-text('授权管理') tbody tr >> text={words}")
    page.wait_for_selector("#dialog[open]")
    if letter:
        page.check("#dialog [name=accepted]")
    if reason:
        page.fill("#dialog [name=reason]", reason)
    page.click("#dialog .pc-submit")
    page.wait_for_selector(".pc-toast")
    visitor.settled()
