"""The numbers an operator may set, with the documented values as defaults: settings.ORDERS overrides them by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from partner_center.orders.rules.fees import FIVE_YEAR_PREPAID, FeeRow

_DOCUMENTED_LARGE_REFUNDS = {"CNY": 50_000_00}


@dataclass(frozen=True, slots=True)
class OrderPolicy:
    """How this installation handles orders.

    payment_days: days a customer has to pay an order (7, documented).
    five_day_hours, five_day_quota: the no-reason return of the China site (5 × 24 h, 10 a year, documented).
    fees: the handling fees of unsubscribing (only the five-year row is documented; the rest is the operator's).
    fees_waived_for: customers whose framework contract waives fees.
    large_refunds: refunds above so many minor units wait until an operator releases them (50,000 yuan, documented).
    reviewed_services: cloud services whose orders an operator reviews first.
    daily_ceiling: orders one customer may place in a Beijing day (CBC.99008056); 0 is without limit.
    numbers_a_call, numbers_unused: order numbers that can be reserved in one call, and lie unused at once.
    """

    payment_days: int = 7
    five_day_hours: int = 5 * 24
    five_day_quota: int = 10
    fees: tuple[FeeRow, ...] = FIVE_YEAR_PREPAID
    fees_waived_for: frozenset[str] = frozenset()
    large_refunds: Mapping[str, int] = field(default_factory=lambda: dict(_DOCUMENTED_LARGE_REFUNDS))
    reviewed_services: frozenset[str] = frozenset()
    daily_ceiling: int = 5000
    numbers_a_call: int = 100
    numbers_unused: int = 10_000


def policy() -> OrderPolicy:
    """The policy in force. `fees` in settings are rows of {"bought_months", "used_months_up_to", "percent"}."""
    return OrderPolicy(**{name: _read(name, value) for name, value in settings.ORDERS.items()})


def _read(name: str, value: Any) -> Any:
    if name == "fees":
        return tuple(row if isinstance(row, FeeRow) else FeeRow(**row) for row in value)
    if name in ("fees_waived_for", "reviewed_services"):
        return frozenset(value)
    return value
