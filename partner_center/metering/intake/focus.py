"""Lines of a FOCUS 1.0 cost-and-usage file, CSV or Parquet, of any cloud.

The columns are those of the FOCUS specification 1.0: a line says how much (PricingQuantity in PricingUnit), at which
list price (ListUnitPrice), what that came to (ListCost), of what (ServiceName, SkuId, SkuPriceId, RegionId), for whom
(SubAccountId) and when (ChargePeriodStart, ChargePeriodEnd; UTC where no zone is written).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from partner_center.metering.intake.files import csv_rows, line_of_csv, parquet_columns, unreadable
from partner_center.metering.intake.records import as_line, exact, moment

NEEDED = (
    "ChargePeriodStart",
    "ChargePeriodEnd",
    "ListCost",
    "ListUnitPrice",
    "PricingQuantity",
    "PricingUnit",
    "ServiceName",
    "SkuId",
)
READ = (
    *NEEDED,
    "BillingAccountId",
    "BillingCurrency",
    "ChargeCategory",
    "ChargeClass",
    "CommitmentDiscountId",
    "ConsumedQuantity",
    "PricingCategory",
    "ProviderName",
    "RegionId",
    "RegionName",
    "ResourceId",
    "SkuPriceId",
    "SubAccountId",
)
_PLACE = {name: place for place, name in enumerate(READ)}


@dataclass(frozen=True, slots=True)
class FocusLine:
    """One line; None where the file says NULL or nothing. `number`: of the line in the file, the heading is 1."""

    number: int
    texts: tuple[str | None, ...]
    original: str

    def __getitem__(self, column: str) -> str | None:
        return self.texts[_PLACE[column]]

    def text(self, column: str) -> str:
        return self[column] or ""

    def figure(self, column: str) -> Decimal | None:
        """A number without rounding; None where there is none."""
        text = self[column]
        return None if text is None else exact(text)

    def seconds(self, column: str) -> int | None:
        """A moment in epoch seconds; None where there is none."""
        text = self[column]
        if text is None:
            return None
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            return None
        return moment(at if at.tzinfo is not None else at.replace(tzinfo=UTC))


def is_focus(columns: Sequence[str]) -> bool:
    """Whether a file with these columns is a FOCUS file."""
    return set(NEEDED) <= set(columns)


def read_focus(path: Path) -> Iterator[tuple[list[FocusLine], int]]:
    """Some lines and how much of the file has been read, again and again. Raises UsageFileUnreadable."""
    return _of_parquet(path) if path.suffix.lower() == ".parquet" else _of_csv(path)


def _of_csv(path: Path) -> Iterator[tuple[list[FocusLine], int]]:
    number = 1
    for header, rows, read in csv_rows(path):
        _check(path, header)
        places = [header.index(name) if name in header else None for name in READ]
        lines = []
        for row in rows:
            number += 1
            texts = tuple(None if place is None else _said(row[place]) for place in places)
            lines.append(FocusLine(number, texts, line_of_csv(row)))
        yield lines, read


def _of_parquet(path: Path) -> Iterator[tuple[list[FocusLine], int]]:
    def wanted(present: list[str]) -> list[str]:
        _check(path, present)
        return [name for name in READ if name in present]

    number = 1
    for names, columns, read in parquet_columns(path, wanted):
        held = {name: [_said(value) for value in column] for name, column in zip(names, columns, strict=True)}
        empty: list[str | None] = [None] * len(columns[0])
        lines = []
        for texts in zip(*(held.get(name, empty) for name in READ), strict=True):
            number += 1
            lines.append(FocusLine(number, texts, as_line(dict(zip(READ, texts, strict=True)))))
        yield lines, read


def _check(path: Path, columns: Sequence[str]) -> None:
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        raise unreadable(path, _("it has no column {names}").format(names=", ".join(missing)))


def _said(value: Any) -> str | None:
    """A cell as text. Whole seconds of a Parquet moment become its ISO text; a binary float its shortest decimal."""
    if value is None or isinstance(value, str):
        return None if value in (None, "", "NULL") else value
    if isinstance(value, datetime):
        return value.isoformat()
    return repr(value) if isinstance(value, float) else str(value)
