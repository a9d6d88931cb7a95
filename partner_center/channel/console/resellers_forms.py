"""Forms of what distributors and resellers do with each other."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partner_center.console.forms import ActionForm
from partner_center.partners.areas import areas_of
from partner_center.partners.queries import area_of


class InviteForm(ActionForm):
    invitee = forms.CharField(
        label=_("Account name or e-mail"),
        max_length=254,
        help_text=_("Of a reseller of your business region that works with no distributor."),
    )


class AcceptForm(ActionForm):
    """The reseller chooses its business region and has read what follows from accepting."""

    area = forms.ChoiceField(
        label=_("Business region"),
        help_text=_("A reseller and its distributor work in the same business region."),
    )
    accepted = forms.BooleanField(
        label=_("I have read the notice on working with a distributor and agree to it."),
        help_text=_(
            "We work with one distributor at a time and settle with it. It sees our customers and their "
            "resources. Only the vendor can end this, and our balance then returns to the distributor."
        ),
    )

    def prepare(self) -> None:
        field: Any = self.fields["area"]
        field.choices = [(area.value, area.label) for area in areas_of(self.actor.site)]
        self.initial.setdefault("area", area_of(self.actor.account_id))

    def arguments(self) -> dict[str, Any]:
        return {"area": self.cleaned_data["area"]}


class ReasonForm(ActionForm):
    reason = forms.CharField(label=_("Reason"), max_length=256, widget=forms.Textarea(attrs={"rows": 2}))


class OpinionForm(ActionForm):
    opinion = forms.CharField(label=_("Review opinion"), max_length=256, required=False)


class RefusalForm(ActionForm):
    opinion = forms.CharField(label=_("Reason"), max_length=256, widget=forms.Textarea(attrs={"rows": 2}))
