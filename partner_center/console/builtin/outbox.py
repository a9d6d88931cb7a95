"""Mails and messages that went out or wait, for the operator. Recipients and texts are personal data."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.console.columns import Choice, Masked, Number, State, Text, When
from partner_center.console.detail import DetailPage
from partner_center.console.filters import Choice as OneOf
from partner_center.console.filters import Equal, Search, Since, States
from partner_center.console.listing import ListPage
from partner_center.console.panels import Facts, Trail
from partner_center.foundation.actor import Actor
from partner_center.foundation.models import OutboxMessage, OutboxState
from partner_center.kernel.errors import NotFound

CHANNELS = {"mail": _("E-mail"), "sms": _("SMS")}
VIEW = "outbox.view"


class OutboxList(ListPage):
    name, path, title, permission, kinds = "outbox", "outbox/", _("Outbox"), VIEW, ("staff",)
    source = OutboxMessage.objects.visible_to
    columns = (
        When("created_at", _("Written")),
        Choice("channel", _("Channel"), words=CHANNELS),
        Masked("recipient", _("Recipient"), kind="account"),
        Text("template", _("Message"), code=True),
        Text("subject", _("Subject"), cut=60, sort=False),
        State("state"),
        When("sent_at", _("Sent"), minor=True),
        Number("attempts", _("Attempts"), minor=True),
    )
    filters = (
        Search(into=("template", "subject")),
        States("state", OutboxState),
        OneOf("channel", _("Channel"), offered=CHANNELS),
        Since("created_at", _("Written since")),
        Equal("about_id", _("Account concerned")),
    )
    opens = "outbox-message"


def message_for(actor: Actor, pk: int) -> OutboxMessage:
    message: OutboxMessage | None = OutboxMessage.objects.visible_to(actor).filter(pk=pk).first()
    if message is None:
        raise NotFound()
    return message


class OutboxDetail(DetailPage):
    name, path, title, permission, kinds = (
        "outbox-message",
        "outbox/<int:pk>/",
        _("Message"),
        VIEW,
        ("staff",),
    )
    parent = "outbox"
    fetch = message_for
    left = (
        Facts(
            Choice("channel", _("Channel"), words=CHANNELS),
            Masked("recipient", _("Recipient"), kind="account"),
            Text("template", _("Message"), code=True),
            Text("language", _("Language")),
            State("state"),
            When("created_at", _("Written")),
            When("due_at", _("Due")),
            When("sent_at", _("Sent")),
            Number("attempts", _("Attempts")),
            Text("last_error", _("Last error")),
        ),
    )
    right = (Facts(Text("subject", _("Subject")), Masked("body", _("Text")), title=_("Text")),)
    bottom = (Trail(),)
