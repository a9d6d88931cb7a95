"""Forms of real-name authentication."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partner_center.channel.models.real_name import Certificate, Means, Subject
from partner_center.channel.rules.real_name import Claim, corporate_name_fits, in_words, papers_needed
from partner_center.console.forms import ActionForm
from partner_center.customers.models import Customer
from partner_center.identity.upload_field import AttachmentField

PERSONAL = (
    Certificate.ID_CARD,
    Certificate.PASSPORT,
    Certificate.MAINLAND_PERMIT,
    Certificate.TAIWAN_PERMIT,
    Certificate.HK_MACAO_RESIDENCE,
    Certificate.TAIWAN_RESIDENCE,
)
CORPORATE = tuple(one for one in Certificate if one not in PERSONAL)
HINT = _("JPG, BMP, PNG, GIF or PDF, at most 10 MB each. They are stored encrypted; only reviewers see them.")
PAPERS = ("first", "second", "third", "fourth")


class _ApplicationForm(ActionForm):
    """What both kinds share: the papers in their order, as many as the certificate demands."""

    def claim(self) -> Claim:
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors:
            customer: Customer = self.subject
            needed = papers_needed(self.claim(), customer.account.site)
            if len(self.papers()) not in needed:
                raise ValidationError(
                    _("This certificate needs {needed} files.").format(needed=in_words(needed))
                )
        return given

    def papers(self) -> list[tuple[str, bytes]]:
        named = (self.cleaned_data.get(name) for name in PAPERS)
        return [paper for paper in named if paper is not None]

    def arguments(self) -> dict[str, Any]:
        return {"claim": self.claim(), "files": self.papers()}


class IndividualForm(_ApplicationForm):
    certificate = forms.ChoiceField(
        label=_("Certificate"), choices=[(one.value, one.label) for one in PERSONAL]
    )
    name = forms.CharField(label=_("Name as in the certificate"), max_length=255)
    number = forms.CharField(label=_("Certificate number"), max_length=32)
    first = AttachmentField(label=_("Front, or the page with the portrait"))
    second = AttachmentField(
        label=_("Back; of a passport the page with the entry stamp"),
        required=False,
        help_text=_("On the international site, of a passport: the passport in your hand."),
    )
    third = AttachmentField(
        label=_("The certificate in your hand"),
        required=False,
        help_text=HINT,
    )

    def prepare(self) -> None:
        if self.subject.account.site == "intl":
            abroad = [(one.value, one.label) for one in PERSONAL if one is not Certificate.ID_CARD]
            self.fields["certificate"].choices = abroad  # type: ignore[attr-defined]

    def claim(self) -> Claim:
        given = self.cleaned_data
        return Claim(
            Subject.INDIVIDUAL, Means.CERTIFICATE, given["certificate"], given["name"], given["number"]
        )


class EnterpriseForm(_ApplicationForm):
    """An enterprise; for an authenticated individual, the change to one."""

    certificate = forms.ChoiceField(
        label=_("Certificate"), choices=[(one.value, one.label) for one in CORPORATE]
    )
    name = forms.CharField(label=_("Name of the enterprise"), max_length=255)
    number = forms.CharField(label=_("Certificate number"), max_length=64)
    country = forms.CharField(label=_("Country of registration"), max_length=64, required=False)
    address = forms.CharField(label=_("Registered address"), max_length=255, required=False)
    person = forms.CharField(label=_("Legal representative"), max_length=255, required=False)
    person_number = forms.CharField(
        label=_("Identity number of the legal representative"),
        max_length=32,
        required=False,
        help_text=_(
            "With it, both sides of the representative's identity card belong to the files, after the certificate."
        ),
    )
    first = AttachmentField(label=_("Certificate"))
    second = AttachmentField(label=_("Second file"), required=False)
    third = AttachmentField(label=_("Third file"), required=False)
    fourth = AttachmentField(
        label=_("Fourth file"),
        required=False,
        help_text=HINT,
    )

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if not corporate_name_fits(name):
            raise ValidationError(_("The name cannot consist of digits and special characters alone."))
        return name

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if bool(given.get("person")) != bool(given.get("person_number")):
            self.add_error("person", _("Give both the representative's name and number, or neither."))
        return given

    def claim(self) -> Claim:
        given, customer = self.cleaned_data, self.subject
        subject = Subject.CHANGE if customer.verified else Subject.ENTERPRISE
        details = {
            name: given[name] for name in ("country", "address", "person", "person_number") if given[name]
        }
        return Claim(
            subject, Means.CERTIFICATE, given["certificate"], given["name"], given["number"], details
        )


class FaceForm(ActionForm):
    """What the page behind a QR code asks for."""

    name = forms.CharField(label=_("Name as in the identity card"), max_length=255)
    number = forms.CharField(label=_("Identity card number"), max_length=32)
    photo = AttachmentField(
        label=_("Photograph of your face"),
        help_text=_("It is stored encrypted and used for this authentication alone."),
    )

    def prepare(self) -> None:
        self.fields["photo"].widget.attrs.update({"capture": "user", "accept": "image/*"})

    def arguments(self) -> dict[str, Any]:
        given = self.cleaned_data
        claim = Claim(
            Subject.INDIVIDUAL, Means.FACE, Certificate.ID_CARD.value, given["name"], given["number"]
        )
        return {"claim": claim, "files": [given["photo"]]}


class OpinionForm(ActionForm):
    opinion = forms.CharField(
        label=_("Review opinion"), max_length=256, widget=forms.Textarea(attrs={"rows": 3})
    )


class ForbidForm(ActionForm):
    number = forms.CharField(label=_("Certificate number"), max_length=64, min_length=6)
    reason = forms.CharField(label=_("Reason"), max_length=256)
