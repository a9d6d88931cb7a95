"""Roles of an account, and who holds them. Nobody can give what it does not hold itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.permissions import PERMISSIONS
from partner_center.identity.errors import (
    NotYoursToGive,
    OwnerCannotBe,
    RoleCombination,
    RoleInUse,
    RoleNameTaken,
    TooManyRoles,
    UnknownPermission,
)
from partner_center.identity.models import Account, Role, User
from partner_center.identity.permissions import patterns_of, rights_of
from partner_center.identity.rules import DIRECTOR, MANAGER, permissions_of, role_conflict
from partner_center.kernel.errors import NotFound

MOST_OWN_ROLES = 10


@action("identity.create_role", label=_("Create role"))
def create_role(
    actor: Actor, *, account: Account, name: str, permissions: Sequence[str], own_customers_only: bool = False
) -> Role:
    """A role of the account's own, at most ten.

    Raises RoleNameTaken, TooManyRoles, UnknownPermission, NotYoursToGive.
    """
    _check(actor, permissions)
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)  # of two at once, one counts the other
    if account.roles.count() >= MOST_OWN_ROLES:
        raise TooManyRoles(limit=MOST_OWN_ROLES)
    try:
        with transaction.atomic():
            role = Role.objects.create(
                account=account,
                name=name,
                permissions=sorted(permissions),
                own_customers_only=own_customers_only,
            )
    except IntegrityError:
        raise RoleNameTaken(name=name) from None
    record(actor, "role.create", role, about=account.pk, permissions=sorted(permissions))
    return role


@action("identity.change_role", label=_("Change role"))
def change_role(
    actor: Actor, *, role: Role, name: str, permissions: Sequence[str], own_customers_only: bool = False
) -> None:
    """Rename a role of one's own or change what it permits; its holders feel it with their next request."""
    assert role.account_id, "presets are the program's"
    _check(actor, permissions)
    taken = Role.objects.filter(account_id=role.account_id, name=name).exclude(pk=role.pk)
    if taken.exists():
        raise RoleNameTaken(name=name)
    role.name, role.permissions, role.own_customers_only = name, sorted(permissions), own_customers_only
    Role.objects.filter(pk=role.pk).update(
        name=role.name, permissions=role.permissions, own_customers_only=own_customers_only
    )
    record(actor, "role.change", role, about=role.account_id, permissions=sorted(permissions))


@action("identity.delete_role", label=_("Delete role"))
def delete_role(actor: Actor, *, role: Role) -> None:
    """Delete a role that nobody holds. Raises RoleInUse."""
    assert role.account_id, "presets are the program's"
    Role.objects.select_for_update().filter(pk=role.pk).first()
    holders = role.users.count()
    if holders:
        raise RoleInUse(name=role.name, count=holders)
    record(actor, "role.delete", role, about=role.account_id)
    role.delete()


@action("identity.assign_roles", label=_("Assign roles"))
def assign_roles(actor: Actor, *, user: User, roles: Sequence[Role]) -> None:
    """Make `roles` the roles of a user: one to three.

    Who is no supervisor any more leaves its account managers without one, and who is no account manager any
    more has none (features B2). Raises RoleCombination, NotYoursToGive, OwnerCannotBe, NotFound for a role that
    has been deleted meanwhile.
    """
    if user.is_owner:
        raise OwnerCannotBe()
    conflict = role_conflict([role.preset for role in roles])
    if conflict:
        raise RoleCombination(reason=conflict)
    for role in roles:
        assert role.account_id in (None, user.account_id), "a role of another account"
        _check(actor, patterns_of(role), known=True)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    present = Role.objects.select_for_update(no_key=True).filter(pk__in=[role.pk for role in roles])
    if len(present.order_by("pk")) < len(set(roles)):
        raise NotFound()
    user.roles.set(roles)
    record(actor, "user.assign_roles", user, about=user.account_id, roles=[str(role) for role in roles])
    presets = {role.preset for role in roles}
    if DIRECTOR not in presets:
        User.objects.filter(supervisor=user).update(supervisor=None)
    if MANAGER not in presets and user.supervisor_id is not None:
        User.objects.filter(pk=user.pk).update(supervisor=None)
        user.supervisor = None


def require_rank(actor: Actor, user: User) -> None:
    """Whoever sets a user's credentials could act as that user. Raises NotYoursToGive unless the actor holds it all."""
    if actor.user_id == user.pk or "*" in actor.permissions:
        return
    permissions, _customers = rights_of(user.pk, user.account_id, is_owner=user.is_owner)
    for permission in sorted(permissions - actor.permissions):
        raise NotYoursToGive(permission=permission)


def _check(actor: Actor, patterns: Iterable[str], *, known: bool = False) -> None:
    """Raises UnknownPermission or NotYoursToGive unless `actor` may hand out what the patterns name."""
    for pattern in patterns:
        named = permissions_of([pattern], PERMISSIONS)
        if not named and not known:
            raise UnknownPermission(permission=pattern)
        for permission in named:
            if not actor.may(permission):
                raise NotYoursToGive(permission=permission)
