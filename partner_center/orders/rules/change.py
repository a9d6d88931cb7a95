"""Changing a specification in the middle of a period: the rest of it is worth more, or less."""

from __future__ import annotations

from partner_center.kernel.money import Money


def difference(*, old_official: Money, new_official: Money, remaining_hours: int, total_hours: int) -> Money:
    """List price difference of the rest of a period: positive to pay, negative to give back, truncated to the cent.

    Both prices are for the whole period. Once nothing remains nothing is due.
    """
    if total_hours == 0 or remaining_hours <= 0:
        return Money.zero(old_official.currency)
    return (new_official - old_official).share(min(remaining_hours, total_hours), total_hours)


def downgrade_refund(*, difference: Money, old_official: Money, paid: Money, unused: Money) -> Money:
    """What a downgrade gives back: the difference at the rate the customer paid, never more than is unused.

    `paid` of `old_official` is the customer's rate (coupons and discounts lowered it); `unused` what remains of it.
    """
    assert difference.minor <= 0, f"{difference} is no downgrade"
    if old_official.minor <= 0 or paid.minor <= 0:
        return Money.zero(paid.currency)
    return min(abs(difference).share(min(paid.minor, old_official.minor), old_official.minor), unused)
