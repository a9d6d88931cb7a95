"""Users of an account: for the operator all of them, for everybody else their own account's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partner_center.console.actions import Link, RowAction
from partner_center.console.columns import Flag, Masked, Ref, State, Text, When, Words
from partner_center.console.filters import Equal, Search, States
from partner_center.console.filters import Flag as YesNo
from partner_center.console.forms import ActionForm
from partner_center.console.pages import DetailPage, FormPage, ListPage
from partner_center.console.panels import Facts, ListPanel, Steps, Trail
from partner_center.foundation.actor import Actor
from partner_center.identity.actions import (
    assign_roles,
    create_user,
    disable_user,
    enable_user,
    set_password,
    set_supervisor,
    update_user,
)
from partner_center.identity.models import Account, Role, User, UserState
from partner_center.identity.rules import DIRECTOR, MANAGER
from partner_center.kernel.errors import NotFound


def user_for(actor: Actor, pk: int) -> User:
    """A user the actor may see. Raises NotFound."""
    user: User | None = User.objects.visible_to(actor).select_related("account").filter(pk=pk).first()
    if user is None:
        raise NotFound()
    return user


class RoleChoice(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Presets and roles of the account."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            Role.objects.none(),
            label=_("Roles"),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            **options,
        )


def _roles_of(account_id: str) -> Any:
    return Role.objects.filter(account=None) | Role.objects.filter(account_id=account_id)


class PersonForm(ActionForm):
    """What is known of a user."""

    name = forms.CharField(label=_("Name"), max_length=64)
    mobile = forms.CharField(label=_("Mobile number"), max_length=32, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    language = forms.ChoiceField(label=_("Language of messages"), choices=settings.LANGUAGES)

    def prepare(self) -> None:
        if self.subject is not None:
            for name in ("name", "mobile", "email", "language"):
                self.initial.setdefault(name, getattr(self.subject, name))


class NewUserForm(PersonForm):
    account = forms.CharField(
        label=_("Account"), max_length=64, help_text=_("The name or the ID of the account")
    )
    login = forms.CharField(label=_("Login"), max_length=64)
    password = forms.CharField(
        label=_("First password"),
        max_length=32,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("8 to 32 characters, at least two kinds of letters, digits and special characters."),
    )
    roles = RoleChoice()

    field_order = ("account", "login", "name", "password", "roles", "mobile", "email", "language")

    def prepare(self) -> None:
        super().prepare()
        if self.actor.kind != "staff":
            del self.fields["account"]
        self.fields["roles"].queryset = (  # type: ignore[attr-defined]
            _roles_of(self.actor.account_id)
            if self.actor.kind != "staff"
            else Role.objects.filter(account=None)
        )

    def clean_account(self) -> Account:
        asked = self.cleaned_data["account"].strip()
        seen = Account.objects.visible_to(self.actor)
        account = seen.filter(pk=asked).first() or seen.filter(name__iexact=asked).first()
        if account is None:
            raise ValidationError(_("There is no such account."))
        return account

    def arguments(self) -> dict[str, Any]:
        facts = dict(self.cleaned_data)
        if "account" not in facts:
            facts["account"] = Account.objects.visible_to(self.actor).get(pk=self.actor.account_id)
        facts["roles"] = list(facts["roles"])
        return facts


class RolesForm(ActionForm):
    roles = RoleChoice()

    def prepare(self) -> None:
        field: Any = self.fields["roles"]
        field.queryset = _roles_of(self.subject.account_id)
        self.initial.setdefault("roles", list(self.subject.roles.values_list("pk", flat=True)))

    def arguments(self) -> dict[str, Any]:
        return {"roles": list(self.cleaned_data["roles"])}


class SupervisorForm(ActionForm):
    supervisor = forms.ModelChoiceField(
        label=_("Supervisor"),
        queryset=User.objects.none(),
        required=False,
        help_text=_(
            "Who has the role of a supervisor and sees this account manager's customers. Empty: nobody."
        ),
    )

    def prepare(self) -> None:
        field: Any = self.fields["supervisor"]
        field.queryset = User.objects.visible_to(self.actor).filter(
            account_id=self.subject.account_id, state=UserState.ENABLED, roles__preset=DIRECTOR
        )
        self.initial.setdefault("supervisor", self.subject.supervisor_id)


class PasswordForm(ActionForm):
    password = forms.CharField(
        label=_("New password"),
        max_length=32,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("8 to 32 characters, at least two kinds of letters, digits and special characters."),
    )
    again = forms.CharField(
        label=_("Once more"),
        max_length=32,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("password") and given.get("again") and given["password"] != given["again"]:
            self.add_error("again", _("The two passwords differ."))
        return given

    def arguments(self) -> dict[str, Any]:
        return {"password": self.cleaned_data["password"]}


edit = RowAction("edit", _("Edit"), update_user, "user", form=PersonForm, success=_("Saved."))
roles = RowAction(
    "roles",
    None,
    assign_roles,
    "user",
    form=RolesForm,
    when=lambda user: not user.is_owner,
    success=_("Saved."),
)
supervisor = RowAction(
    "supervisor",
    None,
    set_supervisor,
    "user",
    form=SupervisorForm,
    when=lambda user: any(role.preset == MANAGER for role in user.roles.all()),
    success=_("Saved."),
)
password = RowAction(
    "password",
    None,
    set_password,
    "user",
    form=PasswordForm,
    success=_("The password is set; open sessions have ended."),
)
disable = RowAction(
    "disable",
    None,
    disable_user,
    "user",
    tone="danger",
    when=lambda user: not user.is_owner,
    confirm=_("The user cannot sign in any more; keys and tokens stop at once."),
)
enable = RowAction("enable", None, enable_user, "user")


class UserList(ListPage):
    name, path, title, permission = "users", "users/", _("Users"), "identity.view"
    lead = _("People who can sign in, and what they may do.")
    source = User.objects.visible_to
    columns = (
        Text("login", _("Login")),
        Masked("name", _("Name"), kind="name"),
        Ref("account", _("Account"), needs=("account",), show="account__name", kinds=("staff",)),
        Words(
            "roles",
            _("Roles"),
            value=lambda user: [str(role) for role in user.roles.all()],
            prefetch=("roles",),
        ),
        Text("supervisor__name", _("Supervisor"), needs=("supervisor",), minor=True, kinds=("partner",)),
        Flag("is_owner", _("Account owner"), minor=True),
        Masked("mobile", _("Mobile number"), kind="mobile", minor=True),
        Masked("email", _("E-mail"), kind="email", minor=True),
        State("state"),
    )
    filters = (
        Search(into=("login",), exact=("name", "mobile", "email")),
        States("state", UserState),
        YesNo("is_owner", _("Account owner")),
        Equal("account", _("Account")),
        Equal("role", _("Role"), path="roles"),
        Equal("supervisor", _("Supervisor")),
    )
    order = ("account_id", "id")
    opens = "user"
    links = (Link(page="new-user"),)
    row_actions = (edit, roles, supervisor, password, disable, enable)


class UserDetail(DetailPage):
    name, path, title, permission, parent = "user", "users/<int:pk>/", _("User"), "identity.view", "users"
    fetch = user_for
    left = (
        Facts(
            Text("login", _("Login")),
            Masked("name", _("Name"), kind="name"),
            Ref("account", _("Account"), show="account__name"),
            Flag("is_owner", _("Account owner")),
            Words("roles", _("Roles"), value=lambda user: [str(role) for role in user.roles.all()]),
            Ref("supervisor", _("Supervisor"), page="user", show="supervisor__name"),
            Masked("mobile", _("Mobile number"), kind="mobile"),
            Masked("email", _("E-mail"), kind="email"),
            When("created_at", _("Created")),
            When("locked_until", _("Locked until")),
        ),
        Steps(also=(edit, roles, supervisor, password, disable, enable)),
    )
    right = (ListPanel("access-keys", user="pk"),)
    bottom = (Trail(),)


class NewUser(FormPage):
    name, path, title, parent = "new-user", "users/new/", _("New user"), "users"
    act, form, after = create_user, NewUserForm, "user"
    success = _("The user can sign in now.")
