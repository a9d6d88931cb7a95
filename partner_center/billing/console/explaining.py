"""One line of a bill and why it costs what it costs: the same steps as the native API's explanation."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.http import Http404
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from partner_center.billing.console.lines import Amount, Used
from partner_center.billing.console.records import NOT_CUSTOMERS
from partner_center.billing.errors import LineNotFound
from partner_center.billing.models import MEANS, BillType, ChargingMode
from partner_center.billing.naming import Named, named
from partner_center.billing.reading.explanation import Charged, Explained, Step, explained
from partner_center.billing.reading.telling import told
from partner_center.billing.sums import MEANS_WORDS
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Column, Ref, Text, When
from partner_center.console.page import TemplatePage
from partner_center.console.registry import PAGES

FACTS: Sequence[Column] = (
    Text("customer", _("Customer"), kinds=NOT_CUSTOMERS),
    Text("month", _("Bill month")),
    When("begins_at", _("From"), value=lambda row: row.begins_at or row.happened_at),
    When("ends_at", _("To")),
    ChoiceColumn("bill_type", _("Bill type"), words=dict(BillType.choices)),
    ChoiceColumn("charging_mode", _("Billing mode"), words=dict(ChargingMode.choices)),
    Text("service", _("Cloud service")),
    Text("kind", _("Resource type")),
    Text("place", _("Region")),
    Text("resource_spec", _("Specification")),
    Text("resource", _("Resource name")),
    Text("resource_id", _("Resource ID"), code=True),
    Text("factor", _("Billing factor")),
    Used("usage", _("Usage")),
    Ref("order_number", _("Order number"), page="order", show="order_number"),
    Text("enterprise_project_id", _("Enterprise project")),
)
AMOUNTS: Sequence[Column] = (
    Amount("official", _("List price")),
    Amount("discount", _("Discount")),
    Amount("cut_off", _("Cut off")),
    Amount("amount", _("Amount")),
    *(
        Amount(name, MEANS_WORDS[name], value=lambda row, name=name: row.means[name] or None)
        for name in MEANS
    ),
)


class BillLinePage(TemplatePage):
    name, path, title = "bill-line", "bill-lines/<str:id>/", _("Bill line")
    permission, parent = "billing.view", "bill-lines"
    template = "billing/line.html"

    @cached_property
    def found(self) -> Explained:
        try:
            return explained(self.actor, self.place["id"])
        except LineNotFound as refusal:
            raise Http404(str(refusal)) from refusal

    @cached_property
    def line(self) -> Named:
        return named([self.found.line], get_language() or "en")[0]

    @property
    def heading(self) -> Any:
        return str(self.line)

    @property
    def steps(self) -> Sequence[Step]:
        return told(self.found, get_language() or "en")

    @property
    def facts(self) -> list[tuple[Any, SafeString]]:
        return self._shown(FACTS)

    @property
    def amounts(self) -> list[tuple[Any, SafeString]]:
        always = ("official", "amount")
        return self._shown(
            AMOUNTS, hide=lambda column, value: column.name not in always and value == Decimal(0)
        )

    @property
    def charged(self) -> list[tuple[Charged, str, str]]:
        """The fee records it was charged with: the address of each, and of its ledger entry for who may see it."""
        record, entry = PAGES["fee-record"], PAGES["ledger-entry"]
        return [
            (
                one,
                record.url_for(one.fee) if record.open_to(self.actor) else "",
                entry.url_for(one.entry) if one.entry is not None and entry.open_to(self.actor) else "",
            )
            for one in self.found.charged
        ]

    def _shown(self, columns: Sequence[Column], hide: Any = None) -> list[tuple[Any, SafeString]]:
        return [
            (column.label_for(None), column.html(self.line, self.actor))
            for column in columns
            if column.seen_by(self.actor)
            and (value := column.value(self.line)) not in (None, "")
            and not (hide and hide(column, value))
        ]
