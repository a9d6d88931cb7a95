"""The handling fee of an unsubscription: a share of what was paid, by how long it was bought for and used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from partner_center.kernel.money import Money

HOURS_OF_A_MONTH = 30 * 24


@dataclass(frozen=True, slots=True)
class FeeRow:
    """Bought for at least `bought_months` and used for at most `used_months_up_to` months: `percent` of what was paid.

    A month of use is 30 days. Of the rows that fit, the one with the longest purchase counts, then the shortest use.
    """

    bought_months: int
    used_months_up_to: int
    percent: int

    def __post_init__(self) -> None:
        assert 0 <= self.percent <= 100, f"{self.percent} per cent"


FIVE_YEAR_PREPAID = tuple(
    FeeRow(bought_months=60, used_months_up_to=12 * years, percent=20 + 10 * years) for years in range(1, 6)
)
"""The one row of the vendor's table that is published: used up to 1 year 30 %, 1–2 years 40 %, and so on (flows §7)."""


def fee_percent(fees: Sequence[FeeRow], *, bought_months: int, used_hours: int) -> int:
    """Per cent of what was paid that is kept. 0 where the table has no row."""
    fitting = [
        row
        for row in fees
        if bought_months >= row.bought_months and used_hours <= row.used_months_up_to * HOURS_OF_A_MONTH
    ]
    if not fitting:
        return 0
    return min(fitting, key=lambda row: (-row.bought_months, row.used_months_up_to)).percent


def handling_fee(fees: Sequence[FeeRow], *, paid: Money, bought_months: int, used_hours: int) -> Money:
    """The fee, truncated to the cent in the customer's favour."""
    return paid.share(fee_percent(fees, bought_months=bought_months, used_hours=used_hours), 100)
