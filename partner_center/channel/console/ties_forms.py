"""Forms of requests about associations and of migrations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partner_center.console.forms import ActionForm, RowChoice
from partner_center.partners.models import Partner


class AskForm(ActionForm):
    reason = forms.CharField(
        label=_("Reason"), max_length=256, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    read = forms.BooleanField(
        label=_("I have read what follows from it and want to go on."),
        help_text=_(
            "When an association ends, or a resale customer becomes a referral customer, the balance goes back to the "
            "partner, authorisation and budget end, and later refunds of what the partner's money paid go to the "
            "partner. The other side must agree; the request counts even if it does not."
        ),
    )

    def arguments(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"]}


class ConsentForm(ActionForm):
    read = forms.BooleanField(label=_("I have read the request and what follows from it, and agree."))

    def arguments(self) -> dict[str, Any]:
        return {}


class AnswerForm(ActionForm):
    answer = forms.CharField(label=_("Reason"), max_length=256, widget=forms.Textarea(attrs={"rows": 2}))


class EndForm(ActionForm):
    reason = forms.CharField(label=_("Reason"), max_length=256, widget=forms.Textarea(attrs={"rows": 2}))


class MigrationForm(ActionForm):
    source = RowChoice(label=_("From partner"), source=Partner.objects.visible_to)
    target = RowChoice(label=_("To partner"), source=Partner.objects.visible_to)
    customers = forms.CharField(
        label=_("Customers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("IDs or account names, one a line; empty means all customers of the partner."),
    )
    effective_at = forms.DateTimeField(
        label=_("Effective"),
        required=False,
        help_text=_("YYYY-MM-DD HH:MM; empty means as soon as scheduled."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=256, required=False)

    def prepare(self) -> None:
        for name in ("source", "target"):
            field = self.fields[name]
            assert isinstance(field, RowChoice)
            field.narrow_to(self.actor)

    def arguments(self) -> dict[str, Any]:
        named = self.cleaned_data["customers"].replace(",", "\n").splitlines()
        return {**self.cleaned_data, "customers": [name.strip() for name in named if name.strip()]}
