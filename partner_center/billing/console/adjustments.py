"""Corrections of bills by the operator: proposed by one person, approved or rejected by another."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partner_center.billing.actions import propose_adjustment
from partner_center.billing.console import asking
from partner_center.billing.errors import AdjustmentNotFound
from partner_center.billing.models import AdjustmentState, BillType, FeeAdjustment
from partner_center.console.actions import Link
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Ref, State, Sum, Text, When
from partner_center.console.filters import AtLeast, AtMost, Choice, Equal, Search, Since, States, Until
from partner_center.console.forms import ActionForm, MoneyField
from partner_center.console.listing import ListPage
from partner_center.console.pages import DetailPage, FormPage
from partner_center.console.panels import Facts, Steps, Trail
from partner_center.console.todos import todo
from partner_center.customers.models import Customer
from partner_center.foundation.actor import Actor
from partner_center.kernel.money import Money

TYPES = [(one.value, one.label) for one in (BillType.COMPENSATION, BillType.DEBIT)]


def adjustment_for(actor: Actor, number: str) -> FeeAdjustment:
    """The adjustment, if the actor may see it. Raises AdjustmentNotFound otherwise."""
    rows = FeeAdjustment.objects.visible_to(actor).select_related("customer__account", "fee")
    found = rows.filter(number=number).first()
    if found is None:
        raise AdjustmentNotFound(number=number)
    return found


class ProposeForm(ActionForm):
    """What to correct, by how much, and why."""

    customer = forms.CharField(label=_("Customer (account name or ID)"), max_length=64)
    bill_type = forms.TypedChoiceField(label=_("Bill type"), choices=TYPES, coerce=int)
    amount = MoneyField(label=_("Amount"), help_text=_("In the currency of the customer's site, above zero."))
    about_month = forms.ChoiceField(label=_("Concerns the month"), required=False)
    service_type = forms.ChoiceField(label=_("Cloud service"), required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)
    resource_id = forms.CharField(label=_("Resource ID"), required=False, max_length=64)
    reason = forms.CharField(label=_("Reason"), max_length=256, widget=forms.Textarea(attrs={"rows": 3}))

    def prepare(self) -> None:
        for name, offered in (
            ("about_month", asking.months),
            ("service_type", asking.services),
            ("region", asking.regions),
        ):
            field: Any = self.fields[name]
            field.choices = [("", "–"), *offered(self.actor)]

    def clean_customer(self) -> Customer:
        words = self.cleaned_data["customer"].strip()
        visible = Customer.objects.visible_to(self.actor).select_related("account")
        found = visible.filter(pk=words).first() or visible.filter(account__name=words).first()
        if found is None:
            raise forms.ValidationError(gettext("There is no such customer."))
        return found

    def arguments(self) -> dict[str, Any]:
        facts = dict(self.cleaned_data)
        customer: Customer = facts["customer"]
        return {**facts, "amount": Money.of(facts["amount"].decimal, customer.account.currency)}


class ApproveForm(ActionForm):
    opinion = forms.CharField(label=_("Opinion"), required=False, max_length=256)


class RejectForm(ActionForm):
    opinion = forms.CharField(label=_("Opinion"), max_length=256)


class FeeAdjustmentList(ListPage):
    name, path, title, permission = (
        "fee-adjustments", "fee-adjustments/", _("Bill adjustments"), "billing.view",
    )  # fmt: skip
    kinds = ("staff",)
    lead = _("Compensations and debits. They count in the month in which they are approved.")
    source = FeeAdjustment.objects.visible_to
    columns = (
        Text("number", code=True),
        Ref("customer", needs=("customer__account",)),
        ChoiceColumn("bill_type", words=dict(TYPES)),
        Sum("amount"),
        State("state"),
        Text("about_month"),
        Text("service_type", file_only=True),
        Text("reason", cut=40),
        Text("proposed_by"),
        When("created_at", _("Proposed")),
        Text("decided_by", minor=True),
        When("decided_at", minor=True),
    )
    filters = (
        Search(
            into=("number", "reason", "customer__name", "customer__account__name"), exact=("customer_id",)
        ),
        States("state", AdjustmentState),
        Choice("bill_type", offered=TYPES),
        Since("created_at"),
        Until("created_at"),
        AtLeast("amount"),
        AtMost("amount"),
        Equal("customer"),
    )
    opens = "fee-adjustment"
    links = (Link(page="propose-adjustment"),)
    empty = _("Nothing has been proposed yet.")


class FeeAdjustmentDetail(DetailPage):
    name, path, title = "fee-adjustment", "fee-adjustments/<str:number>/", _("Bill adjustment")
    permission, kinds, parent = "billing.view", ("staff",), "fee-adjustments"
    fetch = adjustment_for
    left = (
        Facts(
            Text("number", code=True),
            Ref("customer"),
            ChoiceColumn("bill_type", words=dict(TYPES)),
            Sum("amount"),
            Text("about_month"),
            Text("service_type"),
            Text("resource_type"),
            Text("region"),
            Text("resource_id", code=True),
            Text("reason"),
            Ref("fee", _("Fee record"), page="fee-record"),
        ),
    )
    right = (
        Facts(
            State("state"),
            Text("proposed_by"),
            When("created_at", _("Proposed")),
            Text("decided_by"),
            When("decided_at"),
            Text("opinion"),
            title=_("Decision"),
        ),
        Steps(AdjustmentState, forms={"approve": ApproveForm, "reject": RejectForm}),
        Trail(),
    )


class ProposeAdjustment(FormPage):
    name, path, title, parent = (
        "propose-adjustment", "fee-adjustments/new/", _("Propose an adjustment"), "fee-adjustments",
    )  # fmt: skip
    kinds = ("staff",)
    act, form = propose_adjustment, ProposeForm
    after = "fee-adjustment"
    success = _("Proposed. Somebody else has to approve it.")


def _waiting(actor: Actor) -> int:
    return FeeAdjustment.objects.visible_to(actor).filter(state=AdjustmentState.PROPOSED).count()


todo(
    "billing.adjustments_to_approve",
    _("Bill adjustments to approve"),
    page="fee-adjustments",
    query={"state": AdjustmentState.PROPOSED.value},
    count=_waiting,
    kinds=("staff",),
)
