"""Pages of identity: signing in and out, profile, accounts, users, keys, roles, messages; cards of the home page."""

from partner_center.identity.console import (
    access_keys,
    accounts,
    announcements,
    attachments,
    head,
    messages,
    profile,
    roles,
    signing,
    users,
)

__all__ = [
    "access_keys",
    "accounts",
    "announcements",
    "attachments",
    "head",
    "messages",
    "profile",
    "roles",
    "signing",
    "users",
]
