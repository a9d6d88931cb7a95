"""What a rating came to, summed over its ranges of customers."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

_SUMS = ("lines", "official", "discount", "payable", "payable_minor", "cut_off")
_COUNTS = ("lines", "fees", "unrated", "customers")
_FIGURES = {*_COUNTS, "fees_payable", "peaks", "points", "expected_fees", "expected_payable"}


@dataclass(frozen=True, slots=True)
class Totals:
    """What one rating came to: counts, sums per currency, and the checks that it made of itself."""

    month: str
    records: int
    lines: int
    """Lines of usage, those of peaks included."""
    fees: int
    unrated: int
    customers: int
    amounts: dict[str, dict[str, str]] = field(default_factory=dict)
    """Per currency, of the usage lines: lines, official, discount, payable, payable_minor, cut_off, as exact text."""
    checks: tuple[dict[str, Any], ...] = ()
    """As in checks.json: {"name", "ok", "violations"}."""

    @property
    def ok(self) -> bool:
        """Whether every check found nothing."""
        return all(check["ok"] for check in self.checks)


class Tally:
    """Adds up what the statements answered: figures by their names, everything else being counts of violations."""

    def __init__(self) -> None:
        self._records = 0
        self._figures: dict[str, Any] = dict.fromkeys(_FIGURES, 0)
        self._amounts: dict[str, dict[str, Decimal | int]] = {}
        self._violations: dict[str, int] = {"every_record_has_its_place": 0}

    def add_range(self, records: int, answers: dict[str, Any]) -> None:
        """One range of customers: every record is a line, a point of a peak or unrated, and only one of these."""
        self._records += records
        self._violations["every_record_has_its_place"] += abs(records - accounted(answers))
        for row in answers.pop("currencies"):
            sums = self._amounts.setdefault(row["currency"], dict.fromkeys(_SUMS, 0))
            for name in _SUMS:
                sums[name] += row[name]
        self.add(answers)

    def add(self, answers: dict[str, Any]) -> None:
        for name, value in answers.items():
            known = self._figures if name in _FIGURES else self._violations
            known[name] = known.get(name, 0) + (value or 0)

    def totals(self, month: str) -> Totals:
        """Everything together, with the check that needs the whole."""
        figures = self._figures
        fees = figures["fees"] == figures["expected_fees"]
        paid = figures["fees_payable"] == figures["expected_payable"]
        violations = self._violations | {"fees_are_passed_on": int(not fees or not paid)}
        return Totals(
            month=month,
            records=self._records,
            amounts={name: _texts(sums) for name, sums in sorted(self._amounts.items())},
            checks=tuple(
                {"name": name, "ok": count == 0, "violations": int(count)}
                for name, count in violations.items()
            ),
            **{name: int(figures[name]) for name in _COUNTS},
        )


def accounted(answers: dict[str, Any]) -> int:
    """How many usage records the lines, peaks and unrated rows of one range stand for."""
    of_peaks = (answers.get("points") or 0) - answers.get("peaks", 0)
    return int(answers["lines"] + of_peaks + answers.get("unrated", 0))


def _texts(sums: dict[str, Decimal | int]) -> dict[str, str]:
    return {name: f"{value:f}" if isinstance(value, Decimal) else str(value) for name, value in sums.items()}
