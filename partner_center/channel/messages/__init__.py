"""What this room tells people, one file a process."""

from partner_center.channel.messages import alerts, leads, people, real_name, resellers, ties

__all__ = ["alerts", "leads", "people", "real_name", "resellers", "ties"]
