"""The pages of this room, one module a process."""

from partner_center.channel.console.pages import (
    access,
    alerts,
    face,
    leads,
    leads_landing,
    leads_links,
    leads_terms,
    people,
    programmes,
    programmes_door,
    programmes_members,
    real_name,
    real_name_review,
    resellers,
    specialists,
)

__all__ = [
    "access",
    "alerts",
    "face",
    "leads",
    "leads_landing",
    "leads_links",
    "leads_terms",
    "people",
    "programmes",
    "programmes_door",
    "programmes_members",
    "real_name",
    "real_name_review",
    "resellers",
    "specialists",
]
