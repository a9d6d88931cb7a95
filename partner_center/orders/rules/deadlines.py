"""How long an order waits for its money."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta


def payment_deadline(placed_at: datetime, *, days: int, expiries: Iterable[datetime] = ()) -> datetime:
    """`days` after placing, or the earliest of `expiries` if that comes first.

    Documented example: ordered 2018-11-26 23:12:32, deadline 2018-12-03 23:12:32; with a discount coupon valid to
    11-30 23:59:59 it is 11-30 23:59:59. Promotions and discount coupons chosen at order time have an expiry that
    counts; commercial and partner discounts are frozen and have none (flows §5.2).
    """
    return min([placed_at + timedelta(days=days), *expiries])


def is_too_late(now: datetime, deadline: datetime | None) -> bool:
    """Whether `deadline` has passed: from that moment on an order can no longer be paid."""
    return deadline is not None and now >= deadline
