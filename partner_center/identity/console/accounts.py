"""Accounts, for the operator."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from partner_center.console.actions import RowAction
from partner_center.console.columns import Choice, Flag, Masked, State, Text, When
from partner_center.console.filters import Choice as OneOf
from partner_center.console.filters import Search, Since, States
from partner_center.console.forms import ActionForm
from partner_center.console.pages import DetailPage, ListPage
from partner_center.console.panels import Facts, ListPanel, Steps, Trail
from partner_center.foundation.actor import Actor
from partner_center.identity.actions import describe_account, resume_account, suspend_account
from partner_center.identity.models import Account, AccountKind, AccountState, Site
from partner_center.kernel.errors import NotFound

KINDS = dict(AccountKind.choices)
SITES = dict(Site.choices)


def account_for(actor: Actor, pk: str) -> Account:
    """An account the actor may see. Raises NotFound."""
    account = Account.objects.visible_to(actor).filter(pk=pk).first()
    if account is None:
        raise NotFound()
    return account


class AccountForm(ActionForm):
    company_name = forms.CharField(label=_("Company"), max_length=128, required=False)
    mobile = forms.CharField(label=_("Mobile number"), max_length=32, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)

    def prepare(self) -> None:
        for name in self.fields:
            self.initial.setdefault(name, getattr(self.subject, name))


describe = RowAction(
    "describe", _("Edit"), describe_account, "account", form=AccountForm, success=_("Saved.")
)
suspend = RowAction(
    "suspend",
    None,
    suspend_account,
    "account",
    tone="danger",
    confirm=_("Nobody of this account can sign in or call the API until it is resumed."),
    success=_("The account is suspended."),
)
resume = RowAction("resume", None, resume_account, "account", success=_("The account works again."))


class AccountList(ListPage):
    name, path, title, permission, kinds = "accounts", "accounts/", _("Accounts"), "identity.view", ("staff",)
    source = Account.objects.visible_to
    columns = (
        Text("name", _("Account name")),
        Text("company_name", _("Company")),
        Choice("kind", _("Kind"), words=KINDS),
        Choice("site", _("Site"), words=SITES),
        Masked("mobile", _("Mobile number"), kind="mobile", minor=True),
        Masked("email", _("E-mail"), kind="email", minor=True),
        State("state"),
        When("created_at", _("Created"), minor=True),
    )
    filters = (
        Search(into=("name", "company_name"), exact=("id", "mobile", "email")),
        OneOf("kind", _("Kind"), offered=KINDS),
        OneOf("site", _("Site"), offered=SITES),
        States("state", AccountState),
        Since("created_at", _("Created since")),
    )
    opens = "account"
    row_actions = (describe, suspend, resume)

    def concerned(self, row: Account) -> str:
        return row.pk


class AccountDetail(DetailPage):
    name, path, title, permission, kinds = (
        "account",
        "accounts/<str:pk>/",
        _("Account"),
        "identity.view",
        ("staff",),
    )
    parent = "accounts"
    fetch = account_for
    left = (
        Facts(
            Text("name", _("Account name")),
            Text("id", _("Domain ID"), code=True),
            Text("company_name", _("Company")),
            Choice("kind", _("Kind"), words=KINDS),
            Choice("site", _("Site"), words=SITES),
            Masked("mobile", _("Mobile number"), kind="mobile"),
            Masked("email", _("E-mail"), kind="email"),
            Flag("asks_for_codes", _("Verification codes"), yes=_("On"), no=_("Off")),
            "created_at",
        ),
        Steps(also=(suspend, resume, describe)),
    )
    right = (ListPanel("users", account="pk"), ListPanel("access-keys", account="pk"))
    bottom = (Trail(),)

    def concerned(self, row: Account) -> str:
        return row.pk
