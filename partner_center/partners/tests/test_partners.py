"""Partners: how they come, change and what they let each other do."""

from __future__ import annotations

import pytest

from partner_center.foundation.actor import Actor
from partner_center.foundation.errors import WrongState
from partner_center.foundation.models import OutboxMessage, TrailEntry
from partner_center.identity.makers import make_account
from partner_center.partners.actions import (
    admit_partner,
    assign_platform,
    assign_reseller_manager,
    delist_partner,
    freeze_partner,
    grant_right,
    lift_partner,
    reclaim_reseller_manager,
    restrict_partner,
    withdraw_right,
)
from partner_center.partners.errors import (
    AlreadyAPartner,
    NotADistributor,
    NotYourMember,
    OnlyItsDistributor,
    OnlyTheVendor,
    PlatformTaken,
    RightNotHeld,
    WrongAccountKind,
)
from partner_center.partners.makers import (
    as_partner,
    as_staff,
    make_account_manager,
    make_distributor,
    make_reseller,
    make_solution_provider,
)
from partner_center.partners.models import (
    Partner,
    PartnerState,
    PlatformIdentity,
    ResellerGrant,
    ResellerRight,
)
from partner_center.partners.queries import holds_right, spending_is_stopped

SYSTEM = Actor.system("tests")


def test_an_account_becomes_a_partner_and_hears_of_it(db: None) -> None:
    account = make_account("solution_provider", company_name="Pine Solutions", email="hi@pine.example")

    partner = admit_partner(as_staff(), account=account, kind="solution_provider", settlement="postpaid")

    assert (partner.pk, partner.name, partner.settlement) == (account.pk, "Pine Solutions", "postpaid")
    assert partner.state is PartnerState.JOINED
    assert OutboxMessage.objects.filter(template="partners.admitted", about_id=account.pk).exists()
    with pytest.raises(AlreadyAPartner):
        admit_partner(SYSTEM, account=account, kind="solution_provider")


def test_only_the_vendor_admits_and_only_accounts_of_the_kind(db: None) -> None:
    account = make_account("solution_provider")

    with pytest.raises(OnlyTheVendor):
        admit_partner(as_partner(make_distributor()), account=account, kind="solution_provider")
    for kind in ("distributor", "customer"):
        with pytest.raises(WrongAccountKind):
            admit_partner(SYSTEM, account=account, kind=kind)
    with pytest.raises(WrongAccountKind):
        admit_partner(SYSTEM, account=make_account("customer"), kind="customer")
    assert not Partner.objects.filter(pk=account.pk).exists()


def test_a_reseller_has_one_joined_distributor_of_its_site(db: None) -> None:
    frozen, abroad = make_distributor(), make_distributor(site="intl")
    freeze_partner(SYSTEM, partner=frozen, reason="risk")
    account = make_account("reseller")

    for unfit in (None, frozen, abroad, make_solution_provider()):
        with pytest.raises(NotADistributor):
            admit_partner(SYSTEM, account=account, kind="reseller", distributor=unfit)
    distributor = make_distributor()
    reseller = admit_partner(SYSTEM, account=account, kind="reseller", distributor=distributor)
    assert reseller.distributor_id == distributor.pk and reseller.associated_at is not None


def test_standing_changes_by_its_steps_and_is_told(db: None) -> None:
    partner, staff = make_solution_provider(mobile="13900000001"), as_staff()

    restrict_partner(staff, partner=partner, reason="arrears")
    assert spending_is_stopped(partner.pk)
    with pytest.raises(WrongState):
        restrict_partner(staff, partner=partner, reason="again")
    freeze_partner(staff, partner=partner, reason="risk")
    lift_partner(staff, partner=partner)
    assert not spending_is_stopped(partner.pk)
    delist_partner(staff, partner=partner, reason="left")
    with pytest.raises(WrongState):
        lift_partner(staff, partner=partner)

    assert Partner.objects.get(pk=partner.pk).state is PartnerState.DELISTED
    told = OutboxMessage.objects.filter(template="partners.state_changed", channel="sms")
    assert told.count() == 4
    verbs = TrailEntry.objects.filter(subject_id=partner.pk, verb__startswith="partner.").values_list(
        "verb", flat=True
    )
    assert set(verbs) == {"partner.restrict", "partner.freeze", "partner.lift", "partner.delist"}


