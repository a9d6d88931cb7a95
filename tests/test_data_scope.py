"""Who sees only the customers in its hands sees no row, total, file or answer of another's, through any door.

The person here may do everything that can be permitted, but for seeing all alerts, which is a right of its own
(features F10); only its scope is narrow: one customer of a solution provider's in the sample world.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import pytest

from partner_center.channel.models.alerts import SEES_ALL
from partner_center.console.detail import DetailPage
from partner_center.console.listing import ListPage
from partner_center.console.registry import PAGES
from partner_center.customers.actions import assign_manager
from partner_center.customers.models import Customer
from partner_center.foundation.actor import Actor
from partner_center.foundation.permissions import PERMISSIONS
from partner_center.identity.actions import assign_roles, create_role, create_user
from partner_center.identity.door import actor_of
from partner_center.identity.makers import owner_of
from partner_center.identity.models import User
from partner_center.partners.makers import as_partner
from partner_center.partners.models import Partner
from partner_center.wire.operation import OPERATIONS, Operation
from partner_center.wire.throttling import FlowTable
from tests import database
from tests.calling import Key, call
from tests.pages import as_reader, crawl

SYSTEM = Actor.system("tests")
PARTNER, MINE = "qiming-solutions", "mingxi-edu"
READS = [
    one
    for one in OPERATIONS.values()
    if one.callers in ("P", "A", "+") and "cn" in one.sites and one.name.startswith(("list_", "show_"))
]
ANSWERED = {
    "list_bill_lines", "list_consume_sub_customers", "list_customer_orders", "list_partner_account_change_records",
    "list_partner_adjust_records", "list_pay_per_use_customer_resources", "list_sub_customers",
    "list_subcustomer_monthly_bills",
}  # fmt: skip
OF_ONE = {"list_bill_lines", "list_pay_per_use_customer_resources"}
"""Those that a partner asks about one customer at a time."""

ABOUT_CUSTOMERS = ("billing.", "customers.", "orders.", "subscriptions.")
"""Permissions of the pages whose sums are customers', not the partner's own."""
NOT_NOTHING = re.compile(r'class="pc-sum[^"]*">([^<]*[1-9][^<]*)<')

MONTH = "2026-01"
GUESSES = {
    "bill_cycle": MONTH, "cycle": MONTH, "time": MONTH, "charge_mode": "1", "balance_type": "BALANCE_TYPE_DEBIT",
}  # fmt: skip


def _wants_customer(one: Operation) -> bool:
    return one.request is not None and "customer_id" in one.request.model_fields


def _asked(one: Operation, customer_id: str = "") -> tuple[str, dict[str, Any]]:
    """The path and parameters of a call: what is required, guessed; the customer where one can be named."""
    fields = one.request.model_fields if one.request is not None else {}
    required = {name for name, field in fields.items() if field.is_required()}
    values = {name: GUESSES[name] for name in required & GUESSES.keys()}
    if customer_id and "customer_id" in fields:
        values["customer_id"] = customer_id
    return one.path, values


@dataclass(slots=True)
class Scope:
    """The person, its partner's owner, the one customer it sees, and what it may never read."""

    person: User
    owner: User
    mine: Customer
    foreign: list[Customer]

    @property
    def words(self) -> list[str]:
        return [word for one in self.foreign for word in (one.pk, one.name, one.account.name) if word]

    def leaks(self, answer: Any, address: str = "") -> list[str]:
        """Which foreign words stand in an answer; what the asked address says is no news."""
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        text = content.decode(errors="replace")
        text = text.replace(address, "").replace(quote(address), "") if address else text
        return [word for word in self.words if word in text]


@pytest.fixture(scope="module")
def scope(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scope]:
    with django_db_blocker.unblock(), database.copied_world():
        partner = Partner.objects.select_related("account").get(account__name=PARTNER)
        role = create_role(
            SYSTEM,
            account=partner.account,
            name="everything of some",
            permissions=sorted(PERMISSIONS.keys() - {SEES_ALL}),
            own_customers_only=True,
        )
        person = create_user(SYSTEM, account=partner.account, login="narrow")
        assign_roles(SYSTEM, user=person, roles=[role])
        customers = Customer.objects.select_related("account", "partner")
        mine = customers.get(account__name=MINE)
        assign_manager(as_partner(partner), customer=mine, manager=person)
        Key.of(person)
        yield Scope(person, owner_of(partner.account), mine, list(customers.exclude(pk=mine.pk)))


