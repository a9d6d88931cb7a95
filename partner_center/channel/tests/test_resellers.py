"""Distributors and resellers: invited, accepted, unbound; nobody else, not twice, and nothing that stays behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from partner_center.channel.actions.programmes import approve_application
from partner_center.channel.actions.resellers import (
    accept_reseller_invitation,
    cancel_reseller_invitation,
    invite_reseller,
    pass_cooperation,
    refuse_cooperation,
    resend_reseller_invitation,
    unbind_reseller,
)
from partner_center.channel.errors.resellers import (
    AlreadyInvited,
    InvitationExpired,
    InvitationUnknown,
    NobodyToInvite,
    NotTheNamedDistributor,
    OnlyADistributorInGoodStanding,
    OtherRegion,
    SentMomentsAgo,
    TooManyInvitations,
)
from partner_center.channel.jobs.resellers import expire_reseller_invitations
from partner_center.channel.laws.resellers import resellers_stand_as_their_history_says
from partner_center.channel.makers.programmes import company_facts, make_application, make_company
from partner_center.channel.makers.resellers import latest_link_token, make_free_reseller
from partner_center.channel.models import ResellerInvitation, ResellerInvitationState
from partner_center.channel.queries.resellers import invitation_by_token
from partner_center.channel.rules.resellers import regions_agree
from partner_center.console.registry import PAGES
from partner_center.customers.makers import authorise, make_customer
from partner_center.customers.queries import is_authorised
from partner_center.customers.tests.reading import browser, html
from partner_center.customers.tests.test_races import race
from partner_center.foundation.actor import Actor
from partner_center.foundation.errors import WrongState
from partner_center.foundation.models import OutboxMessage, TrailEntry
from partner_center.funds.actions import adjust_balance, allocate_to_reseller
from partner_center.funds.models import Adjustment, Operation
from partner_center.funds.queries import balances_of
from partner_center.identity.models import Account
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.partners.actions import (
    assign_reseller_manager,
    freeze_partner,
    grant_right,
    reclaim_reseller_manager,
)
from partner_center.partners.errors import NoRightOverReseller, NotTied, OnlyItsDistributor, OnlyTheVendor
from partner_center.partners.makers import (
    ALL_RIGHTS,
    as_partner,
    as_staff,
    make_account_manager,
    make_distributor,
    make_reseller,
    make_vendor,
)
from partner_center.partners.models import (
    Company,
    CompanyAccount,
    Partner,
    ProgrammeApplication,
    ResellerAssignment,
    ResellerGrant,
    ResellerTie,
)

SYSTEM = Actor.system("tests")


@dataclass(slots=True)
class Parties:
    vendor: Account
    former: Partner
    distributor: Partner
    reseller: Partner


@pytest.fixture
def parties(db: None) -> Parties:
    return build()


def build() -> Parties:
    former = make_distributor()
    return Parties(
        vendor=make_vendor(),
        former=former,
        distributor=make_distributor(email="channel@oak.example"),
        reseller=make_free_reseller(former, "birch-cloud", email="sales@birch.example"),
    )


def invited(parties: Parties) -> tuple[ResellerInvitation, str]:
    """An invitation and the token of its link."""
    invitation = invite_reseller(as_partner(parties.distributor), invitee="birch-cloud")
    return invitation, latest_link_token("channel.reseller_invited", parties.reseller.pk)


def located(partner: Partner, area: str) -> None:
    """What the vendor knows of the partner's company."""
    company = Company.objects.create(
        company_name=partner.name,
        credit_code=partner.pk[:18],
        industry="other",
        site=partner.account.site,
        area=area,
    )
    CompanyAccount.objects.create(
        account=partner.account, company=company, is_master=True, joined_at=clock.now()
    )


