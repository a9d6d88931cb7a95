from partner_center.identity.models.accounts import CURRENCY_OF_SITE, Account, AccountKind, AccountState, Site
from partner_center.identity.models.attachments import Attachment
from partner_center.identity.models.codes import VerificationCode
from partner_center.identity.models.keys import AccessKey, Token
from partner_center.identity.models.messages import (
    Announcement,
    AnnouncementAudience,
    AnnouncementState,
    InboxMessage,
    InboxRead,
    InboxState,
    MessageKind,
)
from partner_center.identity.models.users import Role, User, UserState

__all__ = [
    "CURRENCY_OF_SITE",
    "AccessKey",
    "Account",
    "AccountKind",
    "AccountState",
    "Announcement",
    "AnnouncementAudience",
    "AnnouncementState",
    "Attachment",
    "InboxMessage",
    "InboxRead",
    "InboxState",
    "MessageKind",
    "Role",
    "Site",
    "Token",
    "User",
    "UserState",
    "VerificationCode",
]
