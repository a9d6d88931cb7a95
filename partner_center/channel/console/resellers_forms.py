"""Forms of what distributors and resellers do with each other."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from partner_center.channel.queries.resellers import area_of
from partner_center.console.forms import ActionForm


class InviteForm(ActionForm):
    invitee = forms.CharField(
        label=_("Account name or e-mail"),
        max_length=254,
        help_text=_("Of a reseller of your business region that works with no distributor."),
    )


class AcceptForm(ActionForm):
    """The reseller chooses its business region and has read what follows from accepting."""

    area = forms.CharField(label=_("Business region"), max_length=32)
    accepted = forms.BooleanField(
        label=_("I have read the notice on working with a distributor and agree to it."),
        help_text=_(
            "We work with one distributor at a time and settle with it. It sees our customers and their "
            "resources. Only the vendor can end this, and our balance then returns to the distributor."
        ),
    )

    def prepare(self) -> None:
        known = area_of(self.subject.distributor)
        if known:
            self.fields["area"] = forms.ChoiceField(
                label=_("Business region"),
                choices=[(known, known)],
                help_text=_("A reseller and its distributor work in the same business region."),
            )
        else:
            del self.fields["area"]

    def arguments(self) -> dict[str, str]:
        return {"area": self.cleaned_data.get("area", "")}


class ReasonForm(ActionForm):
    reason = forms.CharField(label=_("Reason"), max_length=256, widget=forms.Textarea(attrs={"rows": 2}))


class OpinionForm(ActionForm):
    opinion = forms.CharField(label=_("Review opinion"), max_length=256, required=False)


class RefusalForm(ActionForm):
    opinion = forms.CharField(label=_("Reason"), max_length=256, widget=forms.Textarea(attrs={"rows": 2}))
