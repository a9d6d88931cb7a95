"""Announcements: read by whom they are for, on the home page and in a list; written and published by the vendor."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partner_center.console.actions import Link, RowAction
from partner_center.console.cards import Card
from partner_center.console.columns import State, Text, When
from partner_center.console.columns import Words as WordsColumn
from partner_center.console.filters import States
from partner_center.console.forms import ActionForm
from partner_center.console.pages import DetailPage, FormPage, ListPage
from partner_center.console.panels import Facts, Steps, Trail, Words
from partner_center.foundation.actor import Actor
from partner_center.identity.actions import (
    publish_announcement,
    withdraw_announcement,
    write_announcement,
)
from partner_center.identity.actions.messages import READ
from partner_center.identity.models import AccountKind, Announcement, AnnouncementState, Site
from partner_center.kernel import clock
from partner_center.kernel.errors import NotFound

ON_HOME = 5
KINDS, SITES = dict(AccountKind.choices), dict(Site.choices)
READERS = [choice for choice in AccountKind.choices if choice[0] != AccountKind.VENDOR]


def audience_of(announcement: Announcement) -> list[str]:
    """Whom it is for, in words."""
    rows = list(announcement.audience.all())
    kinds, sites = {row.kind for row in rows}, {row.site for row in rows}
    return [str(words) for kind, words in KINDS.items() if kind in kinds] + [
        str(words) for site, words in SITES.items() if site in sites
    ]


def announcement_for(actor: Actor, pk: int) -> Announcement:
    """An announcement the actor may see. Raises NotFound."""
    found = Announcement.objects.visible_to(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


class AnnouncementList(ListPage):
    name, path, title, permission = "announcements", "announcements/", _("Announcements"), READ
    source = Announcement.objects.visible_to
    columns = (
        Text("title", _("Title"), sort=False),
        When("valid_from"),
        When("valid_until"),
        State("state", kinds=("staff",)),
        WordsColumn("audience", _("Audience"), value=audience_of, prefetch=("audience",), kinds=("staff",)),
    )
    filters = (States("state", AnnouncementState),)
    opens = "announcement"
    row_actions = (
        RowAction("publish", act=publish_announcement, kinds=("staff",)),
        RowAction("withdraw", act=withdraw_announcement, kinds=("staff",), tone="danger"),
    )
    links = (Link(page="new-announcement", label=_("New announcement")),)
    empty = _("Nothing was announced.")
    exportable = False


class OneAnnouncement(DetailPage):
    name, path, title, permission = "announcement", "announcements/<int:pk>/", _("Announcement"), READ
    parent = "announcements"
    fetch = announcement_for
    left = (
        Words(_("Announcement"), lambda actor, announcement: announcement.body),
        Facts(
            "valid_from",
            "valid_until",
            State("state", kinds=("staff",)),
            WordsColumn("audience", _("Audience"), value=audience_of, kinds=("staff",)),
        ),
        Steps(AnnouncementState, kinds=("staff",)),
    )
    bottom = (Trail(kinds=("staff",)),)


class AnnouncementForm(ActionForm):
    title_zh = forms.CharField(label=_("Title (Chinese)"), max_length=128)
    title_en = forms.CharField(label=_("Title (English)"), max_length=128)
    body_zh = forms.CharField(
        label=_("Text (Chinese)"), max_length=8000, widget=forms.Textarea(attrs={"rows": 5})
    )
    body_en = forms.CharField(
        label=_("Text (English)"), max_length=8000, widget=forms.Textarea(attrs={"rows": 5})
    )
    kinds = forms.MultipleChoiceField(
        label=_("Audience"),
        choices=READERS,
        initial=[value for value, _words in READERS],
        widget=forms.CheckboxSelectMultiple,
    )
    sites = forms.MultipleChoiceField(
        label=_("Sites"), choices=Site.choices, initial=Site.values, widget=forms.CheckboxSelectMultiple
    )
    valid_from = forms.DateTimeField(
        label=_("Valid from"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text=_("Empty: from now on."),
    )
    valid_until = forms.DateTimeField(
        label=_("Valid until"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given["valid_from"] = given.get("valid_from") or clock.now()
        if given.get("valid_until") and given["valid_until"] <= given["valid_from"]:
            raise ValidationError(_("An announcement ends after it begins."))
        return given


class NewAnnouncement(FormPage):
    name, path, title = "new-announcement", "announcements/new/", _("New announcement")
    lead = _("A draft in both languages; it is shown once it is published.")
    kinds = ("staff",)
    parent = "announcements"
    act, form = write_announcement, AnnouncementForm
    after = "announcement"


class AnnouncementsCard(Card):
    """The newest announcements, on the home page."""

    name, path, title = "announcements-card", "cards/announcements/", _("Announcements")
    permission = READ
    kinds = ("partner", "customer")
    template = "identity/announcements_card.html"

    def context(self) -> dict[str, Any]:
        return {"announcements": Announcement.objects.visible_to(self.actor)[:ON_HOME]}
