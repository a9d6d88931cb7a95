"""Whose credentials these are: the functions that settings name for the frame and the console.

Everything here goes by the machine's clock: an SDK that signs with real time works in a sandbox of any date.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Case, DateTimeField, F, Value, When
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.actor import ALL, Actor
from partner_center.foundation.fields import decrypt
from partner_center.foundation.permissions import PERMISSIONS
from partner_center.identity.actions.keys import digest_of
from partner_center.identity.items import holds as holds_items
from partner_center.identity.models import AccessKey, Account, AccountState, Token, User, UserState
from partner_center.identity.permissions import rights_of
from partner_center.identity.rules import permissions_of
from partner_center.kernel import clock
from partner_center.wire.errors import SignatureRefused, TokenRefused
from partner_center.wire.signing import SignedRequest

__all__ = [
    "actor_of",
    "actor_of_user",
    "actor_from_session",
    "actor_from_signature",
    "actor_from_token",
    "agency_stands",
    "close_session",
    "holds_items",
    "open_session",
]

MOST_FAILURES = 5
LOCK = timedelta(minutes=5)
"""More than five wrong signatures in a row lock a key for five minutes (spec/api/auth.md section 2)."""

MISMATCH = _("verify aksk signature fail")

_KEY = """
SELECT k.id, k.sk, k.enabled, k.failures, u.id, u.name, u.is_owner, u.state, a.id, a.kind, a.site, a.state
  FROM identity_accesskey k
  JOIN identity_user u ON u.id = k.user_id
  JOIN identity_account a ON a.id = u.account_id
 WHERE k.ak = %s
