"""Costs by any of a line's columns and by day or month: the cost analysis of the API and of the console.

Original costs count on the day on which they were charged or used; amortised costs share yearly/monthly orders over
their days. Payable is what was consumed, net is what remains of it without vouchers (flows §7: actual payment).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from partner_center.billing.models.fees import RATED, FeeRecord
from partner_center.billing.reading.amortised import Spread, spread_over
from partner_center.billing.reading.asking import Scope, Wanted, day_of
from partner_center.billing.reading.engine import ask
from partner_center.billing.reading.fees import fees_of
from partner_center.billing.reading.line import NOTHING
from partner_center.billing.reading.usage import PAYER, UsageLines
from partner_center.foundation.actor import Actor
from partner_center.kernel.period import BillMonth

NOT_RECORDED = "''"
HEADINGS: Mapping[str, tuple[str, str]] = {
    "service": ("service_type", "service_type"),
    "resource_type": ("resource_type", "resource_type"),
    "customer": ("customer_id", "customer_id"),
    "region": ("region", "region"),
    "zone": (NOT_RECORDED, ""),
    "project": ("enterprise_project_id", "enterprise_project_id"),
    "spec": ("resource_spec", "resource_spec"),
    "mode": ("charging_mode", "charging_mode"),
    "usage_type": ("usage_type", ""),
    "bill_type": ("bill_type", "bill_type"),
    "entity": (NOT_RECORDED, ""),
    "payer": (PAYER, "payer_id"),
    "resource": ("resource_id", "resource_id"),
    "tag": (NOT_RECORDED, ""),
    "cost_unit": (NOT_RECORDED, ""),
}
"""What costs can be grouped and filtered by: a usage line's expression, a fee record's attribute ("" where the records
say nothing of it, so that everything falls under one empty value)."""


@dataclass(frozen=True, slots=True)
class Only:
    """Only what has one of these values under a heading; or, excluding, only what has none of them."""

    heading: str
    values: tuple[str, ...]
    excluding: bool = False


@dataclass(frozen=True, slots=True)
class CostQuestion:
    """From `first` through `last`, both Beijing days, by day or by month."""

    first: date
    last: date
    headings: tuple[str, ...]
    by_day: bool = False
    amortised: bool = False
    net: bool = False
    only: tuple[Only, ...] = ()

    @property
    def end(self) -> date:
        return self.last + timedelta(days=1)

    def months(self) -> Iterator[BillMonth]:
        month, last = BillMonth(self.first.year, self.first.month), BillMonth(self.last.year, self.last.month)
        while month <= last:
            yield month
            month = month.next()

    def told(self, day: date) -> str:
        """The day, or its month, as costs are told under it."""
        return day.isoformat() if self.by_day else f"{day:%Y-%m}"


@dataclass(slots=True)
class Cost:
    amount: Decimal = NOTHING
    official: Decimal = NOTHING

    def add(self, amount: Decimal, official: Decimal) -> None:
        self.amount += amount
        self.official += official


@dataclass(slots=True)
class CostGroup:
    """What one combination of values cost: in all, and by "YYYY-MM-DD" or "YYYY-MM"."""

    key: tuple[str, ...]
    total: Cost = field(default_factory=Cost)
    by_time: dict[str, Cost] = field(default_factory=lambda: defaultdict(Cost))

    def add(self, time: str, amount: Decimal, official: Decimal) -> None:
        self.total.add(amount, official)
        self.by_time[time].add(amount, official)


def costs_of(actor: Actor, scope: Scope, question: CostQuestion) -> list[CostGroup]:
    """The groups that cost something or have a list price, the dearest first."""
    found: dict[tuple[str, ...], CostGroup] = {}

    def add(key: tuple[str, ...], time: str, amount: Decimal, official: Decimal) -> None:
        found.setdefault(key, CostGroup(key)).add(time, amount, official)

    for month in question.months():
        for key, day, amount, official in _usage(scope, month, question):
            add(key, question.told(day), amount, official)
    for record, time, amount, official in _fees(actor, scope, question):
        add(tuple(_value(record, name) for name in question.headings), time, amount, official)
    return sorted(found.values(), key=lambda one: (-one.total.amount, one.key))


def _usage(
    scope: Scope, month: BillMonth, question: CostQuestion
) -> Iterator[tuple[tuple[str, ...], date, Decimal, Decimal]]:
    """Sums of usage by key and day (the month's first, when only months are told)."""
    wanted = Wanted(first_day=question.first, last_day=question.last)
    text, values = UsageLines(scope, month, wanted).parted()
    if not text:
        return
    keys = [f"({HEADINGS[name][0]})::VARCHAR" for name in question.headings]
    day = "day" if question.by_day else "min(day)"
    conditions: list[str] = []
    for one in question.only:
        word = "NOT IN" if one.excluding else "IN"
        marks = ", ".join("?" * len(one.values))
        conditions.append(f"({HEADINGS[one.heading][0]})::VARCHAR {word} ({marks})")
        values += one.values
    amount = "sum(amount - coupon)" if question.net else "sum(amount)"
    groups = [*keys, *(["day"] if question.by_day else [])]
    rows: Sequence[tuple[Any, ...]] = ask(
        f"WITH {text} SELECT {', '.join([*keys, day, amount, 'sum(official)'])} FROM parted"
        f" WHERE {' AND '.join(conditions) or 'true'}"
        f"{' GROUP BY ' + ', '.join(groups) if groups else ''}",
        values,
    )
    for *key, number, paid, official in rows:
        if number is not None:
            yield tuple(key), day_of(number), paid, official


def _fees(
    actor: Actor, scope: Scope, question: CostQuestion
) -> Iterator[tuple[FeeRecord, str, Decimal, Decimal]]:
    rows = fees_of(actor, scope, Wanted())
    if question.amortised:
        for record in spread_over(rows, question.first, question.end):
            if _is_among(record, question.only):
                yield from _shares(record, question)
        return
    for record in rows.exclude(bill_type__in=RATED).between(question.first, question.last):
        if _is_among(record, question.only):
            paid = record.consume - record.coupon if question.net else record.consume
            yield record, question.told(record.day), paid.decimal, record.official.decimal


def _shares(record: FeeRecord, question: CostQuestion) -> Iterator[tuple[FeeRecord, str, Decimal, Decimal]]:
    """A record's share of every day, or month, asked for."""
    spread = Spread.of(record)
    first, end = max(spread.first, question.first), min(spread.end, question.end)
    while first < end:
        following = first + timedelta(days=1) if question.by_day else _first_of_next_month(first)
        share = spread.within(first, min(following, end))
        paid = share["consume"] - share["coupon"] if question.net else share["consume"]
        yield record, question.told(first), paid, share["official"]
        first = following


def _first_of_next_month(day: date) -> date:
    month = BillMonth(day.year, day.month).next()
    return date(month.year, month.month, 1)


def _is_among(record: FeeRecord, only: Sequence[Only]) -> bool:
    return all((_value(record, one.heading) in one.values) is not one.excluding for one in only)


def _value(record: FeeRecord, heading: str) -> str:
    attribute = HEADINGS[heading][1]
    return str(getattr(record, attribute)) if attribute else ""
