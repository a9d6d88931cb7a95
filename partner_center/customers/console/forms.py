"""Forms of this room's deeds."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partner_center.console.forms import ActionForm, MoneyField, RowChoice
from partner_center.customers.models import (
    AssociationType,
    BudgetType,
    Level,
    NewCustomerTag,
    PermissionGroup,
    WhenUsedUp,
)
from partner_center.identity.models import Site
from partner_center.kernel.period import BillMonth, beijing_day
from partner_center.partners.models import Partner, PartnerKind
from partner_center.partners.queries import members_of, platforms_of
from partner_center.pricing.models import DiscountKind, DiscountMode
from partner_center.pricing.rules import Terms

NAME_RULE = _("5 to 32 letters, digits, hyphens and underscores, not beginning with a digit.")


class NewPassword(forms.CharField):
    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Password"))
        options.setdefault("max_length", 32)
        options.setdefault("widget", forms.PasswordInput(attrs={"autocomplete": "new-password"}))
        super().__init__(**options)


class ReasonForm(ActionForm):
    reason = forms.CharField(label=_("Reason"), max_length=256, widget=forms.Textarea(attrs={"rows": 2}))


class NoteForm(ActionForm):
    reason = forms.CharField(label=_("Reason"), max_length=256, required=False)


class OpinionForm(ActionForm):
    opinion = forms.CharField(
        label=_("Review opinion"), max_length=256, widget=forms.Textarea(attrs={"rows": 2})
    )


class LabelForm(ActionForm):
    label = forms.CharField(
        label=_("Tag"), max_length=128, required=False, help_text=_("Empty takes the tag away.")
    )


class LevelForm(ActionForm):
    level = forms.ChoiceField(label=_("Level"), choices=Level.choices)


class NewTagForm(ActionForm):
    tag = forms.ChoiceField(label=_("New-customer tag"), choices=NewCustomerTag.choices)
    valid_from = forms.RegexField(
        r"^\d{4}-(0[1-9]|1[0-2])$", label=_("From (month)"), help_text=_("YYYY-MM"), required=False
    )
    valid_until = forms.RegexField(
        r"^\d{4}-(0[1-9]|1[0-2])$", label=_("Until (month)"), help_text=_("YYYY-MM"), required=False
    )

    def arguments(self) -> dict[str, Any]:
        months = {name: self.cleaned_data[name] for name in ("valid_from", "valid_until")}
        return {
            "tag": self.cleaned_data["tag"],
            **{name: BillMonth.parse(text) if text else None for name, text in months.items()},
        }


class ManagerForm(ActionForm):
    manager = RowChoice(label=_("Account manager"), source=members_of)

    def prepare(self) -> None:
        field = self.fields["manager"]
        assert isinstance(field, RowChoice)
        field.narrow_to(self.actor)


class AssociateForm(ActionForm):
    partner = RowChoice(label=_("Partner"), source=Partner.objects.visible_to)
    association_type = forms.ChoiceField(label=_("Association type"), choices=AssociationType.choices)

    def prepare(self) -> None:
        field = self.fields["partner"]
        assert isinstance(field, RowChoice)
        field.narrow_to(self.actor)


class BudgetForm(ActionForm):
    amount = MoneyField(label=_("Budget"), help_text=_("At list price."))
    budget_type = forms.ChoiceField(label=_("Budget type"), choices=BudgetType.choices)
    when_used_up = forms.ChoiceField(label=_("When used up"), choices=WhenUsedUp.choices)
    resources_agreed = forms.BooleanField(
        label=_("The customer has agreed that its resources are frozen."),
        required=False,
        help_text=_("Needed for freezing resources when the budget is used up."),
    )
    lift_freeze = forms.BooleanField(
        label=_("Unfreeze at once"),
        required=False,
        initial=True,
        help_text=_("A freeze by the vendor stays."),
    )


class AmountForm(ActionForm):
    """The same sum for each of the chosen customers."""

    amount = MoneyField(label=_("Amount"), help_text=_("For each of the customers."))
    memo = forms.CharField(label=_("Note"), required=False, max_length=256)


class ReductionForm(ActionForm):
    """A discount in per cent on everything, for a time (features F9)."""

    name = forms.CharField(label=_("Name"), max_length=128)
    percent = forms.DecimalField(
        label=_("Discount in per cent"),
        min_value=Decimal("0.01"),
        max_value=Decimal("99.99"),
        decimal_places=2,
    )
    ends_on = forms.DateField(
        label=_("To the end of"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Empty: without end. Days of Beijing time."),
    )

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "kind": DiscountKind.SET,
            "name": data["name"],
            "terms": Terms(DiscountMode.RATIO, (100 - data["percent"]) / 100),
            "ends_at": beijing_day(data["ends_on"]).end if data["ends_on"] else None,
        }


class RenameTagForm(ActionForm):
    label = forms.CharField(widget=forms.HiddenInput, max_length=128)
    new = forms.CharField(
        label=_("Tag"),
        max_length=128,
        required=False,
        help_text=_("A tag that exists takes these customers in. Empty takes the tag away from all of them."),
    )


class RegisterForm(ActionForm):
    """A customer that belongs to nobody yet; the operator vouches for the address."""

    site = forms.ChoiceField(label=_("Site"), choices=Site.choices)
    company_name = forms.CharField(label=_("Company"), max_length=128, required=False)
    name = forms.CharField(label=_("Account name"), max_length=32, help_text=NAME_RULE)
    password = NewPassword()
    mobile = forms.CharField(label=_("Mobile number"), max_length=32, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)


class CreateForm(ActionForm):
    """A customer of the partner's own, or of a reseller of the distributor that fills it in."""

    partner = forms.ModelChoiceField(
        label=_("Reseller"), queryset=Partner.objects.none(), help_text=_("Whose customer it becomes.")
    )
    platform = RowChoice(label=_("Platform identity"), source=platforms_of)
    xaccount_id = forms.CharField(
        label=_("Platform user id"), max_length=64, help_text=_("Your own id of the customer.")
    )
    name = forms.CharField(label=_("Account name"), max_length=32, required=False, help_text=NAME_RULE)
    password = NewPassword(required=False, help_text=_("Empty: it enters through your platform only."))
    association_type = forms.ChoiceField(label=_("Association type"), choices=AssociationType.choices)

    def prepare(self) -> None:
        platform, partner = self.fields["platform"], self.fields["partner"]
        assert isinstance(platform, RowChoice) and isinstance(partner, forms.ModelChoiceField)
        platform.narrow_to(self.actor)
        if self.actor.account_kind == PartnerKind.DISTRIBUTOR:
            partner.queryset = Partner.objects.resellers_of(self.actor.account_id)
        else:
            del self.fields["partner"]
        if self.actor.site == "intl":
            del self.fields["association_type"]

    def arguments(self) -> dict[str, Any]:
        found = dict(self.cleaned_data)
        platform = found.pop("platform")
        return {**found, "partner": found.get("partner") or platform.partner, "xaccount_type": platform.code}


class RequestForm(ActionForm):
    groups = forms.MultipleChoiceField(
        label=_("Permissions"),
        choices=PermissionGroup.choices,
        initial=PermissionGroup.values,
        widget=forms.CheckboxSelectMultiple,
    )
    accepted = forms.BooleanField(
        label=_("I accept the commitment letter for operation on customers' behalf."),
        help_text=_(
            "We act only within what the customer permits, change and delete no resources without its "
            "consent, bring in no malicious software, and answer for disputes with the customer."
        ),
    )

    def arguments(self) -> dict[str, Any]:
        return {"groups": self.cleaned_data["groups"]}


class AgreeForm(ActionForm):
    accepted = forms.BooleanField(
        label=_("I have read the customer authorisation letter and agree to it."),
        help_text=_(
            "The partner may then do on my behalf what the listed permissions say; the list may not be "
            "exhaustive. I can revoke the authorisation at any time."
        ),
    )

    def arguments(self) -> dict[str, Any]:
        return {}
