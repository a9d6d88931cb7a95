"""People at a browser: the system's Chromium, the real server, and a small market to trade in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.server import LiveServer

CHROMIUM = next(
    (path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), ""
)
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PASSWORD = "Harbour-2026"
PATIENCE = 20_000
"""Milliseconds to wait for something to appear, on a busy machine."""

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
    "true"  # Playwright keeps a loop in this thread; the ORM is used beside it
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    if not CHROMIUM:
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@dataclass
class Visitor:
    """One signed-in person with a window of their own. What the browser complains about is kept."""

    page: Any
    base: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str = "") -> Visitor:
        self.page.goto(f"{self.base}/console/{path}")
        return self.settled()

    def settled(self) -> Visitor:
        self.page.wait_for_load_state("networkidle")
        return self

    def text(self) -> str:
        return str(self.page.inner_text("main"))

    def overflows(self) -> bool:
        """Whether the page is wider than the window."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"))


@pytest.fixture
def visit(chromium: Any, live_server: LiveServer) -> Iterator[Callable[..., Visitor]]:
    """visit(login, language=…, width=…): sign in through the login page. Complaints of the browser fail the test."""
    visitors: list[Visitor] = []

    def sign_in(login: str, *, language: str = "en", width: int = 1280, theme: str = "light") -> Visitor:
        window = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=theme)
        window.set_default_timeout(PATIENCE)
        window.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
        visitor = Visitor(window.new_page(), live_server.url)
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(f"{visitor.page.url}: {error}"))
        visitor.page.on(
            "console",
            lambda said: (
                said.type in ("error", "warning")
                and visitor.complaints.append(f"{visitor.page.url}: {said.text}")
            ),
        )
        visitors.append(visitor)
        visitor.open("login/")
        visitor.page.fill("[name=login]", login)
        visitor.page.fill("[name=password]", PASSWORD)
        visitor.page.click("main .btn-primary")
        visitor.page.wait_for_url("**/console/")
        return visitor.settled()

    yield sign_in
    complaints = [complaint for visitor in visitors for complaint in visitor.complaints]
    for visitor in visitors:
        visitor.page.context.close()
    assert not complaints, complaints


@dataclass
class Market:
    """Who is there, by login, and what is sold."""

    vendor: Any
    provider: Any
    distributor: Any
    reseller: Any
    referral: Any
    resale: Any
    product: Any


@pytest.fixture
def market(live_server: LiveServer) -> Market:
    """A vendor, three partners, a referral customer with 5000.00 and a resale customer with nothing."""
    from partner_center.catalogue.makers import make_product
    from partner_center.customers.makers import make_customer
    from partner_center.funds.actions import adjust_balance
    from partner_center.identity.actions import set_password
    from partner_center.identity.models import User
    from partner_center.kernel.money import Money
    from partner_center.partners.makers import (
        as_staff,
        make_distributor,
        make_reseller,
        make_solution_provider,
        make_vendor,
    )

    vendor, distributor = make_vendor(name="harbour-vendor"), make_distributor(name="harbour-channel")
    provider = make_solution_provider(name="harbour-solutions")
    made = Market(
        vendor=vendor,
        provider=provider,
        distributor=distributor,
        reseller=make_reseller(distributor, name="harbour-resale"),
        referral=make_customer(
            provider, name="lin-trading", association_type="referral", mobile="13812345678"
        ),
        resale=make_customer(provider, name="mei-design", mobile="13912345678"),
        product=make_product(),
    )
    staff = as_staff(vendor)
    for account, amount in ((made.referral.account, "5000.00"), (provider.account, "20000.00")):
        adjust_balance(staff, account=account, amount=Money.of(amount, "CNY"), memo="a beginning")
    for user in User.objects.filter(is_owner=True).select_related("account"):
        set_password(staff, user=user, password=PASSWORD)
    return made


def work() -> None:
    """Let the jobs and drains do what is due, as the worker would within a second."""
    from partner_center.foundation.jobs import run_due

    run_due()
