"""Applying to programmes: who may, what follows, and what a distributor has to say."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from partner_center.channel.actions.programmes import (
    apply_to_programme,
    approve_application,
    choose_distributor,
    resubmit_application,
)
from partner_center.channel.actions.programmes_standing import (
    apply_for_tier,
    freeze_partner_and_customers,
    let_partner_leave,
    lift_partner_and_customers,
)
from partner_center.channel.errors.programmes import (
    DistributorUnsuitable,
    MayNotJoin,
    NotTheCompanysName,
    StillHeld,
)
from partner_center.channel.makers.programmes import A_PDF, company_facts, make_application, make_company
from partner_center.channel.queries.programmes import obstacles_of
from partner_center.channel.rules.programmes import Obstacle
from partner_center.customers.actions import (
    associate_customer,
    freeze_customer,
    unfreeze_account,
    unfreeze_customer,
)
from partner_center.customers.errors import (
    ApplicantCannotBeACustomer,
    ApplicantMayNotBuy,
    FrozenByAnother,
)
from partner_center.customers.lifecycles import FreezeState
from partner_center.customers.makers import make_customer
from partner_center.customers.models import AssociationType, Customer
from partner_center.customers.queries import check_may_buy
from partner_center.foundation.actor import Actor
from partner_center.foundation.errors import WrongState
from partner_center.foundation.models import OutboxMessage
from partner_center.identity.makers import as_owner, make_account
from partner_center.identity.models import Account, Attachment
from partner_center.kernel import clock
from partner_center.partners.actions import (
    approve_upgrade,
    cancel_programme_invitation,
    delist_partner,
    invite_to_programme,
    record_company,
    refuse_application,
    resend_programme_invitation,
    restrict_partner,
    withdraw_application,
)
from partner_center.partners.actions.applications import admit_applicant
from partner_center.partners.errors import (
    AgreementsNotSigned,
    InvitationInvalid,
    NotYourApplication,
    OnlyTheVendor,
    RequirementsNotMet,
)
from partner_center.partners.jobs import expire_programme_invitations
from partner_center.partners.makers import (
    as_partner,
    as_staff,
    make_distributor,
    make_reseller,
    make_solution_provider,
)
from partner_center.partners.models import (
    ApplicationState,
    Company,
    Membership,
    Partner,
    PartnerState,
    Programme,
    ProgrammeApplication,
    ProgrammeInvitationState,
    Signature,
    TierRequirement,
    UpgradeState,
)
from partner_center.partners.queries import agreements_in_force, application_for
from partner_center.partners.rules import why_not_expand

SYSTEM = Actor.system("tests")
ABROAD = {"site": "intl"}


def programme(code: str, site: str = "cn") -> Programme:
    return Programme.objects.get(site=site, code=code)


def ticked(code: str, site: str = "cn") -> list[int]:
    return [one.pk for one in agreements_in_force(site, programme(code, site).preset.agreements)]


def test_a_company_applies_is_admitted_and_has_a_certificate_and_its_company(db: None) -> None:
    account = make_company("pine-clouds", "Pine Clouds", email="hi@pine.example")

    application = make_application(account, "csp", licence=("licence.pdf", A_PDF))
    assert application.state is ApplicationState.UNDER_REVIEW
    assert Attachment.objects.filter(account=account, purpose="company_licence").count() == 1
    assert Signature.objects.filter(account=account).count() == 2
    approve_application(as_staff(), application=application)

    partner = Partner.objects.get(pk=account.pk)
    membership = Membership.objects.get(partner=partner)
    company = Company.objects.visible_to(as_partner(partner)).get()
    assert (partner.kind, partner.name, partner.state) == (
        "solution_provider",
        "Pine Clouds",
        PartnerState.JOINED,
    )
    assert Account.objects.get(pk=account.pk).kind == "solution_provider"
    assert membership.certificate and membership.valid_until > clock.now() + timedelta(days=364)
    assert company.accounts.get().is_master and company.area == "south"
    told = set(OutboxMessage.objects.filter(about_id=account.pk).values_list("template", flat=True))
    assert {"partners.application_received", "partners.admitted"} <= told
    with pytest.raises(WrongState):
        approve_application(as_staff(), application=application)


def test_while_applying_an_account_neither_buys_nor_becomes_a_customer(db: None) -> None:
    account = make_company("pine-clouds", "Pine Clouds")
    customer = Customer.objects.get(pk=account.pk)
    check_may_buy(customer)
    application = make_application(account, "csp")

    with pytest.raises(ApplicantMayNotBuy):
        check_may_buy(customer)
    with pytest.raises(ApplicantCannotBeACustomer):
        associate_customer(SYSTEM, customer=customer, partner=make_solution_provider())
    assert Customer.objects.get(pk=account.pk).partner_id is None

    withdraw_application(as_owner(account), application=application)
    check_may_buy(customer)
    approved = make_application(account, "csp")
    approve_application(SYSTEM, application=approved)
    with pytest.raises(ApplicantMayNotBuy):
        check_may_buy(Customer.objects.get(pk=account.pk))


def test_each_thing_in_the_way_is_named_with_its_way_out(db: None) -> None:
    csp, provider = programme("csp"), make_solution_provider()
    individual = make_company("somebody", "Somebody", kind="individual")
    unknown = make_account("customer")
    ours = make_customer(provider).account

    assert obstacles_of(individual, csp) == [Obstacle.PERSONAL]
    assert Obstacle.ASSOCIATED in obstacles_of(ours, csp)
    assert obstacles_of(provider.account, csp) == [Obstacle.MEMBER]
    assert obstacles_of(provider.account, programme("reseller")) == [Obstacle.PARTNER]
    assert Obstacle.INVITATION in obstacles_of(individual, programme("distributor"))
    assert obstacles_of(unknown, programme("pce")) == [Obstacle.NO_PARTNER]
    assert obstacles_of(provider.account, programme("pce")) == []
    reseller = make_reseller(make_distributor())
    assert obstacles_of(reseller.account, programme("pce")) == [Obstacle.RESELLER]
    frozen = make_company("cold-clouds", "Cold Clouds")
    freeze_customer(SYSTEM, customer=Customer.objects.get(pk=frozen.pk), reason="risk")
    assert obstacles_of(frozen, csp) == []
    assert obstacles_of(frozen, programme("distributor")) == [Obstacle.INVITATION, Obstacle.FROZEN]
    for obstacle in Obstacle:
        assert str(obstacle.label) and str(obstacle.way_out)

    with pytest.raises(MayNotJoin) as refusal:
        make_application(individual, "csp")
    assert str(Obstacle.PERSONAL.way_out) in str(refusal.value)
    assert not ProgrammeApplication.objects.exists()


def test_one_provider_account_for_each_company_and_region(db: None) -> None:
    first = make_company("pine-clouds", "Pine Clouds")
    second = make_company("pine-clouds-2", "Pine Clouds")
    namesake = make_company("pine-clouds-3", "Pine Clouds")
    approve_application(SYSTEM, application=make_application(first, "csp"))

    with pytest.raises(MayNotJoin):
        make_application(second, "csp")
    application = make_application(second, "csp", area="north")
    approve_application(SYSTEM, application=application)
    make_application(namesake, "csp", facts=company_facts("Pine Clouds", credit_code="another"))

    company = Company.objects.get(credit_code=company_facts("")["credit_code"])
    assert [one.is_master for one in company.accounts.order_by("joined_at")] == [True, False]


def test_what_is_agreed_must_be_ticked_and_the_name_must_be_the_authenticated_one(db: None) -> None:
    account = make_company("pine-clouds", "Pine Clouds")
    facts = company_facts("Pine Clouds")

    with pytest.raises(AgreementsNotSigned):
        apply_to_programme(
            as_owner(account), programme=programme("csp"), facts=facts, agreed=ticked("csp")[:1]
        )
    with pytest.raises(NotTheCompanysName):
        make_application(account, "csp", facts=company_facts("Somebody Else"))
    assert not ProgrammeApplication.objects.exists() and not Signature.objects.exists()


def test_a_refused_application_is_corrected_by_its_applicant_alone(db: None) -> None:
    account = make_company("pine-clouds", "Pine Clouds")
    application = make_application(account, "csp")
    stranger = as_owner(make_account("customer"))

    with pytest.raises(OnlyTheVendor):
        refuse_application(as_owner(account), application=application, opinion="fine")
    refuse_application(as_staff(), application=application, opinion="The licence cannot be read.")
    check_may_buy(Customer.objects.get(pk=account.pk))
    with pytest.raises(NotYourApplication):
        resubmit_application(stranger, application=application, facts=company_facts("Pine Clouds"))
    with pytest.raises(Exception, match="no such application"):
        application_for(stranger, application.pk)
    resubmit_application(
        as_owner(account), application=application, facts=company_facts("Pine Clouds"), area="east"
    )
    fresh = ProgrammeApplication.objects.get(pk=application.pk)
    assert (fresh.state, fresh.area, fresh.opinion) == (ApplicationState.UNDER_REVIEW, "east", "")


def test_a_reseller_joins_when_vendor_and_distributor_agree(db: None) -> None:
    distributor, other = make_distributor(), make_distributor()
    record_company(SYSTEM, partner=distributor, area="south", **{**company_facts("D"), "credit_code": "D1"})
    account = make_company("oak-resale", "Oak Resale")

    with pytest.raises(DistributorUnsuitable):
        make_application(account, "reseller", distributor=make_solution_provider())
    with pytest.raises(DistributorUnsuitable):
        make_application(account, "reseller", distributor=distributor, area="north")
    application = make_application(account, "reseller", distributor=distributor)
    assert not ProgrammeApplication.objects.visible_to(as_partner(distributor)).exists()
    approve_application(as_staff(), application=application)
    assert application.state is ApplicationState.DISTRIBUTOR_REVIEW
    assert not Partner.objects.filter(pk=account.pk).exists()
    assert ProgrammeApplication.objects.visible_to(as_partner(distributor)).get() == application
    assert not ProgrammeApplication.objects.visible_to(as_partner(other)).exists()

    delist_partner(as_staff(), partner=distributor, reason="ended")
    application = ProgrammeApplication.objects.get(pk=application.pk)
    assert application.state is ApplicationState.COOPERATION_REFUSED
    with pytest.raises(DistributorUnsuitable):
        choose_distributor(as_owner(account), application=application, distributor=distributor)
    choose_distributor(as_owner(account), application=application, distributor=other)
    _admit(as_partner(other), application, ApplicationState.pass_cooperation)
    reseller = Partner.objects.get(pk=account.pk)
    assert (reseller.kind, reseller.distributor_id) == ("reseller", other.pk)


def _admit(actor: Actor, application: ProgrammeApplication, step: Any) -> None:
    """As a deed of the distributor does it, inside an action."""
    from partner_center.foundation import action as frame

    token = frame._inside.set(True)
    try:
        admit_applicant(actor, application, step)
    finally:
        frame._inside.reset(token)


def _link_of(template: str) -> str:
    body = OutboxMessage.objects.filter(template=template).latest("pk").body
    return next(word for word in body.split() if "/invited/" in word).rstrip("/").rsplit("/", 1)[-1]


def test_only_who_holds_the_vendors_link_applies_to_be_a_distributor(db: None) -> None:
    account = make_company("elm-supply", "Elm Supply")
    staff = as_staff()
    invitation = invite_to_programme(
        staff, programme=programme("distributor"), company_name="Elm Supply", email="ceo@elm.example"
    )
    first = _link_of("partners.programme_invitation")
    with pytest.raises(MayNotJoin):
        make_application(account, "distributor")
    with pytest.raises(InvitationInvalid):
        make_application(account, "distributor", token="guess")
    resend_programme_invitation(staff, invitation=invitation)
    with pytest.raises(InvitationInvalid):
        make_application(account, "distributor", token=first)

    application = make_application(account, "distributor", token=_link_of("partners.programme_invitation"))
    invitation.refresh_from_db()
    assert invitation.state is ProgrammeInvitationState.USED and invitation.application == application
    with pytest.raises(WrongState):
        cancel_programme_invitation(staff, invitation=invitation)
    approve_application(staff, application=application)
    assert Partner.objects.get(pk=account.pk).kind == "distributor"


def test_a_link_to_a_programme_runs_out_after_seven_days(db: None) -> None:
    account = make_company("elm-supply", "Elm Supply")
    invitation = invite_to_programme(
        as_staff(), programme=programme("distributor"), company_name="Elm", email="ceo@elm.example"
    )
    token = _link_of("partners.programme_invitation")

    with clock.at(clock.now() + timedelta(days=7)):
        with pytest.raises(InvitationInvalid):
            make_application(account, "distributor", token=token)
        expire_programme_invitations()
    invitation.refresh_from_db()
    assert invitation.state is ProgrammeInvitationState.EXPIRED


def test_a_partner_joins_a_programme_beside_its_identity(db: None) -> None:
    provider = make_solution_provider()
    application = make_application(provider.account, "pce", area="")

    approve_application(as_staff(), application=application)

    codes = Membership.objects.filter(partner=provider).values_list("programme__code", flat=True)
    assert sorted(codes) == ["csp", "pce"]
    assert obstacles_of(provider.account, programme("pce")) == [Obstacle.MEMBER]


def test_a_frozen_partner_abroad_takes_its_tree_with_it_and_gives_it_back(db: None) -> None:
    distributor = make_distributor(**ABROAD)
    reseller = make_reseller(distributor)
    restricted = make_reseller(distributor)
    restrict_partner(SYSTEM, partner=restricted, reason="arrears")
    mine = make_customer(reseller, association_type=AssociationType.RESALE)
    referral = make_customer(reseller, association_type=AssociationType.REFERRAL)
    Customer.objects.filter(pk=mine.pk).update(freeze_state=FreezeState.ACTIVE, frozen_by="", frozen_at=None)

    freeze_partner_and_customers(as_staff(), partner=distributor, reason="fraud")

    def state_of(customer: Customer) -> FreezeState:
        return Customer.objects.get(pk=customer.pk).freeze_state

    assert Partner.objects.get(pk=reseller.pk).state is PartnerState.FROZEN
    assert (state_of(mine), state_of(referral)) == (FreezeState.RESOURCES, FreezeState.ACTIVE)
    frozen = Customer.objects.select_related("account").get(pk=mine.pk)
    with pytest.raises(FrozenByAnother):
        unfreeze_customer(as_partner(distributor), customer=frozen)
    unfreeze_account(as_partner(distributor), customer=frozen)
    assert state_of(mine) is FreezeState.ONLY_RESOURCES

    lift_partner_and_customers(as_staff(), partner=distributor)
    assert Partner.objects.get(pk=reseller.pk).state is PartnerState.JOINED
    assert state_of(mine) is FreezeState.ACTIVE


def test_a_partner_leaves_when_nothing_of_it_is_left_and_has_a_year_to_cash(db: None) -> None:
    provider = make_solution_provider(email="hi@pine.example")
    customer = make_customer(provider)

    with pytest.raises(StillHeld, match="1"):
        let_partner_leave(as_staff(), partner=provider, reason="asked")
    assert Partner.objects.get(pk=provider.pk).state is PartnerState.JOINED
    Customer.objects.filter(pk=customer.pk).update(partner=None, association_type="", associated_at=None)
    provider = Partner.objects.get(pk=provider.pk)
    let_partner_leave(as_staff(), partner=provider, reason="asked")

    assert provider.state is PartnerState.EXITED
    assert provider.incentives_until is not None
    assert timedelta(days=364) < provider.incentives_until - clock.now() < timedelta(days=367)
    assert not Membership.objects.filter(partner=provider, ended_at=None).exists()
    assert OutboxMessage.objects.filter(template="partners.cash_in_time", about_id=provider.pk).exists()


def test_resellers_of_a_distributor_that_has_gone_bring_in_nobody(db: None) -> None:
    distributor = make_distributor()
    reseller = make_reseller(distributor)
    assert why_not_expand(reseller, distributor) is None

    delist_partner(as_staff(), partner=distributor, reason="ended")

    assert why_not_expand(reseller, Partner.objects.get(pk=distributor.pk)) is not None


def test_a_tier_is_reached_when_every_requirement_is_met_and_the_vendor_agrees(db: None) -> None:
    provider = make_solution_provider()
    membership = Membership.objects.get(partner=provider)
    with pytest.raises(RequirementsNotMet):
        apply_for_tier(as_partner(provider), membership=membership)
    TierRequirement.objects.filter(programme__code="csp").update(at_least=0)

    upgrade = apply_for_tier(as_partner(provider), membership=membership)
    assert len(upgrade.checklist) == 4
    approve_upgrade(as_staff(), upgrade=upgrade)
    membership.refresh_from_db()
    assert (upgrade.state, membership.tier) == (UpgradeState.APPROVED, "advanced")


def test_of_two_reviewers_one_is_too_late(real_db: None) -> None:
    account = make_company("pine-clouds", "Pine Clouds")
    application = make_application(account, "csp")
    outcomes: list[str] = []

    def decide(approve: bool) -> None:
        mine = ProgrammeApplication.objects.select_related("account", "programme").get(pk=application.pk)
        try:
            if approve:
                approve_application(SYSTEM, application=mine)
            else:
                refuse_application(SYSTEM, application=mine, opinion="no")
            outcomes.append("done")
        except WrongState:
            outcomes.append("late")
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=(index % 2 == 0,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["done", "late", "late", "late"]
    joined = ProgrammeApplication.objects.get(pk=application.pk).state is ApplicationState.JOINED
    assert Partner.objects.filter(pk=account.pk).exists() is joined


def test_applying_and_being_brought_in_at_once_end_with_one_of_them(real_db: None) -> None:
    account = make_company("pine-clouds", "Pine Clouds")
    provider = make_solution_provider()
    barrier = threading.Barrier(2)

    def apply() -> None:
        barrier.wait()
        try:
            make_application(account, "csp")
        except MayNotJoin:
            pass
        finally:
            connection.close()

    def bring_in() -> None:
        customer = Customer.objects.select_related("account").get(pk=account.pk)
        barrier.wait()
        try:
            associate_customer(SYSTEM, customer=customer, partner=provider)
        except ApplicantCannotBeACustomer:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=apply), threading.Thread(target=bring_in)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    applied = ProgrammeApplication.objects.filter(account=account).exists()
    assert applied is (Customer.objects.get(pk=account.pk).partner_id is None)
