"""Applications to join a programme, and the vendor's invitations to one (features A3–A5, lifecycles 1 and 2)."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.actor import Actor
from partner_center.foundation.fields import Record, StateField
from partner_center.kernel.lifecycle import Lifecycle, State, step
from partner_center.partners.models.partners import Partner
from partner_center.partners.models.programmes import Programme


class ApplicationState(Lifecycle):
    """The vendor reviews; after that, for a reseller, the distributor it has named (lifecycles 1 and 2)."""

    UNDER_REVIEW = State("under_review", _("Under review"), tone="warning")
    DISTRIBUTOR_REVIEW = State("distributor_review", _("Distributor's review"), tone="busy")
    JOINED = State("joined", _("Joined"), tone="good", final=True)
    NOT_PASSED = State("not_passed", _("Not passed"), tone="bad")
    COOPERATION_REFUSED = State("cooperation_refused", _("Cooperation refused"), tone="bad")
    WITHDRAWN = State("withdrawn", _("Withdrawn"), tone="muted", final=True)

    admit = step(UNDER_REVIEW, to=JOINED, label=_("Approve"))
    pass_on = step(UNDER_REVIEW, to=DISTRIBUTOR_REVIEW, label=_("Approve"))
    refuse = step(UNDER_REVIEW, to=NOT_PASSED, label=_("Refuse"))
    resubmit = step(NOT_PASSED, to=UNDER_REVIEW, label=_("Correct and submit again"))
    pass_cooperation = step(DISTRIBUTOR_REVIEW, to=JOINED, label=_("Approve"))
    refuse_cooperation = step(DISTRIBUTOR_REVIEW, to=COOPERATION_REFUSED, label=_("Refuse"))
    choose_distributor = step(
        COOPERATION_REFUSED, to=DISTRIBUTOR_REVIEW, label=_("Choose another distributor")
    )
    withdraw = step(
        UNDER_REVIEW,
        DISTRIBUTOR_REVIEW,
        NOT_PASSED,
        COOPERATION_REFUSED,
        to=WITHDRAWN,
        label=_("Withdraw"),
    )


APPLYING = (
    ApplicationState.UNDER_REVIEW,
    ApplicationState.DISTRIBUTOR_REVIEW,
    ApplicationState.COOPERATION_REFUSED,
)
"""States in which the account counts as applying: it may not buy, nor become anybody's customer."""

OPEN = (*APPLYING, ApplicationState.NOT_PASSED)


class Industry(models.TextChoices):
    INTERNET = "internet", _("Internet")
    MANUFACTURING = "manufacturing", _("Manufacturing")
    FINANCE = "finance", _("Finance")
    GOVERNMENT = "government", _("Government")
    EDUCATION = "education", _("Education")
    HEALTH = "health", _("Health care")
    RETAIL = "retail", _("Retail")
    LOGISTICS = "logistics", _("Transport and logistics")
    MEDIA = "media", _("Media and games")
    OTHER = "other", _("Other")


class CompanyFacts(models.Model):
    """What a company says of itself when it applies, and afterwards in its company information."""

    company_name = models.CharField(_("Company"), max_length=128)
    credit_code = models.CharField(_("Unified credit code"), max_length=32)
    address = models.CharField(_("Address"), max_length=256)
    industry = models.CharField(_("Industry"), max_length=16, choices=Industry.choices)
    website = models.URLField(_("Web site"), max_length=256, blank=True)
    contact_name = models.CharField(_("Contact"), max_length=64)
    contact_mobile = models.CharField(_("Contact's mobile number"), max_length=32)
    contact_email = models.EmailField(_("Contact's e-mail"))

    class Meta:
        abstract = True


class ApplicationQuerySet(models.QuerySet["ProgrammeApplication"]):
    """The words both doors use to ask for applications."""

    def visible_to(self, actor: Actor) -> Self:
        """Staff: all. The applicant: its own. A distributor: also those that the vendor has passed on to it."""
        match actor.kind:
            case "staff" | "system":
                return self
            case "customer":
                return self.filter(account_id=actor.account_id)
            case "partner":
                own = models.Q(account_id=actor.account_id)
                if actor.account_kind == "distributor" and actor.customers is None:
                    own |= models.Q(distributor_id=actor.account_id, passed_on_at__isnull=False)
                return self.filter(own)
        return self.none()

    def open(self) -> Self:
        """Those that may still lead somewhere."""
        return self.filter(state__in=OPEN)

    def waiting_for(self, distributor_id: str) -> Self:
        """What the distributor has to review: the vendor has passed it already."""
        return self.filter(state=ApplicationState.DISTRIBUTOR_REVIEW, distributor_id=distributor_id)


