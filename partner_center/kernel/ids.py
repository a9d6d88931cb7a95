"""Ids as the outside world sees them."""

from __future__ import annotations

import secrets
from datetime import datetime

from partner_center.kernel.period import BEIJING

_LETTERS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def new_id() -> str:
    """32 hexadecimal characters that nobody can guess: accounts, resources, quotas."""
    return secrets.token_hex(16)


def order_number(moment: datetime) -> str:
    """CS + yyMMddHHmmss of Beijing + 7 characters; the column is unique, a clash is tried again."""
    return _stamped("CS", moment, 7)


def transaction_number(prefix: str, moment: datetime) -> str:
    """A readable, unguessable number of a movement, such as AD260301101500XXXXXXXX."""
    return _stamped(prefix, moment, 8)


def _stamped(prefix: str, moment: datetime, letters: int) -> str:
    stamp = moment.astimezone(BEIJING).strftime("%y%m%d%H%M%S")
    return prefix + stamp + "".join(secrets.choice(_LETTERS) for _ in range(letters))
