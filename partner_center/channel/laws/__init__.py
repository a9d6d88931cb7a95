"""Laws of this room, as `partner-center verify` proves them."""

from partner_center.channel.laws import alerts, leads, resellers, ties

__all__ = ["alerts", "leads", "resellers", "ties"]
