"""Forms of reporting, inviting and accepting."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from partner_center.channel.models.leads import MarkKind
from partner_center.channel.models.leads_terms import (
    FOR_ASSOCIATING,
    FOR_REGISTERING,
    Terms,
    TermsKind,
)
from partner_center.channel.queries.leads import is_prepaid_abroad
from partner_center.channel.queries.leads_links import managers_to_choose, running_activities
from partner_center.channel.queries.leads_terms import terms_to_sign, unsigned_terms
from partner_center.channel.rules.leads import types_to_invite
from partner_center.console.forms import ActionForm, MoneyField, RowChoice
from partner_center.console.registry import PAGES
from partner_center.customers.models import AssociationType
from partner_center.customers.rules import is_country
from partner_center.identity.models import Account, Site
from partner_center.kernel.period import BEIJING
from partner_center.partners.queries import partner_with_distributor

NAME_RULE = _("5 to 32 letters, digits, hyphens and underscores, not beginning with a digit.")
REVIEW_FIELDS = ("expected", "process", "project", "account_name")


def _types_of(actor: Any, *, by_mail: bool) -> list[tuple[str, Any]]:
    """The association types that this partner may invite to."""
    words = dict(AssociationType.choices)
    offered = list(types_to_invite(actor.site) if by_mail else AssociationType.values)
    if actor.kind == "partner" and is_prepaid_abroad(partner_with_distributor(actor.account_id)):
        offered = [one for one in offered if one != AssociationType.RESALE]
    return [(one, words[AssociationType(one)]) for one in offered]


class TypeForm(ActionForm):
    """Which association type an invitation by mail is for."""

    association_type = forms.ChoiceField(label=_("Association type"), choices=AssociationType.choices)
    by_mail = True

    def prepare(self) -> None:
        field = self.fields["association_type"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = _types_of(self.actor, by_mail=self.by_mail)


class MailForm(ActionForm):
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("An invitation under way goes to the new address; its old link is dead."),
    )


class ReportForm(ActionForm):
    """A prospect. The questions of a review are asked once a review turns out to be needed."""

    company_name = forms.CharField(label=_("Company"), max_length=128, help_text=_("The full name."))
    mobile = forms.CharField(label=_("Mobile number"), max_length=32)
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("Needed for an invitation by mail; can be added later."),
    )
    contact = forms.CharField(label=_("Contact person"), max_length=64, required=False)
    industry = forms.CharField(label=_("Industry"), max_length=64, required=False)
    country = forms.CharField(
        label=_("Country"), max_length=2, required=False, help_text=_("Two letters, such as SG.")
    )
    expected = MoneyField(label=_("Expected new spend a year"), zero=True)
    process = forms.CharField(
        label=_("Communication so far"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    project = forms.CharField(
        label=_("Project"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    account_name = forms.CharField(label=_("Customer's account"), max_length=64, required=False)
    review = forms.BooleanField(widget=forms.HiddenInput, required=False)
    invite_as = forms.ChoiceField(label=_("Send an invitation now"), required=False)

    def prepare(self) -> None:
        asked = (self.data or self.initial).get("review")
        if not asked:
            for name in REVIEW_FIELDS:
                del self.fields[name]
        if self.actor.site == "cn":
            del self.fields["country"]
        choice = self.fields["invite_as"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", _("No, later")), *_types_of(self.actor, by_mail=True)]

    def clean_company_name(self) -> str:
        name = str(self.cleaned_data["company_name"]).strip()
        if not any(letter.isalnum() for letter in name):
            raise forms.ValidationError(_("The name has neither letters nor digits."))
        return name

    def clean_country(self) -> str:
        code = str(self.cleaned_data.get("country", "")).upper()
        if code and not is_country(code):
            raise forms.ValidationError(_("This is no country or region."))
        return code

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("invite_as") and not given.get("email"):
            self.add_error("email", _("An invitation needs an e-mail address."))
        return given

    def arguments(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "review"}


class OpinionForm(ActionForm):
    opinion = forms.CharField(
        label=_("Review opinion"), max_length=256, widget=forms.Textarea(attrs={"rows": 2})
    )


class OpinionNoteForm(ActionForm):
    opinion = forms.CharField(label=_("Review opinion"), max_length=256, required=False)


class MarkForm(ActionForm):
    site = forms.ChoiceField(label=_("Site"), choices=Site.choices)
    company_name = forms.CharField(label=_("Company"), max_length=128)
    account_name = forms.CharField(label=_("Customer's account"), max_length=64, required=False)
    kind = forms.ChoiceField(label=_("Mark"), choices=MarkKind.choices)
    note = forms.CharField(label=_("Note"), max_length=256, required=False)


class GeneralLinkForm(TypeForm):
    by_mail = False


class CustomLinkForm(TypeForm):
    by_mail = False
    label = forms.CharField(
        label=_("Tag"), max_length=128, help_text=_("The customers that come by the link get it.")
    )
    account_manager = RowChoice(label=_("Account manager"), source=managers_to_choose, required=False)

    def prepare(self) -> None:
        super().prepare()
        for field in self.fields.values():
            if isinstance(field, RowChoice):
                field.narrow_to(self.actor)


class ActivityLinkForm(TypeForm):
    by_mail = False
    activity = RowChoice(label=_("Activity"), source=running_activities)
    account_manager = RowChoice(label=_("Account manager"), source=managers_to_choose, required=False)

    def prepare(self) -> None:
        super().prepare()
        for field in self.fields.values():
            if isinstance(field, RowChoice):
                field.narrow_to(self.actor)


class ActivityForm(ActionForm):
    """From the beginning of one Beijing day to the end of another."""

    site = forms.ChoiceField(label=_("Site"), choices=Site.choices)
    name = forms.CharField(label=_("Activity"), max_length=128)
    first_day = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))

    def prepare(self) -> None:
        if self.actor.kind == "partner":
            del self.fields["site"]

    def arguments(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "name": given["name"],
            "site": given.get("site", ""),
            "begins_at": datetime.combine(given["first_day"], time(), BEIJING),
            "ends_at": datetime.combine(given["last_day"] + timedelta(days=1), time(), BEIJING),
        }


class TermsForm(ActionForm):
    """Base of forms that ask to agree to texts: one box a text, in the version that was shown."""

    def texts(self) -> list[Terms]:
        """The texts that are asked for."""
        raise NotImplementedError

    def prepare(self) -> None:
        for one in self.texts():
            self.fields[f"terms.{one.kind}.{one.version}"] = forms.BooleanField(
                label=_("I have read and agree to: {title}").format(title=one.title),
                help_text=format_html(
                    '<a href="{}" target="_blank" rel="noopener">{}</a>',
                    PAGES["terms-text"].url(kind=one.kind, site=one.site, version=one.version),
                    _("Read version {number}").format(number=one.version),
                ),
            )

    def signed(self) -> frozenset[tuple[str, int]]:
        """Kinds and versions that were ticked."""
        ticked = [
            name.split(".") for name, yes in self.cleaned_data.items() if name.startswith("terms.") and yes
        ]
        return frozenset((kind, int(version)) for _word, kind, version in ticked)


class SignForm(TermsForm):
    """New versions of what the customer agreed to before."""

    def texts(self) -> list[Terms]:
        return terms_to_sign(self.actor)

    def arguments(self) -> dict[str, Any]:
        return {"signed": self.signed()}


class JoinForm(TermsForm):
    """A new account for somebody who came by a link; the subject is where it came from."""

    mobile = forms.CharField(
        label=_("Mobile number"),
        max_length=11,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel-national"}),
    )
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    code = forms.CharField(
        label=_("Verification code"),
        max_length=8,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    name = forms.CharField(
        label=_("Account name"),
        max_length=32,
        help_text=NAME_RULE,
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=32,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    company_name = forms.CharField(label=_("Company"), max_length=128, required=False)
    country = forms.CharField(
        label=_("Country"), max_length=2, required=False, help_text=_("Two letters, such as SG.")
    )

    def texts(self) -> list[Terms]:
        kinds = FOR_REGISTERING if self.subject.is_resale else (*FOR_REGISTERING, *FOR_ASSOCIATING)
        return unsigned_terms(None, self._site(), kinds)

    def prepare(self) -> None:
        for name in ("email", "country") if self._site() == "cn" else ("mobile",):
            del self.fields[name]
        super().prepare()

    def clean_country(self) -> str:
        code = str(self.cleaned_data.get("country", "")).upper()
        if code and not is_country(code):
            raise forms.ValidationError(_("This is no country or region."))
        return code

    def address(self) -> dict[str, str]:
        """The mobile number or e-mail address as it was typed."""
        name = "mobile" if "mobile" in self.fields else "email"
        return {name: str((self.data or {}).get(name, "")).strip()}

    def _site(self) -> str:
        return str(self.subject.partner.account.site)


class AcceptForm(TermsForm):
    """What a signed-in customer agrees to when it accepts; the subject is where it came from."""

    def texts(self) -> list[Terms]:
        account = Account.objects.visible_to(self.actor).get(pk=self.actor.account_id)
        return unsigned_terms(account, account.site, (*FOR_REGISTERING, *FOR_ASSOCIATING))


class PublishForm(ActionForm):
    kind = forms.ChoiceField(label=_("Agreement"), choices=TermsKind.choices)
    site = forms.ChoiceField(label=_("Site"), choices=Site.choices)
    english = forms.CharField(
        label=_("Text in English"), max_length=20000, widget=forms.Textarea(attrs={"rows": 12})
    )
    chinese = forms.CharField(
        label=_("Text in Chinese"), max_length=20000, widget=forms.Textarea(attrs={"rows": 12})
    )
