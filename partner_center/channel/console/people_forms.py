"""Forms about people inside a partner."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partner_center.console.forms import ActionForm


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
