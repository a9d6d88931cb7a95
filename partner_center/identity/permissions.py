"""What a user may do: the owner everything, others what their roles name."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.utils.module_loading import import_string

from partner_center.foundation.actor import ALL
from partner_center.foundation.permissions import PERMISSIONS
from partner_center.identity.models import Role
from partner_center.identity.presets import PRESETS
from partner_center.identity.rules import permissions_of

Customers = frozenset[str] | None


def patterns_of(role: Role) -> tuple[str, ...]:
    """The permission patterns of a role: the program's for a preset, its own otherwise."""
    preset = PRESETS.get(role.preset)
    return preset.permissions if preset else tuple(role.permissions)


def is_limited(role: Role) -> bool:
    """Whether who has only such roles sees the customers assigned to it; a preset is as the program defines it."""
    preset = PRESETS.get(role.preset)
    return preset.own_customers_only if preset else role.own_customers_only


def rights_of(user_id: int, account_id: str, *, is_owner: bool) -> tuple[frozenset[str], Customers]:
    """The permissions of a user and the customers it is limited to (None: no limit)."""
    if is_owner:
        return ALL, None
    roles = list(Role.objects.filter(users=user_id))
    granted: set[str] = set()
    for role in roles:
        granted |= permissions_of(patterns_of(role), PERMISSIONS)
    limited = bool(roles) and all(is_limited(role) for role in roles)
    return frozenset(granted), _assigned_to(user_id, account_id) if limited else None


def _assigned_to(user_id: int, account_id: str) -> frozenset[str]:
    """The customers assigned to an account manager: asked of a higher room, through settings.CUSTOMERS_ASSIGNED_TO."""
    hook = getattr(settings, "CUSTOMERS_ASSIGNED_TO", "")
    if not hook:
        return frozenset()
    assigned: Callable[[str, int], frozenset[str]] = import_string(hook)
    return assigned(account_id, user_id)
