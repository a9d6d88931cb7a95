"""Forms about discounts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partner_center.catalogue.models import ChargeMode, CloudService, Region, ResourceType
from partner_center.console.forms import ActionForm, MoneyField, RowChoice
from partner_center.customers.models import Customer
from partner_center.kernel.period import beijing_day
from partner_center.pricing.actions import Scope
from partner_center.pricing.models import DiscountKind, DiscountMode, OrderKind
from partner_center.pricing.rules import Terms


class DiscountForm(ActionForm):
    """A discount for one customer. Staff choose whose discount it is; a partner gives its own."""

    customer = RowChoice(
        label=_("Customer"), source=lambda actor: Customer.objects.visible_to(actor).select_related("account")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=DiscountKind.choices)
    name = forms.CharField(label=_("Name"), max_length=128)
    mode = forms.ChoiceField(label=_("Mode"), choices=DiscountMode.choices)
    ratio = forms.DecimalField(
        label=_("Ratio still paid"),
        required=False,
        min_value=Decimal("0.0001"),
        max_value=Decimal(1),
        decimal_places=4,
        help_text=_("0.9 is ten per cent off."),
    )
    fixed_price = forms.DecimalField(
        label=_("Price a unit"), required=False, min_value=Decimal(0), max_digits=17, decimal_places=10
    )
    amount_off = forms.DecimalField(
        label=_("Amount off"), required=False, min_value=Decimal("0.01"), max_digits=15, decimal_places=2
    )
    threshold = forms.DecimalField(
        label=_("From a list amount of"),
        required=False,
        min_value=Decimal("0.01"),
        max_digits=15,
        decimal_places=2,
    )
    service = RowChoice(label=_("Cloud service"), source=CloudService.objects.visible_to, required=False)
    resource_type = RowChoice(
        label=_("Resource type"), source=ResourceType.objects.visible_to, required=False
    )
    region = RowChoice(label=_("Region"), source=Region.objects.visible_to, required=False)
    charge_mode = forms.ChoiceField(
        label=_("Charging mode"), choices=(("", _("Any")), *ChargeMode.choices), required=False
    )
    order_kinds = forms.MultipleChoiceField(
        label=_("Orders"), choices=OrderKind.choices, required=False, help_text=_("None chosen: any order.")
    )
    begins_on = forms.DateField(
        label=_("From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Empty: at once."),
    )
    ends_on = forms.DateField(
        label=_("To the end of"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Empty: without end. Days of Beijing time."),
    )

    def prepare(self) -> None:
        for field in self.fields.values():
            if isinstance(field, RowChoice):
                field.narrow_to(self.actor)
        kind = self.fields["kind"]
        if self.actor.kind == "partner" and isinstance(kind, forms.ChoiceField):
            kinds = [DiscountKind.GRANTED] + ([DiscountKind.SET] if self.actor.site == "intl" else [])
            kind.choices = [(one.value, one.label) for one in kinds]

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        customer: Customer = data["customer"]
        money = MoneyField(required=False)
        money.currency = customer.account.currency
        return {
            "customer": customer,
            "kind": data["kind"],
            "name": data["name"],
            "terms": Terms(
                data["mode"],
                data["ratio"],
                data["fixed_price"],
                money.clean(data["amount_off"]),
                money.clean(data["threshold"]),
            ),
            "scope": Scope(
                service=data["service"],
                resource_type=data["resource_type"],
                region=data["region"],
                charge_mode=data["charge_mode"],
                order_kinds=tuple(data["order_kinds"]),
            ),
            "begins_at": _first_moment(data["begins_on"]),
            "ends_at": beijing_day(data["ends_on"]).end if data["ends_on"] else None,
            "grantor": customer.partner if data["kind"] != DiscountKind.COMMERCIAL else None,
        }


class ContractForm(ActionForm):
    """A framework contract with a customer."""

    customer = RowChoice(
        label=_("Customer"), source=lambda actor: Customer.objects.visible_to(actor).select_related("account")
    )
    code = forms.CharField(label=_("Contract code"), max_length=64)
    begins_on = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(
        label=_("To the end of"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def prepare(self) -> None:
        for field in self.fields.values():
            if isinstance(field, RowChoice):
                field.narrow_to(self.actor)

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "customer": data["customer"],
            "code": data["code"],
            "begins_at": beijing_day(data["begins_on"]).start,
            "ends_at": beijing_day(data["ends_on"]).end if data["ends_on"] else None,
        }


def _first_moment(day: dt.date | None) -> dt.datetime | None:
    return beijing_day(day).start if day else None
