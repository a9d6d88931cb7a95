"""The list of customers, and how one comes into being."""

from __future__ import annotations

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from partner_center.console.actions import Link
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Masked, Number, Ref, State, Sum, Text, When
from partner_center.console.filters import (
    AtLeast,
    AtMost,
    Choice,
    Custom,
    Equal,
    Search,
    Since,
    States,
    Until,
)
from partner_center.console.pages import FormPage, ListPage
from partner_center.console.todos import todo
from partner_center.customers.actions import (
    create_customer,
    register_customer,
)
from partner_center.customers.console.deeds import BATCHES, DEEDS, FEEDS, FREEZES
from partner_center.customers.console.forms import (
    CreateForm,
    RegisterForm,
)
from partner_center.customers.console.pages.words import ASSOCIATION_TYPES
from partner_center.customers.console.standing import (
    EXPIRES,
    SHARES,
    available,
    expiring,
    listed,
    spent,
    thawing_soon,
    with_used_budget,
)
from partner_center.customers.lifecycles import FreezeState, VerifiedStatus
from partner_center.customers.models import (
    AssociationType,
    Customer,
    Level,
)
from partner_center.customers.queries import managers_visible_to
from partner_center.foundation.actor import Actor

NOBODY = "nobody"
MOST_MANAGERS = 200
USED = {share: format_lazy(_("{share} per cent or more"), share=share) for share in SHARES}


def _whose(rows: Any, chosen: str, actor: Actor) -> Any:
    own = {"partner_id": actor.account_id}
    return rows.filter(**own) if chosen == "own" else rows.exclude(**own)


class Labelled(Search):
    """Tags that contain the words, case for case (features F1)."""

    def apply(self, rows: Any, value: str, actor: Actor) -> Any:
        return rows.labelled(value)


def _managers(actor: Actor) -> list[tuple[str, Any]]:
    """Whom a partner may ask for: nobody, or one of those in charge."""
    people: Any = managers_visible_to(actor)
    busy = people.filter(customer_count__gt=0).order_by("login")[:MOST_MANAGERS]
    return [(NOBODY, _("Not assigned")), *((str(one.pk), f"{one.name} ({one.login})") for one in busy)]


def _of_manager(rows: Any, chosen: str) -> Any:
    return rows.filter(account_manager=None if chosen == NOBODY else int(chosen))


class CustomerList(ListPage):
    name, path, title, permission = "customers", "customers/", _("Customers"), "customers.view"
    kinds = ("staff", "partner")
    source = listed
    columns = (
        Text("name", value=str),
        Masked("account__name", _("Account"), kind="account", needs=("account",)),
        Masked("account__mobile", _("Mobile number"), kind="mobile", minor=True),
        Ref("partner", needs=("partner",)),
        ChoiceColumn("association_type", words=ASSOCIATION_TYPES),
        State("verified_status"),
        State("freeze_state"),
        Text("level", minor=True),
        Text("label"),
        Text("account_manager__name", _("Account manager"), needs=("account_manager",)),
        Sum("available", _("Available"), value=available, kinds=("staff", "partner")),
        Sum("spent", _("Spent this month"), value=spent, sort="spent_minor"),
        When("expires_next", _("Next expiry"), sort="expires_next"),
        Number("alerts_open", _("Alerts to handle"), sort="alerts_open", minor=True),
        When("associated_at", minor=True),
    )
    filters = (
        Search(into=("name", "account__name", "account__mobile"), exact=("pk",)),
        Custom(
            "whose",
            _("Whose"),
            offers={"own": _("My customers"), "resellers": _("Resellers' customers")},
            narrow=_whose,
        ),
        Choice("association_type", offered=AssociationType.choices),
        Choice("in_charge", _("Account manager"), offered=_managers, narrow=_of_manager).for_kinds("partner"),
        States("verified_status", VerifiedStatus, _("Real-name status")),
        States("freeze_state", FreezeState, _("Freeze")),
        Choice("level", offered=Level.choices),
        Labelled("label", _("Tag"), into=("label",)),
        AtLeast("spent_minor", _("Spent this month from"), name="spent_from"),
        AtMost("spent_minor", _("Spent this month up to"), name="spent_to"),
        Custom("due", _("Resources expire"), offers=EXPIRES, narrow=expiring),
        Custom("budget", _("Budget used"), offers=USED, narrow=with_used_budget),
        Since("associated_at"),
        Until("associated_at"),
        Equal("partner"),
        Equal("tag", _("Tag"), path="label"),
        Equal("manager", _("Account manager"), path="account_manager"),
    )
    opens = "customer"
    row_actions = (*FEEDS, *DEEDS, *FREEZES)
    batches = BATCHES
    links = (Link(page="register-customer"), Link(page="create-customer"))
    empty = _("No customers yet.")

    def tone_of(self, row: Customer) -> str:
        return "warning" if row.frozen else ""


class RegisterCustomer(FormPage):
    name, path, title = "register-customer", "customers/register/", _("Register a customer account")
    kinds = ("staff",)
    parent, after = "customers", "customer"
    act, form = register_customer, RegisterForm
    lead = _("An account that belongs to no partner yet.")


class CreateCustomer(FormPage):
    name, path, title = "create-customer", "customers/create/", _("Create a customer")
    kinds = ("partner",)
    parent, after = "customers", "customer"
    act, form = create_customer, CreateForm
    lead = _(
        "An account for a user of your platform, associated with you, or with the reseller named, at once."
    )


todo(
    "customers.frozen",
    _("Customers that are frozen"),
    page="customers",
    query={"freeze_state": FreezeState.ACCOUNT.value},
    count=lambda actor: Customer.objects.visible_to(actor).filter(freeze_state=FreezeState.ACCOUNT).count(),
    kinds=("partner",),
)
todo(
    "customers.resources_frozen",
    _("Customers whose resources you can unfreeze for a few days only"),
    page="customers",
    query={"freeze_state": FreezeState.RESOURCES.value},
    count=lambda actor: thawing_soon(actor).count(),
    kinds=("partner",),
    tone="bad",
)
