"""Forms about people inside a partner."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partner_center.channel.models.people import SpecialistPath
from partner_center.console.forms import ActionForm
from partner_center.identity.attachments import ACCEPTED


class ContactForm(ActionForm):
    name = forms.CharField(label=_("Name"), max_length=64)
    duty = forms.CharField(label=_("Responsible for"), max_length=64, required=False)
    mobile = forms.CharField(label=_("Mobile number"), max_length=32, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)

    def prepare(self) -> None:
        if self.subject is not None:
            for name in self.fields:
                self.initial.setdefault(name, getattr(self.subject, name))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not (given.get("mobile") or given.get("email") or self.errors):
            self.add_error("mobile", _("A contact needs a mobile number or an e-mail address."))
        return given


class InviteForm(ActionForm):
    target = forms.CharField(
        label=_("Mobile number, e-mail or account name"),
        max_length=254,
        help_text=_("Of the person's own account, not of a company's."),
    )


class AgreeForm(ActionForm):
    accepted = forms.BooleanField(label=_("I work for this partner and want my account tied to it."))

    def arguments(self) -> dict[str, Any]:
        return {}


class EvidenceForm(ActionForm):
    """With a file that proves what is said."""

    file = forms.FileField(
        label=_("Evidence"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
        help_text=_("JPG, BMP, PNG, GIF or PDF, at most 10 MB."),
    )

    def arguments(self) -> dict[str, Any]:
        facts = dict(self.cleaned_data)
        file = facts.pop("file")
        return {**facts, "file_name": file.name if file else "", "content": file.read() if file else b""}


class ApplyForm(EvidenceForm):
    path = forms.ChoiceField(label=_("Development path"), choices=SpecialistPath.choices)
    field_order = ("path", "file")


class CancelForm(EvidenceForm):
    reason = forms.CharField(label=_("Reason"), max_length=256, widget=forms.Textarea(attrs={"rows": 2}))
    field_order = ("reason", "file")


class DescribeForm(ActionForm):
    employment = forms.CharField(label=_("Employment"), max_length=256, required=False)
    certificates = forms.CharField(
        label=_("Certificates"), max_length=512, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def prepare(self) -> None:
        if self.subject is not None and not isinstance(self.subject, list):
            for name in self.fields:
                self.initial.setdefault(name, getattr(self.subject, name))


class OpinionForm(ActionForm):
    opinion = forms.CharField(label=_("Review opinion"), max_length=256, required=False)


class RefusalForm(ActionForm):
    opinion = forms.CharField(label=_("Reason"), max_length=256, widget=forms.Textarea(attrs={"rows": 2}))
