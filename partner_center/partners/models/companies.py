"""The company behind one or several accounts, and the changes of what is known of it (features B1)."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.actor import Actor
from partner_center.foundation.fields import EncryptedTextField, Record, StateField
from partner_center.identity.models import Site
from partner_center.kernel.lifecycle import Lifecycle, State, step
from partner_center.kernel.money import Money
from partner_center.kernel.period import BEIJING
from partner_center.partners.models.applications import CompanyFacts, Industry

CHANGEABLE = (
    "company_name",
    "address",
    "industry",
    "website",
    "contact_name",
    "contact_mobile",
    "contact_email",
)
"""What the company itself may have changed; the credit code is the ecosystem manager's (features B1)."""


class CompanyQuerySet(models.QuerySet["Company"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff: all. A partner's account: the company it belongs to."""
        match actor.kind:
            case "staff" | "system":
                return self
            case "partner":
                return self.filter(accounts__account_id=actor.account_id)
        return self.none()


class Company(CompanyFacts, Record):
    """A legal entity on one site, shared by all its accounts; one of them, the master, may change it."""

    site = models.CharField(_("Site"), max_length=8, choices=Site.choices)
    area = models.CharField(_("Business region"), max_length=32)
    licence = models.ForeignKey(
        "identity.Attachment",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Business licence"),
    )

    objects = CompanyQuerySet.as_manager()

    class Meta:
        ordering = ["company_name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["site", "credit_code"], name="a_credit_code_is_one_company"),
        ]

    def __str__(self) -> str:
        return self.company_name

    def facts(self) -> dict[str, str]:
        """What may be changed, as it is now."""
        return {name: getattr(self, name) for name in CHANGEABLE}


class OfCompanyQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Rows of a company: staff see all, a partner's account those of its own company."""

    def visible_to(self, actor: Actor) -> Self:
        match actor.kind:
            case "staff" | "system":
                return self
            case "partner":
                own = CompanyAccount.objects.filter(account_id=actor.account_id)
                return self.filter(company_id__in=own.values("company_id"))
        return self.none()


class CompanyAccount(models.Model):
    """An account of a company. The first one is its master."""

    account = models.OneToOneField("identity.Account", models.PROTECT, primary_key=True, related_name="+")
    company = models.ForeignKey(Company, models.PROTECT, related_name="accounts", verbose_name=_("Company"))
    is_master = models.BooleanField(_("Master account"), default=False)
    joined_at = models.DateTimeField(_("Joined at"))

    objects = OfCompanyQuerySet.as_manager()

    class Meta:
        ordering = ["-is_master", "joined_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["company"], condition=models.Q(is_master=True), name="a_company_has_one_master"
            ),
        ]

    def __str__(self) -> str:
        return str(self.account)


class ChangeState(Lifecycle):
    UNDER_REVIEW = State("under_review", _("Under review"), tone="warning")
    APPROVED = State("approved", _("Approved"), tone="good", final=True)
    REJECTED = State("rejected", _("Rejected"), tone="bad", final=True)
    WITHDRAWN = State("withdrawn", _("Withdrawn"), tone="muted", final=True)

    approve = step(UNDER_REVIEW, to=APPROVED, label=_("Approve"))
    reject = step(UNDER_REVIEW, to=REJECTED, label=_("Reject"))
    withdraw = step(UNDER_REVIEW, to=WITHDRAWN, label=_("Withdraw"))


class CompanyChange(Record):
    """A change of company information as it was asked for: each changed fact before and after, with its evidence.

    The facts hold personal data of contacts: they are shown masked and never logged.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="+", verbose_name=_("Company"))
    account = models.ForeignKey(
        "identity.Account", models.PROTECT, related_name="+", verbose_name=_("Account")
    )
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    licence = models.ForeignKey(
        "identity.Attachment",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Business licence"),
    )
    state = StateField(ChangeState, verbose_name=_("State"), default=ChangeState.UNDER_REVIEW)
    opinion = models.CharField(_("Review opinion"), max_length=256, blank=True)
    decided_at = models.DateTimeField(_("Decided"), null=True, blank=True)

    objects = OfCompanyQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["company"],
                condition=models.Q(state=ChangeState.UNDER_REVIEW.value),
                name="one_change_of_a_company_under_review",
            ),
        ]

    def __str__(self) -> str:
        return str(self.company)

    @property
    def created(self) -> str:
        """The day on which it was asked for, in Beijing."""
        return self.created_at.astimezone(BEIJING).strftime("%Y-%m-%d")

    @property
    def what(self) -> list[Any]:
        """The names of the changed facts, in the reader's words."""
        fields = {field.name: field.verbose_name for field in Company._meta.fields}
        return [fields[name] for name in CHANGEABLE if name in self.after]


class Taxpayer(models.TextChoices):
    GENERAL = "general", _("General taxpayer")
    SMALL_SCALE = "small_scale", _("Small-scale taxpayer")


class TaxRate(models.TextChoices):
    """VAT rates, in percent."""

    ONE = "1", "1 %"
    THREE = "3", "3 %"
    SIX = "6", "6 %"
    NINE = "9", "9 %"
    THIRTEEN = "13", "13 %"


class CertificationState(Lifecycle):
    """Commercial-information certification (features A9, lifecycles 1). While certifying, nothing is settled."""

    NONE = State("none", _("Not certified"), tone="muted")
    CERTIFYING = State("certifying", _("Certifying"), tone="busy")
    CERTIFIED = State("certified", _("Certified"), tone="good")
    FAILED = State("failed", _("Failed"), tone="bad")
    LOCKED = State("locked", _("Locked"), tone="bad")
    ABNORMAL = State("abnormal", _("Abnormal"), tone="warning")

    submit = step(NONE, FAILED, ABNORMAL, CERTIFIED, to=CERTIFYING, label=_("Submit"))
    certify = step(CERTIFYING, to=CERTIFIED, label=_("Certify"))
    fail = step(CERTIFYING, ABNORMAL, to=FAILED, label=_("Mark as failed"))
    lock = step(CERTIFYING, to=LOCKED, label=_("Lock"))
    unlock = step(LOCKED, to=NONE, label=_("Unlock"))
    mark_abnormal = step(CERTIFYING, to=ABNORMAL, label=_("Mark as abnormal"))
    lapse = step(CERTIFYING, CERTIFIED, ABNORMAL, FAILED, to=NONE, label=_("Must be certified again"))


class CommercialQuerySet(models.QuerySet["CommercialInformation"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff: all. A partner: its own, nobody above it."""
        match actor.kind:
            case "staff" | "system":
                return self
            case "partner":
                return self.filter(account_id=actor.account_id)
        return self.none()


class CommercialInformation(models.Model):
    """Where a partner's incentives are paid to. `wrong_amounts` counts answers to the remittance of this round."""

    account = models.OneToOneField("identity.Account", models.PROTECT, primary_key=True, related_name="+")
    company_name = models.CharField(_("Company"), max_length=128)
    taxpayer = models.CharField(_("Taxpayer"), max_length=12, choices=Taxpayer.choices)
    tax_rate = models.CharField(_("Tax rate"), max_length=3, choices=TaxRate.choices)
    bank = models.CharField(_("Bank"), max_length=128)
    branch = models.CharField(_("Branch"), max_length=128)
    bank_account = EncryptedTextField(_("Bank account"))
    letter = models.ForeignKey(
        "identity.Attachment",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Letter of the bank"),
    )
    state = StateField(CertificationState, verbose_name=_("State"), default=CertificationState.NONE)
    reason = models.CharField(_("Reason"), max_length=256, blank=True)
    round = models.PositiveIntegerField(_("Round"), default=0)
    wrong_amounts = models.PositiveSmallIntegerField(_("Wrong amounts"), default=0)
    submitted_at = models.DateTimeField(_("Submitted"), null=True, blank=True)
    certified_at = models.DateTimeField(_("Certified at"), null=True, blank=True)

    objects = CommercialQuerySet.as_manager()

    class Meta:
        ordering = ["-submitted_at", "pk"]

    def __str__(self) -> str:
        return self.company_name


class SmallRemittanceQuerySet(models.QuerySet["SmallRemittance"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff alone: whoever knows the sum could certify any account."""
        return self if actor.is_house else self.none()


class SmallRemittance(Record):
    """A random sum of 0.01 to 0.99 that the vendor sends to a bank account; who can name it owns the account."""

    information = models.ForeignKey(
        CommercialInformation, models.PROTECT, related_name="+", verbose_name=_("Company")
    )
    round = models.PositiveIntegerField(_("Round"))
    currency = models.CharField(_("Currency"), max_length=3)
    amount_minor = models.PositiveSmallIntegerField(_("Amount (minor units)"))
    remitted_at = models.DateTimeField(_("Remitted"), null=True, blank=True)

    objects = SmallRemittanceQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["information", "round"], name="one_remittance_a_round"),
            models.CheckConstraint(
                name="small_remittances_are_below_one", condition=models.Q(amount_minor__range=(1, 99))
            ),
        ]

    def __str__(self) -> str:
        return str(self.information)

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


__all__ = [
    "CHANGEABLE",
    "CertificationState",
    "ChangeState",
    "CommercialInformation",
    "Company",
    "CompanyAccount",
    "CompanyChange",
    "Industry",
    "SmallRemittance",
    "TaxRate",
    "Taxpayer",
]
