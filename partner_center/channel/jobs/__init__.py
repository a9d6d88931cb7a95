"""Work of this room that happens by itself."""

from partner_center.channel.jobs import alerts, leads, resellers

__all__ = ["alerts", "leads", "resellers"]
