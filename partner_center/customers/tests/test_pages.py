"""The console's pages of partners and customers, for each who may open them."""

from __future__ import annotations

import pytest

from partner_center.customers.lifecycles import AuthorisationState
from partner_center.customers.makers import as_customer, authorise, make_customer
from partner_center.customers.models import Authorisation, Customer
from partner_center.customers.tests.conftest import Channel
from partner_center.customers.tests.reading import browser, html
from partner_center.foundation.models import TrailEntry
from partner_center.partners.makers import make_account_manager
from partner_center.partners.models import Partner, PartnerState, PlatformIdentity

STAFF = (
    "partners/",
    "resellers/",
    "platforms/",
    "partners/admit/",
    "partners/enrol/",
    "customers/register/",
    "customers/",
    "authorisations/",
    "associations/",
    "identity-mappings/",
    "budgets/",
    "budget-records/",
    "real-name-reviews/",
)
PARTNER = (
    "partner-information/",
    "customers/create/",
    "platforms/",
    "customers/",
    "authorisations/",
    "associations/",
    "identity-mappings/",
    "budget-records/",
    "account-managers/",
)
CUSTOMER = ("my-partner/", "authorisations/", "associations/")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_opens_for_who_may_open_it(channel: Channel, language: str) -> None:
    customer = make_customer(channel.provider, authorised=True)
    make_customer(channel.intl_provider, budget="100")
    staff, partner = browser(channel.vendor, language), browser(channel.provider.account, language)
    for address in (*STAFF, f"customers/{customer.pk}/", f"partners/{channel.reseller.pk}/"):
        html(staff, address)
    for address in (*PARTNER, f"customers/{customer.pk}/", f"partners/{channel.provider.pk}/"):
        html(partner, address)
    for address in CUSTOMER:
        html(browser(customer.account, language), address)
    html(browser(channel.intl_provider.account, language), "budgets/")
    html(browser(channel.distributor.account, language), "resellers/")


def test_pages_of_others_are_refused(channel: Channel) -> None:
    customer = make_customer(channel.provider)
    for who, addresses in (
        (
            channel.provider.account,
            ("partners/", "resellers/", "real-name-reviews/", "budgets/", "my-partner/"),
        ),
        (customer.account, ("customers/", "partners/", "account-managers/", "identity-mappings/")),
    ):
        for address in addresses:
            assert browser(who).get(f"/console/{address}").status_code == 403, address


def test_a_stranger_sees_nothing_of_it_not_even_in_the_count(channel: Channel) -> None:
    customer = make_customer(channel.provider, company="Pinewood Carpets")
    stranger = browser(channel.stranger.account)

    assert "Pinewood" not in html(stranger, "customers/")
    assert stranger.get(f"/console/customers/{customer.pk}/").status_code == 404
    assert stranger.get(f"/console/partners/{channel.provider.pk}/").status_code == 404
    assert "Pinewood" not in html(stranger, "customers/", partner=channel.provider.pk)


def test_a_distributor_reads_its_own_customers_and_its_resellers(channel: Channel) -> None:
    make_customer(channel.distributor, company="Direct Daisies")
    make_customer(channel.reseller, company="Resold Roses")
    reader = browser(channel.distributor.account)

    everything = html(reader, "customers/")
    assert "Direct Daisies" in everything and "Resold Roses" in everything
    assert "Resold Roses" not in html(reader, "customers/", whose="own")
    assert "Direct Daisies" not in html(reader, "customers/", whose="resellers")


def test_filters_narrow_by_tag_type_and_manager(channel: Channel) -> None:
    manager = make_account_manager(channel.provider)
    make_customer(channel.provider, company="Tagged Tulips", label="florist", manager=manager)
    make_customer(channel.provider, company="Plain Poppies", association_type="referral")
    reader = browser(channel.provider.account)

    for query in ({"label": "flor"}, {"association_type": "resale"}, {"manager": str(manager.pk)}):
        found = html(reader, "customers/", **query)
        assert "Tagged Tulips" in found and "Plain Poppies" not in found, query


