"""Figures by Beijing month for charts: grouped by the database, spelled as the script that draws them reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncMonth

from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.kernel.period import BEIJING, BillMonth

Series = tuple[Any, Mapping[str, int], str]
"""The name of a row of bars, its amounts in minor units by month "2026-03", and their currency."""


def latest_months(count: int) -> list[BillMonth]:
    """So many months, the present one last."""
    present = BillMonth.of(clock.now())
    return [present.shifted(number - count + 1) for number in range(count)]


def sums_by_month(rows: QuerySet[Any], *, moment: str, amount: str, by: str) -> dict[Any, dict[str, int]]:
    """The sums of `amount` in minor units: {value of `by`: {month of `moment`: sum}}."""
    found: dict[Any, dict[str, int]] = {}
    grouped = (
        rows.order_by()
        .annotate(of_month=TruncMonth(moment, tzinfo=BEIJING))
        .values_list(by, "of_month")
        .annotate(total=Sum(amount))
    )
    for key, month, total in grouped:
        found.setdefault(key, {})[str(BillMonth.of(month))] = total
    return found


def month_bars(
    months: Sequence[BillMonth | str], series: Iterable[Series], *, stacked: bool = False
) -> dict[str, Any] | None:
    """One row of bars for each series; None when nothing has an amount."""
    labels = [str(month) for month in months]
    rows = [
        {
            "name": str(name),
            "values": [str(Money(amounts.get(label, 0), currency).decimal) for label in labels],
        }
        for name, amounts, currency in series
        if any(amounts.get(label) for label in labels)
    ]
    return {"kind": "bar", "stacked": stacked, "labels": labels, "series": rows} if rows else None
