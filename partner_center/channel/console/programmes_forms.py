"""Forms of programmes, tiers, companies and certifications."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partner_center.channel.console.leads_forms import JoinForm
from partner_center.channel.models.leads_terms import FOR_REGISTERING, Terms
from partner_center.channel.queries.leads_terms import unsigned_terms
from partner_center.channel.queries.programmes import distributors_to_choose
from partner_center.console.forms import ActionForm, MoneyField, RowChoice
from partner_center.customers.models import Customer
from partner_center.foundation.actor import Actor
from partner_center.identity.models import Site
from partner_center.identity.upload_field import AttachmentField
from partner_center.partners.areas import Area, areas_of
from partner_center.partners.errors import CompanyNotFound
from partner_center.partners.models import (
    CHANGEABLE,
    Agreement,
    Industry,
    Partner,
    Programme,
    ProgrammeApplication,
    Taxpayer,
    TaxRate,
)
from partner_center.partners.presets import AGREEMENTS
from partner_center.partners.queries import agreements_in_force, company_of, programmes_visible_to

SEVERAL_LINES = forms.Textarea(attrs={"rows": 4})


class OpinionForm(ActionForm):
    opinion = forms.CharField(
        label=_("Review opinion"), max_length=256, widget=forms.Textarea(attrs={"rows": 2})
    )


class CertificationReasonForm(ActionForm):
    reason = forms.CharField(label=_("Reason"), max_length=256, widget=forms.Textarea(attrs={"rows": 2}))


class ContactForm(ActionForm):
    contact_name = forms.CharField(label=_("Contact"), max_length=64)
    contact_mobile = forms.CharField(label=_("Contact's mobile number"), max_length=32)
    contact_email = forms.EmailField(label=_("Contact's e-mail"))

    def prepare(self) -> None:
        if self.subject is not None and not self.is_bound:
            for name in self.fields:
                self.initial.setdefault(name, getattr(self.subject, name, ""))


class _CompanyFields(ActionForm):
    """What a company says of itself; `FACTS` are the keys of the action's `facts`."""

    company_name = forms.CharField(label=_("Company"), max_length=128)
    credit_code = forms.RegexField(
        r"^[0-9A-Za-z-]{5,32}$",
        label=_("Unified credit code"),
        max_length=32,
        help_text=_("On the international site, the registration number."),
    )
    address = forms.CharField(label=_("Address"), max_length=256)
    industry = forms.ChoiceField(label=_("Industry"), choices=Industry.choices)
    website = forms.URLField(label=_("Web site"), max_length=256, required=False, assume_scheme="https")
    contact_name = forms.CharField(label=_("Contact"), max_length=64)
    contact_mobile = forms.CharField(label=_("Contact's mobile number"), max_length=32)
    contact_email = forms.EmailField(label=_("Contact's e-mail"))

    FACTS: tuple[str, ...] = (*CHANGEABLE, "credit_code")

    def facts(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.FACTS if name in self.cleaned_data}


class _ApplicationFields(_CompanyFields):
    """An application's fields; those that the programme does not ask for are taken away."""

    area = forms.ChoiceField(label=_("Business region"), choices=Area.choices)
    distributor = forms.ModelChoiceField(
        label=_("Intended distributor"),
        queryset=Partner.objects.none(),
        help_text=_("It must do business in the same region, and reviews your application after the vendor."),
    )
    qualification = forms.CharField(
        label=_("Qualification"),
        max_length=2000,
        required=False,
        widget=SEVERAL_LINES,
        help_text=_("What you do, since when, for which customers, with how many people."),
    )
    licence = AttachmentField(
        label=_("Business licence"),
        required=False,
        help_text=_("JPG, BMP, PNG, GIF or PDF, at most 10 MB. It is stored encrypted."),
    )

    def programme(self) -> Programme:
        raise NotImplementedError

    def prepare(self) -> None:
        self._fill()
        makes = self.programme().makes
        if not makes:
            for name in ("company_name", "credit_code", "address", "industry", "website", "area", "licence"):
                del self.fields[name]
        else:
            area = self.fields["area"]
            assert isinstance(area, forms.ChoiceField)
            area.choices = [(one.value, one.label) for one in areas_of(self.actor.site)]
        if makes != "reseller":
            del self.fields["distributor"]
        else:
            field = self.fields["distributor"]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = distributors_to_choose(self.actor.site)

    def _fill(self) -> None:
        if self.is_bound:
            return
        for name, value in self._known().items():
            self.initial.setdefault(name, value)

    def _known(self) -> dict[str, Any]:
        """What is known of the company already."""
        customer = Customer.objects.filter(pk=self.actor.account_id).values_list("name", flat=True).first()
        return {"company_name": customer or ""}

    def arguments(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "facts": self.facts(),
            "area": given.get("area", ""),
            "qualification": given["qualification"],
            "distributor": given.get("distributor"),
            "licence": given.get("licence"),
        }


