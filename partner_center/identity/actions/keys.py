"""Access keys and tokens begin and end."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.identity.actions.roles import require_rank
from partner_center.identity.errors import KeyStateUnchanged
from partner_center.identity.models import AccessKey, Account, Token, User
from partner_center.kernel import clock

TOKEN_LIFE = timedelta(hours=24)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_SECRET_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


@action("identity.create_access_key", label=_("Create access key"))
def create_access_key(actor: Actor, *, user: User) -> tuple[AccessKey, str]:
    """A new key of a user, and its secret, which is shown this once and lies encrypted in the database."""
    require_rank(actor, user)
    secret = "".join(secrets.choice(_SECRET_LETTERS) for _place in range(40))
    ak = "".join(secrets.choice(_LETTERS) for _place in range(20))
    key = AccessKey.objects.create(user=user, ak=ak, sk=secret)
    record(actor, "access_key.create", key, about=user.account_id)
    return key, secret


@action("identity.disable_access_key", label=_("Disable access key"))
def disable_access_key(actor: Actor, *, key: AccessKey) -> None:
    """Requests signed with the key are refused from now on. Raises KeyStateUnchanged."""
    _switch(actor, key, on=False)


@action("identity.enable_access_key", label=_("Enable access key"))
def enable_access_key(actor: Actor, *, key: AccessKey) -> None:
    """The key works again, and its count of failures begins anew. Raises KeyStateUnchanged."""
    _switch(actor, key, on=True)


@action("identity.issue_token", label=_("Issue token"))
def issue_token(actor: Actor, *, user: User, account: Account, agency: str = "") -> tuple[Token, str]:
    """A token of 24 hours by the machine's clock that opens `account`, and its text, which only the caller has.

    Whether `user` may have it (its password, the customer's authorisation) has been checked before.
    """
    text = secrets.token_urlsafe(48)
    token = Token.objects.create(
        digest=digest_of(text),
        user=user,
        account=account,
        agency=agency,
        expires_at=clock.machine_now() + TOKEN_LIFE,
    )
    record(actor, "token.issue", token, about=account.pk)
    return token, text


@action("identity.assume_role", label=_("Act for a customer"))
def assume_role(actor: Actor, *, customer: Account, agency: str) -> tuple[Token, str]:
    """A token with which a partner acts for a customer. That the customer authorised it has been checked before.

    The customer sees that it was taken (settings.AGENCY_TAKEN).
    """
    assert actor.user_id is not None, "somebody acts"
    user = User.objects.get(pk=actor.user_id)
    note: Callable[[str, str, str], None] = import_string(settings.AGENCY_TAKEN)
    note(actor.account_id, customer.pk, actor.name)
    return issue_token(actor, user=user, account=customer, agency=agency)


@action("identity.revoke_token", label=_("Revoke token"))
def revoke_token(actor: Actor, *, token: Token) -> None:
    """The token is refused from now on; revoking it again changes nothing."""
    if Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=clock.machine_now()):
        record(actor, "token.revoke", token, about=token.account_id)


def digest_of(text: str) -> str:
    """How a token is kept: it is random, so a plain digest tells nothing."""
    return hashlib.sha256(text.encode()).hexdigest()


def _switch(actor: Actor, key: AccessKey, *, on: bool) -> None:
    changed = AccessKey.objects.filter(pk=key.pk, enabled=not on).update(
        enabled=on, failures=0, locked_until=None
    )
    if not changed:
        raise KeyStateUnchanged(subject=key.ak, state=_("enabled") if on else _("disabled"))
    key.enabled = on
    record(actor, "access_key.enable" if on else "access_key.disable", key, about=key.user.account_id)
