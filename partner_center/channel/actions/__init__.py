"""Deeds of the channel, one file a process."""

from partner_center.channel.actions import (
    access,
    alerts,
    alerts_balances,
    alerts_budgets,
    leads,
    leads_inviting,
    leads_landing,
    leads_links,
    leads_terms,
    people,
    programmes,
    programmes_door,
    programmes_standing,
    real_name,
    resellers,
    specialists,
)

__all__ = [
    "access",
    "alerts",
    "alerts_balances",
    "alerts_budgets",
    "leads",
    "leads_inviting",
    "leads_landing",
    "leads_links",
    "leads_terms",
    "people",
    "programmes",
    "programmes_door",
    "programmes_standing",
    "real_name",
    "resellers",
    "specialists",
]