class ApplyForm(_ApplicationFields):
    """A new application; every agreement in force has a box of its own."""

    def programme(self) -> Programme:
        programme: Programme = self.subject
        return programme

    def prepare(self) -> None:
        super().prepare()
        if self.programme().makes:
            self.fields["licence"].required = True
        for one in self.agreements():
            self.fields[f"agreed_{one.pk}"] = forms.BooleanField(
                label=_("I have read and agree to: {agreement}").format(agreement=one)
            )

    def agreements(self) -> list[Agreement]:
        return agreements_in_force(self.actor.site, self.programme().preset.agreements)

    def arguments(self) -> dict[str, Any]:
        ticked = [one.pk for one in self.agreements() if self.cleaned_data.get(f"agreed_{one.pk}")]
        return {**super().arguments(), "facts": self._complete(), "agreed": ticked}

    def _complete(self) -> dict[str, str]:
        """A partner's programme asks for the contact only: the rest is the company's information, if there is any."""
        if self.programme().makes:
            return self.facts()
        try:
            company = company_of(self.actor)
        except CompanyNotFound:
            name = Partner.objects.filter(pk=self.actor.account_id).values_list("name", flat=True).first()
            return {"company_name": name or "", **self.facts()}
        return {**company.facts(), "credit_code": company.credit_code, **self.facts()}


class ResubmitForm(_ApplicationFields):
    """The same, filled with what was not passed."""

    def programme(self) -> Programme:
        application: ProgrammeApplication = self.subject
        return application.programme

    def _known(self) -> dict[str, Any]:
        return {name: getattr(self.subject, name) for name in self.fields if name != "licence"}

    def arguments(self) -> dict[str, Any]:
        kept = {name: getattr(self.subject, name) for name in self.FACTS}
        return {**super().arguments(), "facts": {**kept, **self.facts()}}


class RegisterForm(JoinForm):
    """A new account for a company that comes by itself; the subject is the site."""

    company_name = forms.CharField(label=_("Company"), max_length=128)

    def texts(self) -> list[Terms]:
        return unsigned_terms(None, self._site(), FOR_REGISTERING)

    def _site(self) -> str:
        return str(self.subject)


class QuickRegisterForm(RegisterForm):
    """Another account of the company that is signed in: its name is known."""

    company_name = None  # type: ignore[assignment]


class MainCodesForm(ActionForm):
    """The codes that prove the account which is signed in, one for each of its addresses."""

    sms_code = forms.CharField(label=_("Code from the SMS"), max_length=8)
    mail_code = forms.CharField(label=_("Code from the mail"), max_length=8)

    def prepare(self) -> None:
        for name, address in (("sms_code", self.subject.mobile), ("mail_code", self.subject.email)):
            if not address:
                del self.fields[name]


