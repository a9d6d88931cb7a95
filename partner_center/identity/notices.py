"""Telling an account something by every channel it has given: mail, SMS, or both."""

from __future__ import annotations

from typing import Any

from partner_center.foundation.outbox import send
from partner_center.identity.models import Account

LANGUAGE_OF_SITE = {"cn": "zh-hans", "intl": "en"}


def tell(account: Account, template: str, *, by_sms: bool = True, **facts: Any) -> None:
    """Write the message `template` to the account's mail address and, unless `by_sms` is off, its mobile.

    Nothing is sent to an account without an address. The language is that of the account's site.
    """
    language = LANGUAGE_OF_SITE[account.site]
    if account.email:
        send(
            channel="mail", to=account.email, template=template, language=language, about=account.pk, **facts
        )
    if by_sms and account.mobile:
        send(
            channel="sms", to=account.mobile, template=template, language=language, about=account.pk, **facts
        )
