"""Resource records and details: what the month's usage, orders and adjustments came to, from the rated files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import accumulate
from typing import Any, ClassVar

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from partner_center.billing.console import asking
from partner_center.billing.console.records import BILL_TABS, NOT_CUSTOMERS
from partner_center.billing.console.scoping import Scopes, scopes_for
from partner_center.billing.models import MEANS, BillType, ChargingMode, CustomerRating
from partner_center.billing.naming import Named, named
from partner_center.billing.reading import Line, Statistic, Wanted, lines_of, plain
from partner_center.billing.sums import MEANS_WORDS
from partner_center.console.columns import NOTHING, Column, Day, Number, Text, When
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.tables import Asked, Table, TablePage
from partner_center.foundation.actor import Actor
from partner_center.kernel.period import BillMonth


class LinesOf:
    """The lines of several scopes, one scope after the other."""

    def __init__(
        self,
        actor: Actor,
        scopes: Scopes,
        month: BillMonth,
        wanted: Wanted,
        statistic: Statistic,
        language: str,
    ) -> None:
        self.actor, self.scopes, self.month = actor, scopes, month
        self.wanted, self.statistic = wanted, statistic
        self.language = language

    @cached_property
    def _totals(self) -> list[int]:
        return [
            lines_of(self.actor, scope, self.month, self.wanted, self.statistic, offset=0, limit=1).total
            for scope in self.scopes.scopes
        ]

    @property
    def total(self) -> int:
        return sum(self._totals)

    def part(self, start: int, stop: int) -> list[Named]:
        found: list[Line] = []
        ends = list(accumulate(self._totals))
        for scope, total, end in zip(self.scopes.scopes, self._totals, ends, strict=True):
            first, last = max(start, end - total), min(stop, end)
            if first < last:
                page = lines_of(
                    self.actor,
                    scope,
                    self.month,
                    self.wanted,
                    self.statistic,
                    offset=first - (end - total),
                    limit=last - first,
                )
                found += page.lines
        return named(found, self.language)

    @property
    def pin(self) -> str:
        """Which ratings the lines come from: while a month is open, a newer one may replace them."""
        customers = [one for scope in self.scopes.scopes for one in scope.customer_ids or ()]
        rated = CustomerRating.objects.current(customers, self.month).order_by("customer_id")
        text = repr(list(rated.values_list("customer_id", "rating_id")))
        return hashlib.sha256(text.encode()).hexdigest()


class RatedAgain(Exception):
    """The month was rated again while its lines were being exported; the export is made anew."""


class Amount(Number):
    """An exact amount of up to eight places with its currency; `Sum` is for whole cents."""

    def html(self, row: Any, actor: Actor) -> SafeString:
        exact = self.value(row)
        if exact is None:
            return NOTHING
        return self.said(exact, row.currency)

    @staticmethod
    def said(exact: Decimal, currency: str) -> SafeString:
        text = f"{plain(exact):,}".replace("-", "−")
        return format_html('<span class="pc-sum">{} <small>{}</small></span>', text, currency)


class Used(Number):
    """A quantity as it was reported, with its measure; files have the measure in a column of its own."""

    def html(self, row: Any, actor: Actor) -> SafeString:
        quantity = self.value(row)
        if quantity is None:
            return NOTHING
        return format_html("{} <small>{}</small>", self.shown(quantity), row.measure or "")


def day(text: str) -> date:
    return date.fromisoformat(text)


class LineTable(TablePage):
    """What both tables of lines ask and show."""

    permission = "billing.view"
    tabs: ClassVar[Sequence[str]] = BILL_TABS
    carried: ClassVar[Sequence[str]] = ("month",)
    above = "billing/lines.html"
    empty = _("Nothing in this month.")
    rows_a_turn = 50_000
    statistic = Statistic.DETAIL

    filters = (
        asking.MONTH,
        asking.CUSTOMER,
        asking.SERVICE,
        asking.REGION,
        asking.MODE,
        asking.TYPE,
        Asked("resource_id", _("Resource ID")),
        Asked("order", _("Order or transaction")),
        asking.ASSOCIATION,
        Asked("zero", _("Amounts of zero"), offered={"1": _("Hide")}),
        *asking.FURTHER,
    )

    @cached_property
    def month(self) -> BillMonth:
        return BillMonth.parse(self.asked["month"])

    @cached_property
    def scopes(self) -> Scopes:
        return scopes_for(self.actor, self.month, self.month, words=self.asked["customer"])

    @cached_property
    def wanted(self) -> Wanted:
        asked = self.asked
        return Wanted(
            service_type=asked.get("service"),
            resource_type=asked.get("resource_type"),
            region=asked.get("region"),
            charging_mode=asked.get("mode"),
            bill_type=asked.get("type"),
            resource_id=asked.get("resource_id") or asked.get("resource"),
            enterprise_project_id=asked.get("project"),
            trade_id=asked.get("order"),
            association_type=asked.get("association"),
            first_day=asked.get("since_day"),
            last_day=asked.get("until_day"),
            with_zero=asked.get("zero") != "1",
        )

    @property
    def may_export(self) -> bool:
        """No file leaves customers out without a word: who has more than are read at once chooses among them."""
        return super().may_export and not self.scopes.left_out

    def table(self) -> Table:
        return LinesOf(
            self.actor, self.scopes, self.month, self.wanted, self.statistic, get_language() or "en"
        )

    def pinned(self, pin: Any) -> Table:
        table = self.table()
        if table.pin != pin:
            raise RatedAgain(self.asked["month"])
        return table


_MEANS_COLUMNS: tuple[Column, ...] = tuple(
    Amount(name, MEANS_WORDS[name], value=lambda row, name=name: row.means[name] or None, file_only=True)
    for name in MEANS
)
_WHO: tuple[Column, ...] = (
    Text("customer", _("Customer"), kinds=NOT_CUSTOMERS),
    Text("customer_id", _("Customer ID"), code=True, kinds=NOT_CUSTOMERS, file_only=True),
)
_WHAT: tuple[Column, ...] = (
    Text("service", _("Cloud service"), file_only=True),
    Text("kind", _("Resource type")),
    Text("place", _("Region"), minor=True),
    Text("resource", _("Resource name"), cut=24),
    Text("resource_id", _("Resource ID"), code=True, file_only=True),
    Text("resource_spec", _("Specification"), file_only=True),
    Text("enterprise_project_id", _("Enterprise project"), file_only=True),
    ChoiceColumn("charging_mode", _("Billing mode"), words=dict(ChargingMode.choices), file_only=True),
    ChoiceColumn("bill_type", _("Bill type"), words=dict(BillType.choices)),
    Text("factor", _("Billing factor"), file_only=True),
)
_USED: tuple[Column, ...] = (
    Used("usage", _("Usage"), minor=True),
    Text("measure", _("Measure"), file_only=True),
    Number("charged_usage", _("Charged usage"), file_only=True),
    Number("free_usage", _("From packages"), file_only=True),
    Number("reserved_usage", _("Reserved"), file_only=True),
    Text("price_measure", _("Measure of the price"), file_only=True),
)
_COSTS: tuple[Column, ...] = (
    Amount("official", _("List price"), minor=True),
    Amount("discount", _("Discount"), file_only=True),
    Amount("cut_off", _("Cut off"), file_only=True),
    Amount("amount", _("Amount")),
    Text("currency", _("Currency"), file_only=True),
    *_MEANS_COLUMNS,
)


class ResourceRecords(LineTable):
    name, path, title = "resource-records", "resource-records/", _("Resource records")
    lead = _("What each resource came to in the month, by billing factor. Amounts are exact to eight places.")
    statistic = Statistic.CYCLE
    columns = (*_WHO, *_WHAT, *_USED, *_COSTS)

    def address_of(self, row: Named) -> str:
        """The single lines behind it."""
        if not row.resource_id:
            return ""
        return BillLines.url() + self.query_with(resource_id=row.resource_id, page=None)


class BillLines(LineTable):
    name, path, title = "bill-lines", "bill-lines/", _("Details")
    lead = _(
        "Every line of the month: each usage record, order and adjustment. A line opens its explanation."
    )
    filters = (
        *LineTable.filters,
        Asked("since_day", _("From"), check=day),
        Asked("until_day", _("To"), check=day),
    )
    columns = (
        When("begins_at", _("From"), value=lambda row: row.begins_at or row.happened_at),
        When("ends_at", _("To"), file_only=True),
        *_WHO,
        *_WHAT,
        *_USED,
        Number("unit_price", _("Unit price"), file_only=True),
        *_COSTS,
        Text("order_number", _("Order number"), code=True, file_only=True),
        Text("id", _("Line"), code=True, file_only=True),
        Day("day", _("Day"), file_only=True),
    )
    opens = "bill-line"
