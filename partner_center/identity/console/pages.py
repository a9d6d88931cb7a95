"""Pages of identity: signing in and out, the profile, accounts, users, keys, roles; cards of the home page."""

from partner_center.identity.console import access_keys, accounts, attachments, profile, roles, signing, users

__all__ = ["access_keys", "accounts", "attachments", "profile", "roles", "signing", "users"]
