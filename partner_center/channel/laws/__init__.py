"""Laws of this room, as `partner-center verify` proves them."""

from partner_center.channel.laws import resellers

__all__ = ["resellers"]
