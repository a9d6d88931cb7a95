"""Papers that were uploaded and never used are not kept."""

from __future__ import annotations

from partner_center.channel.actions.access import discard_unused_papers
from partner_center.foundation.actor import Actor
from partner_center.foundation.jobs import Slot, job


@job("channel.discard_papers", every="day at 04:20 Asia/Shanghai", catch_up=False)
def discard_papers(slot: Slot) -> int:
    """Discard uploads that no application has named for thirty days."""
    return discard_unused_papers(Actor.system("channel.discard_papers"))
