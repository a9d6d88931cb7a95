"""Migrations: a dry run moves nothing, customers move one by one, refusals are kept, a counter-migration undoes."""

from __future__ import annotations

import pytest

from partner_center.channel.actions.ties import request_disassociation
from partner_center.channel.actions.ties_migration import (
    leave_out,
    plan_migration,
    retry_migration,
    schedule_migration,
    undo_migration,
)
from partner_center.channel.errors.ties import CustomersNotOfSource, NotATarget
from partner_center.channel.jobs.ties import migrate
from partner_center.channel.laws.ties import (
    authorisations_end_with_their_association,
    customers_stand_as_their_history_says,
    migrations_leave_nobody_half_way,
)
from partner_center.channel.models import (
    AssociationRequest,
    ItemState,
    Migration,
    MigrationItem,
    MigrationState,
    RequestState,
)
from partner_center.channel.rules.ties_migration import said
from partner_center.customers.makers import as_customer, make_customer
from partner_center.customers.models import Customer
from partner_center.customers.queries import is_authorised
from partner_center.foundation.actor import Actor
from partner_center.funds.actions import adjust_balance, allocate_to_customer, charge
from partner_center.funds.queries import balances_of
from partner_center.funds.trades import USAGE
from partner_center.kernel.money import Money
from partner_center.partners.actions import delist_partner
from partner_center.partners.errors import OnlyTheVendor
from partner_center.partners.makers import (
    as_partner,
    as_staff,
    make_account_manager,
    make_distributor,
    make_reseller,
    make_solution_provider,
)
from partner_center.partners.models import Partner
from tests.pages import as_reader

SYSTEM = Actor.system("tests")


def yuan(text: str) -> Money:
    return Money.of(text, "CNY")


@pytest.fixture
def source(db: None) -> Partner:
    made = make_solution_provider(company="启明")
    adjust_balance(SYSTEM, account=made.account, amount=yuan("1000.00"), memo="test")
    return made


@pytest.fixture
def target(db: None) -> Partner:
    return make_reseller(make_distributor(), company="青禾")


@pytest.fixture
def customer(source: Partner) -> Customer:
    made = make_customer(source, authorised=True, label="school", manager=make_account_manager(source))
    allocate_to_customer(as_partner(source), customer=made, amount=yuan("300.00"))
    return made


def owner_of(customer: Customer) -> str | None:
    return Customer.objects.values_list("partner_id", flat=True).get(pk=customer.pk)


def test_a_migration_does_what_its_dry_run_said_and_is_undone(
    source: Partner, target: Partner, customer: Customer
) -> None:
    asked = request_disassociation(as_customer(customer), customer=customer)
    plan = plan_migration(as_staff(), source=source, target=target)
    item = plan.items.get()
    expected = {finding["what"] for finding in item.forecast}
    assert expected == {"balance", "authorisation", "manager", "request", "tag"}
    assert "300.00 CNY" in said(item.forecast[0])
    assert migrate() == {} and owner_of(customer) == source.pk, "a draft moves nobody"

    schedule_migration(as_staff(), migration=plan)
    assert migrate() == {"moved": 1}
    moved = Customer.objects.get(pk=customer.pk)
    assert (moved.partner_id, moved.association_type, moved.label) == (target.pk, "resale", "school")
    assert moved.account_manager is None and not is_authorised(customer.pk, target.pk)
    assert balances_of(customer.pk).cash == yuan("0.00")
    assert balances_of(source.pk).cash == yuan("1000.00")
    item.refresh_from_db()
    assert (item.state, item.returned) == (ItemState.MOVED, yuan("300.00"))
    assert AssociationRequest.objects.get(pk=asked.pk).state is RequestState.OVERTAKEN

    finished = Migration.objects.get(pk=plan.pk)
    assert finished.state is MigrationState.FINISHED
    counter = undo_migration(as_staff(), migration=finished)
    assert counter.undoes_id == plan.pk
    migrate()
    assert owner_of(customer) == source.pk
    laws = (
        customers_stand_as_their_history_says,
        authorisations_end_with_their_association,
        migrations_leave_nobody_half_way,
    )
    assert not [breach for law in laws for breach in law()]


