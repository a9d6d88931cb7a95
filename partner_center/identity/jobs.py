"""Jobs are one line long on purpose: they name a slot and call an action."""

from __future__ import annotations

from partner_center.foundation.actor import Actor
from partner_center.foundation.jobs import Slot, job
from partner_center.identity.actions import forget_expired


@job("identity.forget_expired", every="day at 04:00 Asia/Shanghai", catch_up=False)
def forget_what_has_expired(slot: Slot) -> dict[str, int]:
    """Forget tokens, codes and sessions that have run out."""
    return forget_expired(Actor.system("identity.forget_expired"))
