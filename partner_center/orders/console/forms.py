"""Forms about orders."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from partner_center.catalogue.models import Product
from partner_center.console.forms import ActionForm
from partner_center.customers.models import Customer
from partner_center.customers.queries import is_authorised
from partner_center.orders.queries import open_offers
from partner_center.orders.quoting import PERIOD_TYPES, Wish
from partner_center.orders.states import UnsubscribeReason
from partner_center.subscriptions.rules import Term

TERMS = [("month", _("Months")), ("year", _("Years"))]
PERIODS = [(2, _("Months")), (3, _("Years"))]
CODES = ("cloud_service_type", "resource_type", "resource_spec", "region")
MOST_CUSTOMERS = 400


def choices_of(form: ActionForm, name: str) -> forms.ChoiceField:
    """A field of the form that offers choices."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField), f"{name} offers no choices"
    return field


class ReasonForm(ActionForm):
    reason = forms.CharField(label=_("Reason"), max_length=1024, widget=forms.Textarea(attrs={"rows": 2}))


class PayForm(ActionForm):
    """Which of the discounts frozen with the order is used."""

    discount_id = forms.ChoiceField(label=_("Discount"), required=False)

    def prepare(self) -> None:
        offers = [(one[0].discount_id, _offer_words(one)) for one in open_offers(self.subject)]
        kept = _now("As ordered: %(amount)s") % {"amount": self.subject.payable}
        choices_of(self, "discount_id").choices = [("", kept), *offers]


def _offer_words(offers: Any) -> str:
    total = sum((one.reduction for one in offers[1:]), offers[0].reduction)
    return _now("%(kind)s: %(reduction)s off") % {"kind": offers[0].kind_words, "reduction": total}


class RenewForm(ActionForm):
    unit = forms.ChoiceField(label=_("Renew by"), choices=TERMS)
    number = forms.IntegerField(label=_("How many"), min_value=1, max_value=11, initial=1)
    pay_now = forms.BooleanField(label=_("Pay at once with the best discount"), required=False, initial=True)

    def prepare(self) -> None:
        """What a partner orders for its customer, the customer confirms and pays."""
        if self.actor.kind == "partner":
            del self.fields["pay_now"]

    def arguments(self) -> dict[str, Any]:
        return {
            "term": Term(self.cleaned_data["unit"], self.cleaned_data["number"]),
            "best_offer": self.cleaned_data.get("pay_now", False),
        }


class ChangeForm(ActionForm):
    resource_spec = forms.ChoiceField(label=_("New specification"))
    size = forms.IntegerField(label=_("New size"), min_value=1, required=False)
    pay_now = forms.BooleanField(label=_("Pay at once with the best discount"), required=False, initial=True)

    def prepare(self) -> None:
        resource = self.subject
        others = Product.objects.visible_to(self.actor).filter(
            service__code=resource.cloud_service_type,
            resource_type__code=resource.resource_type,
            region__code=resource.region,
            family=resource.product.family,
        )
        choices_of(self, "resource_spec").choices = [
            (one.spec, f"{one.spec} · {one.name_in(self.actor.language)}") for one in others
        ]
        self.fields["resource_spec"].initial = resource.resource_spec
        if resource.size is None:
            del self.fields["size"]
        else:
            self.fields["size"].initial = resource.size

    def arguments(self) -> dict[str, Any]:
        return {
            "resource_spec": self.cleaned_data["resource_spec"],
            "size": self.cleaned_data.get("size"),
            "best_offer": self.cleaned_data["pay_now"],
        }


def package_wish(product: Product, count: int, name: str = "") -> Wish:
    """What orders `count` packages for their validity, the one term they are sold for."""
    return Wish(
        cloud_service_type=product.service.code,
        resource_type=product.resource_type.code,
        resource_spec=product.spec,
        region=product.region.code,
        period_type=PERIOD_TYPES[product.package.valid_unit],
        period_num=product.package.valid_number,
        subscription_num=count,
        resource_name=name,
    )


class PackageForm(ActionForm):
    """How many of the chosen package."""

    subscription_num = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=100, initial=1)
    resource_name = forms.CharField(label=_("Name"), max_length=100, required=False)
    pay_now = forms.BooleanField(label=_("Pay at once with the best discount"), required=False, initial=True)

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "wishes": [package_wish(self.subject, data["subscription_num"], data["resource_name"])],
            "best_offer": data["pay_now"],
        }


class UnsubscribeForm(ActionForm):
    kind = forms.TypedChoiceField(
        label=_("What is given back"),
        coerce=int,
        choices=[
            (1, _("The resource and its renewed periods")),
            (2, _("Only renewed periods that have not begun")),
        ],
    )
    reason_type = forms.TypedChoiceField(
        label=_("Why"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=[("", "–"), *UnsubscribeReason.choices],
    )
    reason = forms.CharField(
        label=_("In your words"), required=False, max_length=1024, widget=forms.Textarea(attrs={"rows": 2})
    )
    agreed = forms.BooleanField(label=_("I have seen what comes back and what is kept."))

    def arguments(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("kind", "reason_type", "reason")}


class ConvertForm(ActionForm):
    agreed = forms.BooleanField(label=_("I have seen what comes back; from now on the use is charged."))

    def arguments(self) -> dict[str, Any]:
        return {}


class NumbersForm(ActionForm):
    count = forms.IntegerField(label=_("How many"), min_value=1, max_value=100, initial=1)


class PurchaseForm(ActionForm):
    """One product, chosen in the price calculator, for the reader or a customer that has authorised it."""

    customer = forms.ChoiceField(label=_("Customer"))
    cloud_service_type = forms.CharField(widget=forms.HiddenInput)
    resource_type = forms.CharField(widget=forms.HiddenInput)
    resource_spec = forms.CharField(widget=forms.HiddenInput)
    region = forms.CharField(widget=forms.HiddenInput)
    resource_size = forms.IntegerField(label=_("Size"), min_value=1, required=False)
    period_num = forms.IntegerField(label=_("For how long"), min_value=1, max_value=36, initial=1)
    period_type = forms.TypedChoiceField(label=_("In"), coerce=int, choices=PERIODS)
    subscription_num = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=100, initial=1)
    resource_name = forms.CharField(label=_("Name"), max_length=100, required=False)
    auto_renew = forms.BooleanField(label=_("Renew automatically"), required=False)
    pay_now = forms.BooleanField(label=_("Pay at once with the best discount"), required=False, initial=True)

    def prepare(self) -> None:
        if self.actor.kind == "customer":
            del self.fields["customer"]
            return
        del self.fields["pay_now"]
        rows = Customer.objects.visible_to(self.actor).select_related("account").order_by("account__name")
        choices_of(self, "customer").choices = [
            (one.pk, str(one))
            for one in rows[:MOST_CUSTOMERS]
            if is_authorised(one.pk, self.actor.account_id)
        ]

    def wish(self) -> Wish:
        data = self.cleaned_data
        return Wish(
            **{name: data[name] for name in CODES},
            period_type=data["period_type"],
            period_num=data["period_num"],
            subscription_num=data["subscription_num"],
            resource_size=data.get("resource_size"),
            resource_name=data.get("resource_name", ""),
        )

    def arguments(self) -> dict[str, Any]:
        chosen = self.cleaned_data.get("customer") or self.actor.account_id
        return {
            "customer": Customer.objects.visible_to(self.actor)
            .select_related("account", "partner")
            .get(pk=chosen),
            "wishes": [self.wish()],
            "auto_renew": self.cleaned_data["auto_renew"],
            "best_offer": self.cleaned_data.get("pay_now", False),
        }