def test_an_invited_reseller_is_willing_and_works_with_the_distributor_at_once(parties: Parties) -> None:
    _, token = invited(parties)
    reading = browser(parties.reseller.account)
    address = f"reseller-invitations/{token}/"
    assert parties.distributor.name in html(reading, address)

    refused = reading.post(f"/console/{address}", {"area": "south"})
    parties.reseller.refresh_from_db()
    assert refused.status_code == 200 and parties.reseller.distributor is None, "the notice is to be ticked"
    assert reading.post(f"/console/{address}", {"accepted": "on", "area": "south"}).status_code == 302

    parties.reseller.refresh_from_db()
    assert parties.reseller.distributor == parties.distributor
    tie = ResellerTie.objects.get(partner=parties.reseller, ended_at__isnull=True)
    assert (tie.distributor, tie.origin) == (parties.distributor, "invitation")
    told = OutboxMessage.objects.get(template="channel.reseller_accepted")
    assert told.about_id == parties.distributor.pk
    assert not list(resellers_stand_as_their_history_says())


def apply(parties: Parties, company: str = "Alder Networks", **facts: str) -> ProgrammeApplication:
    """A company that wants to work with the distributor; the vendor has passed it."""
    number = ProgrammeApplication.objects.count()
    located(parties.distributor, "south") if not number else None
    account = make_company(f"company-{number:04d}", company)
    application = make_application(
        account,
        "reseller",
        distributor=parties.distributor,
        facts=company_facts(company, credit_code=f"91440300MA5F0X{number:04d}", **facts),
    )
    approve_application(as_staff(parties.vendor), application=application)
    return application


def test_a_company_becomes_a_reseller_once_its_distributor_has_approved(parties: Parties) -> None:
    application = apply(parties, contact_mobile="13911112222", contact_email="it@alder.example")
    boss = browser(parties.distributor.account)
    page = html(boss, "cooperation-applications/")
    assert "Alder Networks" in page and "13911112222" not in page and "it@alder.example" not in page
    for query in ({"company": "alder"}, {"mobile": "1391111"}, {"email": "it@alder"}):
        assert "Alder Networks" in html(boss, "cooperation-applications/", **query)
    assert "Alder Networks" not in html(boss, "cooperation-applications/", mobile="13999")
    assert "Cooperation applications to review" in html(boss, "")
    assert not Partner.objects.filter(pk=application.account_id).exists()

    pass_cooperation(as_partner(parties.distributor), application=application, opinion="Welcome")

    reseller = Partner.objects.get(pk=application.account_id)
    assert (reseller.kind, reseller.distributor) == ("reseller", parties.distributor)
    assert ResellerTie.objects.get(partner=reseller).origin == "application"
    assert "Alder Networks" in html(boss, "resellers/")
    assert "Cooperation applications to review" not in html(boss, "")
    with pytest.raises(WrongState):
        pass_cooperation(
            as_partner(parties.distributor), application=ProgrammeApplication.objects.get(pk=application.pk)
        )


def test_cooperation_is_the_named_distributors_to_decide_and_the_vendor_comes_first(parties: Parties) -> None:
    application = apply(parties)
    rival = make_distributor()
    for actor in (as_partner(rival), as_staff(parties.vendor), as_partner(parties.former)):
        for deed in (pass_cooperation, refuse_cooperation):
            with pytest.raises(NotTheNamedDistributor):
                deed(actor, application=application, opinion="no")
    assert "Alder" not in html(browser(rival.account), "cooperation-applications/")
    later = make_application(
        make_company("another-one", "Elm Works"),
        "reseller",
        distributor=parties.distributor,
        facts=company_facts("Elm Works", credit_code="91440300MA5F0X9999"),
    )
    assert "Elm Works" not in html(browser(parties.distributor.account), "cooperation-applications/")
    with pytest.raises(WrongState):
        pass_cooperation(as_partner(parties.distributor), application=later)
    assert not Partner.objects.filter(pk__in=(later.account_id, application.account_id)).exists()

    refuse_cooperation(as_partner(parties.distributor), application=application, opinion="Too small")

    told = OutboxMessage.objects.filter(
        template="channel.cooperation_refused", about_id=application.account_id
    )
    assert not Partner.objects.filter(pk=application.account_id).exists()
    assert application.opinion == "Too small" and told.count() in (0, 1)


def test_applications_are_approved_in_batches_row_by_row(parties: Parties) -> None:
    rows = [apply(parties, f"Company {number}") for number in range(3)]
    pass_cooperation(as_partner(parties.distributor), application=rows[1])
    boss = browser(parties.distributor.account)

    answer = boss.post(
        "/console/cooperation-applications/",
        {"batch": "chosen-approve", "row": [row.pk for row in rows], "opinion": ""},
    )

    assert answer.status_code == 200
    joined = Partner.objects.filter(distributor=parties.distributor, pk__in=[row.account_id for row in rows])
    assert joined.count() == 3
    assert "Company 1" in answer.content.decode(), "the one that had been approved is named with its reason"


