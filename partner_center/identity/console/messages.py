"""The message centre: what the account was told, read by each of its people; how it wants to be told."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from partner_center.console.actions import Batch, Link, RowAction
from partner_center.console.builtin.preferences import ZONES
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Flag as FlagColumn
from partner_center.console.columns import Text, When
from partner_center.console.filters import Choice, Flag, Since, Until
from partner_center.console.forms import ActionForm, NoForm
from partner_center.console.pages import DetailPage, FormPage, ListPage
from partner_center.console.panels import Facts, Piece, Steps, Words
from partner_center.foundation.actor import Actor
from partner_center.identity.actions import (
    read_all_messages,
    read_message,
    set_message_language,
    set_message_wishes,
)
from partner_center.identity.actions.messages import READ
from partner_center.identity.console.profile import my_account, myself
from partner_center.identity.models import Account, InboxMessage, MessageKind, User, UserState
from partner_center.identity.notices import Wishes, language_of, zone_of
from partner_center.kernel.errors import NotFound

KINDS = dict(MessageKind.choices)


def inbox_of(actor: Actor) -> Any:
    """The messages of the reader, with `unread`."""
    return InboxMessage.objects.visible_to(actor).with_unread(actor.user_id)


def message_for(actor: Actor, pk: int) -> InboxMessage:
    """One of them. Raises NotFound."""
    found: InboxMessage | None = inbox_of(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


class Inbox(ListPage):
    name, path, title, permission = "messages", "messages/", _("Messages"), READ
    lead = _(
        "What you were told, newest first. What is sent by mail and SMS besides is for the settings to say."
    )
    source = inbox_of
    columns = (
        Text("subject", _("Message"), sort=False),
        ChoiceColumn("kind", _("Type"), words=KINDS),
        FlagColumn("unread", _("Unread"), sort=False),
        When("created_at", _("Received at")),
    )
    filters = (
        Flag("unread", _("Unread")),
        Choice("kind", _("Type"), offered=MessageKind.choices),
        Since("created_at", _("Received since")),
        Until("created_at", _("Received until")),
    )
    opens = "message"
    row_actions = (RowAction("read", act=read_message, when=lambda message: message.unread),)
    batches = (Batch("chosen-read", act=read_message),)
    links = (
        Link(page="read-all-messages", label=_("Mark all as read"), icon="check", primary=False),
        Link(page="message-settings", label=_("Settings"), icon="settings", primary=False),
    )
    empty = _("No messages yet.")
    exportable = False

    def tone_of(self, row: Any) -> str:
        return "" if row.unread else "muted"


class OneMessage(DetailPage):
    """A message; whoever opens it has read it."""

    name, path, title, permission = "message", "messages/<int:pk>/", _("Message"), READ
    parent = "messages"
    fetch = message_for
    left = (
        Words(_("Message"), lambda actor, message: message.body),
        Facts(ChoiceColumn("kind", _("Type"), words=KINDS), When("created_at", _("Received at"))),
    )

    def get(self) -> HttpResponse:
        if self.row.unread:
            read_message(self.actor, message=self.row)
        return super().get()


class ReadAll(FormPage):
    name, path, title = "read-all-messages", "messages/read/", _("Mark all as read")
    lead = _("Everything received until now counts as read, for you alone.")
    parent = after = "messages"
    fetch, act, form, argument = myself, read_all_messages, NoForm, "user"


def wishes_of(actor: Actor, account: Account) -> dict[str, Any]:
    """Every kind of message with its channels and recipients, as the table shows them."""
    wishes = [(kind, Wishes.of(account, kind.value)) for kind in MessageKind]
    people = {
        user.pk: user.name or user.login
        for user in User.objects.filter(
            account=account, pk__in=[pk for _kind, one in wishes for pk in one.recipients]
        )
    }
    return {
        "kinds": [
            (kind, one.mail, one.sms, [people[pk] for pk in one.recipients if pk in people])
            for kind, one in wishes
        ]
    }


class MessageSettings(DetailPage):
    name, path, title = "message-settings", "message-settings/", _("Message settings")
    lead = _(
        "Messages always reach the message centre; here you say what comes by mail and SMS besides, and to whom."
    )
    permission = "identity.set_message_wishes"
    parent = "messages"
    fetch = my_account
    left = (
        Piece(_("Types"), "identity/message_wishes.html", wishes_of),
        Steps(also=(RowAction("language", _("Language and time zone"), page="message-language"),)),
    )
    right = (
        Facts(
            ChoiceColumn("language", words=dict(settings.LANGUAGES), value=language_of),
            Text("zone", _("Time zone"), value=lambda account: zone_of(account).key),
            title=_("Mail and SMS"),
        ),
    )

    @property
    def heading(self) -> Any:
        return self.title


class WishesForm(ActionForm):
    mail = forms.BooleanField(label=_("By mail"), required=False)
    sms = forms.BooleanField(label=_("By SMS"), required=False)
    recipients = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=_("Recipients"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each in its own language. Nobody chosen: the account's own addresses."),
    )

    def prepare(self) -> None:
        field: Any = self.fields["recipients"]
        field.queryset = User.objects.filter(account=self.actor.account_id, state=UserState.ENABLED)
        field.label_from_instance = lambda user: user.name or user.login

    def arguments(self) -> dict[str, Any]:
        return {**self.cleaned_data, "recipients": list(self.cleaned_data["recipients"])}


class MessageWishes(FormPage):
    name, path, title = "message-wishes", "message-settings/<str:kind>/", _("Message settings")
    parent = after = "message-settings"
    act, form, argument = set_message_wishes, WishesForm, "account"
    button, success = _("Save"), _("Saved.")

    @staticmethod
    def fetch(actor: Actor, kind: str) -> Account:
        if kind not in MessageKind.values:
            raise NotFound()
        return my_account(actor)

    @property
    def heading(self) -> Any:
        return KINDS[self.place["kind"]]

    def initial(self) -> dict[str, Any]:
        wishes = Wishes.of(self.subject, self.place["kind"])
        return {"mail": wishes.mail, "sms": wishes.sms, "recipients": wishes.recipients}

    def run(self, form: ActionForm) -> Any:
        return set_message_wishes(
            self.actor, account=self.subject, kind=self.place["kind"], **form.arguments()
        )


class LanguageForm(ActionForm):
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    zone = forms.ChoiceField(label=_("Time zone"))

    def prepare(self) -> None:
        present = zone_of(self.subject).key
        offered = [*ZONES, *sorted({present} & available_timezones() - set(ZONES))]
        self.fields["zone"].choices = [(zone, zone) for zone in offered]  # type: ignore[attr-defined]
        self.initial.setdefault("language", language_of(self.subject))
        self.initial.setdefault("zone", present)


class MessageLanguage(FormPage):
    name, path, title = "message-language", "message-settings/language/", _("Language and time zone")
    lead = _("Of what is sent to the account's own addresses. Users have a language of their own.")
    parent = after = "message-settings"
    fetch, act, form, argument = my_account, set_message_language, LanguageForm, "account"
    button, success = _("Save"), _("Saved.")
