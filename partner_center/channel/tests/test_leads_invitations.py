"""Invitations by mail: sent, read, sent again, expired, refused; and what is written down when an association fails."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from partner_center.channel.actions.leads import cancel_report, change_report_mail, lift_mark, mark_company
from partner_center.channel.actions.leads_inviting import (
    invite_customer,
    resend_invitation,
    revoke_invitation,
)
from partner_center.channel.actions.leads_landing import LIMITS, answer_invitation
from partner_center.channel.console.pages.leads_landing import Join
from partner_center.channel.errors.leads import (
    AssociationRefused,
    LinkDead,
    MailMissing,
    NotReported,
    ReportNotFound,
    ReviewNeeded,
    TooManyMails,
    TypeNotOffered,
)
from partner_center.channel.jobs.leads import expire_invitations, next_invitation_expiry
from partner_center.channel.models import CustomerReport, Invitation, InvitationState, ReportState
from partner_center.channel.queries.leads import address_of
from partner_center.channel.queries.leads_links import origin_of
from partner_center.channel.queries.leads_terms import ALL_TERMS
from partner_center.channel.rules.guards import Cause
from partner_center.channel.rules.leads import MAILS_TO_ONE
from partner_center.channel.tests.leads_racing import AT_ONCE, race
from partner_center.channel.tests.leads_scene import latest, mailed_token, partner_with_addresses, report
from partner_center.customers.makers import as_customer, make_customer
from partner_center.customers.models import Association, Customer
from partner_center.customers.tests.reading import browser
from partner_center.foundation.actor import Actor
from partner_center.foundation.models import OutboxMessage, TrailEntry
from partner_center.kernel import clock
from partner_center.partners.actions import delist_partner
from partner_center.partners.errors import DistributorHasQuit
from partner_center.partners.makers import as_partner, make_distributor, make_reseller

SYSTEM = Actor.system("tests")
SIGNED = frozenset((str(kind), 1) for kind in ALL_TERMS)


def test_the_mail_names_partner_type_and_a_link_that_nobody_else_is_told(db: None) -> None:
    partner = partner_with_addresses()
    made = report(partner)
    invitation = invite_customer(as_partner(partner), report=made, association_type="resale")
    token, mail = mailed_token(), latest("channel.invitation")

    assert mail.recipient == "it@pine1.example" and mail.language == "zh-hans"
    assert partner.name in mail.body and address_of(token) in mail.body
    assert invitation.expires_at - invitation.sent_at == timedelta(days=7)
    assert origin_of(token).invitation == invitation
    assert address_of(token).endswith(Join.url(token=token))
    told = [str(row) for row in TrailEntry.objects.values_list("facts", flat=True)]
    assert token not in invitation.token_digest and not [one for one in told if token in one]


def test_who_has_no_address_gets_one_first_and_then_the_mail(db: None) -> None:
    partner = partner_with_addresses()
    actor, made = as_partner(partner), report(partner, email="")
    with pytest.raises(MailMissing):
        invite_customer(actor, report=made, association_type="referral")

    change_report_mail(actor, report=made, email="New@Pine.example")
    invite_customer(actor, report=made, association_type="referral")

    assert latest("channel.invitation").recipient == "new@pine.example"


def test_a_changed_address_gets_a_new_link_and_the_old_one_is_dead(db: None) -> None:
    partner = partner_with_addresses()
    actor, made = as_partner(partner), report(partner)
    invite_customer(actor, report=made, association_type="resale")
    old = mailed_token()

    change_report_mail(actor, report=made, email="other@pine.example")

    assert latest("channel.invitation").recipient == "other@pine.example"
    assert origin_of(mailed_token()).token != old
    with pytest.raises(LinkDead):
        origin_of(old)


def test_a_link_lives_seven_days_and_resending_makes_a_new_one(db: None) -> None:
    partner = partner_with_addresses()
    actor, made = as_partner(partner), report(partner)
    invitation = invite_customer(actor, report=made, association_type="resale")
    old = mailed_token()
    assert next_invitation_expiry() == invitation.expires_at

    with clock.at(invitation.expires_at):
        with pytest.raises(LinkDead):
            origin_of(old)
        assert expire_invitations() == {"expired": 1}
        invitation.refresh_from_db()
        assert invitation.state is InvitationState.EXPIRED
        resend_invitation(actor, invitation=invitation)
        assert invitation.state is InvitationState.SENT and invitation.times == 2
        assert origin_of(mailed_token()).invitation == invitation


def test_a_dead_link_says_the_same_as_one_that_never_was(db: None) -> None:
    partner = partner_with_addresses()
    actor, made = as_partner(partner), report(partner)
    invitation = invite_customer(actor, report=made, association_type="resale")
    revoked, visitor = mailed_token(), Client()
    revoke_invitation(actor, invitation=invitation)

    answers = [visitor.get(Join.url(token=token)) for token in (revoked, "never-was")]

    assert {answer.status_code for answer in answers} == {404}
    bodies = [answer.content.decode().replace(revoked, "never-was") for answer in answers]
    assert _without_tokens(bodies[0]) == _without_tokens(bodies[1])


def test_a_reseller_whose_distributor_was_delisted_invites_nobody(db: None) -> None:
    distributor = make_distributor()
    reseller = make_reseller(distributor, mobile="13900000001", email="a@example.com")
    made = report(reseller)
    invitation = invite_customer(as_partner(reseller), report=made, association_type="resale")
    delist_partner(SYSTEM, partner=distributor, reason="left")

    for deed in (
        lambda: invite_customer(as_partner(reseller), report=made, association_type="resale"),
        lambda: resend_invitation(as_partner(reseller), invitation=invitation),
    ):
        with pytest.raises(DistributorHasQuit):
            deed()
    assert OutboxMessage.objects.filter(template="channel.invitation").count() == 1


def test_only_what_is_reported_and_ones_own_is_invited(db: None) -> None:
    partner, stranger = partner_with_addresses(), partner_with_addresses()
    made = report(partner)
    with pytest.raises(ReportNotFound):
        invite_customer(as_partner(stranger), report=made, association_type="resale")
    cancel_report(as_partner(partner), report=made)
    with pytest.raises(NotReported):
        invite_customer(as_partner(partner), report=made, association_type="resale")


def test_abroad_mails_invite_to_resale_only_and_never_for_a_prepaid_partner(db: None) -> None:
    postpaid = partner_with_addresses(site="intl", settlement="postpaid")
    made = report(postpaid)
    with pytest.raises(TypeNotOffered):
        invite_customer(as_partner(postpaid), report=made, association_type="referral")
    invite_customer(as_partner(postpaid), report=made, association_type="resale")
    assert latest("channel.invitation").language == "en"

    prepaid = partner_with_addresses(site="intl")
    with pytest.raises(TypeNotOffered):
        invite_customer(as_partner(prepaid), report=report(prepaid, 2), association_type="resale")


def test_an_address_is_not_flooded(db: None) -> None:
    partner = partner_with_addresses()
    actor, made = as_partner(partner), report(partner)
    for _ in range(MAILS_TO_ONE):
        invitation = invite_customer(actor, report=made, association_type="resale")

    with pytest.raises(TooManyMails):
        resend_invitation(actor, invitation=invitation)
    with clock.at(clock.now() + timedelta(hours=24, seconds=1)):
        resend_invitation(actor, invitation=invitation)
    assert OutboxMessage.objects.filter(template="channel.invitation").count() == MAILS_TO_ONE + 1


def test_a_failure_is_written_down_for_the_partner_and_the_link_may_be_tried_again(db: None) -> None:
    partner = partner_with_addresses()
    made = report(partner)
    invitation = invite_customer(as_partner(partner), report=made, association_type="resale")
    mark = mark_company(SYSTEM, site="cn", company_name="Pine 1 Ltd", kind="gift_balance")
    customer = make_customer(None, company="Pine 1 Ltd")
    origin = origin_of(mailed_token())

    with pytest.raises(AssociationRefused) as refusal:
        answer_invitation(as_customer(customer), customer=customer, origin=origin, signed=SIGNED)

    assert refusal.value.reason == Cause.GIFT
    invitation.refresh_from_db()
    assert (invitation.state, invitation.cause) == (InvitationState.FAILED, Cause.GIFT)
    assert "Pine 1 Ltd" in latest("channel.association_failed").body
    assert Customer.objects.get(pk=customer.pk).partner_id is None
    html = browser(partner.account).get("/console/invitations/").content.decode()
    assert "top-up gift" in html and "ticket" in html

    lift_mark(SYSTEM, mark=mark)
    answer_invitation(as_customer(customer), customer=customer, origin=origin_of(origin.token), signed=SIGNED)
    invitation.refresh_from_db()
    made.refresh_from_db()
    assert invitation.state is InvitationState.ASSOCIATED and made.state is ReportState.ASSOCIATED
    assert made.customer == customer


def test_of_eight_accounts_with_one_invitation_one_is_associated(real_db: None) -> None:
    partner = partner_with_addresses()
    invite_customer(as_partner(partner), report=report(partner), association_type="referral")
    customers = [make_customer(None) for _ in range(AT_ONCE)]
    origin = origin_of(mailed_token())

    ends = race(
        lambda number: answer_invitation(
            as_customer(customers[number]), customer=customers[number], origin=origin, signed=SIGNED
        )
    )

    assert ends == {"done": 1, "LinkDead": AT_ONCE - 1}
    assert Association.objects.count() == 1


def test_the_console_invites_in_batch_and_shows_the_mail_before(db: None) -> None:
    partner = partner_with_addresses()
    one, two, silent = report(partner), report(partner, 2), report(partner, 3, email="")
    client = browser(partner.account)

    preview = client.get(f"/console/reports/{one.pk}/invite/").content.decode()
    assert "邀请" in preview or "invites" in preview
    chosen = {"batch": "chosen-invite", "row": [one.pk, two.pk, silent.pk], "association_type": "resale"}
    answer = client.post("/console/reports/", chosen)

    assert answer.status_code == 200
    assert Invitation.objects.filter(state=InvitationState.SENT).count() == 2
    assert silent.company_name in answer.content.decode()


def test_what_is_over_is_reported_again_with_the_same_words(db: None) -> None:
    partner = partner_with_addresses()
    made = report(partner, contact="Lin")
    client, address = browser(partner.account), f"/console/reports/{made.pk}/again/"
    cancel_report(as_partner(partner), report=made)
    assert made.mobile in client.get(address).content.decode()

    answer = client.post(address, {"company_name": made.company_name, "mobile": made.mobile})

    again = CustomerReport.objects.get(state=ReportState.REPORTED)
    assert answer["Location"] == f"/console/reports/{again.pk}/" and again.pk != made.pk
    assert browser(partner_with_addresses().account).get(address).status_code == 404


def test_who_tries_names_and_numbers_is_stopped_after_a_while(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, "report", (3, 3))
    make_customer(partner_with_addresses(), mobile="13812345678")
    client = browser(partner_with_addresses().account)
    typed = {"company_name": "Probe Ltd", "mobile": "13812345678"}
    for _ in range(3):
        assert "already" in client.post("/console/reports/new/", typed).content.decode()

    refused = client.post("/console/reports/new/", {**typed, "mobile": "13999999999"})

    assert "Too many attempts" in refused.content.decode() and not CustomerReport.objects.exists()


def test_a_report_that_needs_a_review_asks_for_the_process_in_the_same_form(db: None) -> None:
    partner = partner_with_addresses()
    mark_company(SYSTEM, site="cn", company_name="Oak Ltd", kind="online_sales")
    client = browser(partner.account)
    typed = {"company_name": "Oak Ltd", "mobile": "13812345678"}

    first = client.post("/console/reports/new/", typed)
    assert first.status_code == 200 and 'name="process"' in first.content.decode()
    assert not CustomerReport.objects.exists()
    answer = client.post(
        "/console/reports/new/", {**typed, "review": "1", "expected": "5000", "process": "Met twice."}
    )

    assert answer.status_code == 302
    made = CustomerReport.objects.get()
    assert made.state is ReportState.PENDING and str(made.expected) == "5000.00 CNY"
    with pytest.raises(ReviewNeeded):
        report(partner_with_addresses(), 2, company_name="Oak Ltd")


def _without_tokens(html: str) -> str:
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]+', "", html)