def test_the_link_is_a_secret_of_the_invited_account(parties: Parties) -> None:
    invitation, token = invited(parties)
    assert token not in str(ResellerInvitation.objects.values().get(pk=invitation.pk))
    assert invitation_by_token(as_partner(parties.reseller), token) == invitation
    for stranger in (parties.distributor, parties.former, make_reseller(parties.former)):
        answer = browser(stranger.account).get(f"/console/reseller-invitations/{token}/")
        nothing = browser(stranger.account).get(f"/console/reseller-invitations/{'x' * 43}/")
        assert answer.status_code == nothing.status_code == 404
        assert b"birch" not in answer.content
        with pytest.raises(InvitationUnknown):
            accept_reseller_invitation(as_partner(stranger), invitation=invitation, area="south")
    assert not ResellerTie.objects.filter(origin="invitation").exists()


def test_nobody_learns_from_inviting_who_exists(parties: Parties) -> None:
    boss = as_partner(parties.distributor)
    make_reseller(parties.former, "taken-already", email="a@taken.example")
    make_free_reseller(make_distributor(site="intl"), "other-site", email="b@abroad.example")
    make_free_reseller(parties.former, "no-address")
    make_customer(None, name="a-customer", email="c@customer.example")
    answers = set()
    for invitee in (
        "taken-already",
        "a@taken.example",
        "other-site",
        "no-address",
        "a-customer",
        "nobody-at-all",
    ):
        with pytest.raises(NobodyToInvite) as refusal:
            invite_reseller(boss, invitee=invitee)
        answers.add(str(refusal.value))
    assert len(answers) == 1
    assert not ResellerInvitation.objects.exists()
    assert not OutboxMessage.objects.filter(template="channel.reseller_invited").exists()


def test_reseller_and_distributor_share_the_business_region(parties: Parties) -> None:
    located(parties.distributor, "east")
    invitation, _ = invited(parties)
    with pytest.raises(OtherRegion):
        accept_reseller_invitation(as_partner(parties.reseller), invitation=invitation, area="north")
    located(parties.reseller, "north")
    with pytest.raises(OtherRegion):
        accept_reseller_invitation(as_partner(parties.reseller), invitation=invitation, area="east")
    invitation.refresh_from_db()
    cancel_reseller_invitation(as_partner(parties.distributor), invitation=invitation)
    with pytest.raises(NobodyToInvite):
        invite_reseller(as_partner(parties.distributor), invitee="birch-cloud")
    assert regions_agree("", "east") and not regions_agree("north", "east")


def test_after_seven_days_the_link_is_dead_and_sending_again_makes_a_new_one(parties: Parties) -> None:
    invitation, old = invited(parties)
    boss, reseller = as_partner(parties.distributor), as_partner(parties.reseller)
    with pytest.raises(SentMomentsAgo):
        resend_reseller_invitation(boss, invitation=invitation)
    with clock.at(invitation.expires_at):
        with pytest.raises(InvitationExpired):
            accept_reseller_invitation(reseller, invitation=invitation_by_token(reseller, old), area="south")
        assert expire_reseller_invitations() == {"expired": 1}
        invitation.refresh_from_db()
        assert invitation.state is ResellerInvitationState.EXPIRED

        resend_reseller_invitation(boss, invitation=invitation)

        new = latest_link_token("channel.reseller_invited", parties.reseller.pk)
        assert new != old and invitation.times_sent == 2
        with pytest.raises(InvitationUnknown):
            invitation_by_token(reseller, old)
        accept_reseller_invitation(reseller, invitation=invitation_by_token(reseller, new), area="south")
    with pytest.raises(WrongState):
        cancel_reseller_invitation(boss, invitation=ResellerInvitation.objects.get())