"""


def actor_from_signature(signed: SignedRequest) -> Actor:
    """The owner of the key that signed. One statement for a request that verifies.

    Raises SignatureOutOfTime, or SignatureRefused for an unknown, disabled or locked key and a wrong signature.
    """
    signed.require_fresh(clock.machine_now())
    with connection.cursor() as cursor:
        cursor.execute(_KEY, [signed.access])
        row = cursor.fetchone()
    if row is None:
        raise SignatureRefused(reason=MISMATCH)
    key_id, sealed, enabled, failures, *who = row
    holder = _Holder(*who)
    if not enabled or not holder.is_active:
        raise SignatureRefused(reason=MISMATCH)
    if failures and _is_locked(key_id):
        raise SignatureRefused(reason=_("the access key is locked after too many wrong signatures"))
    if not signed.matches(decrypt(sealed, "identity.accesskey.sk")):
        _count_failure(key_id)
        raise SignatureRefused(reason=MISMATCH)
    if failures:
        AccessKey.objects.filter(pk=key_id).update(failures=0, locked_until=None)
    return holder.actor()


def actor_from_token(text: str) -> Actor:
    """The bearer of a token. A customer's token in a partner's hand lives only as long as the authorisation.

    Raises TokenRefused.
    """
    rows = Token.objects.select_related("user__account", "account")
    token = rows.filter(digest=digest_of(text), revoked_at=None, expires_at__gt=clock.machine_now()).first()
    if token is None:
        raise TokenRefused()
    holder = _Holder.of(token.user)
    if not holder.is_active or token.account.state is not AccountState.ACTIVE:
        raise TokenRefused()
    if token.account_id == token.user.account_id:
        return holder.actor()
    if not agency_stands(token.user.account_id, token.account_id, token.agency):
        raise TokenRefused()
    return holder.actor(acting_for=token.account)


def actor_of(user: User) -> Actor:
    """The actor that a user is, once it is known to be that user."""
    return _Holder.of(user).actor()


def actor_of_user(user_id: int | None) -> Actor:
    """Whom a user is now, for work that goes on without a request; nobody when it may not sign in any more."""
    user = User.objects.select_related("account").filter(pk=user_id).first()
    holder = _Holder.of(user) if user is not None else None
    return holder.actor() if holder is not None and holder.is_active else Actor.nobody()


def actor_from_session(http: HttpRequest) -> Actor:
    """The user signed in to the console, or nobody. A new password or a disabled user ends the session."""
    user_id = http.session.get("user")
    if user_id is None:
        return Actor.nobody()
    user = User.objects.select_related("account").filter(pk=user_id).first()
    if user is None or not constant_time_compare(_stamp(user), http.session.get("stamp", "")):
        return Actor.nobody()
    holder = _Holder.of(user)
    return holder.actor() if holder.is_active else Actor.nobody()


def open_session(http: HttpRequest, user: User) -> None:
    """Let `user`, whose password has been checked, into the console under a new session key."""
    http.session.cycle_key()
    http.session["user"] = user.pk
    http.session["stamp"] = _stamp(user)


def close_session(http: HttpRequest) -> None:
    """End the session and forget everything in it."""
    http.session.flush()


def agency_stands(partner_id: str, customer_id: str, agency: str) -> bool:
    """Whether the customer has authorised the partner, under this agency's name, to act for it.

    Authorisations are rows of a higher room: asked through settings.AGENCY_STANDS; without it, no.
    """
    hook = getattr(settings, "AGENCY_STANDS", "")
    if not hook:
        return False
    stands: Callable[[str, str, str], bool] = import_string(hook)
    return stands(partner_id, customer_id, agency)


def agency_permissions(partner_id: str, customer_id: str) -> frozenset[str]:
    """What the customer's authorisation permits the partner, as permission patterns.

    Asked through settings.AGENCY_PERMISSIONS; without it, everything.
    """
    hook = getattr(settings, "AGENCY_PERMISSIONS", "")
    if not hook:
        return ALL
    permits: Callable[[str, str], frozenset[str]] = import_string(hook)
    return permits(partner_id, customer_id)


@dataclass(frozen=True, slots=True)
class _Holder:
    """A user and its account, as the statement above reads them."""

    user_id: int
    name: str
    is_owner: bool
    user_state: str
    account_id: str
    kind: str
    site: str
    account_state: str

    @classmethod
    def of(cls, user: User) -> _Holder:
        account = user.account
        return cls(
            user.pk,
            user.name,
            user.is_owner,
            user.state.value,
            account.pk,
            account.kind,
            account.site,
            account.state.value,
        )

    @property
    def is_active(self) -> bool:
        return (self.user_state, self.account_state) == (UserState.ENABLED.value, AccountState.ACTIVE.value)

    def actor(self, *, acting_for: Account | None = None) -> Actor:
        permissions, customers = rights_of(self.user_id, self.account_id, is_owner=bool(self.is_owner))
        if acting_for is not None:
            if customers is not None and acting_for.pk not in customers:
                raise TokenRefused()
            permissions = _within(permissions, agency_permissions(self.account_id, acting_for.pk))
        kind = {"vendor": "staff", "customer": "customer"}.get(self.kind, "partner")
        return Actor(
            kind="customer" if acting_for else kind,  # type: ignore[arg-type]
            account_id=acting_for.pk if acting_for else self.account_id,
            account_kind=acting_for.kind if acting_for else self.kind,
            site=acting_for.site if acting_for else self.site,
            user_id=self.user_id,
            name=self.name,
            permissions=permissions,
            customers=None if acting_for else customers,
            acting_partner_id=self.account_id if acting_for else "",
        )


def _within(held: frozenset[str], patterns: frozenset[str]) -> frozenset[str]:
    """The permissions that are both held by the user and named by the patterns."""
    named = permissions_of(patterns, PERMISSIONS)
    if "*" in held or "*" in named:
        return named if "*" in held else held
    return held & named


def _is_locked(key_id: int) -> bool:
    """Whether the key is locked now; a lock that has passed is lifted and counting begins anew."""
    now = clock.machine_now()
    if AccessKey.objects.filter(pk=key_id, locked_until__gt=now).exists():
        return True
    AccessKey.objects.filter(pk=key_id, locked_until__lte=now).update(failures=0, locked_until=None)
    return False


def _count_failure(key_id: int) -> None:
    """One statement, so that processes count together."""
    AccessKey.objects.filter(pk=key_id).update(
        failures=F("failures") + 1,
        locked_until=Case(
            When(failures__gte=MOST_FAILURES, then=Value(clock.machine_now() + LOCK, DateTimeField())),
            default=F("locked_until"),
        ),
    )


def _stamp(user: User) -> str:
    return salted_hmac("partner-center/session", user.password, algorithm="sha256").hexdigest()
