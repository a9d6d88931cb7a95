"""Tables of customers and of what ties them to a partner."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models.functions import StrIndex
from django.utils.translation import gettext_lazy as _

from partner_center.customers.lifecycles import AuthorisationState, FreezeState, VerifiedStatus
from partner_center.foundation.actor import Actor
from partner_center.foundation.fields import CurrencyField, MoneyField, Record, StateField
from partner_center.kernel import clock
from partner_center.partners.models import OwnedByPartner, Partner

M = TypeVar("M", bound=models.Model)
Rows = TypeVar("Rows", bound=models.QuerySet[Any])


class AssociationType(models.TextChoices):
    """Who sells: referral (顾问销售) the vendor, on the partner's advice; resale (代售, 转售) the partner."""

    REFERRAL = "referral", _("Referral")
    RESALE = "resale", _("Resale")


class CustomerType(models.TextChoices):
    """Decided by the customer, or by its real-name authentication; empty until then."""

    INDIVIDUAL = "individual", _("Individual")
    ENTERPRISE = "enterprise", _("Enterprise")


class Level(models.TextChoices):
    """The customer's level; it decides grace and retention periods."""

    V0 = "V0"
    V1 = "V1"
    V2 = "V2"
    V3 = "V3"
    V4 = "V4"
    V5 = "V5"


class FrozenBy(models.TextChoices):
    """Who froze, and therefore who may unfreeze."""

    ASSOCIATION = "association", _("No budget yet")
    PARTNER = "partner", _("Partner")
    BUDGET = "budget", _("Budget used up")
    VENDOR = "vendor", _("Vendor")
    STANDING = "standing", _("Partner frozen")


class NewCustomerTag(models.TextChoices):
    """The vendor's SMB new-customer mark."""

    YES = "Y", _("New customer")
    NO = "N", _("Not a new customer")
    UNDETERMINED = "UNDETERMINED", _("Not yet determined")


class PermissionGroup(models.TextChoices):
    """The five groups of the customer's authorisation letter."""

    MANAGE_RESOURCES = "manage_resources", _("Manage purchased cloud resources")
    TRADE = "trade", _("Buy, renew, unsubscribe and change cloud services")
    OPERATE = "operate", _("Start, stop, restart and delete resources")
    SECURITY = "security", _("Reset passwords and change policies of cloud services")
    VIEW = "view", _("View account, spending, orders, offers, discounts and contracts")


class EndedBecause(models.TextChoices):
    """What ended a stretch of an association."""

    DISASSOCIATED = "disassociated", _("Disassociated")
    SWITCHED = "switched", _("Association type switched")
    MIGRATED = "migrated", _("Migrated to another partner")


class BudgetType(models.TextChoices):
    MONTHLY = "monthly", _("Monthly budget")
    PACKAGE = "package", _("One-time budget")


class WhenUsedUp(models.TextChoices):
    """What happens when a budget is used up."""

    MANUAL = "manual", _("The partner decides")
    FREEZE = "freeze", _("Restrict purchases")
    STOP = "stop", _("Restrict purchases and freeze resources")


RESOURCES_FROZEN = (FreezeState.RESOURCES, FreezeState.ONLY_RESOURCES)
"""The states in which a customer's resources do not run."""


class BudgetOperation(models.TextChoices):
    SETTING = "SETTING", _("Set")
    DELETE = "DELETE", _("Deleted with the association")


def visible_rows(rows: Rows, actor: Actor, *, customer: str, partner: str) -> Rows:
    """Of rows about customers, those `actor` may see. Staff: all. A partner: its customers' and those of its
    resellers, within an account manager's scope. A customer: its own. Nobody else: none.

    customer, partner: the paths from a row to its customer's id and to the partner that it counts for.
    """
    match actor.kind:
        case "staff" | "system":
            return rows
        case "partner":
            mine = models.Q(**{f"{partner}_id": actor.account_id})
            if actor.account_kind == "distributor":
                mine |= models.Q(**{f"{partner}__distributor_id": actor.account_id})
            return actor.narrow(rows.filter(mine), customer)
        case "customer":
            return rows.filter(**{customer: actor.account_id})
    return rows.none()


