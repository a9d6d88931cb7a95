"""Budgets of international resale customers and their records."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Number, Ref, Sum, Text, When
from partner_center.console.filters import Choice, Equal, Since, Until
from partner_center.console.pages import ListPage
from partner_center.customers.console.pages.words import BUDGET_TYPES
from partner_center.customers.console.standing import budgets_listed, share_of_budget, used_of_budget
from partner_center.customers.models import (
    BudgetOperation,
    BudgetRecord,
    BudgetType,
    WhenUsedUp,
)
from partner_center.foundation.actor import Actor


class BudgetList(ListPage):
    name, path, title, permission = "budgets", "budgets/", _("Budgets"), "customers.view"
    kinds = ("staff", "partner")
    source = budgets_listed
    columns = (
        Ref("customer", needs=("customer", "customer__account")),
        Ref("partner", needs=("partner",)),
        "amount",
        Sum("used", _("Used"), value=used_of_budget, sort="used_minor"),
        Number("share", _("Per cent"), value=share_of_budget, unit="%"),
        ChoiceColumn("budget_type", words=BUDGET_TYPES),
        ChoiceColumn("when_used_up", words=dict(WhenUsedUp.choices)),
        When("counts_from"),
        When("changed_at"),
    )
    filters = (Choice("budget_type", offered=BudgetType.choices), Equal("customer"), Equal("partner"))

    @classmethod
    def open_to(cls, actor: Actor) -> bool:
        """Budgets are an institution of the international site."""
        return super().open_to(actor) and (actor.is_house or actor.site == "intl")


class BudgetRecordList(ListPage):
    name, path, title = "budget-records", "budget-records/", _("Budget records")
    permission = "customers.view"
    kinds = ("staff", "partner")
    source = BudgetRecord.objects.visible_to
    columns = (
        Ref("customer", needs=("customer", "customer__account")),
        ChoiceColumn("operation", words=dict(BudgetOperation.choices)),
        ChoiceColumn("budget_type", words=BUDGET_TYPES),
        "amount",
        Text("operator"),
        When("created_at"),
    )
    filters = (
        Choice("operation", offered=BudgetOperation.choices),
        Since("created_at"),
        Until("created_at"),
        Equal("customer"),
    )
