"""Tokens: for a password, for a customer that trusts its partner; how long they live and what ends them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from partner_center.foundation.actor import Actor
from partner_center.identity.actions import (
    disable_user,
    forget_expired,
    revoke_token,
    set_password,
    suspend_account,
)
from partner_center.identity.makers import make_account, make_user, owner_of
from partner_center.identity.models import Token
from partner_center.kernel import clock
from partner_center.wire.throttling import table
from tests.calling import call

SYSTEM = Actor.system("tests")
TOKENS, WHO = "/v3/auth/tokens", "/v5/caller-identity"
PASSWORD = "Harbour-2026"


@pytest.fixture(autouse=True)
def _quiet_second():
    table().clear()


@pytest.fixture
def partner(db):
    account = make_account("solution_provider", name="harbour")
    set_password(SYSTEM, user=owner_of(account), password=PASSWORD)
    return account


@pytest.fixture
def customer(db):
    return make_account("customer", name="lin-trading")


noted: list[tuple[object, ...]] = []


def note(*what):
    """Stands for settings.AGENCY_TAKEN and AGENCY_USED."""
    noted.append(what)


@pytest.fixture
def trust(monkeypatch, settings):
    """Which (partner, customer, agency) stand; customers tell it in the real program, and keep what is noted here."""
    standing: set[tuple[str, str, str]] = set()
    noted.clear()
    settings.AGENCY_TAKEN = settings.AGENCY_USED = f"{__name__}.note"
    monkeypatch.setattr("partner_center.identity.door.agency_stands", lambda *agency: agency in standing)
    monkeypatch.setattr(
        "partner_center.identity.wire.create_token.agency_stands", lambda *agency: agency in standing
    )
    return standing


def by_password(name=None, password=PASSWORD, account="harbour", **scope):
    user = {"name": name or account, "domain": {"name": account}, "password": password}
    return {
        "auth": {
            "identity": {"methods": ["password"], "password": {"user": user}},
            "scope": scope or {"domain": {"name": account}},
        }
    }


def by_agency(agency="PLATFORM", **customer):
    return {
        "auth": {"identity": {"methods": ["assume_role"], "assume_role": {**customer, "agency_name": agency}}}
    }


def token_of(answer):
    assert answer.status_code == 201, answer.content
    return answer.headers["X-Subject-Token"]


def refused(answer, status, code="CBC.0154"):
    assert (answer.status_code, answer.json()["error_code"]) == (status, code), answer.content


def test_a_password_gives_a_token_that_opens_the_account(partner):
    answer = call(None, "POST", TOKENS, **by_password())
    token = token_of(answer)
    described = answer.json()["token"]
    assert described["domain"] == {"id": partner.pk, "name": "harbour"}
    assert described["user"]["domain"]["id"] == partner.pk
    assert call(None, "GET", WHO, token=token).json()["account_id"] == partner.pk


def test_a_token_is_kept_only_as_a_digest(partner):
    token = token_of(call(None, "POST", TOKENS, **by_password()))
    assert token not in str(Token.objects.values_list())


def test_a_project_may_be_asked_for(partner):
    answer = call(None, "POST", TOKENS, query="nocatalog=true", **by_password(project={"name": "cn-north-1"}))
    described = answer.json()["token"]
    assert described["project"]["name"] == "cn-north-1"
    assert "catalog" not in described
    listed = call(partner, "GET", "/v3/projects", name="cn-north-1").json()["projects"]
    assert [one["id"] for one in listed] == [described["project"]["id"]]
    refused(call(None, "POST", TOKENS, **by_password(project={"name": "mars-1"})), 400, "CBC.0100")


@pytest.mark.parametrize(
    "attempt",
    [
        by_password(password="wrong"),
        by_password(name="nobody"),
        by_password(name="harbour", account="nobody"),
    ],
)
def test_wrong_passwords_and_unknown_names_get_one_answer(partner, attempt):
    answer = call(None, "POST", TOKENS, **attempt)
    refused(answer, 401)
    assert answer.json()["error_msg"] == "The login or the password is wrong."
    assert answer.json()["error"]["code"] == 401


def test_five_wrong_passwords_lock_even_the_right_one_for_a_while(partner, monkeypatch):
    for _attempt in range(5):
        refused(call(None, "POST", TOKENS, **by_password(password="wrong")), 401)
    answer = call(None, "POST", TOKENS, **by_password())
    refused(answer, 401)
    assert "15 minutes" in answer.json()["error_msg"]
    later = clock.machine_now() + timedelta(minutes=16)
    monkeypatch.setattr(clock, "machine_now", lambda: later)
    token_of(call(None, "POST", TOKENS, **by_password()))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"auth": {}},
        {"auth": {"identity": {"methods": ["password"]}}},
        {"auth": {"identity": {"methods": ["totp"]}}},
        {"auth": {"identity": {"methods": []}}},
        {"auth": {"identity": {"methods": ["password"], "password": {"user": {"name": "x"}}}}},
        {"auth": []},
    ],
)
def test_what_is_no_request_for_a_token_is_refused(partner, body):
    answer = call(None, "POST", TOKENS, **body)
    assert answer.status_code == 400
    assert answer.json()["error_code"] in ("CBC.0100", "CBC.0101")


def test_a_token_lives_a_day_of_the_machines_clock(partner, monkeypatch):
    token = token_of(call(None, "POST", TOKENS, **by_password()))
    with clock.at(clock.machine_now() + timedelta(days=30)):
        assert call(None, "GET", WHO, token=token).status_code == 200
    later = clock.machine_now() + timedelta(hours=24, seconds=1)
    monkeypatch.setattr(clock, "machine_now", lambda: later)
    table().clear()
    refused(call(None, "GET", WHO, token=token), 401)


@pytest.mark.parametrize("end", ["revoke", "password", "user", "account"])
def test_what_ends_a_token(partner, end):
    user = make_user(partner, login="clerk", password=PASSWORD)
    token = token_of(call(None, "POST", TOKENS, **by_password(name="clerk")))
    match end:
        case "revoke":
            revoke_token(SYSTEM, token=Token.objects.get(user=user))
        case "password":
            set_password(SYSTEM, user=user, password="Another-2026")
        case "user":
            disable_user(SYSTEM, user=user)
        case "account":
            suspend_account(SYSTEM, account=partner)
    refused(call(None, "GET", WHO, token=token), 401)


def test_tokens_are_forgotten_a_week_after_their_end(partner, monkeypatch):
    token_of(call(None, "POST", TOKENS, **by_password()))
    now = clock.machine_now()
    for days, left in ((7, 1), (9, 0)):
        later = now + timedelta(days=days)
        monkeypatch.setattr(clock, "machine_now", lambda later=later: later)
        forget_expired(SYSTEM)
        assert Token.objects.count() == left


def test_the_token_counts_when_both_are_sent(partner, customer):
    token = token_of(call(None, "POST", TOKENS, **by_password()))
    answer = call(customer, "GET", WHO, headers={"X-Auth-Token": token})
    assert answer.json()["account_id"] == partner.pk
    refused(call(customer, "GET", WHO, headers={"X-Auth-Token": "nonsense"}), 401)


def test_pricing_answers_an_illegal_token_with_403(db):
    refused(call(None, "POST", "/v2/bills/ratings/on-demand-resources", token="nonsense"), 403)


def test_a_partner_acts_for_a_customer_that_trusts_it_and_no_longer(partner, customer, trust):
    asked = by_agency(domain_name="lin-trading")
    refused(call(partner, "POST", TOKENS, **asked), 403, "CBC.0151")
    trust.add((partner.pk, customer.pk, "PLATFORM"))
    token = token_of(call(partner, "POST", TOKENS, **asked))
    assert token_of(call(partner, "POST", TOKENS, **by_agency(domain_id=customer.pk)))
    assert call(None, "GET", WHO, token=token).json()["account_id"] == customer.pk
    assert [one[:2] for one in noted[:2]] == [(partner.pk, customer.pk)] * 2, "each token taken is noted"
    trust.clear()
    refused(call(None, "GET", WHO, token=token), 401)


def test_an_agency_of_another_name_or_customer_is_none(partner, customer, trust):
    trust.add((partner.pk, customer.pk, "PLATFORM"))
    refused(call(partner, "POST", TOKENS, **by_agency("OTHER", domain_id=customer.pk)), 403, "CBC.0151")
    refused(call(partner, "POST", TOKENS, **by_agency(domain_id="0" * 32)), 403, "CBC.0151")
    refused(call(partner, "POST", TOKENS, **by_agency()), 400, "CBC.0101")


def test_only_partners_assume_roles(customer, trust):
    refused(call(customer, "POST", TOKENS, **by_agency(domain_id=customer.pk)), 403, "CBC.0151")
    refused(call(None, "POST", TOKENS, **by_agency(domain_id=customer.pk)), 403, "CBC.0151")


def test_a_partner_acting_for_a_customer_is_not_the_customer(partner, customer, trust):
    """It may ask prices as the customer; what only the customer may do stays the customer's."""
    trust.add((partner.pk, customer.pk, "PLATFORM"))
    token = token_of(call(partner, "POST", TOKENS, **by_agency(domain_id=customer.pk)))
    refused(call(None, "POST", "/v3/orders/customer-orders/pay", token=token, order_id="x"), 403, "CBC.0151")
    asked = call(None, "POST", "/v2/bills/ratings/on-demand-resources", token=token)
    assert asked.status_code == 400