class CustomerQuerySet(models.QuerySet["Customer"]):
    """The words both doors use to ask for customers."""

    def visible_to(self, actor: Actor) -> Self:
        """Of customers' rows, the customers themselves; see `visible_rows`."""
        return visible_rows(self, actor, customer="pk", partner="partner")

    def of_partner(self, partner_id: str) -> Self:
        """The partner's own customers, without those of its resellers."""
        return self.filter(partner_id=partner_id)

    def with_real_name(self, part: str) -> Self:
        """Those whose authenticated name contains `part`, whatever its case."""
        return self.filter(verified_status=VerifiedStatus.VERIFIED, name__icontains=part)

    def labelled(self, part: str) -> Self:
        """Those whose tag contains `part`, case for case (SQLite's LIKE would not care)."""
        return self.alias(place=StrIndex("label", models.Value(part))).filter(place__gt=0)

    def associated_until(self, moment: datetime) -> Self:
        """Associated at or before the whole second `moment`, as the contract counts moments."""
        return self.filter(associated_at__lt=moment + timedelta(seconds=1))


class Customer(models.Model):
    """A customer's standing. `pk` is the account's id (customer_id on the wire).

    `name` is the real-name authenticated name, or the company name given before that; it may be empty.
    """

    account = models.OneToOneField("identity.Account", models.PROTECT, primary_key=True, related_name="+")
    name = models.CharField(_("Name"), max_length=256, blank=True)
    country = models.CharField(_("Country"), max_length=2, blank=True)
    refuses_marketing = models.BooleanField(_("No marketing messages"), default=False)

    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Partner")
    )
    association_type = models.CharField(
        _("Association type"), max_length=10, choices=AssociationType.choices, blank=True
    )
    associated_at = models.DateTimeField(_("Associated"), null=True, blank=True)

    level = models.CharField(_("Level"), max_length=2, choices=Level.choices, default=Level.V0)
    label = models.CharField(_("Tag"), max_length=128, blank=True)
    account_manager = models.ForeignKey(
        "identity.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Account manager"),
    )

    customer_type = models.CharField(
        _("Customer type"), max_length=10, choices=CustomerType.choices, blank=True
    )
    verified_status = StateField(
        VerifiedStatus, verbose_name=_("Real-name status"), default=VerifiedStatus.UNVERIFIED
    )
    verified_at = models.DateTimeField(_("Authenticated at"), null=True, blank=True)
    review_opinion = models.CharField(_("Review opinion"), max_length=256, blank=True)

    freeze_state = StateField(FreezeState, verbose_name=_("Freeze"), default=FreezeState.ACTIVE)
    frozen_by = models.CharField(_("Frozen by"), max_length=12, choices=FrozenBy.choices, blank=True)
    freeze_reason = models.CharField(_("Reason"), max_length=256, blank=True)
    frozen_at = models.DateTimeField(_("Frozen at"), null=True, blank=True)

    new_tag = models.CharField(
        _("New-customer tag"), max_length=12, choices=NewCustomerTag.choices, blank=True
    )
    new_tag_from = models.CharField(_("Tag valid from (month)"), max_length=7, blank=True)
    new_tag_until = models.CharField(_("Tag valid until (month)"), max_length=7, blank=True)

    created_at = models.DateTimeField(_("Created"), default=clock.now, editable=False)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="an_association_has_partner_type_and_date",
                condition=models.Q(partner__isnull=True, association_type="", associated_at__isnull=True)
                | (
                    models.Q(partner__isnull=False, associated_at__isnull=False)
                    & ~models.Q(association_type="")
                ),
            ),
            models.CheckConstraint(
                name="an_account_manager_serves_a_partner",
                condition=models.Q(account_manager__isnull=True) | models.Q(partner__isnull=False),
            ),
            models.CheckConstraint(
                name="a_freeze_is_somebodys",
                condition=models.Q(freeze_state="active", frozen_by="")
                | (~models.Q(freeze_state="active") & ~models.Q(frozen_by="")),
            ),
            models.CheckConstraint(
                name="authenticated_customers_have_a_type_and_a_date",
                condition=~models.Q(verified_status="verified")
                | (models.Q(verified_at__isnull=False) & ~models.Q(customer_type="")),
            ),
        ]
        indexes = [
            models.Index(fields=["partner", "-associated_at"], name="customers_by_partner"),
            models.Index(fields=["account_manager"], name="customers_by_manager"),
        ]

    def __str__(self) -> str:
        return self.name or str(self.account)

    @property
    def frozen(self) -> bool:
        """Whether the customer's account is frozen, by whomever."""
        return self.freeze_state in (FreezeState.ACCOUNT, FreezeState.RESOURCES)

    @property
    def resources_frozen(self) -> bool:
        """Whether the customer's resources are frozen with it, or still are."""
        return self.freeze_state in RESOURCES_FROZEN

    @property
    def verified(self) -> bool:
        return self.verified_status is VerifiedStatus.VERIFIED

    @property
    def is_resale(self) -> bool:
        return self.association_type == AssociationType.RESALE

    @property
    def is_referral(self) -> bool:
        return self.association_type == AssociationType.REFERRAL


