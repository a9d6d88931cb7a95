"""Reports of customers: who is refused, who is reviewed, how long they hold, and how many there may be."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from partner_center.channel.actions.leads import (
    approve_report,
    cancel_report,
    lift_mark,
    mark_company,
    reject_report,
    report_customer,
)
from partner_center.channel.actions.leads_links import make_custom_link
from partner_center.channel.errors.leads import (
    ProfileIncomplete,
    ReportedAlready,
    ReportNotFound,
    ReportRefused,
    ReviewNeeded,
    TooManyReports,
)
from partner_center.channel.jobs.leads import expire_reports, next_report_expiry
from partner_center.channel.makers.leads import accept_by
from partner_center.channel.models import CustomerReport, LinkArrival, ReportState
from partner_center.channel.models.leads import MarkKind
from partner_center.channel.rules.guards import Cause
from partner_center.channel.rules.leads import MOST_OPEN_REPORTS, name_key
from partner_center.channel.tests.leads_racing import AT_ONCE, race
from partner_center.channel.tests.leads_scene import partner_with_addresses, report
from partner_center.customers.actions import reclaim_customer
from partner_center.customers.makers import make_customer
from partner_center.customers.models import Customer
from partner_center.foundation.actor import Actor
from partner_center.foundation.models import OutboxMessage, TrailEntry
from partner_center.identity.actions import describe_account
from partner_center.identity.door import actor_of
from partner_center.identity.models import InboxMessage
from partner_center.kernel import clock
from partner_center.partners.actions import delist_partner, restrict_partner
from partner_center.partners.errors import DistributorHasQuit, PartnerRestricted
from partner_center.partners.makers import (
    as_partner,
    as_staff,
    make_account_manager,
    make_distributor,
    make_reseller,
    make_solution_provider,
    make_vendor,
)
from partner_center.pricing.makers import make_contract

SYSTEM = Actor.system("tests")
FEW = 5
"""Instead of a hundred, where only the last slot matters."""


def test_a_report_holds_fifteen_days_and_keeps_other_partners_away(db: None) -> None:
    mine, other = partner_with_addresses(), partner_with_addresses()
    made = report(mine)

    assert made.state is ReportState.REPORTED
    assert made.expires_at is not None and made.expires_at - made.created_at == timedelta(days=15)
    for same in (
        {"mobile": "13899999999", "email": ""},
        {"company_name": "Fir", "email": ""},
        {"company_name": "Fir"},
    ):
        with pytest.raises(ReportRefused) as refusal:
            report(other, **same)
        assert str(Cause.REPORTED_ELSEWHERE.label) in str(refusal.value)
    with pytest.raises(ReportedAlready):
        report(mine, company_name="ＰＩＮＥ 1 ltd.")
    assert CustomerReport.objects.count() == 1


def test_after_fifteen_days_it_expires_and_anybody_may_report(db: None) -> None:
    mine, other = partner_with_addresses(), partner_with_addresses()
    made = report(mine)
    assert next_report_expiry() == made.expires_at
    assert made.expires_at is not None

    with clock.at(made.expires_at - timedelta(seconds=1)):
        assert expire_reports() == {"expired": 0}
    with clock.at(made.expires_at):
        assert expire_reports() == {"expired": 1}
        assert report(other).state is ReportState.REPORTED

    made.refresh_from_db()
    assert made.state is ReportState.EXPIRED
    assert OutboxMessage.objects.filter(template="channel.report_expired", about_id=mine.pk).exists()


def test_what_stands_against_a_report_is_said_and_nothing_is_kept(db: None) -> None:
    partner, other = partner_with_addresses(), partner_with_addresses()
    with clock.at(clock.now() - timedelta(days=2)):
        make_customer(other, company="Taken Ltd")
        make_customer(None, company="Abroad Ltd", site="intl")
        make_contract(make_customer(None, company="Contract Ltd"), code="CT-1", begins_at=clock.now())
    for kind in ("consumer_cloud", "reward_plan", "signed_contract", "trusteeship_member"):
        mark_company(SYSTEM, site="cn", company_name=f"{kind} Ltd", kind=kind)

    for company, cause in {
        "Taken Ltd": Cause.OTHER_PARTNER,
        "Abroad Ltd": Cause.OTHER_SITE,
        "Contract Ltd": Cause.CONTRACT,
        "consumer_cloud Ltd": Cause.CONSUMER_CLOUD,
        "Consumer Cloud LTD": Cause.CONSUMER_CLOUD,
        "reward_plan Ltd": Cause.REWARD_PLAN,
        "signed_contract Ltd": Cause.CONTRACT,
        "trusteeship_member Ltd": Cause.TRUSTEESHIP_MEMBER,
    }.items():
        with pytest.raises(ReportRefused) as refusal:
            report(partner, company_name=company)
        assert refusal.value.facts["cause"] == cause.label, company
    assert not CustomerReport.objects.exists()
    assert not TrailEntry.objects.filter(verb="channel.report_customer").exists()


def test_an_old_account_of_direct_sales_is_reviewed_and_the_process_must_be_told(db: None) -> None:
    partner, vendor = partner_with_addresses(), as_staff()
    with clock.at(clock.now() - timedelta(days=8)):
        make_customer(None, company="Oak Ltd")
    mark_company(vendor, site="cn", company_name="Oak Ltd", kind=MarkKind.DIRECT_SALES)

    with pytest.raises(ReviewNeeded):
        report(partner, company_name="Oak Ltd")
    made = report(
        partner, company_name="Oak Ltd", process="We have met twice; they move 40 servers in spring."
    )

    assert made.state is ReportState.PENDING and made.expires_at is None
    later = clock.now() + timedelta(days=3)
    with clock.at(later):
        approve_report(vendor, report=made)
    assert made.state is ReportState.REPORTED and made.expires_at == later + timedelta(days=15)
    assert OutboxMessage.objects.filter(template="channel.report_reviewed", about_id=partner.pk).exists()


def test_a_lifted_mark_counts_no_more(db: None) -> None:
    partner, vendor = partner_with_addresses(), as_staff()
    mark = mark_company(vendor, site="cn", company_name="Elm Ltd", kind=MarkKind.ONLINE_SALES)
    with pytest.raises(ReviewNeeded):
        report(partner, company_name="Elm Ltd")

    lift_mark(vendor, mark=mark)

    assert report(partner, company_name="Elm Ltd").state is ReportState.REPORTED


def test_a_rejected_report_may_be_made_again_and_of_two_pending_ones_the_first_approved_stands(
    db: None,
) -> None:
    first, second, vendor = partner_with_addresses(), partner_with_addresses(), as_staff()
    mark_company(vendor, site="cn", company_name="Elm Ltd", kind=MarkKind.SUPPORT_CENTRE)
    facts = {"company_name": "Elm Ltd", "process": "Met once."}
    refused = report(first, **facts)
    reject_report(vendor, report=refused, opinion="The centre serves it.")
    one, two = report(first, **facts), report(second, **facts)

    approve_report(vendor, report=two)

    with pytest.raises(ReportRefused):
        approve_report(vendor, report=one)
    one.refresh_from_db()
    assert one.state is ReportState.PENDING


def test_a_hundred_open_reports_are_enough_and_a_cancelled_one_frees_its_slot(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_OPEN_REPORTS == 100
    monkeypatch.setattr("partner_center.channel.actions.leads.MOST_OPEN_REPORTS", FEW)
    partner = partner_with_addresses()
    made = [report(partner, number) for number in range(FEW)]

    with pytest.raises(TooManyReports):
        report(partner, 5000)
    cancel_report(as_partner(partner), report=made[0])

    assert report(partner, 5000).state is ReportState.REPORTED


def test_of_eight_reports_for_the_last_slot_one_is_made(
    real_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("partner_center.channel.actions.leads.MOST_OPEN_REPORTS", FEW)
    partner = partner_with_addresses()
    for number in range(FEW - 1):
        report(partner, number)

    ends = race(lambda number: report(partner, 200 + number))

    assert ends == {"done": 1, "TooManyReports": AT_ONCE - 1}
    assert CustomerReport.objects.open().count() == FEW


def test_of_eight_partners_that_report_a_company_at_once_one_has_it(real_db: None) -> None:
    partners = [partner_with_addresses() for _ in range(AT_ONCE)]

    ends = race(lambda number: report(partners[number]))

    assert ends == {"done": 1, "ReportRefused": AT_ONCE - 1}
    assert CustomerReport.objects.count() == 1


def test_who_may_not_bring_in_customers_may_not_report(db: None) -> None:
    distributor = make_distributor()
    reseller = make_reseller(distributor, mobile="13900000001", email="a@example.com")
    delist_partner(SYSTEM, partner=distributor, reason="left")
    with pytest.raises(DistributorHasQuit):
        report(reseller)

    restricted = partner_with_addresses()
    restrict_partner(SYSTEM, partner=restricted, reason="risk")
    with pytest.raises(PartnerRestricted):
        report(restricted)

    nameless = make_solution_provider()
    with pytest.raises(ProfileIncomplete):
        report(nameless)
    describe_account(SYSTEM, account=nameless.account, mobile="13900000002", email="b@example.com")
    assert report(nameless).state is ReportState.REPORTED


def test_what_a_manager_won_leaves_its_view_when_the_customer_is_taken_back(db: None) -> None:
    partner = partner_with_addresses()
    manager = make_account_manager(partner)
    link = make_custom_link(actor_of(manager), association_type="referral", label="Fair")
    made = report_customer(actor_of(manager), company_name="Yew Ltd", mobile="13812345678")
    customer = make_customer(None, company="Yew Ltd")
    accept_by(link.code, customer)

    assert Customer.objects.get(pk=customer.pk).account_manager == manager
    assert list(CustomerReport.objects.visible_to(actor_of(manager))) == [made]
    assert LinkArrival.objects.visible_to(actor_of(manager)).count() == 1
    reclaim_customer(as_partner(partner), customer=Customer.objects.get(pk=customer.pk))
    assert not CustomerReport.objects.visible_to(actor_of(manager)).exists()
    assert not LinkArrival.objects.visible_to(actor_of(manager)).exists()
    assert LinkArrival.objects.visible_to(as_partner(partner)).count() == 1


def test_an_account_manager_is_told_in_person_what_became_of_its_report(db: None) -> None:
    partner = partner_with_addresses()
    manager = make_account_manager(partner)
    made = report_customer(actor_of(manager), company_name="Yew Ltd", mobile="13812345678")
    assert made.expires_at is not None

    with clock.at(made.expires_at):
        expire_reports()

    told = InboxMessage.objects.filter(template="channel.report_expired")
    assert {message.user_id for message in told} == {None, manager.pk}


def test_an_account_manager_sees_and_cancels_only_its_own_reports(db: None) -> None:
    partner = partner_with_addresses()
    one, two = make_account_manager(partner), make_account_manager(partner)
    owner = as_partner(partner)
    actors = [replace(actor_of(user), door="console") for user in (one, two)]
    given = {"mobile": "13812345678", "email": ""}
    made = report_customer(actors[0], company_name="Yew Ltd", **given)

    assert made.account_manager == one
    assert list(CustomerReport.objects.visible_to(actors[0])) == [made]
    assert list(CustomerReport.objects.visible_to(owner)) == [made]
    assert not CustomerReport.objects.visible_to(actors[1]).exists()
    assert not CustomerReport.objects.visible_to(as_partner(partner_with_addresses())).exists()
    assert list(CustomerReport.objects.visible_to(as_staff(make_vendor()))) == [made]
    with pytest.raises(ReportNotFound):
        cancel_report(actors[1], report=made)
    cancel_report(actors[0], report=made)
    assert made.pk and CustomerReport.objects.get().state is ReportState.CANCELLED


@pytest.mark.parametrize(
    ("one", "other"),
    [("北辰（上海） 科技", "北辰(上海)科技"), ("PINE Co., Ltd.", "pine co ltd"), ("Ｐｉｎｅ", "pine")],
)
def test_companies_are_compared_by_letters_and_digits(one: str, other: str) -> None:
    assert name_key(one) == name_key(other) != name_key(other + "2")
