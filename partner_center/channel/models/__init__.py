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
from partner_center.channel.models.ties import AssociationRequest, RequestKind, RequestState, Side
from partner_center.channel.models.ties_migration import ItemState, Migration, MigrationItem, MigrationState

__all__ = [
    "AccessConfiguration",
    "AccountMark",
    "Activity",
    "AlertResult",
    "AlertSetting",
    "AlertState",
    "AlertSubscription",
    "AssociationRequest",
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
    "ItemState",
    "Knock",
    "LinkArrival",
    "LinkState",
    "Migration",
    "MigrationItem",
    "MigrationState",
    "ProjectSpecialist",
    "RealNameApplication",
    "RealNamePaper",
    "RealNameState",
    "ReportState",
    "RequestKind",
    "RequestState",
    "ResellerInvitation",
    "ResellerInvitationState",
    "Scene",
    "Side",
    "SpecialistState",
    "Terms",
    "TermsSignature",
]
