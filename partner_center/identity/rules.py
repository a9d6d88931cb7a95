"""Decisions over plain values: which names and passwords fit, which roles go together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Any

from django.utils.translation import gettext_lazy as _

ACCOUNT_NAME = re.compile(r"[a-zA-Z_-][a-zA-Z0-9_-]{4,31}")
RESERVED_PREFIXES = ("op_", "shadow_")
PASSWORD_LENGTH = range(8, 33)
MOST_ROLES = 3
DIRECTOR, MANAGER = "supervisor", "account_manager"
"""The preset roles of who directs account managers, and of these."""


def account_name_fits(name: str) -> bool:
    """5 to 32 of letters, digits, - and _, not starting with a digit or a reserved prefix (check_user_identity)."""
    return bool(ACCOUNT_NAME.fullmatch(name)) and not name.lower().startswith(RESERVED_PREFIXES)


def password_fault(password: str, *, name: str = "", mobile: str = "", email: str = "") -> Any:
    """Why a password does not fit, or "" when it does.

    8 to 32 characters, at least two of upper case, lower case, digits and others; neither the account's name nor
    its reverse; it does not contain the mobile number or the e-mail address (create_sub_customer).
    """
    if len(password) not in PASSWORD_LENGTH:
        return _("it must have 8 to 32 characters")
    kinds = (str.isupper, str.islower, str.isdigit, lambda character: not character.isalnum())
    if sum(any(kind(character) for character in password) for kind in kinds) < 2:
        return _("it must mix at least two of upper case, lower case, digits and special characters")
    if name and password.lower() in (name.lower(), name[::-1].lower()):
        return _("it must not be the account name or its reverse")
    if mobile and mobile in password:
        return _("it must not contain the mobile number")
    if email and email.lower() in password.lower():
        return _("it must not contain the e-mail address")
    return ""


def permissions_of(patterns: Iterable[str], catalogue: Iterable[str]) -> frozenset[str]:
    """The permissions of `catalogue` that any of the patterns names; "*" alone stands for all, also future ones."""
    wanted = set(patterns)
    if "*" in wanted:
        return frozenset({"*"})
    return frozenset(name for name in catalogue if any(fnmatchcase(name, pattern) for pattern in wanted))


def role_conflict(presets: Sequence[str]) -> Any:
    """Why these roles of one person do not go together, or "" (spec/domain/roles.md section 2)."""
    if not 1 <= len(presets) <= MOST_ROLES:
        return _("a person has one to three roles")
    if "admin" in presets and len(presets) > 1:
        return _("the administrator role stands alone")
    if DIRECTOR in presets and MANAGER in presets:
        return _("nobody is account manager and supervisor at once")
    return ""
