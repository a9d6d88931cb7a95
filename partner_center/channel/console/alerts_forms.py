"""Forms about alerts, thresholds and subscriptions."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partner_center.channel.actions.alerts_balances import MOST_RECEIVERS
from partner_center.channel.models.alerts import (
    AlertResult,
    AlertSubscription,
    BalanceAlert,
    CustomerAlert,
    Scene,
)
from partner_center.channel.queries.alerts import thresholds_of
from partner_center.channel.rules.alerts import results_of
from partner_center.console.forms import ActionForm, MoneyField
from partner_center.customers.rules import is_email


class HandleForm(ActionForm):
    result = forms.ChoiceField(label=_("Result"), choices=AlertResult.choices)
    note = forms.CharField(
        label=_("Note"), max_length=256, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def prepare(self) -> None:
        """Only results that fit every alert it is about."""
        rows: list[CustomerAlert] = self.subject if isinstance(self.subject, list) else [self.subject]
        fitting = [one for one in AlertResult if all(one in results_of(row.scene) for row in rows)]
        field = self.fields["result"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.value, one.label) for one in fitting or AlertResult]


class ThresholdsForm(ActionForm):
    low_balance = MoneyField(
        label=_("Low balance"),
        zero=True,
        help_text=_("Alert when a resale customer with resources has less than this. 0: never."),
    )
    churn_percent = forms.IntegerField(
        label=_("Fall of usage in per cent"),
        min_value=1,
        max_value=100,
        help_text=_("Alert when a month's usage at list price has fallen by this share, or more."),
    )

    def prepare(self) -> None:
        present = thresholds_of(self.actor.account_id, self.currency())
        self.fields["low_balance"].initial = present.low_balance.decimal
        self.fields["churn_percent"].initial = present.churn_percent


class SubscriptionForm(ActionForm):
    by_mail = forms.MultipleChoiceField(
        label=_("By mail"), choices=Scene.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    by_sms = forms.MultipleChoiceField(
        label=_("By SMS"), choices=Scene.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    def prepare(self) -> None:
        present = list(AlertSubscription.objects.visible_to(self.actor))
        self.fields["by_mail"].initial = [one.scene for one in present if one.by_mail]
        self.fields["by_sms"].initial = [one.scene for one in present if one.by_sms]


class BalanceAlertForm(ActionForm):
    on = forms.BooleanField(label=_("Tell me when the balance is low"), required=False)
    threshold = MoneyField(label=_("Threshold"), required=False)
    receivers = forms.CharField(
        label=_("Also told"),
        required=False,
        max_length=1300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Up to five further e-mail addresses, one a line."),
    )

    def prepare(self) -> None:
        present = BalanceAlert.objects.visible_to(self.actor).filter(pk=self.actor.account_id).first()
        if present is not None:
            self.fields["on"].initial = True
            self.fields["threshold"].initial = present.threshold.decimal
            self.fields["receivers"].initial = "\n".join(present.receivers)

    def clean_receivers(self) -> list[str]:
        addresses = [one for one in re.split(r"[\s,;]+", self.cleaned_data["receivers"]) if one]
        if len(addresses) > MOST_RECEIVERS:
            raise ValidationError(_("At most five addresses."))
        for one in addresses:
            if not is_email(one):
                raise ValidationError(_("%(address)s is not an e-mail address.") % {"address": one})
        return addresses

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("on") and not found.get("threshold") and "threshold" not in self.errors:
            self.add_error("threshold", _("A threshold is needed."))
        return found
