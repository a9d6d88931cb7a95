"""Account managers and their customers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.console.columns import Number, Ref, Text, When
from partner_center.console.filters import Search
from partner_center.console.pages import DetailPage, ListPage
from partner_center.console.panels import Facts, ListPanel, Rows
from partner_center.customers.models import (
    ManagerAssignment,
)
from partner_center.customers.queries import (
    manager_for,
    managers_visible_to,
)


class AccountManagerList(ListPage):
    name, path, title = "account-managers", "account-managers/", _("Account managers")
    permission = "customers.assign"
    kinds = ("partner",)
    source = managers_visible_to
    columns = (
        Text("name"),
        Text("login", _("Account")),
        Number("customer_count", _("Customers"), sort="customer_count"),
    )
    filters = (Search(into=("name", "login")),)
    opens = "account-manager"
    order = ("login",)
    lead = _("Who is in charge of which customers. Open a person to assign customers or take them back.")


class AccountManagerDetail(DetailPage):
    name, path = "account-manager", "account-managers/<int:pk>/"
    title, permission, parent = _("Account manager"), "customers.assign", "account-managers"
    kinds = ("partner",)
    fetch = manager_for
    left = (Facts(Text("name"), Text("login", _("Account")), Number("customer_count", _("Customers"))),)
    right = (
        Rows(
            _("Assignments by date"),
            lambda actor, manager: (
                ManagerAssignment.objects.visible_to(actor)
                .filter(manager=manager)
                .select_related("customer", "customer__account")[:50]
            ),
            (Ref("customer"), When("created_at", _("Assigned")), When("ended_at")),
        ),
    )
    bottom = (ListPanel("customers", manager="pk"),)
