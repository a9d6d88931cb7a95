"""Deeds of the channel, one file a process."""

from partner_center.channel.actions import (
    access,
    leads,
    leads_inviting,
    leads_landing,
    leads_links,
    leads_terms,
    real_name,
    resellers,
)

__all__ = [
    "access",
    "leads",
    "leads_inviting",
    "leads_landing",
    "leads_links",
    "leads_terms",
    "real_name",
    "resellers",
]
