"""One customer, from every side."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Masked, Number, Ref, State, Sum, Text, When, Words
from partner_center.console.pages import DetailPage
from partner_center.console.panels import Chart, Facts, ListPanel, Rows, Steps, Trail
from partner_center.customers.console.deeds import DEEDS, FEEDS, FREEZES, has_budget
from partner_center.customers.console.pages.real_name import REAL_NAME_DEEDS
from partner_center.customers.console.pages.words import ASSOCIATION_TYPES, BUDGET_TYPES, groups_of
from partner_center.customers.console.standing import (
    available,
    budgeted,
    renewals_due,
    spending_by_service,
    spending_chart,
    spent,
    standing_customer,
    used,
)
from partner_center.customers.models import (
    Association,
    Authorisation,
    Budget,
    Customer,
    CustomerType,
    FrozenBy,
    IdentityMapping,
    ManagerAssignment,
    NewCustomerTag,
    WhenUsedUp,
)
from partner_center.customers.rules import RESOURCE_WINDOW
from partner_center.funds.queries import can_be_fed, money_of
from partner_center.identity.models import Site


def resources_until(customer: Customer) -> Any:
    """Until when its partner may unfreeze resources that it has frozen."""
    if not customer.resources_frozen or customer.frozen_at is None:
        return None
    return customer.frozen_at + RESOURCE_WINDOW


class CustomerDetail(DetailPage):
    name, path, title, permission = "customer", "customers/<str:pk>/", _("Customer"), "customers.view"
    kinds = ("staff", "partner")
    parent = "customers"
    state = "verified_status"
    fetch = standing_customer
    left = (
        Facts(
            Text("name"),
            Masked("account__name", _("Account"), kind="account"),
            Text("pk", _("Customer ID"), code=True),
            ChoiceColumn("account__site", _("Site"), words=dict(Site.choices)),
            "country",
            ChoiceColumn("customer_type", words=dict(CustomerType.choices)),
            State("verified_status"),
            "verified_at",
            "review_opinion",
            Text("level"),
            Text("label"),
            ChoiceColumn("new_tag", words=dict(NewCustomerTag.choices)),
            Text("new_tag_from"),
            Text("new_tag_until"),
            "created_at",
        ),
        Facts(
            Masked("account__mobile", _("Mobile number"), kind="mobile"),
            Masked("account__email", _("E-mail"), kind="email"),
            title=_("Contact"),
        ),
        Facts(
            Ref("partner"),
            ChoiceColumn("association_type", words=ASSOCIATION_TYPES),
            "associated_at",
            Text("account_manager__name", _("Account manager")),
            title=_("Association"),
        ),
        Facts(
            State("freeze_state"),
            ChoiceColumn("frozen_by", words=dict(FrozenBy.choices)),
            "freeze_reason",
            "frozen_at",
            When("resources_until", _("Resources can be unfrozen until"), value=resources_until),
            title=_("Freeze"),
            when=lambda customer: customer.frozen or customer.resources_frozen,
        ),
        Facts(
            Sum("available", _("Available"), value=available),
            Sum("cash", _("Balance"), value=lambda one: money_of(one, "cash") if can_be_fed(one) else None),
            Sum("debt", _("Arrears"), value=lambda one: money_of(one, "debt") if one.debt_minor else None),
            Sum("budget", _("Budget"), value=budgeted),
            Sum("used", _("Used of the budget"), value=used),
            Sum("spent", _("Spent this month"), value=spent),
            When("expires_next", _("Next expiry")),
            Number("alerts_open", _("Alerts to handle")),
            title=_("Standing"),
        ),
        Steps(also=(*FEEDS, *DEEDS, *FREEZES)),
        Steps(also=REAL_NAME_DEEDS),
    )
    right = (
        Rows(
            _("To renew"),
            renewals_due,
            (
                Text("label", _("Expires")),
                Number("by_hand", _("By hand")),
                Number("by_itself", _("Automatically")),
            ),
        ),
        Chart(_("Consumption by month"), spending_chart),
        Rows(
            _("Consumption by cloud service"),
            spending_by_service,
            (
                Text("service", _("Cloud service")),
                Sum("present", _("Spent this month")),
                Sum("before", _("Last month")),
            ),
        ),
        Rows(
            _("Authorisation of the partner"),
            lambda actor, customer: (
                Authorisation.objects.visible_to(actor).filter(customer=customer).select_related("partner")
            ),
            (
                Ref("partner"),
                State("state"),
                Words("groups", _("Permissions"), value=groups_of),
                When("created_at", _("Requested")),
                When("decided_at"),
                When("ended_at"),
                Text("reason", cut=40),
            ),
            when=lambda customer: customer.is_resale,
            empty=_("Nothing requested yet."),
        ),
        Rows(
            _("Budget"),
            lambda actor, customer: Budget.objects.visible_to(actor).filter(customer=customer),
            (
                "amount",
                ChoiceColumn("budget_type", words=BUDGET_TYPES),
                ChoiceColumn("when_used_up", words=dict(WhenUsedUp.choices)),
                When("counts_from"),
                When("changed_at"),
            ),
            when=has_budget,
            empty=_("No budget yet: the customer stays frozen until one is set."),
        ),
        Rows(
            _("Association history"),
            lambda actor, customer: (
                Association.objects.visible_to(actor).filter(customer=customer).select_related("partner")
            ),
            (
                Ref("partner"),
                ChoiceColumn("association_type", words=ASSOCIATION_TYPES),
                When("began_at"),
                When("ended_at"),
            ),
        ),
        Rows(
            _("Account managers by date"),
            lambda actor, customer: (
                ManagerAssignment.objects.visible_to(actor)
                .filter(customer=customer)
                .select_related("manager")
            ),
            (
                Text("manager__name", _("Account manager")),
                When("created_at", _("Assigned")),
                When("ended_at"),
            ),
        ),
        Rows(
            _("Platform users"),
            lambda actor, customer: IdentityMapping.objects.visible_to(actor).filter(customer=customer),
            (Text("xaccount_type", code=True), Text("xaccount_id", code=True), When("created_at")),
        ),
    )
    bottom = (
        ListPanel("real-name-reviews", customer="pk", options={"kinds": ("staff",)}),
        ListPanel("customer-alerts", customer="pk"),
        ListPanel("orders", customer="pk"),
        ListPanel("renewals", customer="pk"),
        ListPanel("resources", customer="pk"),
        ListPanel("on-demand-resources", customer="pk"),
        ListPanel("fee-records", customer="pk"),
        ListPanel("adjustments", target="pk", options={"when": lambda customer: customer.is_resale}),
        ListPanel("account-changes", owner="pk", options={"kinds": ("staff",)}),
        ListPanel("discounts", customer="pk"),
        ListPanel("budget-records", customer="pk", options={"when": has_budget}),
        Trail(),
    )
