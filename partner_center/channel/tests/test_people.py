"""Customer contacts, and account managers at work on their pages."""

from __future__ import annotations

import pytest

from partner_center.channel.actions.people import add_contact, change_contact, delete_contact
from partner_center.channel.errors.people import ContactUnreachable, OnlyThePartnerItself, TooManyContacts
from partner_center.channel.models import CustomerContact
from partner_center.customers.makers import as_customer, make_customer
from partner_center.customers.models import Customer, ManagerAssignment
from partner_center.customers.tests.conftest import Channel, build_channel
from partner_center.customers.tests.reading import browser, html
from partner_center.customers.tests.test_races import race
from partner_center.identity.door import actor_of
from partner_center.partners.makers import as_partner, make_account_manager


@pytest.fixture
def channel(db: None) -> Channel:
    return build_channel()


def test_customers_see_the_contacts_and_without_any_the_owner(channel: Channel) -> None:
    customer, boss = make_customer(channel.provider), as_partner(channel.provider)
    reading = browser(customer.account)
    assert channel.provider.name in html(reading, "my-partner/")

    contact = add_contact(boss, name="Anna Birch", email="anna@pine.example", duty="Invoices")

    shown = html(reading, "my-partner/")
    assert "Anna Birch" in shown and "anna@pine.example" in shown and "Invoices" in shown
    assert "Anna Birch" not in html(browser(make_customer(channel.stranger).account), "my-partner/")
    delete_contact(boss, contact=contact)
    assert "Anna Birch" not in html(reading, "my-partner/")


def test_contacts_are_the_partners_own_and_can_be_reached(channel: Channel) -> None:
    contact = add_contact(as_partner(channel.provider), name="Anna Birch", mobile="13800001111")
    stranger = as_partner(channel.stranger)
    assert not CustomerContact.objects.visible_to(stranger).exists()
    assert not CustomerContact.objects.visible_to(as_customer(make_customer(channel.provider))).exists()
    for deed in (
        lambda: change_contact(stranger, contact=contact, name="Mallory", mobile="1"),
        lambda: delete_contact(stranger, contact=contact),
        lambda: add_contact(as_customer(make_customer(channel.provider)), name="X", mobile="1"),
    ):
        with pytest.raises(OnlyThePartnerItself):
            deed()
    with pytest.raises(ContactUnreachable):
        change_contact(as_partner(channel.provider), contact=contact, name="Anna Birch")
    assert CustomerContact.objects.get().name == "Anna Birch"
    assert "13800001111" not in html(browser(channel.provider.account), "customer-contacts/")


def test_a_partner_has_five_contacts_also_when_many_are_added_at_once(real_db: None) -> None:
    boss = as_partner(build_channel().provider)

    ends = race(lambda number: add_contact(boss, name=f"Contact {number}", mobile=str(number)))

    assert ends == {"done": 5, "TooManyContacts": 3}
    with pytest.raises(TooManyContacts):
        add_contact(boss, name="One more", mobile="9")


def test_customers_are_assigned_and_reclaimed_from_the_managers_list_one_by_one_and_in_batches(
    channel: Channel,
) -> None:
    anna, ben = make_account_manager(channel.provider), make_account_manager(channel.provider)
    first, second, third = (make_customer(channel.provider, company=f"Company {n}") for n in "XYZ")
    make_customer(channel.reseller, company="A reseller's own")
    boss = browser(channel.provider.account)

    unassigned = html(boss, "account-managers/unassigned/")
    assert all(f"Company {name}" in unassigned for name in "XYZ") and "reseller" not in unassigned
    boss.post(
        "/console/account-managers/unassigned/",
        {"batch": "chosen-assign", "row": [first.pk, second.pk], "manager": anna.pk},
    )
    assert set(Customer.objects.filter(account_manager=anna)) == {first, second}
    unassigned = html(boss, "account-managers/unassigned/")
    assert "Company X" not in unassigned and "Company Z" in unassigned, "only unassigned ones can be chosen"
    boss.post("/console/account-managers/unassigned/", {"deed": "assign", "row": third.pk, "manager": ben.pk})

    mine = html(boss, "account-managers/customers/", manager=anna.pk)
    assert "Company X" in mine and "Company Y" in mine and "Company Z" not in mine
    boss.post("/console/account-managers/customers/", {"deed": "reclaim", "row": first.pk})
    boss.post(
        "/console/account-managers/customers/", {"batch": "chosen-reclaim", "row": [second.pk, third.pk]}
    )

    assert not Customer.objects.filter(account_manager__isnull=False).exists()
    history = ManagerAssignment.objects.filter(partner=channel.provider)
    assert history.count() == 3 and not history.filter(ended_at__isnull=True).exists()
    shown = html(boss, "account-managers/history/", manager=anna.pk)
    assert "Performance counts from" in shown
    assert "Company X" in shown and "Company Z" not in shown


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_pages_of_account_managers_are_their_partners(channel: Channel, language: str) -> None:
    anna = make_account_manager(channel.provider)
    make_customer(channel.provider, company="Pinewood Carpets", manager=anna)
    boss, stranger = browser(channel.provider.account, language), browser(channel.stranger.account, language)
    for address in ("account-managers/", "account-managers/customers/", "account-managers/unassigned/",
                    "account-managers/history/", f"account-managers/{anna.pk}/"):  # fmt: skip
        html(boss, address)
        assert browser(anna, language).get(f"/console/{address}").status_code == 403
    assert "Pinewood" not in html(stranger, "account-managers/customers/")
    assert "Pinewood" not in html(stranger, "account-managers/customers/", manager=anna.pk)
    assert stranger.get(f"/console/account-managers/{anna.pk}/").status_code == 404
    assert not actor_of(anna).may("customers.assign")
