"""Forms about resources."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partner_center.console.forms import ActionForm
from partner_center.subscriptions import rules
from partner_center.subscriptions.models import ExpirePolicy
from partner_center.subscriptions.queries import renewal_setting_of

UNITS = [("month", _("Month")), ("year", _("Year"))]
KEEP = "keep"


class AutoRenewalForm(ActionForm):
    times = forms.IntegerField(
        label=_("Times"), min_value=0, max_value=99, initial=0, help_text=_("0: without limit.")
    )
    unit = forms.ChoiceField(label=_("Each time by one"), choices=UNITS)


class RenewChosenForm(ActionForm):
    """By how long each of the chosen resources is renewed."""

    unit = forms.ChoiceField(label=_("Renew by"), choices=UNITS)
    number = forms.IntegerField(label=_("How many"), min_value=1, max_value=11, initial=1)

    def arguments(self) -> dict[str, Any]:
        return {"term": rules.Term(self.cleaned_data["unit"], self.cleaned_data["number"])}


class PolicyForm(ActionForm):
    policy = forms.TypedChoiceField(
        label=_("At expiry"),
        coerce=lambda value: ExpirePolicy(int(value)),
        choices=[choice for choice in ExpirePolicy.choices if choice[0] != ExpirePolicy.AUTO_RENEW],
    )


class ReasonForm(ActionForm):
    reason = forms.CharField(label=_("Reason"), max_length=256)


class OpenForm(ActionForm):
    """What is asked depends on the product: a size only for what is sold by size."""

    size = forms.IntegerField(label=_("Size"))
    available_zone = forms.ChoiceField(label=_("Availability zone"), required=False)
    name = forms.CharField(label=_("Name"), max_length=128, required=False)

    def prepare(self) -> None:
        product = self.subject
        if product.is_linear:
            size = self.fields["size"]
            size.initial = product.least_size
            size.help_text = _("%(least)d to %(greatest)d in steps of %(step)d") % {
                "least": product.least_size,
                "greatest": product.greatest_size,
                "step": product.size_step,
            }
        else:
            del self.fields["size"]
        zones = self.fields["available_zone"]
        assert isinstance(zones, forms.ChoiceField)
        codes = product.region.zones.values_list("code", flat=True)
        zones.choices = [("", _("Any")), *((code, code) for code in codes)]


class RenewalSettingsForm(ActionForm):
    deduction_days = forms.TypedChoiceField(
        label=_("Automatic renewal is first tried"),
        coerce=int,
        choices=[(days, _("%(days)d days before expiry") % {"days": days}) for days in rules.DEDUCTION_DAYS],
    )
    unified_day = forms.ChoiceField(
        label=_("Unified expiry day"),
        choices=[
            (KEEP, _("Each resource keeps its own day")),
            *((str(day), str(day)) for day in range(1, 29)),
            (str(rules.MONTH_END), _("Last day of the month")),
        ],
        help_text=_(
            "A renewal then goes on to this day of a month; the extra days are charged in proportion to a "
            "month's price."
        ),
    )

    def prepare(self) -> None:
        chosen = renewal_setting_of(self.subject.pk)
        self.fields["deduction_days"].initial = chosen.deduction_days
        self.fields["unified_day"].initial = KEEP if chosen.unified_day is None else str(chosen.unified_day)

    def arguments(self) -> dict[str, Any]:
        day = self.cleaned_data["unified_day"]
        return {
            "deduction_days": self.cleaned_data["deduction_days"],
            "unified_day": None if day == KEEP else int(day),
        }
