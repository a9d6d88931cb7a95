"""Forms of this room's deeds."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partner_center.console.forms import ActionForm, MoneyField, RowChoice
from partner_center.foundation.actor import Actor
from partner_center.identity.models import Site
from partner_center.partners.models import Partner, PartnerKind, PartnerState, ResellerRight, Settlement
from partner_center.partners.queries import accounts_to_admit, members_of


class ReasonForm(ActionForm):
    reason = forms.CharField(label=_("Reason"), max_length=256, widget=forms.Textarea(attrs={"rows": 2}))


class NoteForm(ActionForm):
    reason = forms.CharField(label=_("Reason"), max_length=256, required=False)


class FeedForm(ActionForm):
    """How much goes down to a reseller or comes back, and why."""

    amount = MoneyField(label=_("Amount"))
    memo = forms.CharField(label=_("Note"), required=False, max_length=256)


class PlatformForm(ActionForm):
    code = forms.RegexField(
        r"^[A-Za-z0-9_.-]+$",
        label=_("Platform identity"),
        max_length=64,
        help_text=_("Letters, digits, hyphens, underscores and dots. It also names the customers' agency."),
    )


class RightForm(ActionForm):
    right = forms.ChoiceField(label=_("Right"), choices=ResellerRight.choices)


class ManagerForm(ActionForm):
    manager = RowChoice(label=_("Account manager"), source=members_of)

    def prepare(self) -> None:
        field = self.fields["manager"]
        assert isinstance(field, RowChoice)
        field.narrow_to(self.actor)


class EnrolForm(ActionForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=PartnerKind.choices)
    site = forms.ChoiceField(label=_("Site"), choices=Site.choices)
    name = forms.CharField(label=_("Company"), max_length=128)
    account_name = forms.CharField(
        label=_("Account name"),
        max_length=32,
        help_text=_("5 to 32 letters, digits, hyphens and underscores, not beginning with a digit."),
    )
    password = forms.CharField(
        label=_("Password"), max_length=32, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    mobile = forms.CharField(label=_("Mobile number"), max_length=32, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    distributor = forms.ModelChoiceField(
        label=_("Distributor"),
        queryset=Partner.objects.none(),
        required=False,
        help_text=_("For a reseller only."),
    )
    settlement = forms.ChoiceField(label=_("Settlement"), choices=Settlement.choices)
    platform = forms.RegexField(
        r"^[A-Za-z0-9_.-]+$", label=_("Platform identity"), max_length=64, required=False
    )

    def prepare(self) -> None:
        offer_distributors(self, self.actor)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found and (found.get("kind") == PartnerKind.RESELLER) != (found.get("distributor") is not None):
            self.add_error("distributor", _("A reseller needs a distributor, and only a reseller has one."))
        return found


class AdmitForm(ActionForm):
    account = RowChoice(
        label=_("Account"),
        source=accounts_to_admit,
        help_text=_("Accounts of a partner's kind that have not been admitted."),
    )
    name = forms.CharField(
        label=_("Company"), max_length=256, required=False, help_text=_("Empty: the account's company.")
    )
    distributor = forms.ModelChoiceField(
        label=_("Distributor"),
        queryset=Partner.objects.none(),
        required=False,
        help_text=_("For a reseller only."),
    )
    settlement = forms.ChoiceField(label=_("Settlement"), choices=Settlement.choices)
    is_sandbox = forms.BooleanField(label=_("Sandbox partner"), required=False)

    def prepare(self) -> None:
        account = self.fields["account"]
        assert isinstance(account, RowChoice)
        account.narrow_to(self.actor)
        offer_distributors(self, self.actor)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        account, distributor = found.get("account"), found.get("distributor")
        if account is not None and (account.kind == PartnerKind.RESELLER) != (distributor is not None):
            self.add_error("distributor", _("A reseller needs a distributor, and only a reseller has one."))
        return found

    def arguments(self) -> dict[str, Any]:
        return {**self.cleaned_data, "kind": self.cleaned_data["account"].kind}


def offer_distributors(form: ActionForm, actor: Actor) -> None:
    """Let the form's `distributor` be any that may take resellers."""
    field = form.fields["distributor"]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = Partner.objects.visible_to(actor).filter(
        kind=PartnerKind.DISTRIBUTOR, state=PartnerState.JOINED
    )