def test_a_partner_cannot_change_its_own_standing(db: None) -> None:
    partner = make_solution_provider()

    with pytest.raises(OnlyTheVendor):
        restrict_partner(as_partner(partner), partner=partner, reason="x")
    with pytest.raises(OnlyTheVendor):
        assign_platform(as_partner(partner), partner=partner, code="mine")
    assert Partner.objects.get(pk=partner.pk).state is PartnerState.JOINED


def test_a_distributors_restriction_reaches_its_resellers(db: None) -> None:
    distributor = make_distributor()
    reseller = make_reseller(distributor)

    restrict_partner(SYSTEM, partner=distributor, reason="arrears")

    assert spending_is_stopped(reseller.pk)
    assert Partner.objects.get(pk=reseller.pk).state is PartnerState.JOINED


def test_platforms_belong_to_one_partner_each_but_may_share_a_name(db: None) -> None:
    one, two = make_solution_provider(platform="portal"), make_solution_provider(platform="portal")

    with pytest.raises(PlatformTaken):
        assign_platform(SYSTEM, partner=one, code="portal")
    assert PlatformIdentity.objects.filter(code="portal").count() == 2
    assert list(
        PlatformIdentity.objects.visible_to(as_partner(two)).values_list("partner_id", flat=True)
    ) == [two.pk]


def test_rights_are_granted_once_and_withdrawn(db: None) -> None:
    distributor = make_distributor()
    reseller, right = make_reseller(distributor), ResellerRight.SET_BUDGETS
    actor = as_partner(distributor)

    grant_right(actor, reseller=reseller, right=right)
    grant_right(actor, reseller=reseller, right=right)
    assert ResellerGrant.objects.count() == 1 and holds_right(reseller, right)
    withdraw_right(actor, reseller=reseller, right=right)
    assert not holds_right(reseller, right)
    with pytest.raises(RightNotHeld):
        withdraw_right(actor, reseller=reseller, right=right)


def test_only_its_distributor_decides_on_a_reseller(db: None) -> None:
    distributor, other = make_distributor(), make_distributor()
    reseller = make_reseller(distributor)
    manager = make_account_manager(other)

    for actor in (as_partner(other), as_partner(reseller), as_staff()):
        with pytest.raises(OnlyItsDistributor):
            grant_right(actor, reseller=reseller, right=ResellerRight.SET_BUDGETS)
        with pytest.raises(OnlyItsDistributor):
            assign_reseller_manager(actor, reseller=reseller, manager=manager)
    with pytest.raises(NotYourMember):
        assign_reseller_manager(as_partner(distributor), reseller=reseller, manager=manager)


def test_a_resellers_manager_is_assigned_and_reclaimed(db: None) -> None:
    distributor = make_distributor()
    reseller, manager = make_reseller(distributor), make_account_manager(distributor)

    assign_reseller_manager(as_partner(distributor), reseller=reseller, manager=manager)
    assert Partner.objects.get(pk=reseller.pk).account_manager_id == manager.pk
    reclaim_reseller_manager(as_partner(distributor), reseller=reseller)
    assert Partner.objects.get(pk=reseller.pk).account_manager_id is None


def test_who_sees_which_partners(db: None) -> None:
    distributor, stranger = make_distributor(), make_solution_provider()
    reseller = make_reseller(distributor)

    def seen(actor: Actor) -> set[str]:
        return set(Partner.objects.visible_to(actor).values_list("pk", flat=True))

    assert seen(as_partner(distributor)) == {distributor.pk, reseller.pk}
    assert seen(as_partner(reseller)) == {reseller.pk}
    assert seen(as_partner(stranger)) == {stranger.pk}
    assert seen(as_staff()) >= {distributor.pk, reseller.pk, stranger.pk}
    assert seen(Actor.nobody()) == seen(Actor(kind="customer", account_id=reseller.pk)) == set()