def test_accepting_one_invitation_ends_the_others(parties: Parties) -> None:
    first, _ = invited(parties)
    rival = make_distributor()
    other = invite_reseller(as_partner(rival), invitee="sales@birch.example")
    with pytest.raises(AlreadyInvited):
        invite_reseller(as_partner(rival), invitee="birch-cloud")

    accept_reseller_invitation(as_partner(parties.reseller), invitation=first, area="south")

    other.refresh_from_db()
    assert other.state is ResellerInvitationState.CANCELLED
    with pytest.raises(NobodyToInvite):
        resend_reseller_invitation(as_partner(rival), invitation=other)


def test_a_hundred_invitations_a_day(parties: Parties) -> None:
    now = clock.now()
    ResellerInvitation.objects.bulk_create(
        ResellerInvitation(
            partner=parties.reseller,
            distributor=parties.distributor,
            email="x@y.example",
            state=ResellerInvitationState.CANCELLED,
            token_digest=str(number),
            sent_at=now,
            expires_at=now,
        )
        for number in range(100)
    )
    with pytest.raises(TooManyInvitations):
        invited(parties)
    with clock.at(now + timedelta(days=1, seconds=1)):
        invited(parties)


def test_a_distributor_that_is_frozen_invites_nobody_and_gets_nobody(parties: Parties) -> None:
    invitation, _ = invited(parties)
    freeze_partner(SYSTEM, partner=parties.distributor, reason="arrears")
    for attempt in (
        lambda: invite_reseller(as_partner(parties.distributor), invitee="birch-cloud"),
        lambda: accept_reseller_invitation(as_partner(parties.reseller), invitation=invitation, area="south"),
        lambda: invite_reseller(as_partner(parties.reseller), invitee="birch-cloud"),
        lambda: invite_reseller(as_staff(parties.vendor), invitee="birch-cloud"),
    ):
        with pytest.raises(OnlyADistributorInGoodStanding):
            attempt()


def test_unbinding_returns_the_balance_and_ends_rights_and_manager(parties: Parties) -> None:
    boss = as_partner(parties.distributor)
    reseller = make_reseller(parties.distributor, rights=ALL_RIGHTS)
    adjust_balance(SYSTEM, account=parties.distributor.account, amount=Money.of("100", "CNY"), memo="start")
    allocate_to_reseller(boss, reseller=reseller, amount=Money.of("40.50", "CNY"))
    assign_reseller_manager(boss, reseller=reseller, manager=make_account_manager(parties.distributor))
    customer = make_customer(reseller)
    authorise(customer)
    with pytest.raises(OnlyTheVendor):
        unbind_reseller(boss, reseller=reseller, reason="I say so")

    unbind_reseller(as_staff(parties.vendor), reseller=reseller, reason="Changes distributor")

    assert balances_of(parties.distributor.pk).cash == Money.of("100", "CNY")
    assert balances_of(reseller.pk).cash == Money.zero("CNY")
    returned = Adjustment.objects.get(target=reseller.account, operation=Operation.UNBIND)
    assert returned.amount == Money.of("40.50", "CNY")
    reseller.refresh_from_db()
    assert (reseller.distributor, reseller.account_manager, reseller.associated_at) == (None, None, None)
    assert not ResellerGrant.objects.filter(partner=reseller, withdrawn_at__isnull=True).exists()
    assert ResellerAssignment.objects.get(partner=reseller).ended_at is not None
    assert ResellerTie.objects.get(partner=reseller).reason == "Changes distributor"
    assert not is_authorised(customer.pk, reseller.pk), "it rested on the distributor's grant"
    assert not list(resellers_stand_as_their_history_says())
    for deed in (
        lambda: allocate_to_reseller(boss, reseller=reseller, amount=Money.of("1", "CNY")),
        lambda: grant_right(boss, reseller=reseller, right="set_budgets"),
        lambda: assign_reseller_manager(
            boss, reseller=reseller, manager=make_account_manager(parties.distributor)
        ),
    ):
        with pytest.raises((NoRightOverReseller, OnlyItsDistributor)):
            deed()
    with pytest.raises(NotTied):
        unbind_reseller(as_staff(parties.vendor), reseller=reseller, reason="again")


