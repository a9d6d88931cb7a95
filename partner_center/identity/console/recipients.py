"""Where a code can be sent."""

from __future__ import annotations

from dataclasses import dataclass

from partner_center.foundation.outbox import Channel


@dataclass(frozen=True, slots=True)
class Recipient:
    """A mobile number or an e-mail address. `mask` is how it is shown."""

    target: str
    channel: Channel
    mask: str


def recipient_of(mobile: str, email: str) -> Recipient | None:
    """The mobile number when there is one, else the e-mail address, else nothing."""
    if mobile:
        return Recipient(mobile, "sms", "mobile")
    return Recipient(email, "mail", "email") if email else None
