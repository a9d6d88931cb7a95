"""Real-name authentication: applications with their papers, numbers that are refused, codes for a face at a phone."""

from __future__ import annotations

import enum
from typing import Any, Self, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from partner_center.customers.models import Customer, visible_rows
from partner_center.foundation.actor import Actor
from partner_center.foundation.fields import EncryptedTextField, Record, StateField
from partner_center.foundation.models import HouseQuerySet
from partner_center.identity.models import Attachment
from partner_center.kernel import clock
from partner_center.kernel.lifecycle import Lifecycle, State, step
from partner_center.partners.models import Partner

M = TypeVar("M", bound=models.Model)


class RealNameState(Lifecycle):
    """One application; the wire codes are those of review_result, which tells no kinds of refusals apart."""

    IN_REVIEW = State("in_review", _("In review"), tone="busy", wire=0)
    PASSED = State("passed", _("Passed"), tone="good", wire=2)
    REJECTED = State("rejected", _("Rejected"), tone="bad", wire=1, final=True)
    FAILED = State("failed", _("Failed"), tone="bad", wire=1, final=True)
    ENDED = State("ended", _("No longer valid"), tone="muted", wire=1, final=True)

    shared_wire_codes = enum.nonmember((1,))

    approve = step(IN_REVIEW, to=PASSED, label=_("Approve"))
    reject = step(IN_REVIEW, to=REJECTED, label=_("Reject"))
    fail = step(IN_REVIEW, to=FAILED, label=_("Mark as failed"))
    end = step(PASSED, to=ENDED, label=_("Withdraw authentication"))


class Subject(models.TextChoices):
    """Who is authenticated; a change makes an enterprise of an authenticated individual."""

    INDIVIDUAL = "individual", _("Individual")
    ENTERPRISE = "enterprise", _("Enterprise")
    CHANGE = "change", _("Change from individual to enterprise")


class Means(models.TextChoices):
    """By what (identify_type on the wire: 0 and 1 certificate, 4 bank card; a face only at the page of its code)."""

    CERTIFICATE = "certificate", _("Certificate")
    BANK_CARD = "bank_card", _("Bank card")
    FACE = "face", _("Face")


class Certificate(models.TextChoices):
    """The papers that are taken."""

    ID_CARD = "id_card", _("Identity card")
    PASSPORT = "passport", _("Passport")
    MAINLAND_PERMIT = "mainland_permit", _("Mainland travel permit for Hong Kong and Macao residents")
    TAIWAN_PERMIT = "taiwan_permit", _("Mainland travel permit for Taiwan residents")
    HK_MACAO_RESIDENCE = "hk_macao_residence", _("Residence permit for Hong Kong and Macao residents")
    TAIWAN_RESIDENCE = "taiwan_residence", _("Residence permit for Taiwan residents")
    BUSINESS_LICENCE = "business_licence", _("Business licence")
    INSTITUTION = "institution", _("Certificate of a public institution as legal person")
    SOCIAL_GROUP = "social_group", _("Certificate of a social organisation as legal person")
    AUTHORITY = "authority", _("Certificate of an administrative authority")
    ORGANISATION_CODE = "organisation_code", _("Organisation code certificate")
    OTHER = "other", _("Other")


class ApplicationQuerySet(models.QuerySet[M]):
    def visible_to(self, actor: Actor) -> Self:
        """The customer's own, its present partner's (a distributor's also of its resellers), and staff's."""
        return visible_rows(self, actor, customer="customer_id", partner="customer__partner")


class RealNameApplication(Record):
    """What somebody said of a customer's identity, and what was decided.

    partner: who applied for the customer; None when it did so itself. `number` and `details` (JSON: registered
    country and address, legal person, bank card) are sealed; `number_digest` tells equal numbers without saying
    them. slot: the place among the customers an individual's number may authenticate, so that two at once cannot
    take the last one. by_check: decided by the automatic check.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("Customer"))
    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Applied by")
    )
    subject = models.CharField(_("Authenticates"), max_length=12, choices=Subject.choices)
    means = models.CharField(_("Means of proof"), max_length=12, choices=Means.choices)
    certificate = models.CharField(_("Certificate"), max_length=20, choices=Certificate.choices, blank=True)
    name = models.CharField(_("Real name"), max_length=255)
    number = EncryptedTextField(_("Certificate number"))
    number_digest = models.CharField(max_length=64)
    slot = models.PositiveSmallIntegerField(null=True)
    details = EncryptedTextField(default="{}")
    state = StateField(RealNameState, verbose_name=_("State"), default=RealNameState.IN_REVIEW)
    opinion = models.CharField(_("Review opinion"), max_length=256, blank=True)
    decided_at = models.DateTimeField(_("Decided"), null=True, blank=True)
    by_check = models.BooleanField(_("Checked automatically"), default=False)

    objects = ApplicationQuerySet["RealNameApplication"].as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=models.Q(state="in_review"),
                name="one_real_name_application_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["number_digest", "slot"],
                condition=models.Q(state__in=["in_review", "passed"]),
                name="a_number_authenticates_so_many_customers",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-created_at"], name="real_names_of_a_customer"),
            models.Index(fields=["state", "-created_at"], name="real_names_by_state"),
        ]

    def __str__(self) -> str:
        return str(self.customer)


class PaperQuerySet(models.QuerySet[M]):
    def visible_to(self, actor: Actor) -> Self:
        """With their application; what they show is opened by reviewers alone (identity/attachments.py)."""
        return visible_rows(
            self, actor, customer="application__customer_id", partner="application__customer__partner"
        )


class RealNamePaper(Record):
    """One page or photograph of an application, in the order the certificate demands."""

    application = models.ForeignKey(RealNameApplication, models.PROTECT, related_name="papers")
    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name=_("Attachment"))
    position = models.PositiveSmallIntegerField()

    objects = PaperQuerySet["RealNamePaper"].as_manager()

    class Meta:
        ordering = ["application", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "position"], name="papers_of_an_application_are_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}"


class ForbiddenNumber(Record):
    """A certificate number that no customer may be authenticated with. `hint` shows some of its characters."""

    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(_("Number"), max_length=64)
    reason = models.CharField(_("Reason"), max_length=256)

    objects: Any = HouseQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.hint


class FaceCodeQuerySet(models.QuerySet["FaceCode"]):
    def visible_to(self, actor: Actor) -> Self:
        """Nobody reads codes."""
        return self.none()


class FaceCode(Record):
    """A QR code that opens the page of face authentication for one customer: once, for ten minutes."""

    digest = models.CharField(max_length=64, unique=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = FaceCodeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.pk}"


class ConfigurationQuerySet(models.QuerySet["AccessConfiguration"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff see all, a partner its own."""
        if actor.is_house:
            return self
        return self.filter(partner=actor.account_id) if actor.kind == "partner" else self.none()


class AccessConfiguration(models.Model):
    """What a partner with a platform of its own has switched on (features T1)."""

    partner = models.OneToOneField(
        Partner, models.PROTECT, primary_key=True, related_name="+", verbose_name=_("Partner")
    )
    real_name_upload = models.BooleanField(_("Real-name attachment upload"), default=False)
    changed_at = models.DateTimeField(_("Changed"), default=clock.now)

    objects = ConfigurationQuerySet.as_manager()

    class Meta:
        ordering = ["partner"]

    def __str__(self) -> str:
        return str(self.partner)
