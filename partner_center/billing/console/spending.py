"""Consumption summary: what was consumed by month and by any heading, as figures, as a chart, and row by row.

Every row leads to what it consists of: a service to its kinds of resources, these to regions, regions to resources,
a resource to its fee records.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from partner_center.billing.console import asking
from partner_center.billing.models import FeeRecord
from partner_center.billing.models.fees import MEANS, FeeRecordQuerySet
from partner_center.billing.naming import words_for
from partner_center.billing.sums import HEADINGS, MEANS_WORDS, PARTS, Grouped, Sums
from partner_center.console.cards import ChartCard
from partner_center.console.charts import Series, latest_months, month_bars
from partner_center.console.columns import Column, Number, Sum, Text
from partner_center.console.registry import PAGES
from partner_center.console.tables import Asked, Listed, Table, TablePage
from partner_center.foundation.actor import Actor
from partner_center.kernel.money import Money
from partner_center.kernel.period import BillMonth

MEANS_OF_PAYMENT = "means"
SHOWN = 6
"""So many values have bars of their own; the rest stand together."""

NEXT = {
    "month": "service",
    "service": "resource_type",
    "resource_type": "region",
    "region": "resource",
    "customer": "service",
    "manager": "customer",
    "association": "customer",
    "mode": "service",
    "type": "service",
    "project": "service",
}
"""What a row of a heading consists of."""


def headings(actor: Actor) -> list[tuple[str, Any]]:
    """What may be added up by, for this reader."""
    own = actor.kind == "customer"
    hidden = {"customer", "manager", "association"} if own else {"project"}
    found = [(name, words) for name, (words, _column) in HEADINGS.items() if name not in hidden]
    return [*found, (MEANS_OF_PAYMENT, gettext_lazy("Payment method"))]


def figure(money: Money) -> SafeString:
    return Sum("").shown(money)


class SpendingTable(TablePage):
    """Sums of the reader's fee records by one heading."""

    permission = "billing.view"
    per_page = 20
    empty = gettext_lazy("Nothing was consumed in this time.")

    money_columns: Sequence[Column] = (
        Number("records", gettext_lazy("Records"), minor=True),
        Sum("official", gettext_lazy("List price"), value=lambda row: row.money("official"), minor=True),
        Sum("discount", gettext_lazy("Discount"), value=lambda row: row.money("discount"), minor=True),
        Sum("consumption", gettext_lazy("Consumption"), value=lambda row: row.money("consumption")),
        Sum("refunds", gettext_lazy("Refunds"), value=lambda row: row.money("refunds")),
        Sum("adjustments", gettext_lazy("Adjustments"), value=lambda row: row.money("adjustments")),
        Sum("consume", gettext_lazy("Total"), value=lambda row: row.money("consume")),
        Sum("debt", gettext_lazy("Arrears"), value=lambda row: row.money("debt"), minor=True),
    )
    means_columns: Sequence[Column] = (
        Sum("consume", gettext_lazy("Amount"), value=lambda row: row.money("consume")),
    )

    @cached_property
    def by(self) -> str:
        return str(self.asked["by"])

    @cached_property
    def records(self) -> FeeRecordQuerySet:
        """The records that the address asks for."""
        rows: FeeRecordQuerySet = FeeRecord.objects.visible_to(self.actor)
        return asking.narrowed(rows, self.asked)

    @cached_property
    def whole(self) -> Sums:
        """All of them added up."""
        found = list(Grouped(self.records))
        return found[0] if found else Sums((), self.asked["currency"])

    def table(self) -> Table:
        if self.by != MEANS_OF_PAYMENT:
            return Grouped(self.records, self.by)
        paid = [
            Sums((name,), self.whole.currency, 0, {"consume": self.whole.amounts.get(name, 0)})
            for name in MEANS
        ]
        return Listed(row for row in paid if row.amounts["consume"])

    @cached_property
    def shown_columns(self) -> list[Column]:
        words = dict(headings(self.actor)).get(self.by, self.by)
        first = Text("name", words, value=self.name_of)
        return [first, *(self.means_columns if self.by == MEANS_OF_PAYMENT else self.money_columns)]

    def name_of(self, row: Sums) -> str:
        if row.key[0] not in self._names:
            self._names.update(self._called([row]))
        return self._names[row.key[0]]

    @cached_property
    def _names(self) -> dict[Any, str]:
        start = self.first - 1 if self.first else 0
        return self._called(self._table.part(start, self.last))

    def _called(self, rows: Sequence[Sums]) -> dict[Any, str]:
        """Names for what the rows are about; an export asks for many rows and is answered in one query."""
        if self.by == MEANS_OF_PAYMENT:
            return {name: str(words) for name, words in MEANS_WORDS.items()}
        return words_for(self.by, (row.key[0] for row in rows), get_language() or "en")

    def fixed_rows(self, fixed: Any, start: int, count: int) -> Sequence[Any]:
        rows = super().fixed_rows(fixed, start, count)
        self._names = self._called(rows)
        return rows

    def address_of(self, row: Sums) -> str:
        """What the row consists of."""
        if self.by == MEANS_OF_PAYMENT or not row.key[0]:
            return ""
        if self.by == "resource":
            page = PAGES["fee-records"]
            return f"{page.url()}?resource_id={row.key[0]}" if page.open_to(self.actor) else ""
        about = "month" if self.by == "month" else self.by
        change = {"since": row.key[0], "until": row.key[0]} if self.by == "month" else {about: row.key[0]}
        return self.request.path + self.query_with(**change, by=NEXT[self.by], page=None, sort=None)

    @cached_property
    def figures(self) -> Sequence[tuple[Any, SafeString]]:
        whole = self.whole
        return [
            *((words, figure(whole.money(name))) for name, (words, _which) in PARTS.items()),
            (_("Total"), figure(whole.money("consume"))),
            (_("Discounts granted"), figure(whole.money("discount"))),
        ]


