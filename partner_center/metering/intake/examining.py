"""Every record is judged here, one after the other in the order of its delivery: accepted, or refused with a reason.

Nothing is rounded and nothing is guessed. What was accepted is gathered for the store; of what was refused nothing
counts. The words of a record are looked up a chunk at a time, so the number of statements does not grow with the
number of records but with the number of different resources.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from partner_center.kernel.period import BillMonth
from partner_center.metering import errors
from partner_center.metering.intake.gathering import Gathering
from partner_center.metering.intake.records import (
    DESCRIBING,
    LIMIT,
    MEASURING,
    PLACES,
    UNIT,
    WIDE,
    Chunk,
    Refusal,
    Row,
    exact,
    given,
    moment,
    refusal,
    said,
    storable,
)
from partner_center.metering.intake.resolving import Directory, Place, portions
from partner_center.metering.intake.spans import take
from partner_center.metering.models import MeteredTime

MOST_DAYS = 31
"""No record is longer than a month: a longer one hides when the usage was."""
MOST_REJECTED = 100_000
LONGEST_LINE = 10_000
DAY, BEIJING = 86_400, 28_800

_SCALE = 10**PLACES


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record for the quarantine."""

    index: int
    refusal: Refusal
    line: str
    fields: dict[str, Any]


class Metered(NamedTuple):
    """Metered time of one resource and usage type as this batch leaves it, and the turn it was read at."""

    spans: list[int]
    turn: int