def test_one_refused_customer_does_not_stop_the_others_and_is_tried_again(
    source: Partner, target: Partner, customer: Customer
) -> None:
    in_debt = make_customer(source)
    charge(
        SYSTEM, owner_id=in_debt.pk, amount=yuan("9.00"), reference="u1", kind=USAGE, about="u1", may_owe=True
    )
    plan = plan_migration(as_staff(), source=source, target=target)
    assert plan.items.get(customer=in_debt).blocked
    schedule_migration(as_staff(), migration=plan)
    assert migrate() == {"moved": 1}
    assert (owner_of(customer), owner_of(in_debt)) == (target.pk, source.pk)
    refused = plan.items.get(customer=in_debt)
    assert refused.state is ItemState.REFUSED and "9.00" in refused.refused_because

    allocate_to_customer(as_partner(source), customer=in_debt, amount=yuan("9.00"))
    retry_migration(as_staff(), migration=Migration.objects.get(pk=plan.pk))
    assert migrate() == {"moved": 1}
    assert owner_of(in_debt) == target.pk


def test_who_may_plan_and_to_whom(source: Partner, target: Partner, customer: Customer) -> None:
    with pytest.raises(OnlyTheVendor):
        plan_migration(as_partner(source), source=source, target=target)
    abroad = make_solution_provider(site="intl")
    for nobody in (source, abroad):
        with pytest.raises(NotATarget):
            plan_migration(as_staff(), source=source, target=nobody)
    with pytest.raises(CustomersNotOfSource):
        plan_migration(as_staff(), source=source, target=target, customers=["nobody"])
    assert target.distributor is not None
    plan = plan_migration(as_staff(), source=source, target=target, customers=[customer.account.name])
    delist_partner(as_staff(), partner=target.distributor, reason="gone")
    with pytest.raises(NotATarget):
        schedule_migration(as_staff(), migration=plan)
    assert not MigrationItem.objects.exclude(state=ItemState.WAITING).exists()


def test_the_pages_of_both_processes(source: Partner, target: Partner, customer: Customer) -> None:
    other = make_customer(source)
    request_disassociation(as_partner(source), customer=other)
    plan = plan_migration(as_staff(), source=source, target=target)
    leave_out(as_staff(), item=plan.items.get(customer=other))
    places = (
        (as_partner(source), f"customers/{customer.pk}/disassociate/", "Account check"),
        (as_partner(source), f"customers/{customer.pk}/switch/", "Account check"),
        (as_partner(source), "association-requests/", "Awaiting an answer"),
        (as_customer(other), f"association-requests/{plan.pk}/answer/", None),
        (as_customer(other), "my-partner/", "Disassociate"),
        (as_customer(customer), "my-partner/switch/", "Account check"),
        (as_customer(customer), "authorisation-letters/", "may not be exhaustive"),
        (as_customer(customer), "authorisation-uses/", "No authorisation has been used."),
        (as_staff(), "migrations/", plan.number),
        (as_staff(), "migrations/plan/", "From partner"),
        (as_staff(), f"migrations/{plan.number}/", plan.number),
        (as_staff(), f"migration-items/?migration={plan.pk}", "goes back to the source"),
        (as_staff(), f"customers/{customer.pk}/end-association/", "Account check"),
    )
    for actor, place, says in places:
        with as_reader(actor) as reader:
            answer = reader.client.get(f"/console/{place}")
            assert answer.status_code in (200, 404 if says is None else 200), place
            if says is not None:
                assert says in answer.content.decode(), place
    with as_reader(as_partner(make_solution_provider())) as stranger:
        assert stranger.client.get(f"/console/customers/{customer.pk}/disassociate/").status_code == 404
