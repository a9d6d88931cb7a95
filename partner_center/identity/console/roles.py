"""Roles: the presets, and up to ten of the account's own, made from the catalogue of permissions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partner_center.console.actions import Link, RowAction
from partner_center.console.columns import Column, Flag, Text
from partner_center.console.filters import Search
from partner_center.console.forms import ActionForm
from partner_center.console.pages import DetailPage, FormPage, ListPage
from partner_center.console.panels import Facts, ListPanel, Piece, Steps, Trail
from partner_center.console.usable import usable_permissions
from partner_center.foundation.actor import Actor
from partner_center.foundation.permissions import PERMISSIONS, Permission
from partner_center.identity.actions import change_role, create_role, delete_role
from partner_center.identity.items import PERMISSIONS_OF_ITEM
from partner_center.identity.models import Account, Role
from partner_center.identity.permissions import is_limited, patterns_of
from partner_center.identity.rules import permissions_of
from partner_center.kernel.errors import NotFound

ROOMS = {
    "orders": _("Orders"),
    "subscriptions": _("Resources and renewals"),
    "customers": _("Customers"),
    "partners": _("Partners"),
    "funds": _("Funds"),
    "pricing": _("Prices and discounts"),
    "catalogue": _("Catalogue"),
    "reference": _("Measures and places"),
    "ledger": _("Ledger"),
    "identity": _("Users, keys and roles"),
    "console": _("Console"),
    "trail": _("Audit trail"),
    "jobs": _("Jobs"),
    "outbox": _("Outbox"),
    "foundation": _("Installation"),
}


def own_role_for(actor: Actor, pk: int) -> Role:
    """A role the actor may change: not a preset. Raises NotFound."""
    role = role_for(actor, pk)
    if role.account_id is None:
        raise NotFound()
    return role


def role_for(actor: Actor, pk: int) -> Role:
    """A role the actor may see. Raises NotFound."""
    role: Role | None = Role.objects.visible_to(actor).filter(pk=pk).first()
    if role is None:
        raise NotFound()
    return role


def tree(names: Any, actor: Actor | None = None) -> list[tuple[Any, list[Permission]]]:
    """Permissions people can be given, by room; those without words are the system's own."""
    rooms: dict[str, list[Permission]] = {}
    for permission in PERMISSIONS.values():
        if permission.label and permission.name in names and (actor is None or actor.may(permission.name)):
            rooms.setdefault(permission.room, []).append(permission)
    order = list(ROOMS)
    known = sorted(rooms, key=lambda room: order.index(room) if room in order else len(order))
    return [
        (
            ROOMS.get(room, room.capitalize()),
            sorted(rooms[room], key=lambda one: (not one.name.endswith(".view"), one.name)),
        )
        for room in known
    ]


def offered_to(actor: Actor) -> set[str]:
    """What a role of this actor's account can be made of: what its pages ask for, and what its calls need."""
    called = (
        {name for names in PERMISSIONS_OF_ITEM.values() for name in names} if actor.kind != "staff" else set()
    )
    return {"identity.assume_role", *called, *usable_permissions(actor.kind)} & PERMISSIONS.keys()


class PermissionTree(forms.MultipleChoiceField):
    """Tick boxes grouped by room."""

    widget = forms.CheckboxSelectMultiple

    def offer(self, actor: Actor) -> None:
        self.choices = [
            (room, [(permission.name, permission.label) for permission in permissions])
            for room, permissions in tree(offered_to(actor), actor)
        ]


