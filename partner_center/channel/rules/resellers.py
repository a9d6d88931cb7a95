"""Decisions between distributors and resellers over plain values: no query, no clock."""

from __future__ import annotations

from datetime import datetime, timedelta

VALID_FOR = timedelta(days=7)
"""How long the link of an invitation may be used (features X1)."""

SENDINGS_A_DAY = 100
"""So many invitations a distributor sends in 24 hours, those sent again included."""

PAUSE = timedelta(minutes=10)
"""The same invitation is not sent twice within this time: mails are not a way to pester anybody."""


def regions_agree(one: str, other: str) -> bool:
    """Whether two business regions are the same. An unknown one, of a partner without company information, is the
    whole site."""
    return not one or not other or one == other


def too_soon(sent_at: datetime, now: datetime) -> bool:
    """Whether what was sent at `sent_at` may not be sent again yet."""
    return now - sent_at < PAUSE