def test_a_mobile_number_is_masked_until_the_eye_is_opened_and_that_is_recorded(channel: Channel) -> None:
    customer = make_customer(channel.provider, mobile="13812345678")
    reader = browser(channel.provider.account)

    page = html(reader, f"customers/{customer.pk}/")
    assert "13812345678" not in page and "138****5678" in page
    answer = reader.post(f"/console/customers/{customer.pk}/", {"reveal": "account__mobile"})

    assert "13812345678" in answer.content.decode()
    assert TrailEntry.objects.filter(subject_id=customer.pk, actor_account_id=channel.provider.pk).exists()


def test_customers_are_taken_back_in_batch_and_others_are_not_touched(channel: Channel) -> None:
    manager, theirs = make_account_manager(channel.provider), make_account_manager(channel.stranger)
    mine = [make_customer(channel.provider, manager=manager) for _each in range(2)]
    other = make_customer(channel.stranger, manager=theirs)

    browser(channel.provider.account).post(
        "/console/customers/", {"batch": "chosen-reclaim", "row": [*(one.pk for one in mine), other.pk]}
    )

    held = dict(Customer.objects.values_list("pk", "account_manager_id"))
    assert [held[one.pk] for one in mine] == [None, None]
    assert held[other.pk] == theirs.pk


def test_an_account_manager_reads_only_its_own_customers(channel: Channel) -> None:
    manager = make_account_manager(channel.provider)
    own = make_customer(channel.provider, company="Own Orchids", manager=manager)
    other = make_customer(channel.provider, company="Other Oaks")
    reader = browser(manager)

    found = html(reader, "customers/")
    assert "Own Orchids" in found and "Other Oaks" not in found
    assert reader.get(f"/console/customers/{own.pk}/").status_code == 200
    assert reader.get(f"/console/customers/{other.pk}/").status_code == 404


def test_an_account_manager_neither_assigns_nor_takes_back(channel: Channel) -> None:
    manager = make_account_manager(channel.provider)
    own = make_customer(channel.provider, manager=manager)
    reader = browser(manager)

    assert reader.get("/console/account-managers/").status_code == 403
    for deed in ("reclaim", "budget", "freeze-own"):
        reader.post("/console/customers/", {"deed": deed, "row": own.pk, "reason": "x"})
    own.refresh_from_db()
    assert (own.account_manager_id, own.frozen) == (manager.pk, False)


def test_a_customer_agrees_and_revokes_on_its_own_page(channel: Channel) -> None:
    customer = make_customer(channel.provider)
    partner, itself = browser(channel.provider.account), browser(customer.account)

    partner.post(
        "/console/customers/",
        {
            "deed": "request-authorisation",
            "row": customer.pk,
            "groups": ["trade", "view"],
            "accepted": "on",
        },
    )
    asked = Authorisation.objects.get()
    itself.post("/console/authorisations/", {"deed": "agree", "row": asked.pk})
    asked.refresh_from_db()
    assert asked.state is AuthorisationState.REQUESTED, "the letter has to be accepted"

    itself.post("/console/authorisations/", {"deed": "agree", "row": asked.pk, "accepted": "on"})
    asked.refresh_from_db()
    assert (asked.state, asked.groups) == (AuthorisationState.ACTIVE, ["trade", "view"])

    itself.post("/console/authorisations/", {"deed": "revoke", "row": asked.pk, "reason": "done"})
    asked.refresh_from_db()
    assert asked.state is AuthorisationState.REVOKED


def test_a_partner_cannot_agree_for_its_customer(channel: Channel) -> None:
    customer = make_customer(channel.provider)
    authorise(customer)
    authorisation = Authorisation.objects.get()

    answer = browser(channel.provider.account).post(
        "/console/authorisations/", {"deed": "revoke", "row": authorisation.pk, "reason": "x"}
    )

    authorisation.refresh_from_db()
    assert answer.status_code in (403, 404)
    assert authorisation.state is AuthorisationState.ACTIVE