class RoleForm(ActionForm):
    name = forms.CharField(label=_("Name"), max_length=64)
    own_customers_only = forms.BooleanField(
        label=_("Only customers assigned to the person"),
        required=False,
        help_text=_("Who has only such roles sees no other customer, nor their orders and resources."),
    )
    permissions = PermissionTree(label=_("Permissions"), help_text=_("You can give what you hold yourself."))

    def prepare(self) -> None:
        field: Any = self.fields["permissions"]
        field.offer(self.actor)
        if self.subject is not None:
            self.initial.setdefault("name", self.subject.name)
            self.initial.setdefault("own_customers_only", self.subject.own_customers_only)
            self.initial.setdefault(
                "permissions", sorted(permissions_of(self.subject.permissions, PERMISSIONS))
            )

    def arguments(self) -> dict[str, Any]:
        """What the tree does not offer stays as it is."""
        facts = dict(self.cleaned_data)
        if self.subject is not None:
            offered: Any = self.fields["permissions"]
            shown = {name for _room, choices in offered.choices for name, _label in choices}
            held = permissions_of(self.subject.permissions, PERMISSIONS)
            facts["permissions"] = sorted({*facts["permissions"], *(held - shown)})
        return facts

    def groups(self) -> Iterator[tuple[Any, list[Any]]]:
        """The tick boxes by room, for the template."""
        bound = self["permissions"]
        boxes = {box.data["value"]: box for box in bound.subwidgets}
        field: Any = self.fields["permissions"]
        for room, choices in field.choices:
            yield room, [boxes[name] for name, _label in choices]


class NewRoleForm(RoleForm):
    def arguments(self) -> dict[str, Any]:
        account = Account.objects.visible_to(self.actor).get(pk=self.actor.account_id)
        return {**super().arguments(), "account": account}


class Origin(Column):
    """Preset, or the account's own."""

    def value(self, row: Role) -> Any:
        return _("Preset") if row.account_id is None else _("Own role")


def _count(role: Role) -> Any:
    patterns = patterns_of(role)
    if "*" in patterns:
        return _("Everything")
    return len([name for name in permissions_of(patterns, PERMISSIONS) if PERMISSIONS[name].label])


delete = RowAction(
    "delete",
    None,
    delete_role,
    "role",
    tone="danger",
    when=lambda role: role.account_id is not None,
    confirm=_("The role is deleted for good. It must not be held by anybody."),
    success=_("The role is deleted."),
)


class RoleList(ListPage):
    name, path, title, permission = "roles", "roles/", _("Roles"), "identity.view"
    lead = _(
        "What people may do. The presets are the same everywhere; an account can have ten roles of its own."
    )
    source = Role.objects.visible_to
    columns = (
        Text("name", _("Name"), value=str),
        Origin("account_id", _("Origin"), sort=False),
        Text("permissions", _("Permissions"), value=_count, sort=False),
        Flag("own_customers_only", _("Assigned customers only"), value=is_limited),
    )
    filters = (Search(into=("name",)),)
    opens = "role"
    links = (Link(page="new-role"),)
    row_actions = (
        RowAction("change", _("Edit"), page="change-role", when=lambda role: role.account_id is not None),
        delete,
    )


class RoleDetail(DetailPage):
    name, path, title, permission, parent = "role", "roles/<int:pk>/", _("Role"), "identity.view", "roles"
    fetch = role_for
    left = (
        Facts(
            Text("name", _("Name"), value=str),
            Origin("account_id", _("Origin")),
            Flag("own_customers_only", _("Assigned customers only"), value=is_limited),
        ),
        Steps(
            also=(
                RowAction(
                    "change", _("Edit"), page="change-role", when=lambda role: role.account_id is not None
                ),
            )
        ),
    )
    right = (
        Piece(
            _("Permissions"),
            "identity/permissions.html",
            lambda actor, role: {"groups": tree(_named(role)), "everything": "*" in patterns_of(role)},
        ),
    )
    bottom = (ListPanel("users", role="pk"), Trail())


def _named(role: Role) -> Any:
    patterns = patterns_of(role)
    return PERMISSIONS if "*" in patterns else permissions_of(patterns, PERMISSIONS)


class NewRole(FormPage):
    name, path, title, parent = "new-role", "roles/new/", _("New role"), "roles"
    act, form, after = create_role, NewRoleForm, "role"
    template = "identity/role_form.html"
    wide = True


class ChangeRole(FormPage):
    name, path, title, parent = "change-role", "roles/<int:pk>/change/", _("Change role"), "role"
    fetch, act, form, after = own_role_for, change_role, RoleForm, "role"
    button = _("Save")
    template = "identity/role_form.html"
    wide = True
    success = _("Saved.")