@dataclass(slots=True)
class Examiner:
    """Judges the records of one batch at one moment (epoch seconds `now`), with the months closed up to `closed`."""

    directory: Directory
    gathering: Gathering
    now: int
    closed: BillMonth | None
    rejected: list[Rejected] = field(default_factory=list)
    late: int = 0
    position: int = 0
    metered: dict[tuple[str, int], Metered] = field(default_factory=dict)
    changed: set[tuple[str, int]] = field(default_factory=set)
    _moments: dict[Any, int | None] = field(default_factory=dict)
    _cycles: dict[int, tuple[str, str, bool]] = field(default_factory=dict)

    def examine(self, chunk: Chunk) -> None:
        """Judge a chunk. Raises TooManyRejected, and StoreUnavailable when what was gathered cannot be written."""
        described = len(DESCRIBING)
        self.directory.learn(row[:described] for row in chunk.rows)
        self._remember(chunk.rows)
        for place, row in enumerate(chunk.rows):
            refused = self._judge(row, self.directory[row[:described]])
            if refused is not None:
                line = storable(chunk.line(place))[:LONGEST_LINE]
                self.rejected.append(Rejected(self.position, refused, line, given(row)))
                if len(self.rejected) > MOST_REJECTED:
                    reason = self.rejected[0].refusal.reason
                    raise errors.TooManyRejected(most=MOST_REJECTED, reason=reason)
            self.position += 1

    @property
    def accepted(self) -> int:
        return self.position - len(self.rejected)

    def _judge(self, row: Row, where: Place | Refusal) -> Refusal | None:
        if type(where) is Refusal:
            return where
        assert isinstance(where, Place)
        value = exact(row[-3])
        begin, end = self._moment(row[-2]), self._moment(row[-1])
        if value is None or begin is None or end is None:
            return _unreadable(row, value, begin, end)
        if value < 0:
            return refusal(errors.NegativeUsage, value=value)
        if value >= LIMIT:
            return refusal(errors.AbsurdUsage, value=value)
        kept = value.quantize(UNIT, rounding=ROUND_DOWN, context=WIDE)
        if kept != value:
            return refusal(errors.TooManyPlaces, value=value)
        quantity = kept
        if where.times is not None:
            converted = _converted(kept, where.times)
            if converted is None:
                return refusal(errors.TooManyPlaces, value=value)
            if converted >= LIMIT:
                return refusal(errors.AbsurdUsage, value=converted)
            quantity = converted
        wrong = self._wrong_time(begin, end)
        if wrong is not None:
            return wrong
        life = next((one for one in where.lives if one.begins <= begin and end <= one.ends), None)
        if life is None:
            return refusal(
                errors.OutsideLife, resource_id=where.resource_id, begin=said(begin), end=said(end)
            )
        key = (where.resource_id, where.usage_type_id)
        if not take(self.metered[key].spans, begin, end):
            return refusal(
                errors.OverlappingUsage, resource_id=where.resource_id, begin=said(begin), end=said(end)
            )
        self.changed.add(key)
        cycle, month, late = self._cycle(begin)
        self.late += late
        self.gathering.add(
            month,
            self.position,
            where.customer_id,
            where.resource_id,
            where.product_id,
            where.usage_type_id,
            life.size if where.is_linear else 1,
            quantity,
            kept,
            where.measure_id,
            begin,
            end,
            cycle,
            late,
            where.enterprise_project_id or life.enterprise_project_id,
        )
        return None

    def _wrong_time(self, begin: int, end: int) -> Refusal | None:
        if end <= begin:
            return refusal(errors.ReversedPeriod, begin=said(begin), end=said(end))
        if end - begin > MOST_DAYS * DAY:
            return refusal(errors.PeriodTooLong, begin=said(begin), end=said(end), days=MOST_DAYS)
        if end > self.now:
            return refusal(errors.FutureUsage, end=said(end))
        return None

    def _remember(self, rows: Sequence[Row]) -> None:
        """Read the metered time of resources that are new to this batch."""
        described = len(DESCRIBING)
        fresh: dict[str, set[int]] = {}
        for key in {row[:described] for row in rows}:
            where = self.directory[key]
            if type(where) is Place and (where.resource_id, where.usage_type_id) not in self.metered:
                fresh.setdefault(where.resource_id, set()).add(where.usage_type_id)
        for portion in portions(fresh):
            found = MeteredTime.objects.filter(resource_id__in=portion)
            for resource_id, usage_type_id, spans, turn in found.values_list(
                "resource_id", "usage_type_id", "spans", "turn"
            ):
                if usage_type_id in fresh[resource_id]:
                    self.metered[resource_id, usage_type_id] = Metered(spans, turn)
        for resource_id, usage_type_ids in fresh.items():
            for usage_type_id in usage_type_ids:
                self.metered.setdefault((resource_id, usage_type_id), Metered([], 0))

    def _moment(self, value: Any) -> int | None:
        """The same few moments stand in many records."""
        try:
            return self._moments[value]
        except KeyError:
            if len(self._moments) > 100_000:
                self._moments.clear()
            return self._moments.setdefault(value, moment(value))

    def _cycle(self, begin: int) -> tuple[str, str, bool]:
        """The Beijing month of use, the bill month, and whether it is late."""
        day = (begin + BEIJING) // DAY
        known = self._cycles.get(day)
        if known is None:
            lived = date(1970, 1, 1) + timedelta(days=day)
            cycle = BillMonth(lived.year, lived.month)
            late = self.closed is not None and cycle <= self.closed
            month = self.closed.next() if self.closed is not None and late else cycle
            known = self._cycles[day] = (str(cycle), str(month), late)
        return known


def _unreadable(row: Row, value: Decimal | None, begin: int | None, end: int | None) -> Refusal:
    for name, raw, read in zip(MEASURING, row[-3:], (value, begin, end), strict=True):
        if raw is None or raw == "":
            return refusal(errors.MissingField, field=name)
        if read is None:
            return refusal(errors.MalformedField, field=name, value=raw)
    raise AssertionError("something could not be read")


def _converted(value: Decimal, times: Fraction) -> Decimal | None:
    """`value` in the measure of the price; None where 12 places do not hold it."""
    scaled, rest = divmod(int(value.scaleb(PLACES, WIDE)) * times.numerator, times.denominator)
    return None if rest else Decimal(scaled).scaleb(-PLACES, WIDE)
