"""The sample world: a year in the life of a small channel, told through actions, the same in every run.

    accounts = build()          # on a migrated, empty database; returns the entries of accounts.json

Tests, demo, screenshots and documents share it. Its end is the moment of `build()`; the story runs on the
installation's clock, so that every job, deadline, expiry and notice happens on the way.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from partner_center.catalogue import sample as catalogue
from partner_center.customers.makers import People, make_people
from partner_center.customers.models import AssociationType, Customer
from partner_center.foundation.jobs import travel
from partner_center.identity.makers import make_access_key, owner_of
from partner_center.identity.models import Account
from partner_center.kernel import clock
from partner_center.project.sample_world import channel
from partner_center.project.sample_world.deeds import SYSTEM
from partner_center.project.sample_world.year import Year
from partner_center.reference.makers import make_dictionaries

LENGTH = timedelta(days=365)


def build() -> list[dict[str, str]]:
    """Live the year and return everybody who can sign in, as accounts.json lists them.

    All accounts share one password, made up anew for each installation.
    """
    password = f"demo-{secrets.token_hex(4)}"
    end = clock.now()
    with clock.at(end - LENGTH):
        make_dictionaries()
        catalogue.load(SYSTEM)
        people = make_people(password=password, since=clock.now())
        clock.move_to(clock.now() + timedelta(days=52))
        year = Year(people)
        story = [*year.deeds(end), *channel.deeds(people, end)]
        for moment, deed in sorted(story, key=lambda one: one[0]):
            travel(moment, clock.move_to)
            deed()
        travel(end, clock.move_to)
    return entries(people, password)


def entries(people: People, password: str) -> list[dict[str, str]]:
    """The entries of accounts.json (design/interfaces.md): those with the plainest story of their role first."""
    rows: list[tuple[str, Account, dict[str, str]]] = [("operator", people.vendor, {})]
    for partner in people.partners:
        more = {"distributor_id": partner.distributor_id} if partner.distributor_id else {}
        rows.append((partner.kind, partner.account, more))
    mentioned = [
        "mingxi-edu",
        "chilun-gears",
        "songshi-print",
        "cangwu-agri",
        "nanyu-aquatic",
        "larkspur-analytics",
    ]
    for name in [*mentioned, *(name for name in people.customers if name not in mentioned)]:
        customer = Customer.objects.select_related("account").get(pk=people.customers[name].pk)
        assert customer.partner_id is not None
        rows.append(
            (
                "customer",
                customer.account,
                {"partner_id": customer.partner_id, "association_type": _wire_type(customer)},
            )
        )
    rows.append(("stranger", people.stranger.account, {}))
    return [_entry(role, account, password, more) for role, account, more in rows]


def _wire_type(customer: Customer) -> str:
    if customer.association_type == AssociationType.REFERRAL:
        return "1"
    return "2" if customer.account.site == "cn" else "3"


def _entry(role: str, account: Account, password: str, more: dict[str, str]) -> dict[str, str]:
    key, secret = make_access_key(account)
    return {
        "role": role,
        "name": account.company_name or account.name,
        "domain_id": account.pk,
        "ak": key.ak,
        "sk": secret,
        "login": owner_of(account).login,
        "password": password,
        "site": account.site,
        **more,
    }
