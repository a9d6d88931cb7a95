"""Words and columns that several pages of this room share."""

from __future__ import annotations

from typing import Any

from partner_center.customers.models import AssociationType, Authorisation, BudgetType, PermissionGroup

ASSOCIATION_TYPES = dict(AssociationType.choices)
BUDGET_TYPES = dict(BudgetType.choices)


def groups_of(authorisation: Authorisation) -> list[Any]:
    """The permission groups of the letter, in words."""
    return [PermissionGroup(group).label for group in authorisation.groups]
