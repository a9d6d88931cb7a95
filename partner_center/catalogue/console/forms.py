"""Forms of the catalogue's pages."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partner_center.catalogue import tables
from partner_center.catalogue.actions import PriceEntry
from partner_center.catalogue.models import (
    ChargeMode,
    CloudService,
    IncentiveClass,
    PeriodType,
    Product,
    Scheme,
    UsageType,
)
from partner_center.catalogue.tariffs import Tariff
from partner_center.console.forms import ActionForm, RowChoice
from partner_center.kernel.period import BillMonth

CURRENCIES = (("CNY", "CNY"), ("USD", "USD"))


class PriceForm(ActionForm):
    """One price of one product, for a draft."""

    product = forms.CharField(
        label=_("Product"),
        help_text=_("Specification and region, such as c6.large.2.linux@cn-north-4"),
        max_length=320,
    )
    charge_mode = forms.ChoiceField(label=_("Charging mode"), choices=ChargeMode.choices)
    period_type = forms.ChoiceField(
        label=_("Term"),
        choices=(("", "–"), *PeriodType.choices),
        required=False,
        help_text=_("Yearly/monthly only."),
    )
    usage_factor = forms.CharField(
        label=_("Billing factor"),
        required=False,
        max_length=64,
        help_text=_("Pay-per-use only, such as Duration."),
    )
    in_currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCIES)
    begins_at = forms.CharField(
        label=_("Begins"),
        max_length=40,
        help_text=_("Such as 2026-12-01 or 2026-12-01T08:00; Beijing time unless a zone is given."),
    )
    price = forms.CharField(
        label=_("Price a unit"), required=False, max_length=20, help_text=_("Empty: off sale from then on.")
    )
    scheme = forms.ChoiceField(label=_("Tariff"), choices=Scheme.choices, initial=Scheme.FLAT)
    tiers = forms.CharField(
        label=_("Tiers"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "pc-code"}),
        help_text=_(
            'JSON, such as {"steps": [{"upto": "100", "price": "0.5"}, {"upto": null, "price": "0.4"}], "free": "5"}'
        ),
    )

    def clean_product(self) -> Product:
        spec, _at, region = self.cleaned_data["product"].strip().rpartition("@")
        found = list(
            Product.objects.visible_to(self.actor).detailed().filter(spec=spec, region__code=region)[:2]
        )
        if len(found) != 1:
            raise ValidationError(_("There is no such product, or more than one."))
        return found[0]

    def clean_begins_at(self) -> Any:
        try:
            return tables.moment_of(self.cleaned_data["begins_at"].strip())
        except ValueError as error:
            raise ValidationError(_("This is not a moment.")) from error

    def clean_price(self) -> Decimal | None:
        text = self.cleaned_data["price"].strip()
        try:
            return Decimal(text) if text else None
        except InvalidOperation as error:
            raise ValidationError(_("This is not a number.")) from error

    def clean_tiers(self) -> dict[str, Any]:
        text = self.cleaned_data["tiers"].strip()
        if not text:
            return {}
        try:
            given: dict[str, Any] = json.loads(text, parse_float=str, parse_int=str)
            Tariff.read("graduated", Decimal(0), given)
        except (ValueError, TypeError, KeyError, AttributeError, InvalidOperation) as error:
            raise ValidationError(_("This is not JSON of steps, a free quantity or a block.")) from error
        return given

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        product, factor = data.get("product"), (data.get("usage_factor") or "").strip()
        data["usage_type"] = None
        if product and factor:
            types = UsageType.objects.filter(resource_type_id=product.resource_type_id, code__iexact=factor)
            data["usage_type"] = types.first()
            if data["usage_type"] is None:
                self.add_error("usage_factor", _("There is no such billing factor."))
        return data

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "prices": [
                PriceEntry(
                    product=data["product"],
                    charge_mode=data["charge_mode"],
                    currency=data["in_currency"],
                    begins_at=data["begins_at"],
                    price=data["price"],
                    period_type=data["period_type"],
                    usage_type=data["usage_type"],
                    scheme=data["scheme"],
                    tiers=data["tiers"],
                )
            ]
        }


class NewDraftForm(PriceForm):
    """The first price of a new draft."""

    name = forms.CharField(label=_("Name of the draft"), max_length=128)
    field_order = ("name",)

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "name": self.cleaned_data["name"]}


class PolicyForm(ActionForm):
    """How a service counts towards incentives from a month on."""

    service = RowChoice(label=_("Cloud service"), source=CloudService.objects.visible_to)
    month = forms.CharField(
        label=_("From"), max_length=7, help_text=_("A month of Beijing time, such as 2026-12.")
    )
    incentive_class = forms.ChoiceField(label=_("Incentive class"), choices=IncentiveClass.choices)
    allows_discount = forms.BooleanField(label=_("Partner discounts apply"), required=False, initial=True)

    def prepare(self) -> None:
        for field in self.fields.values():
            if isinstance(field, RowChoice):
                field.narrow_to(self.actor)

    def clean_month(self) -> BillMonth:
        try:
            return BillMonth.parse(self.cleaned_data["month"].strip())
        except ValueError as error:
            raise ValidationError(_("This is not a month.")) from error
