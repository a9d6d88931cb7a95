"""Half-open periods of UTC moments, Beijing months, and adding months that remember the day they began on."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
"""Bills, bill days and deduction hours are counted in Beijing time (spec/domain/features.md V5)."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` up to, but not including, `end`. Both are aware moments."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        assert self.start.tzinfo is not None and self.end.tzinfo is not None, (
            "periods are made of aware moments"
        )
        assert self.start <= self.end, f"{self.start} after {self.end}"

    def contains(self, moment: datetime) -> bool:
        return self.start <= moment < self.end

    def overlaps(self, other: Period) -> bool:
        return self.start < other.end and other.start < self.end

    @property
    def length(self) -> timedelta:
        return self.end - self.start


@dataclass(frozen=True, slots=True, order=True)
class BillMonth:
    """A calendar month of Beijing time, written "2026-03"."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> BillMonth:
        """Raises ValueError unless `text` is YYYY-MM."""
        if len(text) != 7:
            raise ValueError(f"not a month: {text!r}")
        parsed = datetime.strptime(text, "%Y-%m")
        return cls(parsed.year, parsed.month)

    @classmethod
    def of(cls, moment: datetime) -> BillMonth:
        local = moment.astimezone(BEIJING)
        return cls(local.year, local.month)

    @property
    def period(self) -> Period:
        return Period(self._first_moment(), self.next()._first_moment())

    @property
    def days(self) -> int:
        return calendar.monthrange(self.year, self.month)[1]

    def next(self) -> BillMonth:
        return self.shifted(1)

    def previous(self) -> BillMonth:
        return self.shifted(-1)

    def shifted(self, months: int) -> BillMonth:
        index = self.year * 12 + self.month - 1 + months
        return BillMonth(index // 12, index % 12 + 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    def _first_moment(self) -> datetime:
        return datetime(self.year, self.month, 1, tzinfo=BEIJING).astimezone(UTC)


def beijing_day(day: date) -> Period:
    """The day as it is lived in Beijing, as a period of UTC moments."""
    start = datetime(day.year, day.month, day.day, tzinfo=BEIJING)
    following = day + timedelta(days=1)
    end = datetime(following.year, following.month, following.day, tzinfo=BEIJING)
    return Period(start.astimezone(UTC), end.astimezone(UTC))


def add_months(moment: datetime, months: int, *, anchor_day: int | None = None) -> datetime:
    """The same Beijing wall time `months` later, on `anchor_day` (default: the day of `moment`).

    A month that is too short gives its last day; passing the first purchase's day as `anchor_day` finds
    the way back to the 31st. Returns UTC.
    """
    local = moment.astimezone(BEIJING)
    index = local.year * 12 + local.month - 1 + months
    year, month = index // 12, index % 12 + 1
    day = min(anchor_day or local.day, calendar.monthrange(year, month)[1])
    return local.replace(year=year, month=month, day=day).astimezone(UTC)


def add_term(moment: datetime, unit: str, number: int, *, anchor_day: int | None = None) -> datetime:
    """`moment` plus `number` of "hour", "day", "month" or "year". Returns UTC."""
    match unit:
        case "hour":
            return (moment + timedelta(hours=number)).astimezone(UTC)
        case "day":
            return (moment.astimezone(BEIJING) + timedelta(days=number)).astimezone(UTC)
        case "month":
            return add_months(moment, number, anchor_day=anchor_day)
        case "year":
            return add_months(moment, 12 * number, anchor_day=anchor_day)
    raise AssertionError(f"no such term: {unit}")
