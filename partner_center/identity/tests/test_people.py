"""Accounts, users, passwords, roles and sessions."""

from __future__ import annotations

import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections

from partner_center.foundation.actor import Actor
from partner_center.foundation.errors import NotPermitted
from partner_center.foundation.models import TrailEntry
from partner_center.foundation.permissions import PERMISSIONS
from partner_center.identity.actions import (
    assign_roles,
    change_role,
    create_account,
    create_role,
    create_user,
    delete_role,
    disable_user,
    set_password,
)
from partner_center.identity.door import actor_from_session, actor_of, close_session, open_session
from partner_center.identity.errors import (
    AccountNameTaken,
    LoginTaken,
    NotYoursToGive,
    OwnerCannotBe,
    PasswordTooWeak,
    RoleCombination,
    RoleInUse,
    RoleNameTaken,
    SignInLocked,
    SignInRefused,
    TooManyRoles,
    UnknownPermission,
)
from partner_center.identity.makers import as_owner, make_account, make_user, owner_of
from partner_center.identity.models import AccessKey, Account, Role, Token, User
from partner_center.identity.presets import PRESETS
from partner_center.identity.rules import account_name_fits, password_fault, permissions_of
from partner_center.identity.signin import sign_in
from partner_center.kernel import clock

SYSTEM = Actor.system("tests")
PASSWORD = "Harbour-2026"


@pytest.fixture
def harbour(db):
    return make_account("solution_provider", name="harbour")


@pytest.fixture
def mallory(db):
    return make_account("solution_provider", name="mallory")


@pytest.mark.parametrize("name", ["harbour", "HARBOUR"])
def test_account_names_are_taken_whatever_their_case(harbour, name):
    with pytest.raises(AccountNameTaken):
        create_account(SYSTEM, kind="customer", site="cn", name=name)


def test_logins_are_taken_whatever_their_case(harbour, mallory):
    with pytest.raises(LoginTaken):
        create_user(SYSTEM, account=mallory, login="Harbour")


@pytest.mark.parametrize(("site", "currency"), [("cn", "CNY"), ("intl", "USD")])
def test_an_account_has_its_sites_currency(db, site, currency):
    assert make_account(site=site).currency == currency


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("harbour", True),
        ("_abc-9", True),
        ("abcd", False),
        ("a" * 32, True),
        ("a" * 33, False),
        ("1abcd", False),
        ("12345", False),
        ("op_abc", False),
        ("Shadow_x", False),
        ("häfen", False),
    ],
)
def test_which_account_names_fit(name, fits):
    assert account_name_fits(name) is fits


@pytest.mark.parametrize(
    ("password", "fits"),
    [
        ("Harbour-2026", True),
        ("abcdefgh", False),
        ("abcdefg1", True),
        ("Ab1!", False),
        ("a1" * 17, False),
        ("lin-trading9", False),
        ("9gnidart-nil", False),
        ("x13800138000", False),
        ("x-lin@example.com", False),
    ],
)
def test_which_passwords_fit(password, fits):
    fault = password_fault(password, name="lin-trading9", mobile="13800138000", email="lin@example.com")
    assert (not fault) is fits


def test_passwords_are_kept_hashed_and_weak_ones_refused(harbour):
    user = make_user(harbour, password=PASSWORD)
    assert PASSWORD not in user.password
    with pytest.raises(PasswordTooWeak):
        set_password(SYSTEM, user=user, password="weak")


def test_signing_in(harbour):
    user = make_user(harbour, login="clerk", password=PASSWORD)
    assert sign_in("clerk", PASSWORD) == user
    assert sign_in("CLERK", PASSWORD, account_name="harbour") == user
    for login, password in (("clerk", "wrong"), ("nobody", PASSWORD), ("harbour", ""), ("clerk", "")):
        with pytest.raises(SignInRefused):
            sign_in(login, password)
    disable_user(SYSTEM, user=user)
    with pytest.raises(SignInRefused):
        sign_in("clerk", PASSWORD)