class TieQuerySet(models.QuerySet[M]):
    """Rows between one customer and one partner: each side sees them, a distributor its resellers' too."""

    def visible_to(self, actor: Actor) -> Self:
        return visible_rows(self, actor, customer="customer_id", partner="partner")


class Association(Record):
    """One stretch of time in which a customer belonged to a partner in one way. The open one has no end."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("Customer"))
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("Partner"))
    association_type = models.CharField(_("Association type"), max_length=10, choices=AssociationType.choices)
    began_at = models.DateTimeField(_("Began"))
    ended_at = models.DateTimeField(_("Ended at"), null=True, blank=True)
    ended_because = models.CharField(
        _("Why it ended"), max_length=16, choices=EndedBecause.choices, blank=True
    )

    objects = TieQuerySet["Association"].as_manager()

    class Meta:
        ordering = ["-began_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=models.Q(ended_at__isnull=True),
                name="a_customer_has_one_partner_at_a_time",
            ),
            models.CheckConstraint(
                name="an_association_ends_after_it_began",
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("began_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer} – {self.partner}"


class Authorisation(Record):
    """A customer's consent that its partner acts for it, in the groups of the letter that it agreed to."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("Customer"))
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("Partner"))
    state = StateField(AuthorisationState, verbose_name=_("State"), default=AuthorisationState.REQUESTED)
    groups = models.JSONField(_("Permissions"), default=list)
    letter_version = models.CharField(_("Version of the letter"), max_length=16, blank=True)
    decided_at = models.DateTimeField(_("Decided"), null=True, blank=True)
    ended_at = models.DateTimeField(_("Ended at"), null=True, blank=True)
    reason = models.CharField(_("Reason"), max_length=256, blank=True)

    objects = TieQuerySet["Authorisation"].as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=models.Q(state__in=["requested", "active"]),
                name="one_open_authorisation_a_customer",
            ),
        ]
        indexes = [models.Index(fields=["partner", "state"], name="authorisations_by_partner")]

    def __str__(self) -> str:
        return f"{self.customer} → {self.partner}"


