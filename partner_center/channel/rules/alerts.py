"""When a partner is alerted of a customer. Plain values: no query, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from partner_center.channel.models.alerts import AlertResult, Category, Scene
from partner_center.kernel.money import Money
from partner_center.kernel.period import BillMonth

SHARES = (75, 90, 100)
"""Per cent of a budget at which its partner is told (features F7, X1)."""

BUDGET_CATEGORIES = {75: Category.BUDGET_75, 90: Category.BUDGET_90, 100: Category.BUDGET_100}

EXPIRY_DAYS = {7: Category.IN_7_DAYS, 15: Category.IN_15_DAYS, 30: Category.IN_30_DAYS}
"""Days before expiry at which renewal is due (features F2, X1)."""

DEFAULT_LOW_BALANCE = {"CNY": Decimal(100), "USD": Decimal(20)}
"""Below this a resale customer's balance is low, unless its partner has set another sum."""

DEFAULT_CHURN_PERCENT = 50
"""By so much usage must have fallen from one month to the next, unless the partner has set another share."""

LEAST_USAGE = {"CNY": Decimal(1), "USD": Decimal(1)}
"""A customer that used less than this in a month is not missed when it uses nothing in the next."""

MONTH_SETTLES = timedelta(days=4)
"""So long after its end a month's usage may still come in late; it is compared after that."""

MISSED_FOR = timedelta(days=30)
"""So long a customer that has no resource left is an alert; after that it has gone."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From when on a partner is alerted."""

    low_balance: Money
    churn_percent: int

    @classmethod
    def default(cls, currency: str) -> Thresholds:
        return cls(Money.of(DEFAULT_LOW_BALANCE[currency], currency), DEFAULT_CHURN_PERCENT)


def share_reached(used: Money, budget: Money) -> int:
    """The highest of `SHARES` that is reached; 0 below the first."""
    return max((share for share in SHARES if used.minor * 100 >= budget.minor * share), default=0)


def expiry_category(expires_at: datetime, now: datetime) -> Category | None:
    """The window in which a resource expires, the nearest that holds it; None when it is past or far."""
    left = expires_at - now
    if left < timedelta(0):
        return None
    return next((category for days, category in EXPIRY_DAYS.items() if left < timedelta(days=days)), None)


def compared_months(now: datetime) -> tuple[BillMonth, BillMonth]:
    """The last month whose usage is complete, and the one before it."""
    last = BillMonth.of(now - MONTH_SETTLES).previous()
    return last.previous(), last


def churn(before: Money, after: Money, *, percent: int) -> Category | None:
    """Whether usage has fallen by `percent` or more from one month to the next, or stopped."""
    if before < Money.of(LEAST_USAGE[before.currency], before.currency):
        return None
    if after.minor <= 0:
        return Category.USAGE_STOPPED
    return Category.USAGE_FELL if after.minor * 100 <= before.minor * (100 - percent) else None


def results_of(scene: str) -> tuple[AlertResult, ...]:
    """What can have become of an alert: a customer is lost or not; other causes are solved, or need nothing."""
    if scene == Scene.CHURN:
        return (AlertResult.NOT_LOST, AlertResult.LOST)
    return (AlertResult.SOLVED, AlertResult.NOTHING_TO_DO)
