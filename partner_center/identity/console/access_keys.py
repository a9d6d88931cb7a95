"""Access keys: the AK/SK with which programs sign their requests. The secret is shown once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from partner_center.console.actions import Link, RowAction
from partner_center.console.columns import Flag, Ref, Text, When
from partner_center.console.filters import Equal, Search
from partner_center.console.filters import Flag as YesNo
from partner_center.console.forms import ActionForm
from partner_center.console.pages import FormPage, ListPage
from partner_center.identity.actions import create_access_key, disable_access_key, enable_access_key
from partner_center.identity.models import AccessKey, User, UserState


class KeyForm(ActionForm):
    user = forms.ModelChoiceField(
        User.objects.none(),
        label=_("User"),
        help_text=_("Requests signed with the key may do what this user may do."),
    )

    def prepare(self) -> None:
        field: Any = self.fields["user"]
        field.queryset = User.objects.visible_to(self.actor).filter(state=UserState.ENABLED).order_by("login")
        if self.actor.kind == "staff":
            field.queryset = field.queryset.filter(account_id=self.actor.account_id)
        self.initial.setdefault("user", self.actor.user_id)


class KeyList(ListPage):
    name, path, title, permission = "access-keys", "access-keys/", _("Access keys"), "identity.view"
    lead = _("Programs sign their requests with an access key. A secret key is shown once, when it is made.")
    source = AccessKey.objects.visible_to
    columns = (
        Text("ak", _("Access key"), code=True),
        Ref("user", _("User"), needs=("user",), show="user__login"),
        Ref(
            "user__account",
            _("Account"),
            page="account",
            needs=("user__account",),
            show="user__account__name",
            kinds=("staff",),
        ),
        Flag("enabled", _("Enabled")),
        When("created_at", _("Created")),
        When("locked_until", _("Locked until"), minor=True),
    )
    filters = (
        Search(into=("ak", "user__login")),
        YesNo("enabled", _("Enabled")),
        Equal("user", _("User")),
        Equal("account", _("Account"), path="user__account"),
    )
    links = (Link(page="new-access-key", icon="key"),)
    row_actions = (
        RowAction(
            "disable",
            None,
            disable_access_key,
            "key",
            tone="danger",
            when=lambda key: key.enabled,
            confirm=_("Requests signed with this key are refused from now on."),
            success=_("The key is disabled."),
        ),
        RowAction(
            "enable",
            None,
            enable_access_key,
            "key",
            when=lambda key: not key.enabled,
            success=_("The key is enabled."),
        ),
    )


class NewKey(FormPage):
    name, path, title, parent = "new-access-key", "access-keys/new/", _("New access key"), "access-keys"
    act, form = create_access_key, KeyForm
    button = _("Create key")

    def done(self, result: Any) -> HttpResponse:
        """The one time the secret is seen."""
        key, secret = result
        return self.render("identity/key_once.html", key=key, secret=secret)
