"""Telling an account, or one of its people, something: in its message centre always, by mail and SMS as it prefers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation

from partner_center.foundation.action import inside_action
from partner_center.foundation.hot import insert
from partner_center.foundation.outbox import MESSAGES, send
from partner_center.identity.models import Account, InboxMessage, MessageKind, User, UserState

LANGUAGE_OF_SITE = {"cn": "zh-hans", "intl": "en"}
DEFAULT_ZONE = "Asia/Shanghai"
MOMENT = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class Wishes:
    """How an account wants to be told of one kind of message (features S1); kept in `Account.notices`.

    recipients: the users who get mail and SMS, each in its own language; none: the account's own addresses.
    """

    mail: bool = True
    sms: bool = True
    recipients: tuple[int, ...] = ()

    @classmethod
    def of(cls, account: Account, kind: str) -> Wishes:
        kept: Mapping[str, Any] = account.notices.get("kinds", {}).get(kind, {})
        return cls(kept.get("mail", True), kept.get("sms", True), tuple(kept.get("recipients", ())))


@dataclass(frozen=True, slots=True)
class _Address:
    language: str
    mail: str
    mobile: str


def tell(account: Account, template: str, *, by_sms: bool = True, **facts: Any) -> None:
    """Write the message `template` to the account: into its message centre, and by mail and SMS where it wants them.

    by_sms: whether there is an SMS of it at all. Moments among the facts are said in the account's time zone. Without
    an address nothing is sent; the language is the one the account chose, else its site's.
    """
    kind = MessageKind.of(template)
    said = in_zone(facts, zone_of(account))
    _keep(account, None, kind, template, said)
    wishes = Wishes.of(account, kind.value)
    for address in _addresses(account, wishes):
        _send(address, template, account, wishes.mail, by_sms and wishes.sms, said)


def tell_user(user: User, template: str, *, by_sms: bool = True, **facts: Any) -> None:
    """The same to one person of an account: nobody else of the account finds it in the message centre."""
    account = user.account
    kind = MessageKind.of(template)
    said = in_zone(facts, zone_of(account))
    _keep(account, user, kind, template, said)
    wishes = Wishes.of(account, kind.value)
    address = _Address(user.language, user.email, user.mobile)
    _send(address, template, account, wishes.mail, by_sms and wishes.sms, said)


def language_of(account: Account) -> str:
    """The language of what is sent to the account."""
    return str(account.notices.get("language") or LANGUAGE_OF_SITE[account.site])


def zone_of(account: Account) -> ZoneInfo:
    """The time zone of moments in messages to the account."""
    return ZoneInfo(account.notices.get("zone") or DEFAULT_ZONE)


def in_zone(facts: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """The facts, with moments as local time of the zone."""
    return {
        name: moment_in(fact, zone) if isinstance(fact, datetime) else fact for name, fact in facts.items()
    }


def moment_in(moment: datetime, zone: ZoneInfo) -> str:
    """ "2026-03-01 12:00:00 (UTC+8)": the offset is said, because a message is read anywhere."""
    local = moment.astimezone(zone)
    sign, hours, minutes = (part := local.strftime("%z"))[0], int(part[1:3]), part[3:5]
    offset = f"{sign}{hours}" + (f":{minutes}" if minutes != "00" else "")
    return f"{local:{MOMENT}} (UTC{offset})"


def _keep(
    account: Account, user: User | None, kind: MessageKind, template: str, facts: Mapping[str, Any]
) -> None:
    """Into the message centre, in every language: whoever reads it chooses."""
    assert inside_action(), "messages are written inside actions"
    words: dict[str, list[str]] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            message = MESSAGES[template]
            words[language] = [str(message.subject).format(**facts), str(message.body).format(**facts)]
    insert(InboxMessage(account=account, user=user, kind=kind.value, template=template, words=words))


def _addresses(account: Account, wishes: Wishes) -> Iterator[_Address]:
    people: Iterable[User] = ()
    if wishes.recipients:
        people = User.objects.filter(account=account, pk__in=wishes.recipients, state=UserState.ENABLED)
    chosen = [_Address(user.language, user.email, user.mobile) for user in people]
    yield from chosen or [_Address(language_of(account), account.email, account.mobile)]


def _send(
    address: _Address, template: str, account: Account, mail: bool, sms: bool, facts: Mapping[str, Any]
) -> None:
    more = {"template": template, "language": address.language, "about": account.pk, **facts}
    if mail and address.mail:
        send(channel="mail", to=address.mail, **more)
    if sms and address.mobile:
        send(channel="sms", to=address.mobile, **more)
