"""Reading the console in tests: a browser that somebody has signed in to."""

from __future__ import annotations

from typing import Any

from django.test import Client

from partner_center.identity.door import _stamp
from partner_center.identity.makers import owner_of
from partner_center.identity.models import Account, User


def browser(who: Account | User, language: str = "en") -> Client:
    """A client whose session is that of a user, or of an account's owner."""
    user = who if isinstance(who, User) else owner_of(who)
    client = Client(headers={"accept-language": language})
    session = client.session
    session["user"], session["stamp"] = user.pk, _stamp(user)
    session.save()
    return client


def html(client: Client, address: str, **query: Any) -> str:
    """The page at an address below /console/, which must answer 200."""
    answer = client.get(f"/console/{address}", query)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()