class IdentityMapping(Record):
    """The partner's own user id of a customer: (partner, xaccount_type, xaccount_id) names one customer."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("Partner"))
    xaccount_type = models.CharField(_("Platform identity"), max_length=64)
    xaccount_id = models.CharField(_("Platform user id"), max_length=64)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("Customer"))

    objects = TieQuerySet["IdentityMapping"].as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "xaccount_type", "xaccount_id"], name="a_platform_user_is_one_customer"
            ),
        ]
        indexes = [models.Index(fields=["customer"], name="mappings_by_customer")]

    def __str__(self) -> str:
        return f"{self.xaccount_type}/{self.xaccount_id}"


class Budget(Record):
    """What an international resale customer may spend, at list price, in a month or once."""

    customer = models.OneToOneField(Customer, models.PROTECT, related_name="+", verbose_name=_("Customer"))
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("Partner"))
    budget_type = models.CharField(_("Budget type"), max_length=8, choices=BudgetType.choices)
    currency = CurrencyField()
    amount = MoneyField(_("Budget"))
    when_used_up = models.CharField(
        _("When used up"), max_length=8, choices=WhenUsedUp.choices, default=WhenUsedUp.MANUAL
    )
    counts_from = models.DateTimeField(_("Counts from"))
    changed_at = models.DateTimeField(_("Changed"))

    objects = TieQuerySet["Budget"].as_manager()

    class Meta:
        ordering = ["-changed_at", "-pk"]
        constraints = [models.CheckConstraint(name="budgets_are_positive", condition=models.Q(amount__gt=0))]

    def __str__(self) -> str:
        return f"{self.customer} {self.amount}"

    @property
    def is_monthly(self) -> bool:
        return self.budget_type == BudgetType.MONTHLY


class BudgetRecord(Record):
    """One change of a budget; kept for ever."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("Customer"))
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("Partner"))
    operation = models.CharField(_("Operation"), max_length=8, choices=BudgetOperation.choices)
    budget_type = models.CharField(_("Budget type"), max_length=8, choices=BudgetType.choices)
    currency = CurrencyField()
    amount = MoneyField(_("Budget"))
    operator = models.CharField(_("Operator"), max_length=128, blank=True)

    objects = TieQuerySet["BudgetRecord"].as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.operation} {self.amount}"


class ManagerAssignment(Record):
    """Whose customer it was, when: consumption counts from `created_at`, performance from the next Beijing
    day, neither after `ended_at`."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("Customer"))
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("Partner"))
    manager = models.ForeignKey(
        "identity.User", models.PROTECT, related_name="+", verbose_name=_("Account manager")
    )
    ended_at = models.DateTimeField(_("Reclaimed"), null=True, blank=True)

    objects = TieQuerySet["ManagerAssignment"].as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=models.Q(ended_at__isnull=True),
                name="a_customer_has_one_account_manager_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["manager", "ended_at"], name="assignments_by_manager")]

    def __str__(self) -> str:
        return f"{self.customer} – {self.manager}"


class Commitment(Record):
    """A partner's commitment letter for operation on customers' behalf, signed with its first request."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("Partner"))
    version = models.CharField(_("Version"), max_length=16)
    signed_by = models.CharField(_("Signed by"), max_length=128, blank=True)

    objects = OwnedByPartner["Commitment"].as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["partner", "version"], name="a_partner_signs_a_commitment_once"),
        ]

    def __str__(self) -> str:
        return f"{self.partner} {self.version}"


class UseKind(models.TextChoices):
    """In which way a partner has used an authorisation."""

    ORDER = "order", _("Order placed")
    TOKEN = "token", _("Token taken")
    CALL = "call", _("API call")


class AuthorisationUse(Record):
    """What a partner did with a customer's authorisation, for the customer to see.

    An order is a row of its own. Tokens and calls of the same user and operation are counted by the hour:
    `created_at` is the first of them, `last_at` the latest.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("Customer"))
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("Partner"))
    kind = models.CharField(_("Kind"), max_length=8, choices=UseKind.choices)
    what = models.CharField(_("What"), max_length=128)
    operator = models.CharField(_("Operator"), max_length=128, blank=True)
    hour = models.DateTimeField()
    times = models.PositiveIntegerField(_("Times"), default=1)
    last_at = models.DateTimeField(_("Last time"), default=clock.now)

    objects = TieQuerySet["AuthorisationUse"].as_manager()

    class Meta:
        ordering = ["-last_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "partner", "kind", "what", "operator", "hour"],
                name="uses_are_counted_by_the_hour",
            ),
        ]
        indexes = [models.Index(fields=["partner", "-last_at"], name="uses_by_partner")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.what}"
