"""Transaction details and adjustment records."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Masked, Ref, Sum, Text, When
from partner_center.console.filters import AtLeast, AtMost, Choice, Equal, Search, Since, Until
from partner_center.console.pages import DetailPage, ListPage
from partner_center.console.panels import Facts, Trail
from partner_center.funds import trades
from partner_center.funds.models import (
    AccountChange,
    Adjustment,
    Direction,
    Operation,
    Purse,
)
from partner_center.funds.queries import (
    adjustment_for,
)

KINDS = {kind: trade.label for kind, trade in trades.TRADES.items()}


STATEMENT_KINDS = {
    kind: label for kind, label in KINDS.items() if kind not in (trades.DESIGNATION, trades.RELEASE)
}


class ChangeList(ListPage):
    """Transaction details: each movement of cash and credit, with the balance afterwards."""

    name, path, title, permission = (
        "account-changes", "funds/changes/", _("Transaction details"), "funds.view",
    )  # fmt: skip
    source = AccountChange.objects.visible_to
    columns = (
        When("happened_at", _("Time")),
        Text("kind", _("Transaction type"), value=lambda row: row.kind_label, sort="kind"),
        Sum("signed", _("Amount"), signed=True, value=lambda row: row.signed, sort="amount"),
        Sum("balance_after", _("Balance afterwards")),
        ChoiceColumn("purse", _("Account type"), words=dict(Purse.choices)),
        Text("about", _("Transaction or order"), code=True),
        Masked("counterpart__name", _("Counterpart"), kind="account", needs=("counterpart",)),
        Text("memo", _("Note"), cut=40, minor=True, sort=False),
        Masked(
            "owner__name",
            _("Account"),
            kind="account",
            needs=("owner",),
            kinds=("staff", "partner"),
            minor=True,
        ),
        Text("id", _("Number"), value=lambda row: row.number, code=True, minor=True, sort=False),
    )
    filters = (
        Choice("purse", _("Account type"), offered=Purse.choices),
        Choice("direction", _("Income or expense"), offered=Direction.choices),
        Choice("kind", _("Transaction type"), offered=lambda actor: STATEMENT_KINDS.items()),
        Since("happened_at", _("From")),
        Until("happened_at", _("To")),
        Search(label=_("Transaction or order"), into=("about", "memo")),
        Equal("owner"),
    )
    empty = _("No money has moved yet.")


class AdjustmentList(ListPage):
    """Allocations and reclaims (调账记录)."""

    name, path, title, permission = (
        "adjustments", "funds/adjustments/", _("Adjustment records"), "funds.view",
    )  # fmt: skip
    source = Adjustment.objects.visible_to
    columns = (
        Text("number", _("Transaction number"), code=True),
        When("created_at", _("Time")),
        ChoiceColumn("operation", _("Type"), words=dict(Operation.choices)),
        Sum("amount"),
        Text("target_name", _("Customer or reseller"), kinds=("staff", "partner")),
        Ref("partner", page="partner", needs=("partner",)),
        Text("scene", _("Scene"), minor=True),
        Text("memo", _("Note"), cut=40, minor=True),
        Text("operator", _("Operator"), minor=True, kinds=("staff", "partner")),
    )
    filters = (
        Search(into=("number", "target_name", "target__name"), exact=("target",)),
        Choice("operation", _("Type"), offered=Operation.choices),
        Since("created_at", _("From")),
        Until("created_at", _("To")),
        AtLeast("amount"),
        AtMost("amount"),
        Equal("target"),
        Equal("partner"),
    )
    opens = "adjustment"
    empty = _("Nothing has been allocated yet.")


class AdjustmentDetail(DetailPage):
    name, path, title, permission, parent = (
        "adjustment", "funds/adjustments/<str:number>/", _("Adjustment"), "funds.view", "adjustments",
    )  # fmt: skip
    fetch = adjustment_for
    left = (
        Facts(
            Text("number", _("Transaction number"), code=True),
            ChoiceColumn("operation", _("Type"), words=dict(Operation.choices)),
            "amount",
            Ref("partner", page="partner"),
            Text("target_name", _("Customer or reseller")),
            Text("target_id", _("Account ID"), code=True),
            When("created_at", _("Time")),
            Text("scene", _("Scene")),
            Text("memo", _("Note")),
            Text("operator", _("Operator"), kinds=("staff", "partner")),
        ),
    )
    right = (Trail(),)
