"""Account managers and their customers: assigned, viewed, reclaimed, one by one and in batches (features G)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from partner_center.console.actions import Batch, Link, RowAction
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Masked, Number, Ref, State, Text, When
from partner_center.console.filters import Choice, Equal, Search, Since, States, Until
from partner_center.console.pages import DetailPage, ListPage
from partner_center.console.panels import Facts, ListPanel
from partner_center.customers.actions import assign_manager, reclaim_customer
from partner_center.customers.attribution import Held, performance
from partner_center.customers.console.forms import ManagerForm
from partner_center.customers.console.pages.words import ASSOCIATION_TYPES
from partner_center.customers.lifecycles import VerifiedStatus
from partner_center.customers.models import AssociationType, ManagerAssignment
from partner_center.customers.queries import (
    assigned_customers,
    manager_for,
    managers_visible_to,
    unassigned_customers,
)
from partner_center.foundation.actor import Actor
from partner_center.identity.models import User

TABS = ("account-managers", "assigned-customers", "unassigned-customers", "customer-assignments")


class HowMany(Number):
    """The number of a person's customers, leading to their list."""

    def html(self, row: User, actor: Actor) -> SafeString:
        shown = super().html(row, actor)
        if not AssignedCustomers.open_to(actor):
            return shown
        return format_html(
            '<a href="{}?{}">{}</a>', AssignedCustomers.url(), urlencode({"manager": row.pk}), shown
        )


def _people(actor: Actor) -> Any:
    return managers_visible_to(actor).order_by("name", "pk").values_list("pk", "name")


class AccountManagerList(ListPage):
    name, path, title = "account-managers", "account-managers/", _("Account managers")
    permission = "customers.assign"
    kinds = ("partner",)
    tabs = TABS
    source = managers_visible_to
    columns = (
        Text("name"),
        Text("login", _("Account")),
        Text("supervisor__name", _("Supervisor"), needs=("supervisor",)),
        HowMany("customer_count", _("Customers"), sort="customer_count"),
    )
    filters = (Search(into=("name", "login")), Equal("supervisor", _("Supervisor")))
    opens = "account-manager"
    order = ("login",)
    links = (Link(page="unassigned-customers", label=_("Assign customers")),)
    lead = _("Who is in charge of which customers. The number of customers opens their list.")


class AccountManagerDetail(DetailPage):
    name, path = "account-manager", "account-managers/<int:pk>/"
    title, permission, parent = _("Account manager"), "customers.assign", "account-managers"
    kinds = ("partner",)
    fetch = manager_for
    left = (
        Facts(
            Text("name"),
            Text("login", _("Account")),
            Text("supervisor__name", _("Supervisor")),
            HowMany("customer_count", _("Customers")),
        ),
    )
    right = (ListPanel("customer-assignments", manager="pk"),)
    bottom = (ListPanel("assigned-customers", manager="pk"),)


_FILTERS = (
    Search(into=("name",), exact=("pk", "account__name", "account__mobile")),
    Choice("association_type", offered=AssociationType.choices),
    States("verified_status", VerifiedStatus, _("Real-name status")),
    Search("label", _("Tag"), into=("label",)),
    Since("associated_at"),
    Until("associated_at"),
)
_COLUMNS = (
    Text("name", value=str, needs=("account",)),
    Masked("account__name", _("Account"), kind="account"),
    Masked("account__mobile", _("Mobile number"), kind="mobile", minor=True),
    ChoiceColumn("association_type", words=ASSOCIATION_TYPES),
    State("verified_status"),
    Text("label"),
    When("associated_at"),
)


class AssignedCustomers(ListPage):
    """The customers in somebody's hands; ?manager= leaves those of one person."""

    name, path, title = "assigned-customers", "account-managers/customers/", _("Customers by account manager")
    permission = "customers.assign"
    kinds = ("partner",)
    tabs, parent = TABS, "account-managers"
    source = assigned_customers
    columns = (*_COLUMNS, Text("account_manager__name", _("Account manager"), needs=("account_manager",)))
    filters = (Choice("manager", _("Account manager"), offered=_people, path="account_manager"), *_FILTERS)
    opens, opens_with = "customer", "pk"
    row_actions = (
        RowAction(
            "reclaim",
            _("Reclaim customer"),
            reclaim_customer,
            confirm=_(
                "Later consumption and performance of the customer no longer count for this account manager."
            ),
        ),
        RowAction("reassign", _("Change account manager"), assign_manager, form=ManagerForm),
    )
    batches = (
        Batch(
            "chosen-reclaim",
            _("Reclaim customers"),
            reclaim_customer,
            confirm=_(
                "Later consumption and performance of these customers no longer count for their account managers."
            ),
        ),
        Batch("chosen-reassign", _("Change account manager"), assign_manager, form=ManagerForm),
    )
    empty = _("No customer has an account manager yet.")


class UnassignedCustomers(ListPage):
    """The customers in nobody's hands: only they are assigned here."""

    name, path, title = "unassigned-customers", "account-managers/unassigned/", _("Unassigned customers")
    permission = "customers.assign"
    kinds = ("partner",)
    tabs, parent = TABS, "account-managers"
    source = unassigned_customers
    columns = _COLUMNS
    filters = _FILTERS
    opens, opens_with = "customer", "pk"
    row_actions = (RowAction("assign", _("Assign"), assign_manager, form=ManagerForm),)
    batches = (Batch("chosen-assign", _("Assign customers"), assign_manager, form=ManagerForm),)
    empty = _("Every customer has an account manager.")


def _performance_from(assignment: ManagerAssignment) -> datetime | None:
    """None when the customer was reclaimed before any performance counted."""
    held = Held.of(assignment)
    begins = performance(held)
    return begins if held.until is None or begins < held.until else None


class AssignmentList(ListPage):
    """Who was in charge of whom, from when to when."""

    name, path, title = "customer-assignments", "account-managers/history/", _("Assignments by date")
    permission = "customers.assign"
    kinds = ("partner",)
    tabs, parent = TABS, "account-managers"
    source = ManagerAssignment.objects.visible_to
    columns = (
        Ref("customer", needs=("customer", "customer__account")),
        Text("manager__name", _("Account manager"), needs=("manager",)),
        When("created_at", _("Assigned")),
        When("performance", _("Performance counts from"), value=_performance_from),
        When("ended_at"),
    )
    filters = (
        Search(into=("customer__name", "manager__name")),
        Since("created_at", _("Assigned since")),
        Until("created_at", _("Assigned until")),
        Equal("manager", _("Account manager")),
        Equal("customer"),
    )
    lead = _(
        "Consumption counts for an account manager from the assignment on, performance from the next day; after "
        "reclaiming neither does."
    )
