"""Sums of fee records by headings: consumption, bills and the partner's bill are these queries, never copies.

A partner's bill adds up what its customers were charged while they were its own (`FeeRecord.visible_to`); a
distributor's adds its resellers'. So the parts always sum to the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import Abs
from django.utils.translation import gettext_lazy as _

from partner_center.billing.models import FeeRecord
from partner_center.billing.models.fees import ADJUSTMENTS, AMOUNTS, MEANS, REFUNDS, FeeRecordQuerySet
from partner_center.kernel.money import Money

PARTS: dict[str, tuple[Any, Q]] = {
    "consumption": (_("Consumption"), ~Q(bill_type__in=(*REFUNDS, *ADJUSTMENTS))),
    "refunds": (_("Refunds"), Q(bill_type__in=REFUNDS)),
    "adjustments": (_("Adjustments"), Q(bill_type__in=ADJUSTMENTS)),
}
"""The three parts of a bill (spec/domain/features.md N3): their words and which records they hold."""

HEADINGS: dict[str, tuple[Any, str]] = {
    "month": (_("Month"), "month"),
    "service": (_("Cloud service"), "service_type"),
    "resource_type": (_("Resource type"), "resource_type"),
    "region": (_("Region"), "region"),
    "customer": (_("Customer"), "customer_id"),
    "manager": (_("Account manager"), "manager_id"),
    "association": (_("Association type"), "association_type"),
    "mode": (_("Billing mode"), "charging_mode"),
    "type": (_("Bill type"), "bill_type"),
    "project": (_("Enterprise project"), "enterprise_project_id"),
    "resource": (_("Resource"), "resource_id"),
}
"""What records can be added up by: words, column."""

MEANS_WORDS = {name: FeeRecord._meta.get_field(name).verbose_name for name in MEANS}  # type: ignore[union-attr]


@dataclass(frozen=True, slots=True)
class Sums:
    """The amounts of the records under one heading, in minor units of one currency.

    key: the value of each heading asked for. amounts: every amount of a fee record, and the three parts of a bill.
    """

    key: tuple[Any, ...]
    currency: str
    records: int = 0
    amounts: dict[str, int] = field(default_factory=dict)

    def money(self, name: str) -> Money:
        return Money(self.amounts.get(name, 0), self.currency)

    @property
    def pk(self) -> str:
        return "/".join(str(part) for part in self.key)

    def __str__(self) -> str:
        return self.pk


class Grouped:
    """Fee records added up by headings, asked for a stretch at a time: the largest first, months the latest first."""

    pin = None

    def __init__(self, rows: FeeRecordQuerySet, *headings: str) -> None:
        self.columns = [HEADINGS[name][1] for name in headings]
        totals = {name: Sum(name) for name in AMOUNTS}
        parts = {name: Sum("consume", filter=which) for name, (_words, which) in PARTS.items()}
        self.names = [*totals, *parts]
        order = ["-month"] if headings == ("month",) else ["-size", *self.columns]
        self.grouped = (
            rows.order_by()
            .values_list(*self.columns, "currency")
            .annotate(
                records=Count("pk"),
                **{f"sum_{name}": total for name, total in (totals | parts).items()},
                size=Abs(Sum("consume")),
            )
            .order_by(*order, "currency")
        )

    @cached_property
    def total(self) -> int:
        return self.grouped.count()

    def part(self, start: int, stop: int) -> list[Sums]:
        return [self._sums(row) for row in self.grouped[start:stop]]

    def __iter__(self) -> Iterator[Sums]:
        return (self._sums(row) for row in self.grouped.iterator(chunk_size=2000))

    def _sums(self, row: Sequence[Any]) -> Sums:
        keys = len(self.columns)
        amounts = row[keys + 2 : keys + 2 + len(self.names)]
        return Sums(
            tuple(row[:keys]),
            row[keys],
            row[keys + 1],
            {name: int(amount or 0) for name, amount in zip(self.names, amounts, strict=True)},
        )


def of_part(rows: FeeRecordQuerySet, part: str) -> FeeRecordQuerySet:
    """The records of one part of a bill; all of them for an empty name."""
    return rows.filter(PARTS[part][1]) if part else rows
