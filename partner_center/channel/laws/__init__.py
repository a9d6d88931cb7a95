"""Laws of this room, as `partner-center verify` proves them."""

from partner_center.channel.laws import leads, resellers

__all__ = ["leads", "resellers"]