def test_a_later_distributor_does_not_see_what_was_before(parties: Parties) -> None:
    boss = as_partner(parties.former)
    reseller = make_reseller(parties.former, rights=ALL_RIGHTS)
    manager = make_account_manager(parties.former)
    assign_reseller_manager(boss, reseller=reseller, manager=manager)
    reclaim_reseller_manager(boss, reseller=reseller)
    unbind_reseller(SYSTEM, reseller=reseller, reason="moves")
    Partner.objects.filter(pk=reseller.pk).update(distributor=parties.distributor, associated_at=clock.now())
    later = as_partner(parties.distributor)
    for model in (ResellerTie, ResellerAssignment, ResellerGrant):
        assert not model.objects.visible_to(later).filter(partner=reseller).exists()
        assert model.objects.visible_to(boss).filter(partner=reseller).exists()
        assert model.objects.visible_to(as_partner(reseller)).exists()
        assert not model.objects.visible_to(as_partner(make_distributor())).exists()


def test_personal_data_of_invitations_is_masked_and_looking_is_recorded(parties: Parties) -> None:
    invitation, _ = invited(parties)
    reading = browser(parties.distributor.account)
    assert "sales@birch.example" not in html(reading, "reseller-invitations/")

    shown = reading.post("/console/reseller-invitations/", {"reveal": "email"})

    assert "sales@birch.example" in shown.content.decode()
    assert TrailEntry.objects.filter(verb="personal_data.revealed", subject_id=str(invitation.pk)).exists()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_pages_open_for_distributor_reseller_and_vendor(parties: Parties, language: str) -> None:
    invitation, token = invited(parties)
    make_customer(make_reseller(parties.distributor), company="Pinewood Carpets")
    distributor = browser(parties.distributor.account, language)
    for name in ("resellers", "cooperation-applications", "reseller-invitations", "reseller-managers",
                 "reseller-ties", "resellers-customers", "invite-reseller", "customer-contacts"):  # fmt: skip
        page = html(distributor, PAGES[name].path)
        assert name != "resellers-customers" or "Pinewood" in page
    for name in ("resellers", "cooperation-applications", "reseller-invitations", "reseller-ties"):
        html(browser(parties.vendor, language), PAGES[name].path)
    html(browser(parties.reseller.account, language), f"reseller-invitations/{token}/")
    refused = browser(parties.reseller.account, language).get("/console/reseller-invitations/")
    assert refused.status_code == 403
    dialog = distributor.get(f"/console/reseller-invitations/?dialog=chosen-resend&row={invitation.pk}")
    assert dialog.status_code == 200


def test_of_two_acceptances_at_once_one_ties_the_reseller(real_db: None) -> None:
    parties = build()
    rivals = [parties.distributor, make_distributor()]
    sent = [invite_reseller(as_partner(one), invitee="birch-cloud").pk for one in rivals]
    acting = as_partner(parties.reseller)

    def accept(number: int) -> None:
        row = ResellerInvitation.objects.select_related("partner").get(pk=sent[number % 2])
        accept_reseller_invitation(acting, invitation=row, area="south")

    ends = race(accept)

    assert ends.pop("done") == 1
    assert set(ends) <= {"WrongState", "AlreadyTied"}
    assert ResellerTie.objects.filter(partner=parties.reseller, ended_at__isnull=True).count() == 1
    assert not list(resellers_stand_as_their_history_says())


def test_no_money_stays_with_a_reseller_that_is_unbound_while_its_distributor_allocates(
    real_db: None,
) -> None:
    parties = build()
    reseller = make_reseller(parties.distributor)
    adjust_balance(SYSTEM, account=parties.distributor.account, amount=Money.of("100", "CNY"), memo="start")
    boss, vendor = as_partner(parties.distributor), as_staff(parties.vendor)

    def allocate_or_unbind(number: int) -> None:
        row = Partner.objects.select_related("account").get(pk=reseller.pk)
        if number == 4:
            unbind_reseller(vendor, reseller=row, reason="x")
        else:
            allocate_to_reseller(boss, reseller=row, amount=Money.of("10", "CNY"))

    ends = race(allocate_or_unbind)

    assert ends["done"] >= 1 and set(ends) <= {"done", "NoRightOverReseller"}
    reseller.refresh_from_db()
    assert reseller.distributor is None
    assert balances_of(reseller.pk).cash == Money.zero("CNY")
    assert balances_of(parties.distributor.pk).cash == Money.of("100", "CNY")