class Consumption(SpendingTable):
    name, path, title = "consumption", "consumption/", gettext_lazy("Consumption summary")
    lead = gettext_lazy("What was consumed in each month. This is no bill: the present month still changes.")
    filters = (
        Asked("by", gettext_lazy("Group by"), offered=headings, default="month", always=True),
        asking.SINCE,
        asking.UNTIL,
        asking.CURRENCY,
        asking.CUSTOMER,
        asking.SERVICE,
        asking.REGION,
        asking.MANAGER,
        asking.ASSOCIATION,
        asking.MODE,
        asking.TYPE,
        *asking.FURTHER,
    )

    @cached_property
    def chart(self) -> dict[str, Any] | None:
        return month_bars(self._months, self._series(), stacked=True)

    @cached_property
    def _months(self) -> list[str]:
        first, last = sorted((self.asked["since"], self.asked["until"]))
        months = [BillMonth.parse(first)]
        while str(months[-1]) < last:
            months.append(months[-1].next())
        return [str(month) for month in months]

    @cached_property
    def _by_month(self) -> list[Sums]:
        return list(Grouped(self.records, "month"))

    def _series(self) -> list[Series]:
        currency = self.whole.currency
        if self.by == "month":
            return [
                (words, self._amounts(self._by_month, name), currency)
                for name, (words, _which) in PARTS.items()
            ]
        if self.by == MEANS_OF_PAYMENT:
            return [(MEANS_WORDS[name], self._amounts(self._by_month, name), currency) for name in MEANS]
        largest = [row.key[0] for row in Grouped(self.records, self.by).part(0, SHOWN)]
        chosen = self.records.filter(**{f"{HEADINGS[self.by][1]}__in": largest})
        grown: dict[Any, dict[str, int]] = {key: {} for key in largest}
        rest = self._amounts(self._by_month, "consume")
        for row in Grouped(chosen, "month", self.by):
            month, key = row.key
            grown[key][month] = row.amounts["consume"]
            rest[month] -= row.amounts["consume"]
        names = words_for(self.by, largest, get_language() or "en")
        return [*((names[key], grown[key], currency) for key in largest), (_("Others"), rest, currency)]

    @staticmethod
    def _amounts(rows: Sequence[Sums], name: str) -> dict[str, int]:
        return {row.key[0]: row.amounts.get(name, 0) for row in rows}


class ConsumptionCard(ChartCard):
    """Twelve months of consumption, for the home page."""

    name, path, permission = "consumption-card", "cards/consumption/", "billing.view"
    title = gettext_lazy("Consumption by month")

    def chart(self) -> dict[str, Any] | None:
        months = latest_months(12)
        records = FeeRecord.objects.visible_to(self.actor).filter(month__gte=str(months[0]))
        series: list[Series] = []
        for currency, _words in asking.currencies(self.actor):
            rows = list(Grouped(records.filter(currency=currency), "month"))
            series += [
                (f"{PARTS[part][0]} ({currency})", Consumption._amounts(rows, part), currency)
                for part in PARTS
            ]
        return month_bars(months, series)
