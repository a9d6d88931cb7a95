"""A company becomes a partner in Chromium: it applies on a telephone, the vendor reviews, the certificate arrives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from partner_center.channel.makers.programmes import A_PDF, company_facts, make_company
from partner_center.partners.models import Membership, Partner, Programme, ProgrammeApplication
from tests.browser.conftest import PASSWORD, Market, Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]


def test_a_company_applies_on_a_telephone_and_has_its_certificate(
    market: Market, visit: Visit, tmp_path: Path
) -> None:
    account = make_company("oak-clouds", "橡树云", password=PASSWORD, mobile="13800002222")
    licence = tmp_path / "licence.pdf"
    licence.write_bytes(A_PDF)
    programme = Programme.objects.get(site="cn", code="csp")

    oak = visit("oak-clouds", language="zh-hans", width=390)
    page = oak.open(f"programmes/{programme.pk}/").page
    assert not oak.overflows()
    oak.open(f"programmes/{programme.pk}/apply/")
    assert not oak.overflows()
    for name, value in company_facts("橡树云").items():
        if name == "industry":
            page.select_option(f"[name={name}]", value)
        elif name != "company_name":
            page.fill(f"[name={name}]", value)
    page.select_option("[name=area]", "south")
    page.set_input_files("[name=licence]", str(licence))
    for box in page.query_selector_all("[name^=agreed_]"):
        box.check()
    page.click(".pc-submit")
    page.wait_for_url("**/programme-applications/")
    application = ProgrammeApplication.objects.get(account=account)

    staff = visit("harbour-vendor")
    page = staff.open("programme-applications/").page
    assert "橡树云" in staff.text()
    staff.open(f"programme-applications/{application.pk}/")
    page.click(".pc-head-actions >> text=Approve")
    page.wait_for_selector("#dialog[open]")
    page.click("#dialog .pc-submit")
    page.wait_for_selector(".pc-toast")
    assert Partner.objects.get(pk=account.pk).kind == "solution_provider"

    membership = Membership.objects.get(partner_id=account.pk)
    page = oak.open(f"memberships/{membership.pk}/").page
    assert not oak.overflows()
    with page.expect_download() as started:
        page.click(f"a[href$='/memberships/{membership.pk}/certificate/']")
    assert started.value.suggested_filename == f"{membership.certificate}.pdf"
