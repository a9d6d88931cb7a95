"""Account managers and who directs them: whose customers each of them sees, and what ends it."""

from __future__ import annotations

import pytest

from partner_center.customers.actions import assign_manager, reclaim_customer
from partner_center.customers.errors import NotAMember, OnlyItsPartner
from partner_center.customers.makers import make_customer
from partner_center.customers.models import Customer
from partner_center.customers.tests.conftest import Channel
from partner_center.customers.tests.reading import browser, html
from partner_center.customers.tests.test_races import race
from partner_center.foundation.actor import Actor
from partner_center.identity.actions import (
    assign_roles,
    create_role,
    delete_role,
    disable_user,
    set_supervisor,
)
from partner_center.identity.door import actor_of
from partner_center.identity.errors import NotASupervisor, NotInSales, RoleCombination
from partner_center.identity.makers import make_user
from partner_center.identity.models import Role, User
from partner_center.partners.makers import as_partner, make_account_manager, make_solution_provider
from partner_center.partners.models import Partner

SYSTEM = Actor.system("tests")


def make_director(partner: Partner) -> User:
    user = make_user(partner.account)
    assign_roles(SYSTEM, user=user, roles=[Role.objects.get(preset="supervisor")])
    return user


def test_a_supervisor_sees_the_customers_of_its_account_managers_and_nobody_elses(channel: Channel) -> None:
    boss, director = as_partner(channel.provider), make_director(channel.provider)
    anna, ben = make_account_manager(channel.provider), make_account_manager(channel.provider)
    annas, bens = make_customer(channel.provider, manager=anna), make_customer(channel.provider, manager=ben)
    make_customer(channel.provider)

    set_supervisor(boss, user=anna, supervisor=director)

    assert set(Customer.objects.visible_to(actor_of(director))) == {annas}
    assert set(Customer.objects.visible_to(actor_of(ben))) == {bens}
    set_supervisor(boss, user=anna, supervisor=None)
    assert not Customer.objects.visible_to(actor_of(director)).exists()


def test_who_loses_the_role_of_a_supervisor_leaves_its_account_managers_without_one(channel: Channel) -> None:
    boss, director = as_partner(channel.provider), make_director(channel.provider)
    anna = make_account_manager(channel.provider)
    make_customer(channel.provider, manager=anna)
    set_supervisor(boss, user=anna, supervisor=director)

    assign_roles(boss, user=director, roles=[Role.objects.get(preset="account_manager")])

    anna.refresh_from_db()
    assert anna.supervisor is None
    assert actor_of(director).customers == frozenset()


def test_a_supervisor_is_one_of_the_account_with_that_role(channel: Channel) -> None:
    boss, anna = as_partner(channel.provider), make_account_manager(channel.provider)
    gone = make_director(channel.provider)
    disable_user(boss, user=gone)
    for nobody in (make_director(channel.stranger), make_account_manager(channel.provider), anna, gone):
        with pytest.raises(NotASupervisor):
            set_supervisor(boss, user=anna, supervisor=nobody)
    with pytest.raises(NotInSales):
        set_supervisor(boss, user=make_director(channel.provider), supervisor=make_director(channel.provider))
    anna.refresh_from_db()
    assert anna.supervisor is None


def test_nobody_is_left_without_a_role(channel: Channel) -> None:
    anna = make_account_manager(channel.provider)
    with pytest.raises(RoleCombination):
        assign_roles(SYSTEM, user=anna, roles=[])
    assert anna.roles.count() == 1


def test_a_supervisor_moves_customers_between_its_own_account_managers_only(channel: Channel) -> None:
    boss, director = as_partner(channel.provider), make_director(channel.provider)
    anna, ben, carl = (make_account_manager(channel.provider) for _ in range(3))
    for manager in (anna, ben):
        set_supervisor(boss, user=manager, supervisor=director)
    annas, carls = (
        make_customer(channel.provider, manager=anna),
        make_customer(channel.provider, manager=carl),
    )
    acting = actor_of(director)

    assign_manager(acting, customer=annas, manager=ben)
    with pytest.raises(NotAMember):
        assign_manager(acting, customer=annas, manager=carl)
    with pytest.raises(OnlyItsPartner):
        reclaim_customer(acting, customer=carls)
    assert Customer.objects.get(pk=annas.pk).account_manager == ben


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_supervisor_is_set_on_the_page_of_users(channel: Channel, language: str) -> None:
    director, anna = make_director(channel.provider), make_account_manager(channel.provider)
    foreign = make_director(channel.stranger)
    boss = browser(channel.provider.account, language)
    assert boss.get(f"/console/users/?dialog=supervisor&row={anna.pk}").status_code == 200

    refused = boss.post("/console/users/", {"deed": "supervisor", "row": anna.pk, "supervisor": foreign.pk})
    anna.refresh_from_db()
    assert refused.status_code == 200 and anna.supervisor is None
    boss.post("/console/users/", {"deed": "supervisor", "row": anna.pk, "supervisor": director.pk})

    anna.refresh_from_db()
    assert anna.supervisor == director
    assert director.name in html(boss, f"users/{anna.pk}/")
    assert html(boss, "users/", supervisor=director.pk).count(anna.login) >= 1


def test_an_account_has_ten_roles_of_its_own_also_when_many_are_made_at_once(real_db: None) -> None:
    account = make_solution_provider().account
    for number in range(7):
        create_role(SYSTEM, account=account, name=f"role {number}", permissions=["orders.view"])

    ends = race(
        lambda number: create_role(
            SYSTEM, account=account, name=f"other {number}", permissions=["orders.view"]
        )
    )

    assert ends == {"done": 3, "TooManyRoles": 5}


def test_a_role_that_somebody_gets_at_the_same_moment_is_not_deleted_from_under_it(real_db: None) -> None:
    partner = make_solution_provider()
    role = create_role(SYSTEM, account=partner.account, name="clerk", permissions=["orders.view"])
    people = [make_user(partner.account) for _ in range(8)]

    def give_or_delete(number: int) -> None:
        if number == 4:
            delete_role(SYSTEM, role=Role.objects.get(pk=role.pk))
        else:
            assign_roles(SYSTEM, user=people[number], roles=[Role.objects.get(pk=role.pk)])

    ends = race(give_or_delete)

    left = Role.objects.filter(pk=role.pk).exists()
    holders = User.objects.filter(roles=role.pk).count()
    assert (left and holders == 7) or (not left and holders == 0), ends
    assert set(ends) <= {"done", "RoleInUse", "NotFound", "DoesNotExist"}
