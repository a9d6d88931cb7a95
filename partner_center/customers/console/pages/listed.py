"""The list of customers, and how one comes into being."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.console.actions import Link
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Masked, Ref, State, Text, When
from partner_center.console.filters import Choice, Custom, Equal, Search, Since, States, Until
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
from partner_center.customers.lifecycles import FreezeState, VerifiedStatus
from partner_center.customers.models import (
    AssociationType,
    Customer,
    Level,
)
from partner_center.foundation.actor import Actor


def _whose(rows: Any, chosen: str, actor: Actor) -> Any:
    own = {"partner_id": actor.account_id}
    return rows.filter(**own) if chosen == "own" else rows.exclude(**own)


class CustomerList(ListPage):
    name, path, title, permission = "customers", "customers/", _("Customers"), "customers.view"
    kinds = ("staff", "partner")
    source = Customer.objects.visible_to
    columns = (
        Text("name", value=str),
        Masked("account__name", _("Account"), kind="account", needs=("account",)),
        Masked("account__mobile", _("Mobile number"), kind="mobile", minor=True),
        Ref("partner", needs=("partner",)),
        ChoiceColumn("association_type", words=ASSOCIATION_TYPES),
        State("verified_status"),
        State("freeze_state"),
        Text("level"),
        Text("label"),
        Text("account_manager__name", _("Account manager"), needs=("account_manager",)),
        When("associated_at"),
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
        States("verified_status", VerifiedStatus, _("Real-name status")),
        States("freeze_state", FreezeState, _("Freeze")),
        Choice("level", offered=Level.choices),
        Search("label", _("Tag"), into=("label",)),
        Since("associated_at"),
        Until("associated_at"),
        Equal("partner"),
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
