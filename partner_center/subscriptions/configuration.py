"""Figures that differ by installation."""

from __future__ import annotations

from django.conf import settings

from partner_center.subscriptions.rules import GraceAndRetention

LEVELS = ("V0", "V1", "V2", "V3", "V4", "V5")


def grace_and_retention() -> GraceAndRetention:
    """From the settings GRACE_DAYS (one number for each level V0 to V5) and RETENTION_DAYS.

    The specification says that the lengths go by level and does not name them; hence configuration.
    """
    days = settings.GRACE_DAYS
    assert len(days) == len(LEVELS), "GRACE_DAYS has one number for each level V0 to V5"
    return GraceAndRetention(
        grace_days=dict(zip(LEVELS, days, strict=True)),
        retention_days=settings.RETENTION_DAYS,
    )