def test_the_operator_restricts_and_lifts_a_partner(channel: Channel) -> None:
    staff, place = browser(channel.vendor), f"/console/partners/{channel.provider.pk}/"

    staff.post(place, {"deed": "restrict", "row": channel.provider.pk, "reason": "arrears"})
    channel.provider.refresh_from_db()
    assert channel.provider.state is PartnerState.RESTRICTED

    staff.post(place, {"deed": "lift", "row": channel.provider.pk})
    channel.provider.refresh_from_db()
    assert channel.provider.state is PartnerState.JOINED


def test_lists_do_not_ask_more_questions_for_more_rows(
    channel: Channel, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]
    manager = make_account_manager(channel.provider)
    for _each in range(12):
        make_customer(channel.provider, manager=manager)
    reader = browser(channel.provider.account)
    html(reader, "customers/")

    with django_assert_max_num_queries(12):
        html(reader, "customers/")


def test_the_operator_enrols_a_reseller_and_registers_a_customer(channel: Channel) -> None:
    staff = browser(channel.vendor)
    company = {
        "kind": "reseller",
        "site": "cn",
        "name": "Pine Reseller Ltd",
        "account_name": "pine-reseller",
        "password": "Tall-tree-7",
        "settlement": "prepaid",
        "platform": "pine-portal",
    }
    assert staff.post("/console/partners/enrol/", company).status_code == 200, "a reseller has a distributor"
    answer = staff.post("/console/partners/enrol/", {**company, "distributor": channel.distributor.pk})
    enrolled = Partner.objects.get(account__name="pine-reseller")
    assert answer["location"].endswith(f"/partners/{enrolled.pk}/")
    assert enrolled.distributor_id == channel.distributor.pk

    staff.post(
        "/console/customers/register/",
        {"site": "cn", "name": "pine-garden", "company_name": "Pine Garden", "password": "Tall-tree-7"},
    )
    assert Customer.objects.get().partner_id is None
    assert "Pine Reseller Ltd" in html(browser(enrolled.account), "partner-information/")


def test_a_partner_creates_a_customer_for_a_user_of_its_platform(channel: Channel) -> None:
    def form(owner: Partner, **more: str) -> dict[str, str]:
        platform = PlatformIdentity.objects.get(partner=owner).pk
        return {"platform": str(platform), "xaccount_id": "u-7", "association_type": "referral", **more}

    provider, distributor = browser(channel.provider.account), browser(channel.distributor.account)
    provider.post("/console/customers/create/", form(channel.provider, name="pine-garden"))
    made = Customer.objects.get(account__name="pine-garden")
    assert (made.partner_id, made.association_type) == (channel.provider.pk, "referral")

    refused = provider.post("/console/customers/create/", form(channel.provider, name="pine-yard"))
    assert refused.status_code == 200 and "u-7 is bound" in refused.content.decode()
    distributor.post(
        "/console/customers/create/", form(channel.distributor, name="pine-wood", partner=channel.provider.pk)
    )
    distributor.post(
        "/console/customers/create/", form(channel.distributor, name="pine-hill", partner=channel.reseller.pk)
    )
    names = set(Customer.objects.values_list("account__name", flat=True))
    assert names == {"pine-garden", "pine-hill"}, "not for somebody else's reseller"


def test_home_says_what_waits(channel: Channel) -> None:
    customer = make_customer(channel.provider)
    from partner_center.customers.actions import request_authorisation
    from partner_center.partners.makers import as_partner

    request_authorisation(as_partner(channel.provider), customer=customer)

    assert "Authorisations to decide on" in html(browser(customer.account), "")
    assert as_customer(customer).kind == "customer"
