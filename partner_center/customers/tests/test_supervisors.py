"""Account managers and who directs them: whose customers each of them sees, and what ends it."""

from __future__ import annotations

import pytest

from partner_center.customers.actions import assign_manager, reclaim_customer
from partner_center.customers.errors import NotAMember, OnlyItsPartner
from partner_center.customers.makers import make_customer
from partner_center.customers.models import Customer
from partner_center.customers.tests.conftest import Channel
from partner_center.foundation.actor import Actor
from partner_center.identity.actions import assign_roles, disable_user, set_supervisor
from partner_center.identity.door import actor_of
from partner_center.identity.errors import NotAnAccountManager, NotASupervisor, RoleCombination
from partner_center.identity.makers import make_user
from partner_center.identity.models import Role, User
from partner_center.partners.makers import as_partner, make_account_manager
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
    with pytest.raises(NotAnAccountManager):
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
