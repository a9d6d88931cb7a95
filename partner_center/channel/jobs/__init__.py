"""Work of this room that happens by itself."""

from partner_center.channel.jobs import resellers

__all__ = ["resellers"]
