"""The international site's partners on credit: amount due, unpaid bills, repayments, invoices, consumption quota."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db.models import F, Sum
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partner_center.billing.actions import record_repayment
from partner_center.billing.console.spending import figure
from partner_center.billing.errors import PartnerBillNotFound
from partner_center.billing.models import Invoice, InvoiceState, PartnerBill, PartnerBillState, Repayment
from partner_center.billing.models.settling import RepaymentSource
from partner_center.billing.reading.owed import consumption_quota
from partner_center.console.actions import RowAction
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Number, Ref, State, Text, When
from partner_center.console.columns import Sum as SumColumn
from partner_center.console.filters import Choice, Equal, Search, Since, States, Until
from partner_center.console.forms import ActionForm, MoneyField
from partner_center.console.listing import ListPage
from partner_center.console.pages import DetailPage, FormPage
from partner_center.console.panels import Facts, ListPanel, Steps, Trail
from partner_center.console.todos import todo
from partner_center.foundation.actor import Actor
from partner_center.identity.models import Site
from partner_center.kernel.money import Money

DUE_TABS = ("partner-bills", "repayments", "invoices")


class OnCredit:
    """Pages about credit are for the house and for the international site."""

    @classmethod
    def open_to(cls, actor: Actor) -> bool:
        mine = super().open_to(actor)  # type: ignore[misc]
        return bool(mine and (actor.is_house or actor.site == Site.INTL))


def partner_bill_for(actor: Actor, number: str) -> PartnerBill:
    """The bill, if the actor may see it. Raises PartnerBillNotFound otherwise."""
    found = PartnerBill.objects.visible_to(actor).select_related("partner__account").filter(number=number)
    bill = found.first()
    if bill is None:
        raise PartnerBillNotFound(number=number)
    return bill


class PartnerBillList(OnCredit, ListPage):
    name, path, title = "partner-bills", "partner-bills/", gettext_lazy("Amount due")
    permission, kinds, tabs = "billing.view", ("staff", "partner"), DUE_TABS
    lead = gettext_lazy(
        "What is to be repaid for each month. Estimates of the present month are under Bills, without tax."
    )
    above = "console/figures.html"
    source = PartnerBill.objects.visible_to
    columns = (
        Text("number", code=True),
        Ref("partner", needs=("partner__account",), kinds=("staff",)),
        Text("month"),
        State("state"),
        SumColumn("consume"),
        SumColumn("refunds"),
        SumColumn("adjustments"),
        SumColumn("tax", minor=True),
        SumColumn("initial_due", minor=True),
        SumColumn("at_use", minor=True),
        SumColumn("due"),
        SumColumn("repaid"),
        SumColumn("outstanding", gettext_lazy("Still to be repaid"), value=lambda row: row.outstanding),
        When("due_at"),
        When("paid_at", minor=True),
    )
    filters = (
        Search(into=("number", "month", "partner__account__name")),
        States("state", PartnerBillState),
        Since("due_at", gettext_lazy("Due since")),
        Until("due_at", gettext_lazy("Due until")),
        Equal("partner"),
    )
    opens = "partner-bill"
    empty = gettext_lazy("No bill has been issued yet.")

    def tone_of(self, row: PartnerBill) -> str:
        return {"warning": "warning", "bad": "bad"}.get(row.state.tone, "")

    @cached_property
    def figures(self) -> Sequence[tuple[Any, SafeString]]:
        """What is due: the latest unpaid bill and what stands from before; the use of the quota."""
        open_bills = PartnerBill.objects.visible_to(self.actor).open().order_by("currency")
        sums = open_bills.values_list("currency").annotate(left=Sum(F("due") - F("repaid")))
        found = [(_("Amount due"), figure(Money(int(left), currency))) for currency, left in sums]
        if self.actor.kind != "partner":
            return found
        latest = open_bills.order_by("-month").first()
        if latest is not None:
            found.append((_("Of this, the latest month"), figure(latest.outstanding)))
        quota = consumption_quota(self.actor)
        return [
            *found,
            (_("Consumption quota"), figure(quota.total)),
            (_("Used of the quota"), figure(quota.used)),
            (_("Not billed yet"), figure(quota.unbilled)),
        ]


class RepayForm(ActionForm):
    """How much of what is due."""

    amount = MoneyField(label=gettext_lazy("Amount"))

    def prepare(self) -> None:
        self.fields["amount"].initial = self.subject.outstanding.decimal


class RepayBill(OnCredit, FormPage):
    name, path, title = "repay-bill", "partner-bills/<str:number>/repay/", gettext_lazy("Repay")
    kinds, parent = ("partner",), "partner-bill"
    fetch, act, form = partner_bill_for, record_repayment, RepayForm
    success = gettext_lazy("Repaid.")

    def next_address(self, result: Repayment) -> str:
        return PartnerBillDetail.url_for(result.bill)


REPAY = RowAction(
    "repay",
    gettext_lazy("Repay"),
    page="repay-bill",
    when=lambda bill: bill.state is not PartnerBillState.PAID,
)


class PartnerBillDetail(OnCredit, DetailPage):
    name, path, title = "partner-bill", "partner-bills/<str:number>/", gettext_lazy("Bill")
    permission, kinds, parent = "billing.view", ("staff", "partner"), "partner-bills"
    fetch = partner_bill_for
    left = (
        Facts(
            Text("number", code=True),
            Ref("partner", kinds=("staff",)),
            Text("month"),
            State("state"),
            SumColumn("consume"),
            SumColumn("refunds"),
            SumColumn("adjustments"),
            SumColumn("tax"),
            SumColumn("initial_due"),
            SumColumn("at_use"),
            SumColumn("due"),
            SumColumn("repaid"),
            SumColumn("outstanding", gettext_lazy("Still to be repaid"), value=lambda row: row.outstanding),
            When("due_at"),
            When("paid_at"),
        ),
    )
    right = (ListPanel("repayments", bill="pk"), Steps(also=(REPAY,)))
    bottom = (Trail(),)


class RepaymentList(OnCredit, ListPage):
    name, path, title = "repayments", "repayments/", gettext_lazy("Repayment records")
    permission, kinds, tabs = "billing.view", ("staff", "partner"), DUE_TABS
    source = Repayment.objects.visible_to
    columns = (
        Text("number", code=True),
        Ref("partner", needs=("partner__account",), kinds=("staff",)),
        Ref("bill", page="partner-bill", needs=("bill",)),
        ChoiceColumn("source", words=dict(RepaymentSource.choices)),
        SumColumn("amount"),
        When("created_at", gettext_lazy("Time")),
    )
    filters = (
        Search(into=("number", "bill__number")),
        Choice("source", offered=RepaymentSource.choices),
        Since("created_at"),
        Until("created_at"),
        Equal("bill"),
        Equal("partner"),
    )
    empty = gettext_lazy("Nothing has been repaid yet.")


class InvoiceList(OnCredit, ListPage):
    name, path, title = "invoices", "invoices/", gettext_lazy("Invoices")
    permission = "billing.view"
    tabs = DUE_TABS
    source = Invoice.objects.visible_to
    columns = (
        Text("invoice_number", code=True),
        Text("number", code=True, minor=True),
        Text("month"),
        State("state"),
        Text("title"),
        SumColumn("amount"),
        SumColumn("tax"),
        Number("tax_percent", minor=True),
        When("issued_at"),
        Text("account", kinds=("staff",), needs=("account",), sort="account__name"),
    )
    filters = (
        Search(into=("invoice_number", "number", "month", "title")),
        States("state", InvoiceState),
        Since("issued_at"),
        Until("issued_at"),
    )
    empty = gettext_lazy("No invoice has been issued yet.")


todo(
    "billing.partner_bills_to_repay",
    gettext_lazy("Bills to repay"),
    page="partner-bills",
    query={"state": PartnerBillState.UNPAID.value},
    count=lambda actor: PartnerBill.objects.visible_to(actor).open().count(),
    kinds=("partner",),
)
