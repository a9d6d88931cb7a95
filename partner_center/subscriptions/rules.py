"""When a lease ends, what follows, and when to say so. Pure: no rows, no clock. Tables: docs/algorithms/leases.md.

Days are Beijing days. A lease counted in days, months or years ends at 23:59:59 of its last day (the documented
example: bought 2024-01-01 10:30 for one month, expires 2024-02-01 23:59:59); that moment is the first at which it
is no longer in use, and a renewal begins there.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from partner_center.kernel.money import Money
from partner_center.kernel.period import BEIJING, add_term

Unit = Literal["hour", "day", "month", "year"]

MONTH_END = -1
"""The unified expiry day that means the last day of every month."""

EXPIRY_NOTICE_DAYS = (15, 7, 3, 1)
NO_RENEWAL_NOTICE_DAYS = (3,)
RENEWAL_FAILURE_NOTICE_DAYS = (5, 2, 0)
RELEASE_NOTICE_DAYS = (6, 2)
NOTICE_TIME = time(10, 0)
DEDUCTION_TIME = time(3, 0)
DEDUCTION_DAYS = range(2, 8)
DEFAULT_DEDUCTION_DAYS = 7
RENEWAL_NUMBERS = {"month": range(1, 12), "year": range(1, 4)}
"""How many months or years one renewal may add (operations: renewal_resources)."""

_LAST_SECOND = time(23, 59, 59)
_ONE_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Term:
    """How long something is bought for: 3 months, 1 year."""

    unit: Unit
    number: int

    def __post_init__(self) -> None:
        assert self.number > 0, f"a term of {self.number}"

    @property
    def auto_renewed_by(self) -> Term:
        """What one automatic renewal adds: a year to what was bought in years, else a month."""
        return Term("year" if self.unit == "year" else "month", 1)


@dataclass(frozen=True, slots=True)
class Charge:
    """What one purchased period costs: at list price, after discounts, and how the latter was paid.

    All of one currency. Money that goes back when a specification is lowered is negative.
    """

    official: Money
    payable: Money
    cash: Money
    credit: Money

    @classmethod
    def nothing(cls, currency: str) -> Charge:
        zero = Money.zero(currency)
        return cls(zero, zero, zero, zero)


@dataclass(frozen=True, slots=True)
class GraceAndRetention:
    """How long an expired lease stays usable, and then keeps its data. Days; grace by customer level."""

    grace_days: Mapping[str, int]
    retention_days: int

    def grace_of(self, level: str) -> int:
        """Days of grace of a customer `level` (V0 to V5). An unknown level has those of V0."""
        return self.grace_days.get(level, self.grace_days["V0"])


@dataclass(frozen=True, slots=True)
class Unified:
    """An expiry moved on to the account's unified day: `extra_days` of a month that has `of_days`."""

    expires_at: datetime
    extra_days: int
    of_days: int


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell the customer at `moment`, `days` before what it announces."""

    moment: datetime
    kind: Literal["expiring", "renewal_failed", "release"]
    days: int


def day_end(moment: datetime) -> datetime:
    """23:59:59 of the Beijing day of `moment`, in UTC."""
    return _on(moment.astimezone(BEIJING).date(), _LAST_SECOND)


def expiry(begins_at: datetime, term: Term, *, anchor_day: int) -> datetime:
    """When a lease that begins (or is renewed) at `begins_at` ends.

    anchor_day: the day of the month of the first purchase; short months give their last day, longer ones find
    the way back (bought on the 31st: 29 February, 31 March). Hours count from the minute.
    """
    match term.unit:
        case "hour":
            return add_term(begins_at, "hour", term.number)
        case "day":
            return day_end(add_term(begins_at, "day", term.number))
    return day_end(add_term(begins_at, term.unit, term.number, anchor_day=anchor_day))


def unify(expires_at: datetime, day: int | None) -> Unified:
    """Move an expiry forward to the next `day` of a month (1 to 28, or MONTH_END); None leaves it where it is.

    The extra days are paid in proportion: `extra_days / of_days` of one month's price, where `of_days` is the
    length of the month that begins at the expiry. At most one month, never backwards.
    """
    local = expires_at.astimezone(BEIJING).date()
    if day is None:
        return Unified(expires_at, 0, 1)
    target = _unified_day(local.year, local.month, day)
    if target < local:
        year, month = (local.year + 1, 1) if local.month == 12 else (local.year, local.month + 1)
        target = _unified_day(year, month, day)
    month_later = add_term(expires_at, "month", 1).astimezone(BEIJING).date()
    return Unified(
        expires_at if target == local else _on(target, _LAST_SECOND),
        (target - local).days,
        (month_later - local).days,
    )


def grace_until(expires_at: datetime, days: int) -> datetime:
    """End of the grace period: whole days after the expiry, wherever the work was done late."""
    return expires_at + timedelta(days=days)


def retention_until(retained_at: datetime, days: int) -> datetime:
    """End of the retention period, when the resource is released."""
    return retained_at + timedelta(days=days)


def first_deduction(expires_at: datetime, days_before: int) -> datetime:
    """The first automatic renewal is tried at 03:00, `days_before` days before the day of expiry."""
    return _on(expires_at.astimezone(BEIJING).date() - timedelta(days=days_before), DEDUCTION_TIME)


def may_renew_again(times: int, done: int) -> bool:
    """Whether automatic renewal goes on: `times` 0 is without limit."""
    return times == 0 or done < times


def hours_between(begins_at: datetime, ends_at: datetime) -> int:
    """Hours of a lease as refunds count them: from full hour to full hour, 23:59:59 standing for the midnight after.

    2024-01-01 10:30 to 2024-02-01 23:59:59 is 758 hours; up to 2024-01-15 18:40 it is 344. Never negative.
    """
    return max(0, int((_full_hour(ends_at) - _full_hour(begins_at)) // timedelta(hours=1)))


def notices(
    *,
    expires_at: datetime,
    renews_itself: bool,
    ends_itself: bool,
    release_at: datetime | None,
) -> list[Notice]:
    """Everything to be said about a lease, in order of time.

    15, 7, 3 and 1 days before expiry (3 days only where it is set not to go on); where it renews itself, failures
    are told 5 and 2 days before and on the day; 6 and 2 days before its release.
    """
    days = NO_RENEWAL_NOTICE_DAYS if ends_itself else EXPIRY_NOTICE_DAYS
    said = [Notice(_notice_moment(expires_at, ahead), "expiring", ahead) for ahead in days]
    if renews_itself:
        said += [
            Notice(_notice_moment(expires_at, ahead), "renewal_failed", ahead)
            for ahead in RENEWAL_FAILURE_NOTICE_DAYS
        ]
    if release_at is not None:
        said += [Notice(_notice_moment(release_at, ahead), "release", ahead) for ahead in RELEASE_NOTICE_DAYS]
    return sorted(said, key=lambda notice: (notice.moment, notice.kind))


def _notice_moment(announced: datetime, days_ahead: int) -> datetime:
    return _on(announced.astimezone(BEIJING).date() - timedelta(days=days_ahead), NOTICE_TIME)


def _unified_day(year: int, month: int, day: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1] if day == MONTH_END else day)


def _full_hour(moment: datetime) -> datetime:
    local = moment.astimezone(BEIJING)
    if local.time().replace(microsecond=0) == _LAST_SECOND:
        local = local.replace(microsecond=0) + _ONE_SECOND
    return local.replace(minute=0, second=0, microsecond=0).astimezone(UTC)


def _on(day: date, wall: time) -> datetime:
    return datetime.combine(day, wall, tzinfo=BEIJING).astimezone(UTC)
