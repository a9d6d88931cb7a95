"""Forms of the money pages; field names are the keywords of the actions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partner_center.console.forms import LARGEST_SUM, ActionForm, MoneyField
from partner_center.funds.gateways import gateways
from partner_center.identity.models import Account


class AdjustForm(ActionForm):
    """How much goes down or comes back, and why."""

    amount = MoneyField(label=_("Amount"))
    memo = forms.CharField(label=_("Note"), required=False, max_length=256)


class RemittanceForm(ActionForm):
    """A bank transfer that has arrived."""

    amount = MoneyField(label=_("Amount"))
    bank_number = forms.CharField(
        label=_("Number of the bank transfer"),
        max_length=64,
        help_text=_("The bank's own number; the same one can be recorded only once."),
    )
    payer = forms.CharField(label=_("Payer"), required=False, max_length=128)
    memo = forms.CharField(label=_("Note"), required=False, max_length=256)


class LimitForm(ActionForm):
    """The whole credit limit, not the difference."""

    limit = MoneyField(label=_("Credit limit"), zero=True)


class DesignateForm(ActionForm):
    """A part of the balance that may be neither spent nor allocated until it is released."""

    amount = MoneyField(label=_("Amount"))
    memo = forms.CharField(label=_("Purpose"), required=False, max_length=256)


class CorrectionForm(ActionForm):
    """A correction by the vendor; a negative amount is taken away."""

    amount = MoneyField(
        label=_("Amount"), min_value=-LARGEST_SUM, help_text=_("A negative amount is taken from the account.")
    )
    memo = forms.CharField(label=_("Reason"), max_length=256)

    def clean_amount(self) -> Any:
        amount = self.cleaned_data["amount"]
        if not amount:
            raise forms.ValidationError(_("The amount must not be 0."))
        return amount


class RepayForm(ActionForm):
    amount = MoneyField(label=_("Amount"))

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "account": _own(self)}


class RechargeForm(ActionForm):
    """An amount, and through which gateway to pay it."""

    amount = MoneyField(label=_("Amount"), max_value=Decimal("50000000"))
    gateway = forms.ChoiceField(label=_("Payment method"), widget=forms.RadioSelect)

    def prepare(self) -> None:
        offered = [(gateway.name, gateway.label) for gateway in gateways().values()]
        field = self.fields["gateway"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = offered
        if offered:
            field.initial = offered[0][0]

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "account": _own(self)}


class SandboxPaymentForm(ActionForm):
    """What shall become of the payment."""

    result = forms.ChoiceField(
        label=_("Result"),
        choices=(("paid", _("Pay")), ("failed", _("Let it fail"))),
        initial="paid",
        widget=forms.RadioSelect,
    )


def _own(form: ActionForm) -> Account:
    return Account.objects.visible_to(form.actor).get(pk=form.actor.account_id)
