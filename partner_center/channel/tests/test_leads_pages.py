"""Each page of winning customers, with and without rows, for each who may open it and nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from partner_center.channel.actions.leads import mark_company
from partner_center.channel.actions.leads_inviting import invite_customer
from partner_center.channel.actions.leads_links import hold_activity, make_activity_link, make_custom_link
from partner_center.channel.models import CustomerReport, InviteLink, Knock, ReportState, Terms
from partner_center.channel.tests.leads_scene import partner_with_addresses, report
from partner_center.customers.makers import make_customer
from partner_center.customers.tests.reading import browser, html
from partner_center.foundation.actor import Actor
from partner_center.foundation.models import TrailEntry
from partner_center.identity.models import Role, User
from partner_center.kernel import clock
from partner_center.partners.makers import as_partner, make_account_manager, make_vendor
from partner_center.partners.models import Partner

SYSTEM = Actor.system("tests")
SHARED = ("reports/", "invitations/", "invite-links/", "activities/", "link-arrivals/")
PARTNER = (*SHARED, "reports/new/", "reports/search/?q=pine", "activities/new/")
LINKS = tuple(f"invite-links/{kind}/" for kind in ("general", "custom", "activity"))
STAFF = (
    *SHARED,
    "account-marks/",
    "account-marks/new/",
    "terms/",
    "terms/new/?kind=privacy&site=cn",
    "signed-terms/",
)


def busy_partner(number: int = 3) -> Partner:
    """A partner with reports, invitations, links, an activity."""
    partner, now = partner_with_addresses(), clock.now()
    actor = as_partner(partner)
    for one in range(number):
        made = report(partner, one)
        invite_customer(actor, report=made, association_type="resale")
        make_custom_link(actor, association_type="referral", label=f"Fair {one}")
        fair = hold_activity(actor, name=f"Fair {one}", begins_at=now, ends_at=now + timedelta(days=1))
        make_activity_link(actor, association_type="resale", activity=fair)
        mark_company(SYSTEM, site="cn", company_name=f"Elm {one}", kind="online_sales")
    return partner


@pytest.mark.parametrize(("language", "rows"), [("en", 0), ("zh-hans", 1)])
def test_every_page_opens_with_and_without_rows(db: None, language: str, rows: int) -> None:
    partner, customer = busy_partner(rows), make_customer(None)
    mine, staff = browser(partner.account, language), browser(make_vendor(), language)
    for address in (*PARTNER, *LINKS):
        html(mine, address)
    for address in STAFF:
        html(staff, address)
    for address in ("signed-terms/", "signed-terms/sign/", "joined/", "my-partner/"):
        html(browser(customer.account, language), address)
    for made in CustomerReport.objects.all():
        html(mine, f"reports/{made.pk}/")
        html(staff, f"reports/{made.pk}/")
        html(mine, f"reports/{made.pk}/invite/")
    for link in InviteLink.objects.all():
        html(mine, f"invite-links/{link.pk}/")
        html(staff, f"invite-links/{link.pk}/")
        html(Client(headers={"accept-language": language}), f"join/{link.code}/")


def test_what_is_not_ones_own_is_neither_shown_nor_touched(db: None) -> None:
    partner, stranger = busy_partner(1), browser(partner_with_addresses().account)
    made, link = CustomerReport.objects.get(), InviteLink.objects.first()
    assert link is not None
    for address in SHARED:
        shown = html(stranger, address)
        assert made.company_name not in shown and "Fair 0" not in shown
    for address in (f"reports/{made.pk}/", f"reports/{made.pk}/invite/", f"invite-links/{link.pk}/"):
        assert stranger.get(f"/console/{address}").status_code == 404
    for deed in ("cancel", "mail"):
        assert stranger.post("/console/reports/", {"deed": deed, "row": made.pk}).status_code == 404
    customer = browser(make_customer(None).account)
    for address in (*PARTNER, *LINKS, "account-marks/", "terms/"):
        assert customer.get(f"/console/{address}").status_code == 403, address
    assert browser(partner.account).get("/console/account-marks/").status_code == 403


def test_who_only_reads_sees_the_lists_and_may_do_nothing(db: None) -> None:
    partner = busy_partner(1)
    reader = make_account_manager(partner)
    reader.roles.set([Role.objects.get(preset="read_only")])
    client, made = browser(User.objects.get(pk=reader.pk)), CustomerReport.objects.get()

    assert made.company_name in html(client, "reports/")
    assert client.get("/console/reports/new/").status_code == 403
    assert client.post("/console/reports/", {"deed": "cancel", "row": made.pk}).status_code == 403
    made.refresh_from_db()
    assert made.state is ReportState.REPORTED


@pytest.mark.parametrize("address", SHARED)
def test_queries_do_not_grow_with_rows(db: None, address: str) -> None:
    counts = []
    for rows in (1, 5):
        client = browser(busy_partner_with(rows).account)
        html(client, address)
        with CaptureQueriesContext(connection) as queries:
            html(client, address)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def busy_partner_with(rows: int) -> Partner:
    CustomerReport.objects.filter(state=ReportState.REPORTED).update(state=ReportState.CANCELLED)
    partner = partner_with_addresses()
    actor = as_partner(partner)
    for one in range(rows):
        made = report(partner, one)
        invite_customer(actor, report=made, association_type="resale")
        make_custom_link(actor, association_type="referral", label=f"Fair {one}")
    return partner


def test_a_mobile_number_is_masked_until_somebody_looks_and_that_is_recorded(db: None) -> None:
    partner = busy_partner(1)
    client, made = browser(partner.account), CustomerReport.objects.get()
    assert made.mobile not in html(client, "reports/")

    shown = client.post("/console/reports/", {"reveal": "mobile", "row": made.pk})

    assert made.mobile in shown.content.decode()
    looked = TrailEntry.objects.get(verb="personal_data.revealed")
    assert looked.about_id == partner.pk and looked.facts == {"field": "mobile"}


def test_a_search_finds_ones_own_companies_and_says_nothing_of_others(db: None) -> None:
    partner, other = partner_with_addresses(), partner_with_addresses()
    make_customer(partner, company="Pine Works Ltd")
    make_customer(other, company="Pine Secret Ltd")
    report(other, 7, company_name="Pine Hidden Ltd")
    report(partner, 8, company_name="Ｐｉｎｅ (Beijing) Ltd")

    found = html(browser(partner.account), "reports/search/", q="pine")

    assert "Pine Works" in found and "(Beijing)" in found
    assert "Secret" not in found and "Hidden" not in found


def test_the_vendor_reviews_in_batch(db: None) -> None:
    partner = partner_with_addresses()
    for number in range(2):
        mark_company(SYSTEM, site="cn", company_name=f"Oak {number}", kind="online_sales")
        report(partner, number, company_name=f"Oak {number}", process="Met twice.")
    staff = browser(make_vendor())
    assert "Reports of customers to review" in html(staff, "")
    chosen = list(CustomerReport.objects.values_list("pk", flat=True))

    staff.post("/console/reports/", {"batch": "chosen-approve", "row": chosen, "opinion": ""})

    assert CustomerReport.objects.filter(state=ReportState.REPORTED).count() == 2
    partner_of_it = browser(partner.account)
    denied: Any = partner_of_it.post("/console/reports/", {"batch": "chosen-approve", "row": chosen})
    assert denied.status_code == 403


def test_the_vendor_publishes_terms_and_marks_companies(db: None) -> None:
    staff = browser(make_vendor())
    typed = {"kind": "privacy", "site": "cn", "english": "Short.", "chinese": "短。"}
    assert staff.post("/console/terms/new/", typed).status_code == 302
    assert Terms.objects.get().version == 2
    marked = {"site": "cn", "company_name": "Elm", "kind": "online_sales"}
    assert staff.post("/console/account-marks/new/", marked).status_code == 302
    again = staff.post("/console/account-marks/new/", marked)
    assert again.status_code == 200 and "has this mark already" in again.content.decode()
    assert not Knock.objects.exists()
