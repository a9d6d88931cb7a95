"""Plausible accounts, users and keys for tests and the sample world, built through the actions."""

from __future__ import annotations

from itertools import count
from typing import Any

from partner_center.foundation.actor import ALL, Actor
from partner_center.identity.actions import create_access_key, create_account, create_user
from partner_center.identity.models import AccessKey, Account, User

_numbers = count(1)
_SYSTEM = Actor.system("makers")


def make_account(kind: str = "customer", *, site: str = "cn", name: str = "", **more: Any) -> Account:
    """An account with an owner. `more` goes to create_account."""
    account = create_account(
        _SYSTEM, kind=kind, site=site, name=name or f"{kind}-{next(_numbers):04d}", **more
    )
    make_user(account, login=account.name, is_owner=True)
    return account


def make_user(account: Account, *, login: str = "", **more: Any) -> User:
    """A user of an account, without a password unless one is given."""
    return create_user(_SYSTEM, account=account, login=login or f"user-{next(_numbers):04d}", **more)


def owner_of(account: Account) -> User:
    return User.objects.get(account=account, is_owner=True)


def make_access_key(of: Account | User) -> tuple[AccessKey, str]:
    """A key of a user, or of an account's owner, and its secret."""
    return create_access_key(_SYSTEM, user=of if isinstance(of, User) else owner_of(of))


def as_owner(account: Account, **more: Any) -> Actor:
    """The actor that the account's owner is at a door."""
    values: dict[str, Any] = {
        "kind": account.actor_kind,
        "account_id": account.pk,
        "account_kind": account.kind,
        "site": account.site,
        "user_id": owner_of(account).pk,
        "name": account.name,
        "permissions": ALL,
        "door": "wire",
    }
    return Actor(**{**values, **more})