class ProgrammeApplication(CompanyFacts, Record):
    """An account's application to a programme. `makes` is the programme's, so that one identity is applied for
    at a time. `area` is the business region; a reseller's is that of the distributor it names."""

    account = models.ForeignKey(
        "identity.Account", models.PROTECT, related_name="+", verbose_name=_("Account")
    )
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+", verbose_name=_("Programme"))
    makes = models.CharField(max_length=20, blank=True)
    state = StateField(ApplicationState, verbose_name=_("State"), default=ApplicationState.UNDER_REVIEW)
    area = models.CharField(_("Business region"), max_length=32)
    qualification = models.CharField(_("Qualification"), max_length=2000, blank=True)
    licence = models.ForeignKey(
        "identity.Attachment",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Business licence"),
    )
    distributor = models.ForeignKey(
        Partner,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Intended distributor"),
    )
    submitted_at = models.DateTimeField(_("Submitted"))
    passed_on_at = models.DateTimeField(_("Passed on to the distributor"), null=True, blank=True)
    decided_at = models.DateTimeField(_("Decided"), null=True, blank=True)
    opinion = models.CharField(_("Review opinion"), max_length=256, blank=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["-submitted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "programme"],
                condition=models.Q(state__in=[state.value for state in OPEN]),
                name="one_open_application_to_a_programme",
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(state__in=[state.value for state in OPEN]) & ~models.Q(makes=""),
                name="one_identity_is_applied_for_at_a_time",
            ),
            models.CheckConstraint(
                name="who_applies_as_reseller_names_a_distributor",
                condition=~models.Q(makes="reseller") | models.Q(distributor__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["distributor", "state"], name="applications_by_distributor"),
            models.Index(fields=["state", "submitted_at"], name="applications_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.company_name} – {self.programme}"


class QuickRegistrationQuerySet(models.QuerySet["QuickRegistration"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff: all. An account: its own."""
        match actor.kind:
            case "staff" | "system":
                return self
            case "partner" | "customer":
                return self.filter(account_id=actor.account_id)
        return self.none()


class QuickRegistration(Record):
    """An account has proven its addresses and may register one more account of its company until `expires_at`, once
    (快捷注册新账号, features A3)."""

    account = models.ForeignKey(
        "identity.Account", models.PROTECT, related_name="+", verbose_name=_("Account")
    )
    expires_at = models.DateTimeField(_("Valid until"))
    used_at = models.DateTimeField(_("Used"), null=True, blank=True)
    new_account = models.OneToOneField(
        "identity.Account",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("New account"),
    )

    objects = QuickRegistrationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return str(self.account)


class ProgrammeInvitationState(Lifecycle):
    """The vendor's invitation to a programme that takes no other applications."""

    SENT = State("sent", _("Sent"), tone="busy")
    USED = State("used", _("Used"), tone="good", final=True)
    EXPIRED = State("expired", _("Expired"), tone="muted")
    CANCELLED = State("cancelled", _("Cancelled"), tone="muted", final=True)

    use = step(SENT, to=USED, label=_("Use"))
    expire = step(SENT, to=EXPIRED, label=_("Expire"))
    resend = step(SENT, EXPIRED, to=SENT, label=_("Send again"))
    cancel = step(SENT, EXPIRED, to=CANCELLED, label=_("Cancel"))


class HouseRows(models.QuerySet):  # type: ignore[type-arg]
    """Rows of the vendor alone."""

    def visible_to(self, actor: Actor) -> Self:
        return self if actor.is_house else self.none()


class ProgrammeInvitation(Record):
    """A mail with a link by which one company may apply, once. Of the link only a digest is kept."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+", verbose_name=_("Programme"))
    company_name = models.CharField(_("Company"), max_length=128)
    email = models.EmailField(_("E-mail"))
    state = StateField(
        ProgrammeInvitationState, verbose_name=_("State"), default=ProgrammeInvitationState.SENT
    )
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    sent_at = models.DateTimeField(_("Sent at"))
    expires_at = models.DateTimeField(_("Valid until"))
    times_sent = models.PositiveSmallIntegerField(_("Times sent"), default=1)
    application = models.ForeignKey(
        ProgrammeApplication,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Application"),
    )

    objects = HouseRows.as_manager()

    class Meta:
        ordering = ["-sent_at", "-pk"]
        indexes = [models.Index(fields=["state", "expires_at"], name="programme_invitations_due")]

    def __str__(self) -> str:
        return self.company_name
