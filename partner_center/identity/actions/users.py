"""Users begin, change, get passwords, are disabled and enabled."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.steps import advance
from partner_center.identity.actions.roles import assign_roles, require_rank
from partner_center.identity.errors import LoginTaken, OwnerCannotBe, PasswordTooWeak
from partner_center.identity.models import Account, Role, Token, User, UserState
from partner_center.identity.rules import password_fault
from partner_center.kernel import clock


@action("identity.create_user", label=_("Create user"))
def create_user(
    actor: Actor,
    *,
    account: Account,
    login: str,
    name: str = "",
    password: str = "",
    is_owner: bool = False,
    roles: Sequence[Role] = (),
    mobile: str = "",
    email: str = "",
    language: str = "zh-hans",
) -> User:
    """A new user of an account. Without a password it cannot sign in with one (single sign-on, keys only).

    Raises LoginTaken, PasswordTooWeak, and what assign_roles raises.
    """
    if User.objects.filter(login__iexact=login).exists():
        raise LoginTaken(login=login)
    hashed = _hashed(password, name=account.name, mobile=mobile, email=email) if password else ""
    try:
        with transaction.atomic():
            user = User.objects.create(
                account=account,
                login=login,
                name=name or login,
                password=hashed,
                is_owner=is_owner,
                mobile=mobile,
                email=email,
                language=language,
            )
    except IntegrityError:
        raise LoginTaken(login=login) from None
    record(actor, "user.create", user, about=account.pk, owner=is_owner)
    if roles:
        assign_roles(actor, user=user, roles=roles)
    return user


@action("identity.update_user", label=_("Change user"))
def update_user(
    actor: Actor,
    *,
    user: User,
    name: str | None = None,
    mobile: str | None = None,
    email: str | None = None,
    language: str | None = None,
) -> None:
    """Change what is known of a user; None leaves a value as it is."""
    given = {"name": name, "mobile": mobile, "email": email, "language": language}
    changes = {field: value for field, value in given.items() if value is not None}
    if not changes:
        return
    User.objects.filter(pk=user.pk).update(**changes)
    for field, value in changes.items():
        setattr(user, field, value)
    record(actor, "user.update", user, about=user.account_id, changed=sorted(changes))


@action("identity.set_password", label=_("Set password"))
def set_password(actor: Actor, *, user: User, password: str) -> None:
    """Give a user a new password. Its tokens are revoked and its sessions end.

    Raises PasswordTooWeak, and NotYoursToGive when the user may do more than the actor.
    """
    require_rank(actor, user)
    user.password = _hashed(password, name=user.account.name, mobile=user.mobile, email=user.email)
    User.objects.filter(pk=user.pk).update(password=user.password, failures=0, locked_until=None)
    _revoke_tokens(user)
    record(actor, "user.set_password", user, about=user.account_id)


@action("identity.disable_user", takes=UserState.disable)
def disable_user(actor: Actor, *, user: User) -> None:
    """The user cannot sign in any more; its keys and tokens stop at once. Raises OwnerCannotBe."""
    if user.is_owner:
        raise OwnerCannotBe()
    advance(actor, user, UserState.disable, about=user.account_id)
    _revoke_tokens(user)


@action("identity.enable_user", takes=UserState.enable)
def enable_user(actor: Actor, *, user: User) -> None:
    """The user can sign in again; its enabled keys work again."""
    advance(actor, user, UserState.enable, about=user.account_id)


def _hashed(password: str, *, name: str, mobile: str, email: str) -> str:
    fault = password_fault(password, name=name, mobile=mobile, email=email)
    if fault:
        raise PasswordTooWeak(reason=fault)
    return make_password(password)


def _revoke_tokens(user: User) -> None:
    Token.objects.filter(user=user, revoked_at=None).update(revoked_at=clock.machine_now())
