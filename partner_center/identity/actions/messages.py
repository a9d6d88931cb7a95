"""Messages are read, wishes about them are kept, announcements are written, published and withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.permissions import permission
from partner_center.foundation.steps import advance
from partner_center.identity.errors import AnnouncementPeriod, NotAUserOfTheAccount, OnlyStaff
from partner_center.identity.models import (
    Account,
    Announcement,
    AnnouncementAudience,
    AnnouncementState,
    InboxMessage,
    InboxRead,
    InboxState,
    MessageKind,
    User,
)

READ = permission("identity.messages.view", _("Read messages and announcements"))


@action("identity.read_message", permission=READ, label=_("Mark as read"))
def read_message(actor: Actor, *, message: InboxMessage) -> None:
    """The actor's user has read it; reading it again changes nothing."""
    InboxRead.objects.get_or_create(message=message, user_id=actor.user_id or 0)


@action("identity.read_all_messages", permission=READ, label=_("Mark all as read"))
def read_all_messages(actor: Actor, *, user: User) -> None:
    """Everything written to the user's account until now is read, as far as this user is concerned."""
    latest = InboxMessage.objects.filter(account=user.account_id).order_by("-pk").values_list("pk", flat=True)
    upto = latest.first() or 0
    InboxState.objects.get_or_create(user=user)
    InboxState.objects.filter(user=user).update(read_upto=Greatest(F("read_upto"), upto))
    InboxRead.objects.filter(user=user, message__lte=upto).delete()


@action("identity.hide_site_banner", permission=READ, label=_("Do not show this again"))
def hide_site_banner(actor: Actor, *, user: User) -> None:
    """The user is not told again that its account belongs to the other site."""
    InboxState.objects.update_or_create(user=user, defaults={"hides_site_banner": True})


@action("identity.set_message_wishes", label=_("Change message settings"))
def set_message_wishes(
    actor: Actor, *, account: Account, kind: str, mail: bool, sms: bool, recipients: Sequence[User] = ()
) -> None:
    """How the account is told of one kind of message besides its message centre, and who of it.

    Raises NotAUserOfTheAccount for a recipient of another account.
    """
    for user in recipients:
        if user.account_id != account.pk:
            raise NotAUserOfTheAccount(user=str(user))
    wishes = {"mail": mail, "sms": sms, "recipients": sorted(user.pk for user in recipients)}
    kept = _locked(account)
    _write(account, {**kept, "kinds": {**kept.get("kinds", {}), MessageKind(kind).value: wishes}})
    record(actor, "identity.set_message_wishes", account, about=account.pk, kind=kind, mail=mail, sms=sms)


@action("identity.set_message_language", label=_("Change language and time zone of messages"))
def set_message_language(actor: Actor, *, account: Account, language: str, zone: str) -> None:
    """In which language and time zone the account is told things by mail and SMS."""
    _write(account, {**_locked(account), "language": language, "zone": zone})
    record(actor, "identity.set_message_language", account, about=account.pk, language=language, zone=zone)


@action("identity.write_announcement", label=_("Write announcement"))
def write_announcement(
    actor: Actor,
    *,
    kinds: Sequence[str],
    sites: Sequence[str],
    valid_from: datetime,
    title_en: str,
    title_zh: str,
    body_en: str,
    body_zh: str,
    valid_until: datetime | None = None,
) -> Announcement:
    """A draft for accounts of these kinds on these sites, in both languages.

    Raises OnlyStaff, AnnouncementPeriod.
    """
    _check_staff(actor)
    if valid_until is not None and valid_until <= valid_from:
        raise AnnouncementPeriod()
    announcement = Announcement.objects.create(
        valid_from=valid_from,
        valid_until=valid_until,
        title_en=title_en,
        title_zh=title_zh,
        body_en=body_en,
        body_zh=body_zh,
    )
    AnnouncementAudience.objects.bulk_create(
        AnnouncementAudience(announcement=announcement, kind=kind, site=site)
        for kind in kinds
        for site in sites
    )
    record(actor, "identity.write_announcement", announcement, kinds=", ".join(kinds), sites=", ".join(sites))
    return announcement


@action("identity.publish_announcement", takes=AnnouncementState.publish)
def publish_announcement(actor: Actor, *, announcement: Announcement) -> None:
    """It is shown from its beginning on, to whom it is for."""
    _check_staff(actor)
    advance(actor, announcement, AnnouncementState.publish)


@action("identity.withdraw_announcement", takes=AnnouncementState.withdraw)
def withdraw_announcement(actor: Actor, *, announcement: Announcement) -> None:
    """It is shown to nobody any more."""
    _check_staff(actor)
    advance(actor, announcement, AnnouncementState.withdraw)


def _check_staff(actor: Actor) -> None:
    if not actor.is_house:
        raise OnlyStaff()


def _locked(account: Account) -> dict[str, Any]:
    """The account's wishes as they stand; nobody else changes them until the transaction ends."""
    notices: dict[str, Any] = (
        Account.objects.select_for_update().values_list("notices", flat=True).get(pk=account.pk)
    )
    return notices


def _write(account: Account, notices: dict[str, Any]) -> None:
    Account.objects.filter(pk=account.pk).update(notices=notices)
    account.notices = notices
