"""The customer's side of a link: opened, read, registered by, accepted; every guard speaks, nothing is enumerated."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from partner_center.channel.actions.leads import report_customer
from partner_center.channel.actions.leads_landing import LIMITS, answer_invitation, forget_knocks
from partner_center.channel.actions.leads_links import make_custom_link
from partner_center.channel.actions.leads_terms import publish_terms
from partner_center.channel.errors.leads import (
    AssociationRefused,
    OnlyTheCustomerItself,
    TermsNotSigned,
)
from partner_center.channel.models import InviteLink, Knock, LinkArrival, TermsSignature
from partner_center.channel.models.leads import MarkKind
from partner_center.channel.models.leads_links import ArrivalState
from partner_center.channel.queries.leads_links import origin_of
from partner_center.channel.queries.leads_terms import ALL_TERMS
from partner_center.channel.rules.guards import ALWAYS, RESALE_ONLY, Cause, Standing, why_not_associate
from partner_center.channel.rules.leads import YOUNG
from partner_center.channel.tests.leads_racing import AT_ONCE, race
from partner_center.channel.tests.leads_scene import (
    PASSWORD,
    latest_code,
    partner_with_addresses,
    report,
    ticked,
)
from partner_center.customers.makers import as_customer, make_customer
from partner_center.customers.models import Association, Customer, ManagerAssignment
from partner_center.customers.tests.reading import browser
from partner_center.foundation.actor import Actor
from partner_center.foundation.models import OutboxMessage
from partner_center.kernel import clock
from partner_center.partners.actions import freeze_partner
from partner_center.partners.makers import as_partner, make_account_manager, make_vendor
from partner_center.partners.models import Partner

SYSTEM = Actor.system("tests")
SIGNED = frozenset((str(kind), 1) for kind in ALL_TERMS)
NOW = clock.now()


def link_of(partner: Partner, association_type: str = "referral", **more: Any) -> InviteLink:
    return make_custom_link(
        as_partner(partner), association_type=association_type, label="Spring fair", **more
    )


def accept(customer: Customer, link: InviteLink, signed: Any = SIGNED) -> Association:
    return answer_invitation(
        as_customer(customer), customer=customer, origin=origin_of(link.code), signed=signed
    )


def register(
    visitor: Client, link: InviteLink, *, mobile: str = "13812345678", name: str = "pine-works"
) -> Any:
    """Somebody unknown opens the link, asks for a code, and sends the form."""
    address = f"/console/join/{link.code}/register/"
    assert visitor.get(f"/console/join/{link.code}/").status_code == 200
    visitor.post(address, {"send_code": "1", "mobile": mobile})
    typed = {"mobile": mobile, "code": latest_code(), "name": name, "password": PASSWORD}
    return visitor.post(address, ticked(visitor, address, **typed, company_name="Pine Works Ltd"))


def test_a_visitor_registers_and_is_a_referral_customer_with_tag_and_manager(db: None) -> None:
    partner = partner_with_addresses()
    manager = make_account_manager(partner)
    link = link_of(partner, account_manager=manager)
    made = report_customer(as_partner(partner), company_name="pine works ltd", mobile="13899999999")
    visitor = Client()

    answer = register(visitor, link)

    assert answer.status_code == 302 and answer["Location"] == "/console/joined/"
    customer = Customer.objects.get(account__name="pine-works")
    assert (customer.partner, customer.association_type) == (partner, "referral")
    assert (customer.label, customer.account_manager) == ("Spring fair", manager)
    assert ManagerAssignment.objects.get(customer=customer).manager == manager
    assert TermsSignature.objects.filter(account=customer.account).count() == len(ALL_TERMS)
    made.refresh_from_db()
    link.refresh_from_db()
    assert made.customer == customer
    assert (link.visits, link.registrations, link.associations) == (1, 1, 1)
    assert LinkArrival.objects.get().state is ArrivalState.ASSOCIATED
    joined = visitor.get("/console/joined/").content.decode()
    assert "Harbour Ltd" in joined and "Real-name authentication is still missing" in joined
    assert OutboxMessage.objects.filter(template="channel.customer_gained", about_id=partner.pk).exists()


def test_the_resale_model_is_agreed_to_on_a_page_of_its_own(db: None) -> None:
    link = link_of(partner_with_addresses(), "resale")
    visitor = Client()
    address = f"/console/join/{link.code}/accept/"

    assert register(visitor, link)["Location"] == address
    typed = ticked(visitor, address)
    page = visitor.post(address, typed)
    assert page.status_code == 200 and 'name="agreed"' in page.content.decode()
    assert not Association.objects.exists()
    answer = visitor.post(address, {**typed, "agreed": "1"})

    assert answer["Location"] == "/console/joined/"
    assert Association.objects.get().association_type == "resale"


def test_a_customer_signs_in_first_and_comes_back_to_the_link(db: None) -> None:
    partner, customer = partner_with_addresses(), make_customer(None, password=PASSWORD)
    link = link_of(partner)
    address = f"/console/join/{link.code}/accept/"
    visitor = Client()
    assert address in visitor.get(f"/console/join/{link.code}/").content.decode()

    sent_to = visitor.get(address)["Location"]
    assert sent_to.startswith("/console/login/?next=")
    visitor.post(sent_to, {"login": customer.account.name, "password": PASSWORD, "next": address})
    assert visitor.post(address, ticked(visitor, address)).status_code == 302

    assert Customer.objects.get(pk=customer.pk).partner == partner
    assert visitor.get(address).status_code == 200
    again = visitor.post(address, ticked(visitor, address)).content.decode()
    assert "associated with this partner already" in again


def test_who_is_no_customer_is_told_so_and_changes_nothing(db: None) -> None:
    partner = partner_with_addresses()
    link = link_of(partner)
    address = f"/console/join/{link.code}/"
    for account in (partner.account, make_vendor()):
        client = browser(account)
        assert client.post(f"{address}accept/", {"agreed": "1"})["Location"] == address
        assert client.get(f"{address}register/")["Location"] == address
        assert "which is not a customer" in client.get(address).content.decode()
    assert not Association.objects.exists() and not TermsSignature.objects.exists()


def test_who_asks_for_a_code_learns_nothing_about_the_number(db: None) -> None:
    link = link_of(partner_with_addresses())
    for _ in range(5):
        make_customer(None, mobile="13811111111")
    address = f"/console/join/{link.code}/register/"
    answers = []
    for mobile in ("13811111111", "13822222222"):
        answer = Client().post(address, {"send_code": "1", "mobile": mobile})
        assert answer.status_code == 200
        answers.append(re.sub(r"\d{11}|csrf\w+\" value=\"\w+|Token\": \"\w+", "", answer.content.decode()))
    assert answers[0] == answers[1]

    for mobile in ("13811111111", "13822222222"):
        typed = {"mobile": mobile, "code": "000000", "name": "pine-works", "password": PASSWORD}
        visitor = Client()
        html = visitor.post(address, ticked(visitor, address, **typed)).content.decode()
        assert "verification code is wrong" in html
    full = register(Client(), link, mobile="13811111111")
    assert full.status_code == 200 and "number of registrations" in full.content.decode()


def test_the_public_door_has_limits_per_address_and_forgets_after_a_day(db: None) -> None:
    link = link_of(partner_with_addresses())
    address = f"/console/join/{link.code}/register/"
    from_one, _by_link = LIMITS["code"]
    for number in range(from_one):
        Client().post(address, {"send_code": "1", "mobile": f"138000000{number:02d}"})

    refused = Client().post(address, {"send_code": "1", "mobile": "13900000000"})
    assert "Too many attempts" in refused.content.decode()
    assert OutboxMessage.objects.filter(template="identity.code").count() == from_one
    other = Client(REMOTE_ADDR="192.0.2.9").post(address, {"send_code": "1", "mobile": "13900000000"})
    assert "A code was sent" in other.content.decode()
    assert not Knock.objects.filter(source_digest__contains="127.0.0.1").exists()
    with clock.at(clock.now() + timedelta(days=1, seconds=1)):
        assert forget_knocks(SYSTEM) == from_one + 1


STANDING = Standing(
    account_kind="customer", site="cn", partner_site="cn", registered_at=NOW - YOUNG, wanted_partner_id="p"
)
AGAINST: dict[Cause, dict[str, Any]] = {
    Cause.PARTNER_STOPPED: {"partner_stopped": True},
    Cause.VENDOR_ACCOUNT: {"account_kind": "vendor"},
    Cause.PARTNER: {"is_partner": True},
    Cause.OTHER_SITE: {"site": "intl"},
    Cause.SAME_PARTNER: {"partner_id": "p"},
    Cause.OTHER_PARTNER: {"partner_id": "q"},
    Cause.CONTRACT: {"in_contract": True},
    Cause.ARREARS: {"in_arrears": True},
    Cause.TRUSTEESHIP_MEMBER: {"marks": frozenset({MarkKind.TRUSTEESHIP_MEMBER})},
    Cause.CONSUMER_CLOUD: {"marks": frozenset({MarkKind.CONSUMER_CLOUD})},
    Cause.REWARD_PLAN: {"marks": frozenset({MarkKind.REWARD_PLAN})},
    Cause.REPORTED_ELSEWHERE: {"reported_elsewhere": True},
    Cause.VENDOR_REPORTED: {"marks": frozenset({MarkKind.VENDOR_REPORTED})},
    Cause.PREPAID_PARTNER: {"partner_is_prepaid": True},
    Cause.MEMBER: {"marks": frozenset({MarkKind.INDEPENDENT_MEMBER})},
    Cause.MASTER: {"marks": frozenset({MarkKind.MASTER_OF_INDEPENDENT})},
    Cause.CREDIT: {"has_credit": True},
    Cause.GIFT: {"marks": frozenset({MarkKind.GIFT_BALANCE})},
    Cause.COMMITMENT: {"marks": frozenset({MarkKind.COMMITMENT})},
    Cause.CONSUMED: {"consumed": True},
}


@pytest.mark.parametrize("cause", [cause for cause, _guard in (*ALWAYS, *RESALE_ONLY)])
def test_each_guard_speaks_with_a_way_out(cause: Cause) -> None:
    one = replace(STANDING, **AGAINST[cause])
    resale_only = cause in dict(RESALE_ONLY)

    assert why_not_associate(one, resale=True, now=NOW, young=YOUNG) == cause
    assert why_not_associate(one, resale=False, now=NOW, young=YOUNG) == (None if resale_only else cause)
    assert str(cause.label) and str(cause.way_out)


def test_an_account_older_than_seven_days_or_that_spent_must_have_been_reported() -> None:
    old = replace(STANDING, registered_at=NOW - YOUNG - timedelta(seconds=1))
    for one in (old, replace(STANDING, spent=True)):
        assert why_not_associate(one, resale=False, now=NOW, young=YOUNG) == Cause.NOT_REPORTED
        here = replace(one, reported_here=True)
        assert why_not_associate(here, resale=False, now=NOW, young=YOUNG) is None


def test_what_the_rows_say_is_what_the_guards_see(db: None) -> None:
    partner, other = partner_with_addresses(), partner_with_addresses()
    with clock.at(clock.now() - timedelta(days=8)):
        old = make_customer(None, company="Old Oak Ltd")
    taken, abroad = make_customer(other), make_customer(None, site="intl")
    claimed = make_customer(None, company="Claimed Ltd")
    report(other, company_name="Claimed Ltd")
    link = link_of(partner)

    for customer, cause in (
        (old, Cause.NOT_REPORTED),
        (taken, Cause.OTHER_PARTNER),
        (abroad, Cause.OTHER_SITE),
        (claimed, Cause.REPORTED_ELSEWHERE),
    ):
        with pytest.raises(AssociationRefused) as refusal:
            accept(customer, link)
        assert refusal.value.reason == cause
        assert LinkArrival.objects.get(customer=customer).cause == cause
    html = browser(partner.account).get("/console/link-arrivals/").content.decode()
    assert "Old Oak" not in html and "reported it" in html
    report(partner, 2, company_name="Old Oak Ltd")
    assert accept(old, link).partner == partner
    freeze_partner(SYSTEM, partner=partner, reason="risk")
    with pytest.raises(AssociationRefused) as refusal:
        accept(make_customer(None), link)
    assert refusal.value.reason == Cause.PARTNER_STOPPED


def test_nothing_is_agreed_to_that_was_not_read_in_its_present_version(db: None) -> None:
    partner, customer = partner_with_addresses(), make_customer(None)
    link, staff = link_of(partner), replace(SYSTEM, kind="staff")
    with pytest.raises(TermsNotSigned):
        accept(customer, link, frozenset())
    publish_terms(staff, kind="association_notice", site="cn", english="New.", chinese="新。")
    with pytest.raises(TermsNotSigned):
        accept(customer, link)
    assert not TermsSignature.objects.exists() and not Association.objects.exists()
    accept(customer, link, SIGNED | {("association_notice", 2)})

    later = clock.now() + timedelta(days=1)
    with clock.at(later):
        publish_terms(staff, kind="privacy", site="cn", english="Newer.", chinese="更新。")
        client = browser(customer.account)
        assert "Agreements to sign" in client.get("/console/").content.decode()
        assert "Sign the agreements" in client.get("/console/my-partner/").content.decode()
        address = "/console/signed-terms/sign/"
        typed = ticked(client, address)
        assert list(typed) == ["terms.privacy.2"]
        assert client.post(address, typed).status_code == 302
        assert "Agreements to sign" not in client.get("/console/").content.decode()
        listed = client.get("/console/signed-terms/").content.decode()
        assert listed.count("<tr") == 1 + len(ALL_TERMS) + 1
        assert "Newer." in Client().get("/console/terms/privacy/cn/2/").content.decode()


def test_a_partner_with_its_customers_token_accepts_nothing(db: None) -> None:
    partner, customer = partner_with_addresses(), make_customer(None)
    acting = as_customer(customer, acting_partner_id=partner.pk)
    with pytest.raises(OnlyTheCustomerItself):
        answer_invitation(acting, customer=customer, origin=origin_of(link_of(partner).code), signed=SIGNED)


def test_of_eight_partners_links_at_once_one_gets_the_customer(real_db: None) -> None:
    customer = make_customer(None)
    links = [link_of(partner_with_addresses()) for _ in range(AT_ONCE)]

    ends = race(lambda number: accept(customer, links[number]))

    assert ends == {"done": 1, "AssociationRefused": AT_ONCE - 1}
    assert Association.objects.count() == 1
    assert sum(link.associations for link in InviteLink.objects.all()) == 1


def test_abroad_one_registers_with_an_address_and_is_frozen_until_there_is_a_budget(db: None) -> None:
    link = link_of(partner_with_addresses(site="intl", settlement="postpaid"), "resale")
    address, visitor = f"/console/join/{link.code}/register/", Client()
    visitor.post(address, {"send_code": "1", "email": "it@oak.example"})
    typed = {"email": "it@oak.example", "code": latest_code(), "name": "oak-works", "password": PASSWORD}
    answer = visitor.post(address, ticked(visitor, address, **typed, country="sg"))
    accepting = answer["Location"]
    visitor.post(accepting, {**ticked(visitor, accepting), "agreed": "1"})

    customer = Customer.objects.get(account__name="oak-works")
    assert customer.is_resale and customer.frozen and customer.country == "SG"
    assert "until the partner has set a budget" in visitor.get("/console/joined/").content.decode()