@pytest.fixture(autouse=True)
def _no_flow_control(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FlowTable, "admits", lambda *_who, **_now: True)


def test_the_person_sees_one_customer_where_the_owner_sees_many(scope: Scope) -> None:
    assert list(Customer.objects.visible_to(actor_of(scope.person))) == [scope.mine]
    assert Customer.objects.visible_to(actor_of(scope.owner)).count() > 3


@pytest.mark.slow
def test_no_page_list_card_or_panel_shows_anybody_elses_customer(scope: Scope) -> None:
    leaks, visited = [], set()
    with as_reader(actor_of(scope.person)) as reader:
        for name, address, answer in crawl(reader, of_each=2):
            visited.add(name)
            if found := scope.leaks(answer, address):
                leaks.append((name, address, found))
    lists = {name for name, page in PAGES.items() if issubclass(page, ListPage)}
    assert not leaks
    assert len(visited & lists) > 25, "the walk came to the lists"


@pytest.mark.slow
def test_no_exported_file_holds_anybody_elses_customer(scope: Scope, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    actor, leaks, files = actor_of(scope.person), [], 0
    with as_reader(actor) as reader:
        for name, page in PAGES.items():
            if not issubclass(page, ListPage) or not page.open_to(actor) or not page.exportable:
                continue
            answer = reader.post(name, export="csv")
            files += answer.streaming
            if found := scope.leaks(answer):
                leaks.append((name, found))
    assert not leaks
    assert files > 25


def test_what_its_lists_do_not_show_it_cannot_open_either(scope: Scope) -> None:
    person, owner = actor_of(scope.person), actor_of(scope.owner)
    opened, tried = [], 0
    with as_reader(person) as reader:
        for name, page in PAGES.items():
            if (
                not issubclass(page, ListPage)
                or not page.opens
                or page.opens_with
                or not page.open_to(person)
            ):
                continue
            detail = PAGES[page.opens]
            if not issubclass(detail, DetailPage) or not detail.open_to(person):
                continue
            seen = set(page.ask_source(person).values_list("pk", flat=True))
            hidden = [row for row in page.ask_source(owner)[:200] if row.pk not in seen]
            for row in hidden[:3]:
                tried += 1
                if reader.client.get(detail.url_for(row)).status_code != 404:
                    opened.append((name, row.pk))
    assert not opened
    assert tried > 5


@pytest.mark.parametrize("one", READS, ids=lambda one: one.name)
def test_no_answer_of_an_api_names_anybody_elses_customer(scope: Scope, one: Operation) -> None:
    path, values = _asked(one, scope.mine.pk if one.name in OF_ONE else "")
    answer = call(scope.person, one.method, path, **values)
    assert answer.status_code == 200 or one.name not in ANSWERED, answer.content
    assert not scope.leaks(answer)


@pytest.mark.parametrize("one", [one for one in READS if _wants_customer(one)], ids=lambda one: one.name)
def test_who_names_somebody_elses_customer_gets_the_answer_for_nobody(scope: Scope, one: Operation) -> None:
    foreign = next(one for one in scope.foreign if one.partner_id == scope.mine.partner_id)
    path, values = _asked(one, foreign.pk)
    named = call(scope.person, one.method, path, **values)
    _path, nobody = _asked(one, "0" * 32)
    absent = call(scope.person, one.method, path, **nobody)
    assert named.status_code == absent.status_code
    assert named.content.decode().replace(foreign.pk, "") == absent.content.decode().replace("0" * 32, "")


@pytest.mark.slow
def test_who_has_no_customer_in_its_hands_sees_no_sum_of_customers(scope: Scope) -> None:
    idle, sums, visited = replace(actor_of(scope.person), customers=frozenset()), [], set()
    with as_reader(idle) as reader:
        for name, address, answer in crawl(reader, of_each=1):
            if (PAGES[name].permission or "").startswith(ABOUT_CUSTOMERS) and answer.status_code == 200:
                visited.add(name)
                found = NOT_NOTHING.findall(answer.content.decode(errors="replace"))
                sums += [(name, address, one) for one in found]
    with as_reader(actor_of(scope.person)) as reader:
        assert NOT_NOTHING.search(reader.get("orders").content.decode()), "sums are recognised"
    assert not sums
    assert {"consumption", "orders", "customers", "resources"} <= visited
