"""When a job falls due, in words.

"10 minutes", "hour at :05", "day at 03:00 Asia/Shanghai", "day 3 of month at 02:00 Asia/Shanghai".
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_MINUTES = re.compile(r"(?:(\d+) )?minutes?")
_HOUR = re.compile(r"hour(?: at :(\d\d))?")
_DAY = re.compile(r"day(?: (\d+) of month)? at (\d\d):(\d\d)(?: ([\w/+-]+))?")


@dataclass(frozen=True, slots=True)
class Slot:
    """One turn of a job: its nominal moment, and the name under which it is done once."""

    name: str
    moment: datetime


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A parsed rhythm. Slots are computed, never stored ahead."""

    text: str
    minutes: int = 0
    offset_minutes: int = 0
    day: int = 0
    at: time = time(0, 0)
    zone: str = "UTC"

    @classmethod
    def parse(cls, text: str) -> Rhythm:
        """Raises ValueError for words it does not know."""
        if found := _MINUTES.fullmatch(text):
            return cls(text, minutes=int(found[1] or 1))
        if found := _HOUR.fullmatch(text):
            return cls(text, minutes=60, offset_minutes=int(found[1] or 0))
        if found := _DAY.fullmatch(text):
            zone = found[4] or "UTC"
            ZoneInfo(zone)
            return cls(text, day=int(found[1] or 0), at=time(int(found[2]), int(found[3])), zone=zone)
        raise ValueError(f"not a rhythm: {text!r}")

    def next_after(self, moment: datetime) -> Slot:
        """The first slot strictly after `moment`."""
        if self.minutes:
            step = self.minutes * 60
            shifted = int(moment.timestamp()) - self.offset_minutes * 60
            at = datetime.fromtimestamp((shifted // step + 1) * step + self.offset_minutes * 60, UTC)
            return Slot(at.strftime("%Y-%m-%dT%H:%MZ"), at)
        local = moment.astimezone(ZoneInfo(self.zone))
        return self._next_month(local) if self.day else self._next_day(local)

    def between(self, after: datetime, upto: datetime) -> Iterator[Slot]:
        """The slots after `after`, up to and including `upto`, in order."""
        slot = self.next_after(after)
        while slot.moment <= upto:
            yield slot
            slot = self.next_after(slot.moment)

    def _next_day(self, local: datetime) -> Slot:
        candidate = datetime.combine(local.date(), self.at, local.tzinfo)
        if candidate <= local:
            candidate = datetime.combine(local.date() + timedelta(days=1), self.at, local.tzinfo)
        return Slot(candidate.date().isoformat(), candidate.astimezone(UTC))

    def _next_month(self, local: datetime) -> Slot:
        year, month = local.year, local.month
        while True:
            day = min(self.day, calendar.monthrange(year, month)[1])
            candidate = datetime(year, month, day, self.at.hour, self.at.minute, tzinfo=local.tzinfo)
            if candidate > local:
                return Slot(f"{year:04d}-{month:02d}", candidate.astimezone(UTC))
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
