"""Why a customer is parked, in plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.kernel.money import Money

UNRATED = "unrated"
DAYS = "days"

REASONS = {
    UNRATED: _("Usage that could not be rated"),
    DAYS: _("Days of a subscription without exactly one bill line"),
}
UNRATED_WORDS = {
    "no_customer": _("unknown customer"),
    "no_product": _("unknown product"),
    "no_usage_type": _("unknown billing factor"),
    "no_price": _("no price in force"),
    "negative_quantity": _("negative quantity"),
    "too_large": _("amount out of range"),
}


@dataclass(frozen=True, slots=True)
class Parked:
    """One customer to park. detail: records or days by their reason, and what the amount is made of."""

    customer_id: str
    reason: str
    detail: dict[str, Any]
    at_stake: Money
