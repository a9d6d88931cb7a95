"""The verification code before critical actions: asked of the function named in `CONSOLE_SECOND_CHECK`.

The frame knows only that there may be such a check; whose switch it is, where the code goes and what
makes it wrong are `identity`'s business.
"""

from __future__ import annotations

from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from partner_center.foundation.actor import Actor


class SecondCheck(Protocol):
    """What the setting must name: an object with these three."""

    def needed(self, actor: Actor) -> bool:
        """Whether this actor has switched codes on."""

    def send(self, actor: Actor) -> Any:
        """Send a code; returns words saying where to. Raises a DomainError when it may not be sent."""

    def redeem(self, actor: Actor, code: str) -> None:
        """Use the code up. Raises a DomainError when it is wrong, spent or too old."""


def second_check() -> SecondCheck | None:
    path = getattr(settings, "CONSOLE_SECOND_CHECK", None)
    found: SecondCheck | None = import_string(path) if path else None
    return found


def code_is_due(actor: Actor, critical: bool) -> bool:
    """Whether a critical action of this actor wants a verification code now."""
    check = second_check()
    return critical and check is not None and check.needed(actor)
