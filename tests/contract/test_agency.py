"""A partner acts for a customer that has authorised it: from the first letter to the end of the trust."""

from __future__ import annotations

import pytest

from partner_center.customers.actions import revoke_authorisation
from partner_center.customers.makers import as_customer, make_customer
from partner_center.customers.models import Authorisation
from partner_center.partners.makers import make_solution_provider
from partner_center.partners.models import PlatformIdentity
from partner_center.wire.throttling import FlowTable
from tests.calling import call

TOKENS, WHO = "/v3/auth/tokens", "/v5/caller-identity"
PRICES = "/v2/bills/ratings/period-resources/subscribe-rate"


@pytest.fixture(autouse=True)
def _no_flow_control(monkeypatch):
    monkeypatch.setattr(FlowTable, "admits", lambda *_who, **_now: True)


@pytest.fixture
def partner(db):
    return make_solution_provider()


@pytest.fixture
def platform(partner):
    return PlatformIdentity.objects.filter(partner=partner).values_list("code", flat=True).first()


def assume(partner, customer, agency):
    role = {"domain_name": customer.account.name, "agency_name": agency}
    auth = {
        "identity": {"methods": ["assume_role"], "assume_role": role},
        "scope": {"project": {"name": "cn-north-1"}},
    }
    return call(partner.account, "POST", TOKENS, auth=auth)


def test_trust_opens_and_its_end_closes_at_once(partner, platform):
    lin = make_customer(partner, authorised=True)
    answer = assume(partner, lin, platform)
    assert answer.status_code == 201, answer.content
    token, project = answer.headers["X-Subject-Token"], answer.json()["token"]["project"]
    assert project["domain"]["id"] == lin.pk
    assert call(None, "GET", WHO, token=token).json()["account_id"] == lin.pk

    asked = call(None, "POST", PRICES, token=token, project_id=project["id"], product_infos=[])
    assert (asked.status_code, asked.json()["error_code"]) == (400, "CBC.0100")
    paying = call(None, "POST", "/v3/orders/customer-orders/pay", token=token, order_id="x")
    assert (paying.status_code, paying.json()["error_code"]) == (403, "CBC.0151")

    revoke_authorisation(as_customer(lin), authorisation=Authorisation.objects.get(customer=lin), reason="")
    gone = call(None, "GET", WHO, token=token)
    assert (gone.status_code, gone.json()["error_code"]) == (401, "CBC.0154")
    priced = call(None, "POST", PRICES, token=token, project_id=project["id"], product_infos=[])
    assert (priced.status_code, priced.json()["error_code"]) == (403, "CBC.0154")
    assert assume(partner, lin, platform).status_code == 403


def test_where_platforms_appear_at_first_use_any_agency_name_does(partner, settings):
    settings.PLATFORMS_AT_FIRST_USE = True
    wary, trusting = make_customer(partner), make_customer(partner, authorised=True)
    opened = assume(partner, trusting, "not-used-before")
    assert opened.status_code == 201, opened.content
    token = opened.headers["X-Subject-Token"]
    assert call(None, "GET", WHO, token=token).json()["account_id"] == trusting.pk
    assert assume(partner, wary, "not-used-before").status_code == 403


def test_without_trust_or_under_another_platform_nothing_opens(partner, platform):
    wary, trusting = make_customer(partner), make_customer(partner, authorised=True)
    stranger = make_solution_provider()
    assert assume(partner, wary, platform).status_code == 403
    assert assume(partner, trusting, "another-platform").status_code == 403
    assert assume(stranger, trusting, platform).status_code == 403
