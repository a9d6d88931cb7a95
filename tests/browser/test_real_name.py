"""Real-name authentication in Chromium: a code on the screen, a face at a telephone, a reviewer, a message."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from partner_center.channel.models import RealNameApplication
from partner_center.customers.lifecycles import VerifiedStatus
from partner_center.customers.models import Customer
from partner_center.project.sample_world.channel.real_name import picture
from tests.browser.conftest import PATIENCE, Market, Visitor
from tests.server import LiveServer

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]


def test_a_face_at_a_telephone_is_reviewed_and_the_customer_reads_so(
    market: Market, visit: Visit, chromium: Any, live_server: LiveServer, settings: Any, tmp_path: Path
) -> None:
    settings.PARTNER_CENTER_STORE, settings.PUBLIC_URL = str(tmp_path / "store"), live_server.url
    Customer.objects.filter(pk=market.resale.pk).update(
        verified_status=VerifiedStatus.UNVERIFIED, verified_at=None, customer_type=""
    )
    photo = tmp_path / "face.png"
    photo.write_bytes(picture(120))
    mei = visit("mei-design")
    page = mei.open("my-real-name/face/").page
    page.click("main .pc-submit")
    page.wait_for_selector("main img")
    assert page.evaluate("document.querySelector('main img').naturalWidth") > 100
    address = page.get_attribute("main a[href*='/face/']", "href")

    window = chromium.new_context(viewport={"width": 390, "height": 800})
    window.set_default_timeout(PATIENCE)
    telephone = Visitor(window.new_page(), live_server.url)
    phone = telephone.page
    phone.goto(address)
    assert not telephone.overflows()
    phone.fill("[name=name]", "Mei Lan")
    phone.fill("[name=number]", "440305199001011234")
    phone.set_input_files("[name=photo]", str(photo))
    phone.click("main .btn-primary")
    phone.wait_for_selector("text=is being reviewed")
    phone.goto(address)
    assert "Not found" in telephone.text()
    window.close()

    application = RealNameApplication.objects.get()
    operator = visit("harbour-vendor", language="zh-hans")
    page = operator.open(f"real-name-reviews/{application.pk}/").page
    assert "440305199001011234" not in operator.text()
    page.click(".pc-head-actions .btn-primary")
    page.wait_for_selector("#dialog[open]")
    page.click("#dialog .pc-submit")
    page.wait_for_selector(".pc-toast")
    market.resale.refresh_from_db()
    assert (market.resale.verified_status, market.resale.name) == (VerifiedStatus.VERIFIED, "Mei Lan")

    page = mei.open().page
    before = int(page.inner_text(".pc-unread"))
    page.click(".pc-bell")
    page.click("text=Real-name authentication: Authenticated >> nth=0")
    mei.settled()
    assert "is now: Authenticated" in mei.text()
    mei.open("messages/")
    left = page.inner_text(".pc-unread") if page.query_selector(".pc-unread") else "0"
    assert int(left) == before - 1
