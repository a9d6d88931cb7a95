"""Tables of the channel, one file a process."""

from partner_center.channel.models.people import CustomerContact, ProjectSpecialist, SpecialistState
from partner_center.channel.models.resellers import ResellerInvitation, ResellerInvitationState

__all__ = [
    "CustomerContact",
    "ProjectSpecialist",
    "ResellerInvitation",
    "ResellerInvitationState",
    "SpecialistState",
]
