"""Cost analysis: costs by any heading over months or days, original or amortised; and what each month cost."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import accumulate
from typing import Any, ClassVar

from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from partner_center.billing.console import asking
from partner_center.billing.console.lines import Amount, LineTable
from partner_center.billing.console.records import NOT_CUSTOMERS
from partner_center.billing.console.scoping import Scopes, scopes_for
from partner_center.billing.console.spending import SHOWN
from partner_center.billing.models import BillType, ChargingMode
from partner_center.billing.naming import Named, named, words_for
from partner_center.billing.reading.amortised import PAID_BY, AmortisedLine, amortised_lines
from partner_center.billing.reading.costs import CostGroup, CostQuestion, Only, costs_of
from partner_center.billing.sums import MEANS_WORDS
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Column, Number, Text
from partner_center.console.tables import Asked, Listed, Table, TablePage
from partner_center.foundation.actor import Actor
from partner_center.kernel.period import BillMonth

COST_TABS = ("cost-analysis", "amortised-costs")
MOST_MONTHS_BY_DAY = 3
MOST_COLUMNS = 13
_CENT = Decimal("0.01")

HEADINGS: dict[str, tuple[Any, str]] = {
    "service": (gettext_lazy("Cloud service"), "service"),
    "resource_type": (gettext_lazy("Resource type"), "resource_type"),
    "region": (gettext_lazy("Region"), "region"),
    "customer": (gettext_lazy("Customer"), "customer"),
    "mode": (gettext_lazy("Billing mode"), "mode"),
    "bill_type": (gettext_lazy("Bill type"), "type"),
    "spec": (gettext_lazy("Specification"), ""),
    "usage_type": (gettext_lazy("Billing factor"), ""),
    "project": (gettext_lazy("Enterprise project"), ""),
    "resource": (gettext_lazy("Resource"), ""),
    "payer": (gettext_lazy("Payer"), "customer"),
}
"""What costs can be grouped by: words, and the heading of `naming.words_for` that knows the values."""


def _headings(actor: Actor) -> list[tuple[str, Any]]:
    hidden = {"customer", "payer"} if actor.kind == "customer" else set()
    return [(name, words) for name, (words, _known) in HEADINGS.items() if name not in hidden]


@dataclass(frozen=True, slots=True)
class CostRow:
    """One group with its name and its share of the whole."""

    group: CostGroup
    name: str
    currency: str
    share: Decimal

    def __str__(self) -> str:
        return self.name

    @property
    def amount(self) -> Decimal:
        return self.group.total.amount

    @property
    def official(self) -> Decimal:
        return self.group.total.official

    def at(self, time: str) -> Decimal | None:
        return self.group.by_time[time].amount if time in self.group.by_time else None


class CostAnalysis(TablePage):
    name, path, title, permission = "cost-analysis", "costs/", gettext_lazy("Cost analysis"), "billing.view"
    tabs = COST_TABS
    above = "billing/lines.html"
    lead = gettext_lazy(
        "Costs by any heading. Amortised costs share yearly and monthly orders over their days; original costs "
        "count on the day of the charge."
    )
    empty = gettext_lazy("Nothing cost anything in this time.")
    filters = (
        Asked("by", gettext_lazy("Group by"), offered=_headings, default="service", always=True),
        asking.SINCE,
        asking.UNTIL,
        Asked(
            "step",
            gettext_lazy("Time"),
            offered={"month": gettext_lazy("By month"), "day": gettext_lazy("By day (up to three months)")},
            default="month",
            always=True,
        ),
        Asked(
            "cost",
            gettext_lazy("Cost"),
            offered={"original": gettext_lazy("Original"), "amortised": gettext_lazy("Amortised")},
            default="original",
            always=True,
        ),
        Asked(
            "amount",
            gettext_lazy("Amount"),
            offered={"payable": gettext_lazy("Payable"), "net": gettext_lazy("Without coupons")},
            default="payable",
            always=True,
        ),
        asking.CURRENCY,
        asking.CUSTOMER,
        asking.SERVICE,
        asking.REGION,
        asking.MODE,
        asking.TYPE,
        *asking.FURTHER,
    )

    @cached_property
    def _months(self) -> tuple[BillMonth, BillMonth]:
        first, last = sorted((self.asked["since"], self.asked["until"]))
        return BillMonth.parse(first), BillMonth.parse(last)

    @cached_property
    def scopes(self) -> Scopes:
        return scopes_for(
            self.actor, *self._months, words=self.asked["customer"], currency=self.asked["currency"]
        )

    @cached_property
    def question(self) -> CostQuestion:
        first, last = self._months
        narrowed = ("service", "resource_type", "region", "mode", "project", "resource")
        only = [Only(name, (str(value),)) for name in narrowed if (value := self.asked[name]) is not None]
        if self.asked["type"] is not None:
            only.append(Only("bill_type", (str(self.asked["type"]),)))
        by_day = self.asked["step"] == "day" and last <= first.shifted(MOST_MONTHS_BY_DAY - 1)
        return CostQuestion(
            date(first.year, first.month, 1),
            date(last.year, last.month, calendar.monthrange(last.year, last.month)[1]),
            (self.asked["by"],),
            by_day=by_day,
            amortised=self.asked["cost"] == "amortised",
            net=self.asked["amount"] == "net",
            only=tuple(only),
        )

    @cached_property
    def rows(self) -> list[CostRow]:
        """The groups of all scopes together, the dearest first."""
        found: dict[tuple[str, ...], CostGroup] = {}
        for scope in self.scopes.scopes:
            for group in costs_of(self.actor, scope, self.question):
                kept = found.setdefault(group.key, CostGroup(group.key))
                for time, cost in group.by_time.items():
                    kept.add(time, cost.amount, cost.official)
        groups = sorted(found.values(), key=lambda one: (-one.total.amount, one.key))
        whole = sum((one.total.amount for one in groups), Decimal(0))
        names = self._names([one.key[0] for one in groups])
        return [
            CostRow(
                one,
                names[one.key[0]],
                self.asked["currency"],
                (one.total.amount * 100 / whole).quantize(_CENT) if whole else Decimal(0),
            )
            for one in groups
        ]

    def _names(self, values: Sequence[str]) -> dict[str, str]:
        _words, known = HEADINGS[self.asked["by"]]
        whole_numbers = known in ("mode", "type")
        asked = [int(one) if whole_numbers and one.isdigit() else one for one in values]
        found = words_for(known or "", asked, get_language() or "en")
        return {str(value): words for value, words in found.items()} | {"": found[""]}

    def table(self) -> Table:
        return Listed(self.rows)

    @cached_property
    def times(self) -> list[str]:
        return sorted({time for row in self.rows for time in row.group.by_time})

    @cached_property
    def shown_columns(self) -> list[Column]:
        words = HEADINGS[self.asked["by"]][0]
        times = self.times if len(self.times) <= MOST_COLUMNS else []
        return [
            Text("name", words),
            Amount("amount", gettext_lazy("Cost")),
            Share("share", gettext_lazy("Share")),
            Amount("official", gettext_lazy("List price"), minor=True),
            *(Number(time, time, value=lambda row, time=time: row.at(time), minor=True) for time in times),
        ]

    @cached_property
    def figures(self) -> Sequence[tuple[Any, SafeString]]:
        whole = sum((row.amount for row in self.rows), Decimal(0))
        listed = sum((row.official for row in self.rows), Decimal(0))
        currency = self.asked["currency"]
        return [
            (_("Cost"), Amount.said(whole, currency)),
            (_("List price"), Amount.said(listed, currency)),
        ]

    @cached_property
    def chart(self) -> dict[str, Any] | None:
        shown, rest = self.rows[:SHOWN], self.rows[SHOWN:]
        series = [
            {
                "name": row.name,
                "values": [str((row.at(time) or Decimal(0)).quantize(_CENT)) for time in self.times],
            }
            for row in shown
        ]
        if rest:
            others = [sum((row.at(time) or Decimal(0) for row in rest), Decimal(0)) for time in self.times]
            series.append({"name": _("Others"), "values": [str(one.quantize(_CENT)) for one in others]})
        return {"kind": "bar", "stacked": True, "labels": self.times, "series": series} if series else None


class Share(Column):
    """Per cent of the whole."""

    align = "end"

    def shown(self, value: Any) -> SafeString:
        return SafeString(f'<span class="pc-sum">{value} <small>%</small></span>')


class AmortisedRow:
    """A line with names, and the parts of its amount that fell before, in and after the month."""

    def __init__(self, named: Named, amortised: AmortisedLine) -> None:
        self.named, self.amortised = named, amortised

    def __getattr__(self, name: str) -> Any:
        return getattr(self.named, name)

    def __str__(self) -> str:
        return str(self.named)

    @property
    def past(self) -> Decimal:
        return self.amortised.past

    @property
    def current(self) -> Decimal:
        return self.amortised.current

    @property
    def future(self) -> Decimal:
        return self.amortised.future

    @property
    def consumed(self) -> Decimal:
        return self.amortised.consumed


class AmortisedTable:
    """What a month cost, scope after scope."""

    pin = None

    def __init__(self, page: AmortisedCosts) -> None:
        self.page = page

    @cached_property
    def _totals(self) -> list[int]:
        page = self.page
        return [
            amortised_lines(page.actor, scope, page.month, page.wanted, offset=0, limit=1).total
            for scope in page.scopes.scopes
        ]

    @property
    def total(self) -> int:
        return sum(self._totals)

    def part(self, start: int, stop: int) -> list[AmortisedRow]:
        page, found = self.page, list[AmortisedLine]()
        ends = accumulate(self._totals)
        for scope, total, end in zip(page.scopes.scopes, self._totals, ends, strict=True):
            first, last = max(start, end - total), min(stop, end)
            if first < last:
                found += amortised_lines(
                    page.actor,
                    scope,
                    page.month,
                    page.wanted,
                    offset=first - (end - total),
                    limit=last - first,
                ).lines
        words = named([one.line for one in found], get_language() or "en")
        return [AmortisedRow(line, one) for line, one in zip(words, found, strict=True)]


class AmortisedCosts(LineTable):
    name, path, title = "amortised-costs", "amortised-costs/", gettext_lazy("Amortised costs")
    lead = gettext_lazy(
        "What the month cost: yearly and monthly orders by the days of it that they cover, usage as it was used."
    )
    tabs: ClassVar[Sequence[str]] = COST_TABS
    rows_a_turn = 20_000
    columns = (
        Text("customer", gettext_lazy("Customer"), kinds=NOT_CUSTOMERS),
        Text("service", gettext_lazy("Cloud service")),
        Text("kind", gettext_lazy("Resource type")),
        Text("resource", gettext_lazy("Resource name"), cut=32),
        Text("resource_id", gettext_lazy("Resource ID"), code=True, minor=True),
        ChoiceColumn("charging_mode", gettext_lazy("Billing mode"), words=dict(ChargingMode.choices)),
        ChoiceColumn("bill_type", gettext_lazy("Bill type"), words=dict(BillType.choices), minor=True),
        Text("order_number", gettext_lazy("Order number"), code=True, minor=True),
        Amount("consumed", gettext_lazy("Amount")),
        Amount("past", gettext_lazy("Months before")),
        Amount("current", gettext_lazy("This month")),
        Amount("future", gettext_lazy("Months after")),
        *(
            Amount(
                name,
                MEANS_WORDS[name],
                value=lambda row, name=name: row.amortised.means[name] or None,
                minor=True,
            )
            for name in PAID_BY
        ),
    )

    def table(self) -> Table:
        return AmortisedTable(self)

    def pinned(self, pin: Any) -> Table:
        return self.table()

    def address_of(self, row: Any) -> str:
        return ""
