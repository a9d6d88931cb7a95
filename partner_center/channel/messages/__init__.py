"""What this room tells people, one file a process."""

from partner_center.channel.messages import leads, real_name, resellers

__all__ = ["leads", "real_name", "resellers"]
