"""What a month's use of yearly/monthly orders costs: their amounts shared over their days.

The same arithmetic as rating/steps/amortisation.py, for orders paid since the last rating too: the share up to a day
is amount × days gone / days of the period, truncated toward zero to the minor unit, and every part is the difference of
two such shares. So past, current and future add up to the whole, and so do the means of payment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q

from partner_center.billing.models.fees import RATED, FeeRecord, FeeRecordQuerySet
from partner_center.billing.reading.asking import Scope, Wanted, first_day_of
from partner_center.billing.reading.fees import as_lines, fees_of
from partner_center.billing.reading.line import NOTHING, Line
from partner_center.billing.reading.usage import UsageLines
from partner_center.foundation.actor import Actor
from partner_center.kernel.money import Money
from partner_center.kernel.period import BEIJING, BillMonth, beijing_day

PAID_BY = ("cash", "credit", "coupon", "flexi", "card", "bonus")
"""The means that amortised costs are told by. What is still owed, or was repaid, counts as cash."""


@dataclass(frozen=True, slots=True)
class AmortisedLine:
    """A line and the parts of its amount that fell before, in and after the month. `means` sum to `current`."""

    line: Line
    past: Decimal
    current: Decimal
    future: Decimal
    means: Mapping[str, Decimal]

    @property
    def consumed(self) -> Decimal:
        return self.past + self.current + self.future


@dataclass(frozen=True, slots=True)
class AmortisedPage:
    total: int
    lines: Sequence[AmortisedLine]


@dataclass(frozen=True, slots=True)
class Spread:
    """One fee record over its days [first, end); what is for no stretch of time lies on its own day."""

    record: FeeRecord
    first: date
    end: date

    @classmethod
    def of(cls, record: FeeRecord) -> Spread:
        if record.effective_at is None or record.expires_at is None:
            return cls(record, record.day, record.day + timedelta(days=1))
        first = record.effective_at.astimezone(BEIJING).date()
        last = (record.expires_at - timedelta(microseconds=1)).astimezone(BEIJING).date()
        return cls(record, first, max(last, first) + timedelta(days=1))

    def upto(self, day: date) -> dict[str, int]:
        """What of every amount, in minor units, falls on days before `day`: official, consume and the means."""
        days = (self.end - self.first).days
        gone = min(max((day - self.first).days, 0), days)
        cut, shares = 0, {name: _share(self._minor(name), gone, days) for name in ("official", "consume")}
        upto = 0
        for name in PAID_BY:
            upto += self._paid(name)
            further = _share(upto, gone, days)
            shares[name] = further - cut
            cut = further
        return shares

    def within(self, first: date, end: date) -> dict[str, Decimal]:
        """What falls on days from `first` up to, not including, `end`, in whole units of the currency."""
        before, after = self.upto(first), self.upto(end)
        return {name: Money(after[name] - before[name], self.record.currency).decimal for name in after}

    def _minor(self, name: str) -> int:
        money: Money = getattr(self.record, name)
        return money.minor

    def _paid(self, name: str) -> int:
        owed = self._minor("debt") + self._minor("writeoff") if name == "cash" else 0
        return self._minor(name) + owed


def amortised_lines(
    actor: Actor, scope: Scope, month: BillMonth, wanted: Wanted, *, offset: int, limit: int
) -> AmortisedPage:
    """What a month cost: orders by their share of it, then what was used in it, by resource and kind of usage."""
    first, end = first_day_of(month), first_day_of(month.next())
    rows = spread_over(fees_of(actor, scope, wanted), first, end).order_by("happened_at", "id")
    before = rows.count()
    page = list(rows[offset : offset + limit]) if offset < before else []
    shown = [_amortised(row, line, first, end) for row, line in zip(page, as_lines(page), strict=True)]
    usage = UsageLines(scope, month, wanted).sums(max(0, offset - before), limit - len(shown), by_day=False)
    return AmortisedPage(before + usage.total, [*shown, *(_used(line) for line in usage.lines)])


def spread_over(rows: FeeRecordQuerySet, first: date, end: date) -> FeeRecordQuerySet:
    """The records of orders and adjustments that have a share in these Beijing days."""
    starts, ends = beijing_day(first).start, beijing_day(end).start
    for_a_time = Q(effective_at__isnull=False, expires_at__isnull=False)
    touching = for_a_time & Q(effective_at__lt=ends, expires_at__gt=starts)
    return rows.exclude(bill_type__in=RATED).filter(
        touching | ~for_a_time & Q(day__gte=first, day__lt=end), happened_at__lt=ends
    )


def _amortised(record: FeeRecord, line: Line, first: date, end: date) -> AmortisedLine:
    spread = Spread.of(record)
    current = spread.within(first, end)
    past = Money(spread.upto(first)["consume"], record.currency).decimal
    return AmortisedLine(
        line,
        past,
        current["consume"],
        line.amount - past - current["consume"],
        {name: current[name] for name in PAID_BY},
    )


def _used(line: Line) -> AmortisedLine:
    """What is used costs in the month in which it is used, and in no other."""
    means = {name: line.means[name] for name in PAID_BY}
    means["cash"] += line.means["debt"] + line.means["writeoff"]
    return AmortisedLine(line, NOTHING, line.amount, NOTHING, means)


def _share(whole: int, gone: int, days: int) -> int:
    product = abs(whole) * gone // days
    return product if whole >= 0 else -product
