"""Decisions about people inside a partner over plain values (features B4 and B5)."""

from __future__ import annotations

from datetime import datetime, timedelta

from partner_center.kernel.period import BEIJING

MOST_CONTACTS = 5
INVITATIONS_A_DAY = 100
LINK_LIFE = timedelta(days=7)
PAUSE = timedelta(minutes=10)
"""The same invitation is not sent twice within this time."""

PARTNERS_A_YEAR = 3
"""Within one year a person is bound to fewer than this many partners before it is bound to another."""


def day_of(moment: datetime) -> datetime:
    """00:00 of the Beijing day of `moment`."""
    return moment.astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)


def is_mobile(text: str) -> bool:
    """Whether somebody was named by a mobile number, rather than by an e-mail address or an account name."""
    return text.replace("-", "").replace("+", "").isdigit()