class DistributorForm(ActionForm):
    distributor = forms.ModelChoiceField(label=_("Distributor"), queryset=Partner.objects.none())

    def prepare(self) -> None:
        field = self.fields["distributor"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = distributors_to_choose(self.actor.site)


def _by_invitation(actor: Actor) -> Any:
    return programmes_visible_to(actor).filter(by_invitation=True, is_open=True).exclude(makes="")


class ProgrammeChoice(RowChoice):
    """Programmes of both sites, told apart."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} ({obj.get_site_display()})"


class InviteForm(ActionForm):
    programme = ProgrammeChoice(label=_("Programme"), source=_by_invitation)
    company_name = forms.CharField(label=_("Company"), max_length=128)
    email = forms.EmailField(label=_("E-mail"))

    def prepare(self) -> None:
        field = self.fields["programme"]
        assert isinstance(field, RowChoice)
        field.narrow_to(self.actor)


class PublishForm(ActionForm):
    code = forms.ChoiceField(label=_("Agreement"), choices=list(AGREEMENTS.items()))
    site = forms.ChoiceField(label=_("Site"), choices=Site.choices)
    version = forms.CharField(label=_("Version"), max_length=16)
    english = forms.CharField(label=_("English text"), widget=forms.Textarea(attrs={"rows": 10}))
    chinese = forms.CharField(label=_("Chinese text"), widget=forms.Textarea(attrs={"rows": 10}))


class RequirementForm(ActionForm):
    at_least = forms.IntegerField(label=_("At least"), min_value=0, max_value=10**12)

    def prepare(self) -> None:
        if self.subject is not None and not isinstance(self.subject, list):
            self.initial.setdefault("at_least", self.subject.at_least)


class RecordCompanyForm(_CompanyFields):
    area = forms.ChoiceField(label=_("Business region"), choices=Area.choices)

    def prepare(self) -> None:
        area = self.fields["area"]
        assert isinstance(area, forms.ChoiceField)
        area.choices = [(one.value, one.label) for one in areas_of(self.subject.account.site)]
        self.initial.setdefault("company_name", self.subject.name)


class CreditCodeForm(ActionForm):
    credit_code = forms.RegexField(r"^[0-9A-Za-z-]{5,32}$", label=_("Unified credit code"), max_length=32)


class ChangeCompanyForm(_CompanyFields):
    credit_code = None  # type: ignore[assignment] # the ecosystem manager's alone (features B1)
    licence = AttachmentField(
        label=_("Business licence"),
        required=False,
        help_text=_("Needed for a new name or address. JPG, BMP, PNG, GIF or PDF, at most 10 MB."),
    )

    FACTS = CHANGEABLE

    def prepare(self) -> None:
        for name, value in self.subject.facts().items():
            self.initial.setdefault(name, value)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        named = ("company_name", "address")
        moved = any(name in given and given[name] != getattr(self.subject, name) for name in named)
        if moved and not given.get("licence") and not self.errors:
            self.add_error("licence", _("A new name or address needs the new business licence."))
        return given

    def arguments(self) -> dict[str, Any]:
        return {"facts": self.facts(), "licence": self.cleaned_data["licence"]}


class CommercialForm(ActionForm):
    company_name = forms.CharField(
        label=_("Account holder"),
        max_length=128,
        help_text=_("A corporate account in the company's own name."),
    )
    taxpayer = forms.ChoiceField(label=_("Taxpayer"), choices=Taxpayer.choices)
    tax_rate = forms.ChoiceField(label=_("Tax rate"), choices=TaxRate.choices)
    bank = forms.CharField(label=_("Bank"), max_length=128)
    branch = forms.CharField(label=_("Branch"), max_length=128)
    bank_account = forms.RegexField(r"^[0-9A-Za-z -]{5,40}$", label=_("Bank account"), max_length=40)
    letter = AttachmentField(
        label=_("Letter of the bank"),
        required=False,
        help_text=_("Needed when another account was certified before."),
    )

    def prepare(self) -> None:
        if self.is_bound or self.subject is None:
            return
        for name in ("company_name", "taxpayer", "tax_rate", "bank", "branch"):
            self.initial.setdefault(name, getattr(self.subject, name))

    def clean_bank_account(self) -> str:
        return str(self.cleaned_data["bank_account"]).replace(" ", "").replace("-", "")


class SmallAmountForm(ActionForm):
    amount = MoneyField(label=_("Remitted amount"), max_digits=3)
