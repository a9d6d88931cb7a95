"""The catalogue of permissions. It fills itself: from @action, from operations and from pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Permission:
    """`name` is `<room>.<verb>`; the button, the audit verb and the role's tick box share it."""

    name: str
    label: Any

    @property
    def room(self) -> str:
        return self.name.split(".", 1)[0]


PERMISSIONS: dict[str, Permission] = {}


def permission(name: str, label: Any = "") -> str:
    """Enter `name` in the catalogue and return it. The first non-empty label stays."""
    known = PERMISSIONS.get(name)
    if known is None or (label and not known.label):
        PERMISSIONS[name] = Permission(name, label)
    return name
