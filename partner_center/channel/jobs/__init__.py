"""Work of this room that happens by itself."""

from partner_center.channel.jobs import alerts, leads, people, real_name, resellers, ties

__all__ = ["alerts", "leads", "people", "real_name", "resellers", "ties"]
