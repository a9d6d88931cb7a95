"""The main paths of the console in Chromium, as people walk them: buy, pay, renew, give back, allocate, look after."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from partner_center.foundation.models import TrailEntry
from partner_center.funds.queries import balances_of
from partner_center.orders.models import Order
from partner_center.orders.states import OrderState
from partner_center.subscriptions.models import Resource
from tests.browser.conftest import Market, Visitor, work

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]


def test_a_customer_prices_buys_pays_renews_and_gives_back(market: Market, visit: Visit) -> None:
    lin = visit("lin-trading")
    page = lin.page
    price_a_month(lin)
    assert "100.00 CNY" in page.inner_text("#to-pay")
    page.click("#quote .btn-primary")
    lin.settled()

    page.uncheck("[name=pay_now]")
    page.fill("[name=resource_name]", "harbour-web")
    page.click("form.pc-form .pc-submit")
    page.wait_for_url("**/console/orders/*/")
    order = Order.objects.get()
    assert order.state is OrderState.AWAITING_PAYMENT and "Pending payment" in lin.text()

    page.click(".pc-head-actions >> text=Pay")
    lin.settled()
    page.click("form.pc-form .pc-submit")
    page.wait_for_selector(".pc-toast")
    work()
    assert "Completed" in lin.open(f"orders/{order.number}/").text()
    assert str(balances_of(market.referral.pk).cash) == "4900.00 CNY"

    lin.open("resources/")
    page.click("text=harbour-web")
    lin.settled()
    page.click(".pc-head-actions >> text=Renew >> nth=0")
    lin.settled()
    page.click("form.pc-form .pc-submit")
    page.wait_for_url("**/console/orders/*/")
    work()
    assert str(balances_of(market.referral.pk).cash) == "4800.00 CNY"

    resource = Resource.objects.get()
    lin.open(f"resources/{resource.resource_id}/unsubscribe/")
    assert "200.00 CNY" in lin.text()
    page.check("[name=agreed]")
    page.click("form.pc-form .pc-submit")
    page.wait_for_url("**/console/orders/*/")
    work()
    assert str(balances_of(market.referral.pk).cash) == "5000.00 CNY"


def test_an_empty_account_is_told_so_beside_the_button(market: Market, visit: Visit) -> None:
    mei = visit("mei-design")
    price_a_month(mei)
    mei.page.click("#quote .btn-primary")
    mei.settled()
    mei.page.uncheck("[name=pay_now]")
    mei.page.click("form.pc-form .pc-submit")
    mei.page.wait_for_url("**/console/orders/*/")
    mei.page.click(".pc-head-actions >> text=Pay")
    mei.settled()
    mei.page.click("form.pc-form .pc-submit")
    told = mei.page.wait_for_selector(".pc-refusal").inner_text()
    assert "100.00 CNY" in told and "0.00 CNY" in told
    assert Order.objects.get().state is OrderState.AWAITING_PAYMENT


def test_a_partner_allocates_and_reclaims(market: Market, visit: Visit) -> None:
    harbour = visit("harbour-solutions", language="zh-hans")
    page = harbour.page
    harbour.open(f"customers/{market.resale.pk}/allocate/")
    page.fill("[name=amount]", "300.50")
    page.click(".pc-submit")
    page.wait_for_selector(".pc-toast")
    assert str(balances_of(market.resale.pk).cash) == "300.50 CNY"

    harbour.open(f"customers/{market.resale.pk}/reclaim/")
    page.fill("[name=amount]", "400")
    page.click(".pc-submit")
    assert page.wait_for_selector(".pc-refusal, .alert-danger")
    page.fill("[name=amount]", "0.001")
    page.click(".pc-submit")
    assert page.eval_on_selector("[name=amount]", "field => field.validity.stepMismatch")
    page.fill("[name=amount]", "0.50")
    page.click(".pc-submit")
    page.wait_for_selector(".pc-toast")
    assert str(balances_of(market.resale.pk).cash) == "300.00 CNY"
    records = harbour.open("funds/adjustments/").text()
    assert "300.50" in records and "0.50" in records


def test_orders_are_cancelled_in_batch_from_the_dialog(market: Market, visit: Visit) -> None:
    lin = visit("lin-trading")
    page = lin.page
    for _number in range(3):
        price_a_month(lin)
        page.click("#quote .btn-primary")
        lin.settled()
        page.uncheck("[name=pay_now]")
        page.click("form.pc-form .pc-submit")
        page.wait_for_url("**/console/orders/*/")
    lin.open("orders/")
    page.check("tbody tr:nth-child(1) input[name=row]")
    page.check("tbody tr:nth-child(2) input[name=row]")
    assert "2 chosen" in page.inner_text("[data-batches]")
    page.click("[data-batches] button:has-text('Cancel')")
    page.wait_for_selector("#dialog[open]")
    if page.query_selector("#dialog textarea"):
        page.fill("#dialog textarea", "no longer needed")
    page.click("#dialog .pc-submit")
    page.wait_for_selector("#dialog .pc-said")
    assert "2 done." in page.inner_text("#dialog")
    page.click("#dialog .pc-dialog-foot [data-close]")
    assert not page.query_selector("#dialog[open]")
    states = sorted(order.state.value for order in Order.objects.all())
    assert states == ["awaiting_payment", "cancelled", "cancelled"]


def test_personal_data_shows_when_the_eye_is_opened_and_hides_again(market: Market, visit: Visit) -> None:
    operator = visit("harbour-vendor")
    page = operator.open("accounts/?kind=customer").page
    assert "13812345678" not in page.content()
    page.hover("tr:has-text('lin-trading')")
    page.click("tr:has-text('lin-trading') td:nth-child(5) .pc-eye")
    page.wait_for_selector(".pc-clear")
    assert "13812345678" in page.content() and "13912345678" not in page.content()
    page.click("th:has-text('Mobile') .pc-eye")
    page.locator(".pc-clear").nth(1).wait_for()
    assert "13912345678" in page.content()
    page.click("th:has-text('Mobile') .pc-eye")
    page.locator(".pc-clear").first.wait_for(state="detached")
    assert TrailEntry.objects.filter(verb="personal_data.revealed").count() == 3


def test_lists_search_sort_and_page_without_a_reload(market: Market, visit: Visit) -> None:
    operator = visit("harbour-vendor")
    page = operator.open("trail/").page
    page.evaluate("window.here = true")
    page.fill("[type=search]", "lin-trading")
    page.wait_for_url(re.compile("q=lin-trading"))
    page.wait_for_selector(".pc-mark")
    assert "harbour-channel" not in page.inner_text("tbody")
    page.click("th:has-text('When') a")
    page.wait_for_url(re.compile("sort=happened_at"))
    page.wait_for_selector("th[aria-sort=ascending]")
    moments = [cell.inner_text() for cell in page.query_selector_all("tbody time")]
    assert moments == sorted(moments)
    page.select_option("[name=door]", "console")
    page.wait_for_url(re.compile("door=console"))
    assert "sort=happened_at" in page.url and page.evaluate("window.here")
    page.go_back()
    operator.settled()
    assert "door=" not in page.url


def test_a_list_is_downloaded(market: Market, visit: Visit, tmp_path: Any) -> None:
    operator = visit("harbour-vendor")
    page = operator.open("accounts/").page
    page.click("summary:has-text('Export')")
    with page.expect_download() as waiting:
        page.click("button:has-text('CSV')")
    waiting.value.save_as(tmp_path / "accounts.csv")
    text = (tmp_path / "accounts.csv").read_text("utf-8-sig")
    assert "lin-trading" in text and "13812345678" not in text and "138****5678" in text
    assert "Completed" in operator.open("exports/").text()


def test_the_keyboard_is_enough(market: Market, visit: Visit) -> None:
    operator = visit("harbour-vendor")
    page = operator.open("accounts/").page
    page.keyboard.press("/")
    page.keyboard.type("lin-trading")
    page.locator("tbody tr").nth(1).wait_for(state="detached")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.wait_for_selector("#keys[open]")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert page.query_selector("tr.pc-row-here")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/accounts/{market.referral.pk}/")
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url("**/console/")


def test_language_and_theme_are_one_press_away_and_stay(market: Market, visit: Visit) -> None:
    lin = visit("lin-trading")
    page = lin.page
    page.click("button[name=language]")
    page.wait_for_selector("html[lang=zh-Hans]")
    assert "欢迎" in lin.text()
    page.click("button[name=theme]")
    page.wait_for_selector("html[data-theme=light]")
    page.click("button[name=theme]")
    page.wait_for_selector("html[data-bs-theme=dark]")
    lin.open("orders/")
    assert page.get_attribute("html", "data-bs-theme") == "dark"
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert all(int(part) < 60 for part in re.findall(r"\d+", ground)[:3])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("login", "width", "language"),
    [
        ("harbour-vendor", 360, "zh-hans"),
        ("harbour-channel", 360, "en"),
        ("harbour-solutions", 1280, "zh-hans"),
        ("lin-trading", 1280, "en"),
    ],
)
def test_every_entry_of_the_menu_opens_without_a_complaint(
    market: Market, visit: Visit, login: str, width: int, language: str
) -> None:
    visitor = visit(login, language=language, width=width, theme="dark" if width == 360 else "light")
    if width == 360:
        visitor.page.click("[data-menu]")
        visitor.page.wait_for_selector(".pc-menu-open .pc-side", state="visible")
        visitor.page.keyboard.press("Escape")
    entries = visitor.page.eval_on_selector_all(".pc-side nav a", "links => links.map(link => link.pathname)")
    assert len(entries) > 8
    for entry in entries:
        visitor.page.goto(visitor.base + entry)
        assert not visitor.overflows(), f"{entry} is wider than {width}"
        assert visitor.page.query_selector("h1"), entry


def test_a_stranger_page_and_a_stranger_login_are_told_kindly(
    market: Market, visit: Visit, chromium: Any
) -> None:
    lin = visit("lin-trading")
    lin.page.goto(f"{lin.base}/console/customers/{market.resale.pk}/")
    lin.complaints.clear()
    assert "403" in lin.text() or "404" in lin.text()


def price_a_month(visitor: Visitor) -> None:
    """Choose the one product for a month in the price calculator."""
    page = visitor.open("calculator/").page
    page.select_option("#id_service", index=1)
    visitor.settled()
    page.wait_for_selector("#id_spec")
    page.select_option("#id_spec", index=1)
    visitor.settled()
    page.wait_for_selector("#id_term")
    month = page.eval_on_selector_all(
        "#id_term option", "options => options.find(one => one.text.endsWith('Month')).value"
    )
    page.select_option("#id_term", month)
    page.wait_for_selector("#to-pay")
    visitor.settled()
