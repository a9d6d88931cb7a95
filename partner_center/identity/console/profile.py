"""The reader's own profile: needs no permission, because it is one's own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from partner_center.console.actions import RowAction
from partner_center.console.builtin.preferences import ZONES
from partner_center.console.columns import Choice, Flag, Text, Words
from partner_center.console.forms import ActionForm
from partner_center.console.pages import DetailPage, FormPage
from partner_center.console.panels import Facts, Piece, Steps
from partner_center.foundation.actor import Actor
from partner_center.identity.actions import set_password, switch_codes, update_user
from partner_center.identity.console.accounts import KINDS, SITES
from partner_center.identity.console.users import PasswordForm, PersonForm
from partner_center.identity.door import open_session
from partner_center.identity.models import Account, User
from partner_center.identity.signin import sign_in
from partner_center.kernel.errors import NotFound


def myself(actor: Actor) -> User:
    """The user who is signed in. Raises NotFound."""
    user: User | None = User.objects.select_related("account").filter(pk=actor.user_id).first()
    if user is None:
        raise NotFound()
    return user


def my_account(actor: Actor) -> Account:
    return myself(actor).account


class Profile(DetailPage):
    name, path, title = "profile", "profile/", _("Profile")
    fetch = myself
    left = (
        Facts(
            Text("name", _("Name")),
            Text("login", _("Login")),
            Text("mobile", _("Mobile number")),
            Text("email", _("E-mail")),
            Choice("language", _("Language of messages"), words=dict(settings.LANGUAGES)),
            Flag("is_owner", _("Account owner")),
            Words("roles", _("Roles"), value=lambda user: [str(role) for role in user.roles.all()]),
            title=_("You"),
        ),
        Steps(
            also=(
                RowAction("edit", _("Edit"), page="edit-profile"),
                RowAction("password", _("Change password"), page="change-password"),
                RowAction(
                    "codes-on",
                    _("Ask for verification codes"),
                    page="switch-codes",
                    when=lambda user: not user.account.asks_for_codes,
                ),
                RowAction(
                    "codes-off",
                    _("Stop asking for codes"),
                    page="switch-codes",
                    when=lambda user: user.account.asks_for_codes,
                ),
            )
        ),
    )
    right = (
        Facts(
            Text("account__name", _("Account name")),
            Text("account_id", _("Domain ID"), code=True),
            Text("account__company_name", _("Company")),
            Choice("account__kind", _("Kind"), words=KINDS),
            Choice("account__site", _("Site"), words=SITES),
            Flag("account__asks_for_codes", _("Verification codes"), yes=_("On"), no=_("Off")),
            title=_("Your account"),
        ),
        Piece(_("Display"), "identity/display.html", lambda actor, user: {"zones": ZONES}),
    )

    @property
    def heading(self) -> Any:
        return self.title


class _Own(FormPage):
    """A form about oneself: the action is called with just the permission it asks for."""

    parent = after = "profile"
    fetch = myself
    success = _("Saved.")

    def run(self, form: Any) -> Any:
        given = self.actor
        self.actor = given.with_permissions({"identity.update_user", "identity.set_password"})
        try:
            return super().run(form)
        finally:
            self.actor = given


class EditProfile(_Own):
    name, path, title, permission = "edit-profile", "profile/edit/", _("Edit profile"), None
    act, form, button = update_user, PersonForm, _("Save")


class OwnPasswordForm(PasswordForm):
    present = forms.CharField(
        label=_("Present password"),
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("present", "password", "again")


class ChangePassword(_Own):
    name, path, title, permission = "change-password", "profile/password/", _("Change password"), None
    act, form = set_password, OwnPasswordForm
    success = _("The new password holds. Your other sessions have ended.")

    def run(self, form: Any) -> Any:
        """The present password first: wrong ones count towards the lock like those of signing in."""
        user: User = self.subject
        sign_in(user.login, form.cleaned_data["present"], account_name=user.account.name)
        super().run(form)
        return user

    def done(self, result: User) -> HttpResponse:
        open_session(self.request, result)
        return super().done(None)


class SwitchForm(ActionForm):
    def arguments(self) -> dict[str, Any]:
        return {"on": not self.subject.asks_for_codes}


class SwitchCodes(FormPage):
    name, path, title = "switch-codes", "profile/codes/", _("Verification codes")
    lead = _(
        "A code by SMS or mail before critical operations: allocating and reclaiming funds, discounts, budgets."
    )
    parent = after = "profile"
    fetch, act, form = my_account, switch_codes, SwitchForm
    success = _("Saved.")

    @property
    def button_words(self) -> Any:
        return _("Switch off") if self.subject.asks_for_codes else _("Switch on")
