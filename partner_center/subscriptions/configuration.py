"""Figures that differ by installation."""

from __future__ import annotations

from django.conf import settings

from partner_center.subscriptions.rules import GraceAndRetention

LEVELS = ("V0", "V1", "V2", "V3", "V4", "V5")
DEFAULT_GRACE_DAYS = (7, 15, 15, 15, 15, 15)
DEFAULT_RETENTION_DAYS = 15


def grace_and_retention() -> GraceAndRetention:
    """From GRACE_DAYS (six numbers of days, levels V0 to V5) and RETENTION_DAYS.

    The specification says that the lengths go by level and does not name them; hence configuration.
    """
    days = tuple(getattr(settings, "GRACE_DAYS", None) or DEFAULT_GRACE_DAYS)
    assert len(days) == len(LEVELS), "GRACE_DAYS has one number for each level V0 to V5"
    return GraceAndRetention(
        grace_days=dict(zip(LEVELS, (int(one) for one in days), strict=True)),
        retention_days=int(getattr(settings, "RETENTION_DAYS", DEFAULT_RETENTION_DAYS)),
    )
