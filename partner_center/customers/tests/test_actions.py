"""Deeds upon customers: what they do, and the refusals that leave no trace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from partner_center.customers.actions import (
    agree_authorisation,
    approve_real_name,
    assign_manager,
    associate_customer,
    decline_authorisation,
    fail_real_name,
    freeze_customer,
    freeze_customer_with_resources,
    reclaim_customer,
    request_authorisation,
    set_budget,
    set_label,
    set_level,
    submit_real_name,
    unfreeze_customer,
    withdraw_real_name,
)
from partner_center.customers.errors import (
    AlreadyAssociated,
    AlreadyInCharge,
    AuthorisationOpen,
    BudgetOutOfRange,
    CustomerFrozen,
    DistributorConsentMissing,
    FrozenByAnother,
    NobodyInCharge,
    NoRightOverCustomer,
    NotACustomerOfThePartner,
    NotAMember,
    OnlyItsPartner,
    OnlyTheCustomer,
    PurchasesStopped,
    RealNameRequired,
    WrongSite,
)
from partner_center.customers.lifecycles import AuthorisationState, FreezeState, VerifiedStatus
from partner_center.customers.makers import as_customer, make_customer, make_people
from partner_center.customers.models import (
    Association,
    Authorisation,
    Budget,
    BudgetRecord,
    Customer,
    IdentityMapping,
    ManagerAssignment,
)
from partner_center.customers.queries import (
    check_may_buy,
    check_may_renew,
    customer_for,
    customers_assigned_to,
    scope_of,
)
from partner_center.customers.tests.conftest import Channel
from partner_center.foundation.actor import Actor
from partner_center.foundation.errors import NotPermitted, WrongState
from partner_center.foundation.models import OutboxMessage, TrailEntry
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.partners.actions import freeze_partner, lift_partner, restrict_partner
from partner_center.partners.errors import (
    DistributorHasQuit,
    NoRightOverReseller,
    NotAPartner,
    OnlyTheVendor,
    PartnerRestricted,
)
from partner_center.partners.makers import as_partner, as_staff, make_account_manager, make_distributor
from partner_center.partners.models import Partner

SYSTEM = Actor.system("tests")
NOON = datetime(2026, 3, 15, 12, tzinfo=UTC)


def usd(text: str) -> Money:
    return Money.of(text, "USD")


# --------------------------------------------------------------------------------- association


def test_association_is_written_with_its_history_and_told(channel: Channel) -> None:
    customer = make_customer(None, email="it@pine.example")

    associate_customer(
        as_staff(channel.vendor), customer=customer, partner=channel.provider, association_type="referral"
    )

    stored = Customer.objects.get(pk=customer.pk)
    assert (stored.partner_id, stored.association_type) == (channel.provider.pk, "referral")
    assert Association.objects.get().began_at == stored.associated_at
    assert TrailEntry.objects.filter(verb="customers.associate", about_id=customer.pk).exists()
    assert OutboxMessage.objects.filter(template="customers.associated", about_id=customer.pk).exists()


def test_nobody_belongs_to_two_partners(channel: Channel) -> None:
    customer = make_customer(channel.provider)

    with pytest.raises(AlreadyAssociated):
        associate_customer(SYSTEM, customer=customer, partner=channel.stranger)

    assert Association.objects.count() == 1
    assert Customer.objects.get().partner_id == channel.provider.pk


def test_an_association_stays_within_a_site(channel: Channel) -> None:
    customer = make_customer(None, site="intl")

    with pytest.raises(WrongSite):
        associate_customer(SYSTEM, customer=customer, partner=channel.provider)
    assert not Association.objects.exists()


def test_a_restricted_partner_brings_in_nobody(channel: Channel) -> None:
    customer = make_customer(None)
    restrict_partner(as_staff(channel.vendor), partner=channel.provider, reason="arrears")

    with pytest.raises(PartnerRestricted):
        associate_customer(SYSTEM, customer=customer, partner=channel.provider)


def test_a_reseller_without_its_distributor_brings_in_nobody(channel: Channel) -> None:
    Partner.objects.filter(pk=channel.reseller.pk).update(distributor=None, associated_at=None)

    with pytest.raises(DistributorHasQuit):
        associate_customer(SYSTEM, customer=make_customer(None), partner=channel.reseller)


# --------------------------------------------------------------------------------- buying


def test_a_partners_restriction_stops_its_resale_customers_until_it_is_lifted(channel: Channel) -> None:
    staff = as_staff(channel.vendor)
    resale = make_customer(channel.reseller)
    referral = make_customer(channel.reseller, association_type="referral")

    for partner, change in (
        (channel.reseller, restrict_partner),
        (channel.reseller, freeze_partner),
        (channel.distributor, restrict_partner),
        (channel.distributor, freeze_partner),
    ):
        change(staff, partner=partner, reason="risk")
        for check in (check_may_buy, check_may_renew):
            with pytest.raises(PurchasesStopped):
                check(resale)
            check(referral)
        if change is freeze_partner:
            lift_partner(staff, partner=partner)
            check_may_buy(resale)


def test_the_real_name_is_needed_to_renew_and_where_configured_to_buy(
    channel: Channel, settings: Any
) -> None:
    customer = make_customer(channel.provider, verified=False)

    check_may_buy(customer)
    with pytest.raises(RealNameRequired) as refusal:
        check_may_renew(customer)
    assert (refusal.value.status, refusal.value.code) == (403, "CBC.0155")
    settings.FIRST_ORDER_NEEDS_REAL_NAME = True
    with pytest.raises(RealNameRequired):
        check_may_buy(customer)


# --------------------------------------------------------------------------------- budgets, freezing


def test_a_budget_opens_a_new_international_resale_customer(channel: Channel) -> None:
    customer = make_customer(channel.intl_provider)
    with pytest.raises(CustomerFrozen):
        check_may_buy(customer)

    with clock.at(NOON):
        set_budget(as_partner(channel.intl_provider), customer=customer, amount=usd("500"), lift_freeze=True)

    customer.refresh_from_db()
    check_may_buy(customer)
    budget = Budget.objects.get()
    assert (budget.amount, budget.budget_type, budget.when_used_up) == (usd("500"), "monthly", "manual")
    assert budget.counts_from == datetime(2026, 2, 28, 16, tzinfo=UTC), "the Beijing month's first moment"
    assert BudgetRecord.objects.get().operation == "SETTING"


def test_a_budget_alone_does_not_unfreeze(channel: Channel) -> None:
    customer = make_customer(channel.intl_provider)

    set_budget(as_partner(channel.intl_provider), customer=customer, amount=usd("500"))

    assert Customer.objects.get().freeze_state is FreezeState.ACCOUNT


def test_changing_a_budget_keeps_what_is_not_said_and_counts_anew_for_another_type(channel: Channel) -> None:
    customer = make_customer(channel.intl_provider)
    partner = as_partner(channel.intl_provider)
    with clock.at(NOON):
        set_budget(partner, customer=customer, amount=usd("500"), when_used_up="freeze")
    with clock.at(datetime(2026, 5, 2, tzinfo=UTC)):
        set_budget(partner, customer=customer, amount=usd("700"))
        assert Budget.objects.get().counts_from < NOON
        set_budget(partner, customer=customer, amount=usd("900"), budget_type="package")

    budget = Budget.objects.get()
    assert (budget.amount, budget.when_used_up) == (usd("900"), "freeze")
    assert budget.counts_from == datetime(2026, 4, 30, 16, tzinfo=UTC)
    assert BudgetRecord.objects.count() == 3


@pytest.mark.parametrize("amount", ["0", "-1", "2147483647.01"])
def test_a_budget_out_of_range_is_refused(channel: Channel, amount: str) -> None:
    customer = make_customer(channel.intl_provider)

    with pytest.raises(BudgetOutOfRange):
        set_budget(as_partner(channel.intl_provider), customer=customer, amount=usd(amount))
    assert not Budget.objects.exists() and not BudgetRecord.objects.exists()


def test_budgets_are_for_international_resale_customers_of_ones_own(channel: Channel) -> None:
    home, referral = (
        make_customer(channel.provider),
        make_customer(channel.intl_provider, association_type="referral"),
    )
    foreign = make_customer(channel.intl_reseller)

    for customer in (home, referral, foreign):
        with pytest.raises(NoRightOverCustomer):
            set_budget(as_partner(channel.intl_provider), customer=customer, amount=usd("5"))
    assert not Budget.objects.exists()


def test_a_distributor_sets_budgets_until_it_lets_the_reseller(channel: Channel) -> None:
    from partner_center.partners.actions import grant_right

    customer = make_customer(channel.intl_reseller)
    distributor, reseller = as_partner(channel.intl_distributor), as_partner(channel.intl_reseller)

    with pytest.raises(NoRightOverCustomer):
        set_budget(reseller, customer=customer, amount=usd("5"))
    set_budget(distributor, customer=customer, amount=usd("5"))
    grant_right(distributor, reseller=channel.intl_reseller, right="set_budgets")
    set_budget(reseller, customer=customer, amount=usd("6"))
    with pytest.raises(NoRightOverCustomer):
        set_budget(distributor, customer=customer, amount=usd("7"))
    assert Budget.objects.get().amount == usd("6")


def test_a_partner_does_not_undo_the_vendors_freeze(channel: Channel) -> None:
    customer = make_customer(channel.intl_provider, budget="100")
    partner, staff = as_partner(channel.intl_provider), as_staff(channel.vendor)
    freeze_customer(staff, customer=customer, reason="police")

    with pytest.raises(FrozenByAnother):
        unfreeze_customer(partner, customer=customer)
    set_budget(partner, customer=customer, amount=usd("9"), lift_freeze=True)
    assert Customer.objects.get().freeze_state is FreezeState.ACCOUNT

    unfreeze_customer(staff, customer=customer)
    assert Customer.objects.get().freeze_state is FreezeState.ACTIVE


def test_freezing_goes_one_way_at_a_time(channel: Channel) -> None:
    customer = make_customer(channel.intl_provider, budget="100")
    partner = as_partner(channel.intl_provider)

    freeze_customer(partner, customer=customer, reason="late")
    with pytest.raises(WrongState):
        freeze_customer(partner, customer=customer, reason="again")
    freeze_customer_with_resources(partner, customer=customer, reason="very late")
    stored = Customer.objects.get()
    assert (stored.freeze_state, stored.frozen_by, stored.freeze_reason) == (
        FreezeState.RESOURCES,
        "partner",
        "very late",
    )
    unfreeze_customer(partner, customer=customer)
    stored.refresh_from_db()
    assert (stored.freeze_state, stored.frozen_by, stored.frozen_at) == (FreezeState.ACTIVE, "", None)


def test_on_the_china_site_only_the_vendor_freezes(channel: Channel) -> None:
    customer = make_customer(channel.provider)

    with pytest.raises(NoRightOverCustomer):
        freeze_customer(as_partner(channel.provider), customer=customer, reason="late")
    freeze_customer(as_staff(channel.vendor), customer=customer, reason="risk")
    assert Customer.objects.get().frozen_by == "vendor"


# --------------------------------------------------------------------------------- authorisation


def test_a_reseller_needs_its_distributors_grant_to_ask(channel: Channel) -> None:
    customer = make_customer(channel.other_reseller)

    with pytest.raises(DistributorConsentMissing):
        request_authorisation(as_partner(channel.other_reseller), customer=customer)
    assert not Authorisation.objects.exists()


def test_only_a_resale_customers_own_partner_asks_once(channel: Channel) -> None:
    customer = make_customer(channel.provider)
    referral = make_customer(channel.provider, association_type="referral")

    with pytest.raises(OnlyItsPartner):
        request_authorisation(as_partner(channel.stranger), customer=customer)
    with pytest.raises(NoRightOverCustomer):
        request_authorisation(as_partner(channel.provider), customer=referral)
    request_authorisation(as_partner(channel.provider), customer=customer)
    with pytest.raises(AuthorisationOpen):
        request_authorisation(as_partner(channel.provider), customer=customer)
    assert Authorisation.objects.count() == 1


def test_after_declining_the_partner_may_ask_again(channel: Channel) -> None:
    customer = make_customer(channel.provider)
    asked = request_authorisation(as_partner(channel.provider), customer=customer)

    decline_authorisation(as_customer(customer), authorisation=asked, reason="not yet")
    again = request_authorisation(as_partner(channel.provider), customer=customer)
    agree_authorisation(as_customer(customer), authorisation=again)

    states = list(Authorisation.objects.order_by("pk").values_list("state", flat=True))
    assert states == [AuthorisationState.DECLINED, AuthorisationState.ACTIVE]
    with pytest.raises(WrongState):
        agree_authorisation(as_customer(customer), authorisation=asked)


@pytest.mark.parametrize("who", ["staff", "partner", "another_customer"])
def test_nobody_decides_for_the_customer(channel: Channel, who: str) -> None:
    customer = make_customer(channel.provider)
    asked = request_authorisation(as_partner(channel.provider), customer=customer)
    actor = {
        "staff": lambda: as_staff(channel.vendor),
        "partner": lambda: as_partner(channel.provider),
        "another_customer": lambda: as_customer(make_customer(channel.provider)),
    }[who]()

    with pytest.raises(OnlyTheCustomer):
        agree_authorisation(actor, authorisation=asked)
    assert Authorisation.objects.get().state is AuthorisationState.REQUESTED


# --------------------------------------------------------------------------------- account managers


def test_assigning_changing_and_reclaiming_leave_a_history(channel: Channel) -> None:
    customer = make_customer(channel.provider)
    first, second = make_account_manager(channel.provider), make_account_manager(channel.provider)
    partner = as_partner(channel.provider)

    with clock.at(NOON):
        assign_manager(partner, customer=customer, manager=first)
    assert customers_assigned_to(channel.provider.pk, first.pk) == {customer.pk}
    assign_manager(partner, customer=customer, manager=second)
    with pytest.raises(AlreadyInCharge):
        assign_manager(partner, customer=customer, manager=second)
    reclaim_customer(partner, customer=customer)
    with pytest.raises(NobodyInCharge):
        reclaim_customer(partner, customer=customer)

    history = list(ManagerAssignment.objects.order_by("pk"))
    assert [one.manager_id for one in history] == [first.pk, second.pk]
    assert history[0].created_at == NOON and all(one.ended_at is not None for one in history)
    assert customers_assigned_to(channel.provider.pk, second.pk) == frozenset()


def test_a_manager_is_a_member_of_the_customers_partner(channel: Channel) -> None:
    customer, theirs = make_customer(channel.provider), make_account_manager(channel.stranger)

    with pytest.raises(NotAMember):
        assign_manager(as_partner(channel.provider), customer=customer, manager=theirs)
    with pytest.raises(OnlyItsPartner):
        assign_manager(as_partner(channel.stranger), customer=customer, manager=theirs)
    assert not ManagerAssignment.objects.exists()


# --------------------------------------------------------------------------------- marks, real names


def test_levels_are_the_vendors_tags_the_partners(channel: Channel) -> None:
    customer = make_customer(channel.provider)

    set_level(as_staff(channel.vendor), customer=customer, level="V4")
    set_label(as_partner(channel.provider), customer=customer, label=" wood ")
    with pytest.raises(OnlyTheVendor):
        set_level(as_partner(channel.provider), customer=customer, level="V5")
    for stranger in (as_partner(channel.stranger), as_customer(customer)):
        with pytest.raises(NoRightOverCustomer):
            set_label(stranger, customer=customer, label="mine")

    stored = Customer.objects.get()
    assert (stored.level, stored.label) == ("V4", "wood")


def test_a_real_name_is_submitted_decided_and_withdrawn(channel: Channel) -> None:
    customer, staff = make_customer(channel.provider, verified=False), as_staff(channel.vendor)

    with pytest.raises(WrongState):
        approve_real_name(staff, customer=customer)
    submit_real_name(as_customer(customer), customer=customer, customer_type="individual", name="Lin")
    with pytest.raises(OnlyTheVendor):
        approve_real_name(as_customer(customer), customer=customer)
    approve_real_name(staff, customer=customer)
    assert Customer.objects.get().verified
    withdraw_real_name(staff, customer=customer, opinion="forged")
    stored = Customer.objects.get()
    assert (stored.verified_status, stored.verified_at, stored.review_opinion) == (
        VerifiedStatus.UNVERIFIED,
        None,
        "forged",
    )


def test_failed_exists_on_the_international_site_only(channel: Channel) -> None:
    home, abroad = (
        make_customer(channel.provider, verified=False),
        make_customer(channel.intl_provider, verified=False),
    )
    for customer in (home, abroad):
        submit_real_name(SYSTEM, customer=customer, customer_type="enterprise", name="Pine")

    with pytest.raises(NoRightOverCustomer):
        fail_real_name(as_staff(channel.vendor), customer=home, opinion="?")
    fail_real_name(as_staff(channel.vendor), customer=abroad, opinion="?")
    assert Customer.objects.get(pk=abroad.pk).verified_status is VerifiedStatus.FAILED


# --------------------------------------------------------------------------------- seeing


def test_who_sees_which_customers(channel: Channel) -> None:
    own = make_customer(channel.distributor)
    resold = make_customer(channel.reseller)
    other = make_customer(channel.other_reseller)
    provided = make_customer(channel.provider)
    loose = make_customer(None)
    everybody = {own.pk, resold.pk, other.pk, provided.pk, loose.pk}

    def seen(actor: Actor) -> set[str]:
        return set(Customer.objects.visible_to(actor).values_list("pk", flat=True))

    assert seen(as_staff(channel.vendor)) == seen(SYSTEM) == everybody
    assert seen(as_partner(channel.distributor)) == {own.pk, resold.pk, other.pk}
    assert seen(as_partner(channel.reseller)) == {resold.pk}
    assert seen(as_partner(channel.provider)) == {provided.pk}
    assert seen(as_partner(channel.stranger)) == seen(Actor.nobody()) == set()
    assert seen(as_customer(loose)) == {loose.pk}
    assert seen(as_partner(channel.provider, customers=frozenset())) == set()


@pytest.mark.parametrize(
    "model", [Association, Authorisation, IdentityMapping, Budget, BudgetRecord, ManagerAssignment]
)
def test_ties_are_seen_from_both_ends_and_from_nowhere_else(channel: Channel, model: Any) -> None:
    manager = make_account_manager(channel.intl_provider)
    customer = make_customer(channel.intl_provider, budget="10", authorised=True, manager=manager)

    def seen(actor: Actor) -> int:
        return int(model.objects.visible_to(actor).count())

    assert seen(as_partner(channel.intl_provider)) == seen(as_customer(customer)) == 1
    assert seen(as_partner(channel.intl_provider, customers=frozenset())) == 0
    for stranger in (
        as_partner(channel.provider),
        as_partner(channel.intl_distributor),
        as_customer(make_customer(channel.intl_provider, association_type="referral")),
        Actor.nobody(),
    ):
        mine = model.objects.visible_to(stranger).filter(customer=customer)
        assert not mine.exists()


def test_customer_for_does_not_say_whether_a_foreign_customer_exists(channel: Channel) -> None:
    theirs = make_customer(channel.stranger)
    answers = []
    for customer_id in (theirs.pk, "0" * 32):
        with pytest.raises(NotACustomerOfThePartner) as refusal:
            customer_for(as_partner(channel.provider), customer_id)
        answers.append(str(refusal.value).replace(customer_id, "…"))
    assert answers[0] == answers[1]


def test_scopes(channel: Channel) -> None:
    distributor = as_partner(channel.distributor)

    assert scope_of(distributor) == scope_of(distributor, "") == channel.distributor.pk
    assert scope_of(distributor, channel.reseller.pk) == channel.reseller.pk
    assert scope_of(as_partner(channel.provider), channel.reseller.pk) == channel.provider.pk
    with pytest.raises(NoRightOverReseller):
        scope_of(distributor, channel.provider.pk)
    with pytest.raises(NoRightOverReseller):
        scope_of(as_partner(make_distributor()), channel.reseller.pk)
    with pytest.raises(NotAPartner):
        scope_of(as_staff(channel.vendor))


@pytest.mark.parametrize(
    "deed",
    [
        lambda actor, one: set_label(actor, customer=one, label="x"),
        lambda actor, one: freeze_customer(actor, customer=one, reason="x"),
        lambda actor, one: reclaim_customer(actor, customer=one),
        lambda actor, one: request_authorisation(actor, customer=one),
    ],
)
def test_without_the_permission_nothing_is_done(channel: Channel, deed: Callable[..., Any]) -> None:
    customer = make_customer(channel.provider)
    clerk = as_partner(channel.provider, permissions=frozenset({"customers.view"}))
    before = TrailEntry.objects.count()

    with pytest.raises(NotPermitted):
        deed(clerk, customer)
    assert TrailEntry.objects.count() == before


# --------------------------------------------------------------------------------- the sample world's people


def test_the_people_of_the_sample_world_are_as_their_stories_need(db: None) -> None:
    people = make_people(password="Sample-World-26", since=datetime(2025, 11, 1, tzinfo=UTC))

    assert len(people.customers) >= 12
    assert {one.account.site for one in people.customers.values()} == {"cn", "intl"}
    stored = {one.account.name: one for one in Customer.objects.select_related("account")}
    assert {one.association_type for one in stored.values()} == {"", "referral", "resale"}
    assert [name for name, one in stored.items() if one.frozen] == ["saltmarsh-games"]
    assert stored["gushan-software"].partner_id is None
    states = dict(Authorisation.objects.values_list("customer__account__name", "state"))
    resale = {name for name, one in stored.items() if one.is_resale}
    assert {name for name, state in states.items() if state is AuthorisationState.ACTIVE} == resale - {
        "judeng-media",
        "changdi-design",
    }
    assert states["judeng-media"] is AuthorisationState.REQUESTED
    assert states["changdi-design"] is AuthorisationState.REVOKED
    assert stored["banxia-pharmacy"].verified_status is VerifiedStatus.IN_REVIEW
    assert stored["dengta-logistics"].verified_status is VerifiedStatus.REJECTED
