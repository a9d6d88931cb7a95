"""Signing in with a password, for the console and for tokens. Wrong passwords lock the login for a while."""

from __future__ import annotations

import math
from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import F

from partner_center.identity.errors import SignInLocked, SignInRefused
from partner_center.identity.models import AccountState, User, UserState
from partner_center.kernel import clock

MOST_FAILURES = 5
LOCK = timedelta(minutes=15)


def sign_in(login: str, password: str, *, account_name: str = "") -> User:
    """The user with this login (of this account, when named) and password.

    Raises SignInRefused, or SignInLocked after five wrong ones in a row.

    The attempt is counted before the password is looked at, so that many at once are no more than five.
    """
    named = User.objects.select_related("account").filter(login__iexact=login)
    user: User | None = (named.filter(account__name__iexact=account_name) if account_name else named).first()
    if user is None or not user.password:
        make_password(password)
        raise SignInRefused()
    _count(user)
    if not check_password(password, user.password):
        raise SignInRefused()
    if user.state is not UserState.ENABLED or user.account.state is not AccountState.ACTIVE:
        raise SignInRefused()
    User.objects.filter(pk=user.pk).update(failures=0, locked_until=None)
    return user


def _count(user: User) -> None:
    now = clock.machine_now()
    rows = User.objects.filter(pk=user.pk)
    if rows.filter(failures__lt=MOST_FAILURES).update(failures=F("failures") + 1, locked_until=now + LOCK):
        return
    if rows.filter(locked_until__lte=now).update(failures=1, locked_until=now + LOCK):
        return
    until = rows.values_list("locked_until", flat=True).get()
    raise SignInLocked(minutes=max(1, math.ceil((until - now) / timedelta(minutes=1))) if until else 1)
