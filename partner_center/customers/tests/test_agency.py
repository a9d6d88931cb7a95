"""A partner acts for a customer that has authorised it: by token, at once and no longer than that."""

from __future__ import annotations

from typing import Any

import pytest

from partner_center.customers.actions import revoke_authorisation
from partner_center.customers.agency import acting_permissions, stands
from partner_center.customers.lifecycles import AuthorisationState
from partner_center.customers.makers import as_customer, authorise, make_customer
from partner_center.customers.models import Authorisation, Customer, PermissionGroup
from partner_center.customers.queries import is_authorised
from partner_center.customers.tests.conftest import Channel
from partner_center.identity.makers import owner_of
from partner_center.partners.actions import (
    delist_partner,
    freeze_partner,
    grant_right,
    restrict_partner,
    withdraw_right,
)
from partner_center.partners.makers import as_partner, as_staff
from partner_center.partners.models import Partner, PlatformIdentity, ResellerRight
from partner_center.wire.throttling import table
from tests.calling import call

TOKENS = "/v3/auth/tokens"
WHO = "/v5/caller-identity"


@pytest.fixture(autouse=True)
def _quiet_second() -> None:
    table().clear()


def platform(partner: Partner) -> str:
    return PlatformIdentity.objects.get(partner=partner).code


def ask(partner: Partner, customer: Customer, **more: Any) -> Any:
    """The partner asks for a token that opens its customer."""
    role = {"domain_id": customer.pk, "agency_name": platform(partner), **more}
    role = {name: value for name, value in role.items() if value is not None}
    own = token_of(partner)
    auth = {"identity": {"methods": ["assume_role"], "assume_role": role}}
    return call(None, "POST", TOKENS, token=own, auth=auth)


def token_of(partner: Partner) -> str:
    from partner_center.foundation.actor import Actor
    from partner_center.identity.actions import issue_token

    system = Actor.system("tests")
    return issue_token(system, user=owner_of(partner.account), account=partner.account)[1]


def test_an_authorised_partner_gets_a_token_by_id_or_by_name(channel: Channel) -> None:
    customer = make_customer(channel.provider, authorised=True)

    by_id = ask(channel.provider, customer)
    by_name = ask(channel.provider, customer, domain_id=None, domain_name=customer.account.name)

    for answer in (by_id, by_name):
        assert answer.status_code == 201, answer.content
        seen = call(None, "GET", WHO, token=answer.headers["X-Subject-Token"])
        assert seen.json()["account_id"] == customer.pk


def test_every_refusal_is_the_same(channel: Channel) -> None:
    authorised = make_customer(channel.provider, authorised=True)
    asked_only, foreign = make_customer(channel.provider), make_customer(channel.stranger, authorised=True)

    refusals = [
        ask(channel.provider, asked_only),
        ask(channel.provider, foreign),
        ask(channel.provider, authorised, agency_name="another-platform"),
        ask(channel.provider, authorised, domain_id="f" * 32),
        ask(channel.stranger, authorised),
    ]

    assert {one.status_code for one in refusals} == {403}
    assert len({one.content for one in refusals}) == 1


def test_revoking_ends_a_token_in_hand_at_once(channel: Channel) -> None:
    customer = make_customer(channel.provider, authorised=True)
    token = ask(channel.provider, customer).headers["X-Subject-Token"]
    assert call(None, "GET", WHO, token=token).status_code == 200

    revoke_authorisation(as_customer(customer), authorisation=Authorisation.objects.get(), reason="enough")

    answer = call(None, "GET", WHO, token=token)
    assert (answer.status_code, answer.json()["error_code"]) == (401, "CBC.0154")
    assert ask(channel.provider, customer).status_code == 403


def test_a_reseller_acts_only_while_its_distributor_lets_it(channel: Channel) -> None:
    customer = make_customer(channel.reseller, authorised=True)
    token = ask(channel.reseller, customer).headers["X-Subject-Token"]
    distributor = as_partner(channel.distributor)

    withdraw_right(distributor, reseller=channel.reseller, right=ResellerRight.ACT_FOR_CUSTOMERS)
    assert call(None, "GET", WHO, token=token).status_code == 401

    grant_right(distributor, reseller=channel.reseller, right=ResellerRight.ACT_FOR_CUSTOMERS)
    assert call(None, "GET", WHO, token=token).status_code == 200


def test_a_distributor_does_not_act_for_its_resellers_customers(channel: Channel) -> None:
    customer = make_customer(channel.reseller, authorised=True)

    assert ask(channel.distributor, customer).status_code == 403
    assert not is_authorised(customer.pk, channel.distributor.pk)


def test_a_frozen_or_delisted_partner_acts_for_nobody(channel: Channel) -> None:
    staff, customer = as_staff(channel.vendor), make_customer(channel.provider, authorised=True)
    code = platform(channel.provider)

    restrict_partner(staff, partner=channel.provider, reason="arrears")
    assert stands(channel.provider.pk, customer.pk, code)
    freeze_partner(staff, partner=channel.provider, reason="risk")
    assert not stands(channel.provider.pk, customer.pk, code)
    delist_partner(staff, partner=channel.provider, reason="left")
    assert not stands(channel.provider.pk, customer.pk, code)


def test_an_authorisation_is_worth_nothing_for_another_association(channel: Channel) -> None:
    """What the channel room will do when a customer leaves or changes its type: the consent dies with the tie."""
    customer = make_customer(channel.provider, authorised=True)

    Customer.objects.filter(pk=customer.pk).update(association_type="referral")
    assert not is_authorised(customer.pk, channel.provider.pk)
    Customer.objects.filter(pk=customer.pk).update(association_type="resale", partner=channel.stranger)
    assert not is_authorised(customer.pk, channel.provider.pk)


def test_the_letter_says_what_the_partner_may_do(channel: Channel) -> None:
    customer = make_customer(channel.provider)
    authorise(customer)
    Authorisation.objects.update(groups=[PermissionGroup.VIEW])

    assert is_authorised(customer.pk, channel.provider.pk, PermissionGroup.VIEW)
    assert not is_authorised(customer.pk, channel.provider.pk, PermissionGroup.TRADE)
    assert acting_permissions(channel.provider.pk, customer.pk) == {"*.view"}


def test_a_token_in_a_partners_hand_cannot_decide_on_the_authorisation(channel: Channel) -> None:
    from partner_center.customers.errors import OnlyTheCustomer

    customer = make_customer(channel.provider, authorised=True)
    acting = as_customer(customer, acting_partner_id=channel.provider.pk)

    with pytest.raises(OnlyTheCustomer):
        revoke_authorisation(acting, authorisation=Authorisation.objects.get(), reason="no")
    assert Authorisation.objects.get().state is AuthorisationState.ACTIVE
