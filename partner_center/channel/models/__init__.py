"""Tables of the channel, one file a process."""

from partner_center.channel.models.alerts import (
    AlertResult,
    AlertSetting,
    AlertState,
    AlertSubscription,
    BalanceAlert,
    BudgetMark,
    Category,
    CustomerAlert,
    Scene,
)
from partner_center.channel.models.leads import (
    AccountMark,
    CustomerReport,
    Invitation,
    InvitationMail,
    InvitationState,
    ReportState,
)
from partner_center.channel.models.leads_links import Activity, InviteLink, Knock, LinkArrival, LinkState
from partner_center.channel.models.leads_terms import Terms, TermsSignature
from partner_center.channel.models.people import CustomerContact, ProjectSpecialist, SpecialistState
from partner_center.channel.models.real_name import (
    AccessConfiguration,
    FaceCode,
    ForbiddenNumber,
    RealNameApplication,
    RealNamePaper,
    RealNameState,
)
from partner_center.channel.models.resellers import ResellerInvitation, ResellerInvitationState

__all__ = [
    "AccessConfiguration",
    "AccountMark",
    "Activity",
    "AlertResult",
    "AlertSetting",
    "AlertState",
    "AlertSubscription",
    "BalanceAlert",
    "BudgetMark",
    "Category",
    "CustomerAlert",
    "CustomerContact",
    "CustomerReport",
    "FaceCode",
    "ForbiddenNumber",
    "Invitation",
    "InvitationMail",
    "InvitationState",
    "InviteLink",
    "Knock",
    "LinkArrival",
    "LinkState",
    "ProjectSpecialist",
    "RealNameApplication",
    "RealNamePaper",
    "RealNameState",
    "ReportState",
    "ResellerInvitation",
    "ResellerInvitationState",
    "Scene",
    "SpecialistState",
    "Terms",
    "TermsSignature",
]