def test_a_login_is_locked_and_comes_free_again(harbour, monkeypatch):
    make_user(harbour, login="clerk", password=PASSWORD)
    for _attempt in range(5):
        with pytest.raises(SignInRefused):
            sign_in("clerk", "wrong")
    with pytest.raises(SignInLocked) as refusal:
        sign_in("clerk", PASSWORD)
    assert refusal.value.minutes == 15
    later = clock.machine_now() + timedelta(minutes=15, seconds=1)
    monkeypatch.setattr(clock, "machine_now", lambda: later)
    sign_in("clerk", PASSWORD)


def test_success_forgets_earlier_failures(harbour):
    make_user(harbour, login="clerk", password=PASSWORD)
    for _round in range(3):
        for _attempt in range(4):
            with pytest.raises(SignInRefused):
                sign_in("clerk", "wrong")
        sign_in("clerk", PASSWORD)


def test_guesses_at_once_are_no_more_than_five(real_db):
    make_user(make_account(), login="clerk", password=PASSWORD)
    results: list[type] = []

    def guess() -> None:
        try:
            sign_in("clerk", "wrong")
        except Exception as error:
            results.append(type(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=guess) for _number in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count(SignInRefused) == 5
    assert results.count(SignInLocked) == 4


def test_a_session_is_its_users_until_the_password_changes(harbour):
    user = make_user(harbour, login="clerk", password=PASSWORD)
    http = SimpleNamespace(session=SessionStore())
    assert actor_from_session(http).kind == "nobody"
    open_session(http, user)
    assert actor_from_session(http).user_id == user.pk
    set_password(SYSTEM, user=user, password="Another-2026")
    assert actor_from_session(http).kind == "nobody"
    open_session(http, User.objects.get(pk=user.pk))
    disable_user(SYSTEM, user=user)
    assert actor_from_session(http).kind == "nobody"
    close_session(http)
    assert actor_from_session(http).kind == "nobody"


def test_the_owner_may_everything_and_a_new_user_nothing(harbour):
    assert actor_of(owner_of(harbour)).may("anything.at_all")
    assert not any(actor_of(make_user(harbour)).may(name) for name in PERMISSIONS)


def test_presets_are_in_every_installation(db):
    assert {role.preset for role in Role.objects.filter(account=None)} == PRESETS.keys()


@pytest.mark.parametrize(
    ("preset", "may", "may_not"),
    [
        ("finance", "funds.allocate_to_customer", "identity.create_user"),
        ("read_only", "orders.view", "orders.pay"),
        ("account_manager", "customers.view", "funds.allocate_to_customer"),
        ("admin", "identity.create_user", ""),
    ],
)
def test_what_presets_permit(harbour, preset, may, may_not):
    user = make_user(harbour)
    assign_roles(SYSTEM, user=user, roles=[Role.objects.get(preset=preset)])
    actor = actor_of(user)
    assert actor.may(may)
    if may_not:
        assert not actor.may(may_not)


def test_who_is_only_account_manager_sees_assigned_customers_and_another_role_lifts_that(harbour):
    user = make_user(harbour)
    manager, finance = Role.objects.get(preset="account_manager"), Role.objects.get(preset="finance")
    assign_roles(SYSTEM, user=user, roles=[manager])
    assert actor_of(user).customers == frozenset()
    assign_roles(SYSTEM, user=user, roles=[manager, finance])
    assert actor_of(user).customers is None


@pytest.mark.parametrize(
    "presets",
    [
        (),
        ("admin", "finance"),
        ("supervisor", "account_manager"),
        ("supervisor", "finance", "read_only", "own"),
    ],
)
def test_which_roles_do_not_go_together(harbour, presets):
    own = create_role(SYSTEM, account=harbour, name="own", permissions=["orders.view"])
    roles = [own if preset == "own" else Role.objects.get(preset=preset) for preset in presets]
    with pytest.raises(RoleCombination):
        assign_roles(SYSTEM, user=make_user(harbour), roles=roles)


def test_an_owner_needs_no_roles_and_cannot_be_disabled(harbour):
    with pytest.raises(OwnerCannotBe):
        assign_roles(SYSTEM, user=owner_of(harbour), roles=[])
    with pytest.raises(OwnerCannotBe):
        disable_user(SYSTEM, user=owner_of(harbour))


def test_own_roles_are_at_most_ten_with_names_and_permissions_that_exist(harbour):
    for number in range(10):
        create_role(SYSTEM, account=harbour, name=f"role {number}", permissions=["orders.*", "*.view"])
    with pytest.raises(TooManyRoles):
        create_role(SYSTEM, account=harbour, name="one more", permissions=["orders.view"])
    role = harbour.roles.first()
    with pytest.raises(RoleNameTaken):
        change_role(SYSTEM, role=role, name="role 1", permissions=[])
    with pytest.raises(UnknownPermission):
        change_role(SYSTEM, role=role, name="role 0", permissions=["orders.fly"])


def test_a_role_that_is_held_stays(harbour):
    role = create_role(SYSTEM, account=harbour, name="clerk", permissions=["orders.view"])
    user = make_user(harbour)
    assign_roles(SYSTEM, user=user, roles=[role])
    with pytest.raises(RoleInUse):
        delete_role(SYSTEM, role=role)
    assign_roles(SYSTEM, user=user, roles=[Role.objects.get(preset="read_only")])
    delete_role(SYSTEM, role=role)
    assert not harbour.roles.exists()


def test_nobody_gives_what_it_does_not_hold(harbour):
    clerk = as_owner(harbour).with_permissions(
        {"identity.create_role", "identity.assign_roles", "orders.view"}
    )
    create_role(clerk, account=harbour, name="looks", permissions=["orders.view"])
    with pytest.raises(NotYoursToGive):
        create_role(clerk, account=harbour, name="pays", permissions=["orders.pay"])
    with pytest.raises(NotYoursToGive):
        create_role(clerk, account=harbour, name="all", permissions=["*"])
    with pytest.raises(NotYoursToGive):
        assign_roles(clerk, user=make_user(harbour), roles=[Role.objects.get(preset="admin")])


def test_patterns_name_rooms_and_verbs():
    catalogue = ["orders.pay", "orders.view", "funds.view"]
    assert permissions_of(["orders.*"], catalogue) == {"orders.pay", "orders.view"}
    assert permissions_of(["*.view"], catalogue) == {"orders.view", "funds.view"}
    assert permissions_of(["*", "x.y"], catalogue) == {"*"}


def test_what_is_anothers_is_not_there(harbour, mallory):
    actor = as_owner(mallory)
    make_user(harbour)
    assert set(Account.objects.visible_to(actor)) == {mallory}
    assert {user.account for user in User.objects.visible_to(actor)} == {mallory}
    for model in (Account, User, Role, AccessKey, Token):
        assert not model.objects.visible_to(Actor.nobody()).exists()


def test_a_partner_acting_for_a_customer_sees_nothing_of_its_people(harbour):
    customer = make_account("customer")
    acting = as_owner(customer, acting_partner_id=harbour.pk)
    assert not User.objects.visible_to(acting).exists()
    assert not AccessKey.objects.visible_to(acting).exists()


def test_what_is_done_to_people_is_recorded_without_secrets(harbour):
    user = make_user(harbour, password=PASSWORD)
    set_password(SYSTEM, user=user, password="Another-2026")
    verbs = set(TrailEntry.objects.filter(about_id=harbour.pk).values_list("verb", flat=True))
    assert {"account.create", "user.create", "user.set_password"} <= verbs
    assert "2026" not in str(list(TrailEntry.objects.values_list("facts", flat=True)))


def test_without_the_permission_nothing_is_done(harbour):
    clerk = as_owner(harbour).with_permissions({"orders.view"})
    with pytest.raises(NotPermitted):
        create_user(clerk, account=harbour, login="friend")
    assert not User.objects.filter(login="friend").exists()
