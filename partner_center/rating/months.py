"""Beijing months as the numbers of their days, counted from 1970-01-01."""

from __future__ import annotations

import calendar

DAY = 86400
EAST = 28800
"""Beijing is eight hours ahead of UTC all year: day = (seconds + EAST) // DAY."""


def days_of(month: str) -> tuple[int, int]:
    """The first day of "YYYY-MM" and the day after its last one."""
    first = calendar.timegm((int(month[:4]), int(month[5:]), 1, 0, 0, 0)) // DAY
    return first, first + days_in(month)


def days_in(month: str) -> int:
    """How many days "YYYY-MM" has."""
    return calendar.monthrange(int(month[:4]), int(month[5:]))[1]
