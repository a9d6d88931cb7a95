"""Signing in, one's profile, users, keys and roles, as people meet them in the console."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from partner_center.foundation.actor import Actor
from partner_center.foundation.models import OutboxMessage, TrailEntry
from partner_center.identity.actions import assign_roles, create_role, switch_codes
from partner_center.identity.makers import as_owner, make_access_key, make_account, make_user, owner_of
from partner_center.identity.models import AccessKey, Account, Role, User, UserState
from tests.pages import as_reader

PASSWORD = "Harbour-2026"
SYSTEM = Actor.system("tests")


@pytest.fixture
def lin(db: None) -> Account:
    return make_account(name="lin-trading", mobile="13812345678", email="lin@example.com")


@pytest.fixture
def anna(lin: Account) -> User:
    return make_user(lin, login="anna", password=PASSWORD, mobile="13900001111")


@pytest.fixture
def vendor(db: None) -> Account:
    return make_account("vendor", name="cloud-vendor")


def sign_in(client: Client, login: str = "anna", password: str = PASSWORD, **more: str) -> Any:
    return client.post("/console/login/", {"login": login, "password": password, **more})


def test_who_knows_the_password_gets_in_and_out(anna: User) -> None:
    client = Client()
    assert sign_in(client)["Location"] == "/console/"
    assert "anna" in client.get("/console/").content.decode()
    assert client.get("/console/login/").status_code == 302
    client.post("/console/logout/")
    assert client.get("/console/").status_code == 302


def test_a_wrong_password_and_an_unknown_login_are_told_alike_and_lock(anna: User) -> None:
    client = Client()
    wrong, unknown = sign_in(client, password="x"), sign_in(client, login="nobody", password="x")
    said = "The login or the password is wrong."
    assert said in wrong.content.decode() and said in unknown.content.decode()
    for _attempt in range(4):
        sign_in(client, password="x")
    assert "Too many wrong passwords" in sign_in(client).content.decode()
    assert client.get("/console/").status_code == 302


def test_the_session_gets_a_new_key_when_somebody_signs_in(anna: User) -> None:
    client = Client()
    client.get("/console/login/")
    session = client.session
    session["planted"] = "1"
    session.save()
    client.cookies["partner_center"] = session.session_key
    sign_in(client)
    assert client.cookies["partner_center"].value != session.session_key


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/x", "/\\evil.example", "javascript:x"]
)
def test_signing_in_leads_nowhere_else(anna: User, target: str) -> None:
    assert sign_in(Client(), next=target)["Location"] == "/console/"


def test_signing_in_leads_where_one_wanted_to_go(anna: User) -> None:
    assert sign_in(Client(), next="/console/users/?q=a")["Location"] == "/console/users/?q=a"


def test_a_disabled_user_is_out_at_once(anna: User, lin: Account) -> None:
    client = Client()
    sign_in(client)
    with as_reader(as_owner(lin, door="console")) as reader:
        assert "HX-Trigger" in reader.post("users", deed="disable", row=anna.pk, htmx=True).headers
    assert client.get("/console/").status_code == 302
    assert User.objects.get(pk=anna.pk).state is UserState.DISABLED


def test_a_secret_key_is_seen_once(lin: Account) -> None:
    with as_reader(as_owner(lin, door="console")) as reader:
        once = reader.post("new-access-key", user=owner_of(lin).pk).content.decode()
        key = AccessKey.objects.get()
        assert key.ak in once and key.sk in once
        assert key.sk not in reader.get("access-keys").content.decode()
        assert key.sk not in reader.post("access-keys", export="csv").getvalue().decode()
    assert key.sk not in str(list(TrailEntry.objects.values_list("facts", flat=True)))


def test_keys_are_switched_off_and_on(lin: Account) -> None:
    key, _secret = make_access_key(lin)
    with as_reader(as_owner(lin, door="console")) as reader:
        reader.post("access-keys", deed="disable", row=key.pk)
        assert not AccessKey.objects.get(pk=key.pk).enabled
        again = reader.post("access-keys", deed="disable", row=key.pk, htmx=True)
        assert "This is not possible here." in again.content.decode()
        reader.post("access-keys", deed="enable", row=key.pk)
    assert AccessKey.objects.get(pk=key.pk).enabled


def test_nobody_sees_or_touches_another_accounts_people(lin: Account, anna: User, vendor: Account) -> None:
    mallory = make_account(name="mallory-ltd")
    key, _secret = make_access_key(anna)
    with as_reader(as_owner(mallory, door="console")) as reader:
        assert "anna" not in reader.get("users").content.decode()
        assert key.ak not in reader.get("access-keys").content.decode()
        assert reader.get("user", row=anna).status_code == 404
        assert reader.post("users", deed="password", row=anna.pk, password="x", again="x").status_code == 404
        assert reader.post("access-keys", deed="disable", row=key.pk).status_code == 404
        refused = reader.post("new-access-key", user=anna.pk)
        assert refused.status_code == 200 and "pc-error" in refused.content.decode()
        assert reader.get("accounts").status_code == 403
    assert AccessKey.objects.get().enabled
    with as_reader(as_owner(vendor, door="console")) as reader:
        assert "anna" in reader.get("users").content.decode()


def test_a_limited_user_cannot_make_itself_an_owners_key_or_password(lin: Account, anna: User) -> None:
    clerk = create_role(
        as_owner(lin),
        account=lin,
        name="clerk",
        permissions=["identity.view", "identity.create_access_key", "identity.set_password"],
    )
    assign_roles(as_owner(lin), user=anna, roles=[clerk])
    limited = replace(
        as_owner(lin, door="console"), user_id=anna.pk, permissions=frozenset(clerk.permissions)
    )
    before = owner_of(lin).password
    with as_reader(limited) as reader:
        answer = reader.post("new-access-key", user=owner_of(lin).pk).content.decode()
        assert "You cannot give a permission that you do not hold" in answer
        answer = reader.post(
            "users", deed="password", row=owner_of(lin).pk, password=PASSWORD, again=PASSWORD, htmx=True
        ).content.decode()
        assert "You cannot give a permission that you do not hold" in answer
        assert "pc-once" in reader.post("new-access-key", user=anna.pk).content.decode()
    assert owner_of(lin).password == before


def test_roles_are_made_of_what_one_holds(lin: Account) -> None:
    holder = replace(
        as_owner(lin, door="console"), permissions=frozenset({"identity.view", "identity.create_role"})
    )
    with as_reader(holder) as reader:
        form = reader.get("new-role").content.decode()
        assert 'value="identity.view"' in form and 'value="orders.pay"' not in form
        refused = reader.post("new-role", name="more", permissions=["orders.pay"])
        assert refused.status_code == 200 and not Role.objects.filter(account=lin).exists()
        made = reader.post("new-role", name="viewer", permissions=["identity.view"])
        assert made["Location"] == f"/console/roles/{Role.objects.get(account=lin).pk}/"


def test_presets_cannot_be_changed_or_deleted(lin: Account) -> None:
    preset = Role.objects.filter(account=None).first()
    assert preset is not None
    with as_reader(as_owner(lin, door="console")) as reader:
        assert reader.get("change-role", row=preset).status_code == 404
        told = reader.post("roles", deed="delete", row=preset.pk, htmx=True).content.decode()
        assert "This is not possible here." in told
    assert Role.objects.filter(pk=preset.pk).exists()


def test_ones_own_password_needs_the_present_one_and_no_permission(anna: User) -> None:
    client, other = Client(), Client()
    sign_in(client)
    sign_in(other)
    new = {"password": "Another-2026", "again": "Another-2026"}
    wrong = client.post("/console/profile/password/", {"present": "x", **new})
    assert "The login or the password is wrong." in wrong.content.decode()
    differ = client.post("/console/profile/password/", {"present": PASSWORD, **new, "again": "y"})
    assert "The two passwords differ." in differ.content.decode()
    assert (
        client.post("/console/profile/password/", {"present": PASSWORD, **new})["Location"]
        == "/console/profile/"
    )
    assert client.get("/console/profile/").status_code == 200
    assert other.get("/console/profile/").status_code == 302
    assert sign_in(Client(), password="Another-2026").status_code == 302


def test_ones_own_profile_is_edited_without_a_permission_but_nobody_elses(anna: User) -> None:
    client = Client()
    sign_in(client)
    changed = {"name": "Anna Lin", "mobile": "", "email": "anna@example.com", "language": "en"}
    assert client.post("/console/profile/edit/", changed)["Location"] == "/console/profile/"
    assert User.objects.get(pk=anna.pk).email == "anna@example.com"
    assert client.post("/console/users/", {"deed": "edit", "row": anna.pk, **changed}).status_code == 403


def test_critical_actions_ask_for_a_code_once_it_is_switched_on(lin: Account, anna: User) -> None:
    owner = owner_of(lin)
    User.objects.filter(pk=owner.pk).update(mobile="13812345678")
    with as_reader(as_owner(lin, door="console")) as reader:
        reader.post("switch-codes")
        assert Account.objects.get(pk=lin.pk).asks_for_codes
        assert "verification_code" in reader.get("switch-codes").content.decode()
        refused = reader.post("switch-codes", verification_code="000000").content.decode()
        assert "The verification code is wrong." in refused
        sent = reader.post("switch-codes", send_code="1").content.decode()
        assert "A code was sent to 138****5678." in sent
        message = OutboxMessage.objects.get(template="identity.code")
        assert (message.channel, message.recipient) == ("sms", "13812345678")
        code = re.search(r"\d{6}", message.body)
        assert code is not None
        reader.post("switch-codes", verification_code=code[0])
        assert not Account.objects.get(pk=lin.pk).asks_for_codes
        switch_codes(SYSTEM, account=lin, on=True)
        assert (
            "The verification code is wrong."
            in reader.post("switch-codes", verification_code=code[0]).content.decode()
        )


def test_the_operator_suspends_an_account(vendor: Account, lin: Account, anna: User) -> None:
    client = Client()
    sign_in(client)
    with as_reader(as_owner(vendor, door="console")) as reader:
        assert (
            "Nobody of this account can sign in" in reader.dialog("accounts", "suspend", lin).content.decode()
        )
        reader.post("accounts", deed="suspend", row=lin.pk)
    assert client.get("/console/").status_code == 302
    with as_reader(as_owner(vendor, door="console")) as reader:
        reader.post("account", of=lin, deed="resume", row=lin.pk)
    assert client.get("/console/").status_code == 200
