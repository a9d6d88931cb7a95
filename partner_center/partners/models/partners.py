"""Tables of the channel above the customers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.actor import Actor
from partner_center.foundation.fields import Record, StateField
from partner_center.kernel.lifecycle import Lifecycle, State, step
from partner_center.kernel.period import add_months

M = TypeVar("M", bound=models.Model)


class PartnerKind(models.TextChoices):
    """What a partner is in the channel; the same words as `Account.kind`."""

    DISTRIBUTOR = "distributor", _("Distributor")
    RESELLER = "reseller", _("Reseller")
    SOLUTION_PROVIDER = "solution_provider", _("Cloud solution provider")


class Settlement(models.TextChoices):
    """When a partner pays the vendor: from money it has put in, or a month's bill."""

    PREPAID = "prepaid", _("Prepaid")
    POSTPAID = "postpaid", _("Postpaid")


class ResellerRight(models.TextChoices):
    """What a distributor may let a reseller do with the reseller's own customers."""

    ACT_FOR_CUSTOMERS = "act_for_customers", _("Place orders and operate resources on behalf of customers")
    SET_BUDGETS = "set_budgets", _("Set customers' budgets")
    FREEZE_CUSTOMERS = "freeze_customers", _("Restrict purchases of customers")


class PartnerState(Lifecycle):
    """A membership from joining to its end (lifecycles 1; application and review come before the row).

    A restricted partner's resale customers cannot spend; a distributor's restriction reaches its
    resellers' resale customers too. The resellers of a distributor that has gone can bring in nobody.
    Lapsed: the contract has run out or the annual review was not passed; it may be renewed.
    """

    JOINED = State("joined", _("Joined"), tone="good")
    RESTRICTED = State("restricted", _("Restricted"), tone="warning")
    FROZEN = State("frozen", _("Frozen"), tone="bad")
    LAPSED = State("lapsed", _("Lapsed"), tone="muted")
    EXITED = State("exited", _("Exited"), tone="muted", final=True)
    DELISTED = State("delisted", _("Delisted"), tone="muted", final=True)

    restrict = step(JOINED, to=RESTRICTED, label=_("Restrict"))
    freeze = step(JOINED, RESTRICTED, to=FROZEN, label=_("Freeze"))
    lift = step(RESTRICTED, FROZEN, to=JOINED, label=_("Lift restrictions"))
    lapse = step(JOINED, RESTRICTED, to=LAPSED, label=_("Let lapse"))
    renew = step(LAPSED, to=JOINED, label=_("Renew"))
    leave = step(JOINED, RESTRICTED, LAPSED, to=EXITED, label=_("Register the exit"))
    delist = step(JOINED, RESTRICTED, FROZEN, LAPSED, to=DELISTED, label=_("Delist"))


GONE = (PartnerState.EXITED, PartnerState.DELISTED)
"""Standings from which there is no way back."""

MONTHS_TO_CASH = 12
"""After its identity has lapsed or ended, a partner may have its incentives paid out for so long (features A8)."""


class PartnerQuerySet(models.QuerySet["Partner"]):
    """The words both doors use to ask for partners."""

    def visible_to(self, actor: Actor) -> Self:
        """Staff: all. A distributor: itself and its resellers. Another partner: itself. Nobody else."""
        match actor.kind:
            case "staff" | "system":
                return self
            case "partner":
                return self.filter(models.Q(pk=actor.account_id) | models.Q(distributor_id=actor.account_id))
        return self.none()

    def resellers_of(self, distributor_id: str) -> Self:
        return self.filter(kind=PartnerKind.RESELLER, distributor_id=distributor_id)

    def associated_until(self, moment: datetime) -> Self:
        """Associated at or before the whole second `moment`, as the contract counts moments."""
        return self.filter(associated_at__lt=moment + timedelta(seconds=1))


class Partner(models.Model):
    """A partner's standing. `pk` is the account's id (partner_id, indirect_partner_id on the wire)."""

    account = models.OneToOneField("identity.Account", models.PROTECT, primary_key=True, related_name="+")
    kind = models.CharField(_("Kind"), max_length=20, choices=PartnerKind.choices)
    name = models.CharField(_("Company"), max_length=256)
    distributor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Distributor")
    )
    associated_at = models.DateTimeField(_("Associated with the distributor"), null=True, blank=True)
    state = StateField(PartnerState, verbose_name=_("State"), default=PartnerState.JOINED)
    state_reason = models.CharField(_("Reason"), max_length=256, blank=True)
    settlement = models.CharField(
        _("Settlement"), max_length=10, choices=Settlement.choices, default=Settlement.PREPAID
    )
    account_manager = models.ForeignKey(
        "identity.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Account manager"),
        help_text=_("The distributor's employee who looks after this reseller."),
    )
    is_sandbox = models.BooleanField(
        _("Sandbox partner"), default=False, help_text=_("A sandbox partner may not create customers.")
    )
    joined_at = models.DateTimeField(_("Joined at"))
    left_at = models.DateTimeField(_("Lapsed or left at"), null=True, blank=True)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        ordering = ["-joined_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="only_resellers_have_a_distributor",
                condition=models.Q(distributor__isnull=True) | models.Q(kind="reseller"),
            ),
            models.CheckConstraint(
                name="a_distributor_is_dated",
                condition=models.Q(distributor__isnull=True, associated_at__isnull=True)
                | models.Q(distributor__isnull=False, associated_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["distributor", "-associated_at"], name="partner_by_distributor")]

    def __str__(self) -> str:
        return self.name

    @property
    def incentives_until(self) -> datetime | None:
        """Until when what it has earned can be paid out; None while it is a partner (features A8)."""
        return add_months(self.left_at, MONTHS_TO_CASH) if self.left_at else None


class OwnedByPartner(models.QuerySet[M]):
    """Rows with a `partner` column: the partner's own, and for a distributor those of its resellers."""

    def visible_to(self, actor: Actor) -> Self:
        match actor.kind:
            case "staff" | "system":
                return self
            case "partner":
                return self.filter(
                    models.Q(partner_id=actor.account_id) | models.Q(partner__distributor_id=actor.account_id)
                )
        return self.none()


class BetweenPartners(models.QuerySet[M]):
    """Rows between a reseller (`partner`) and the distributor it worked with then: each sees its own, a later
    distributor none of them."""

    def visible_to(self, actor: Actor) -> Self:
        match actor.kind:
            case "staff" | "system":
                return self
            case "partner":
                return self.filter(
                    models.Q(partner_id=actor.account_id) | models.Q(distributor_id=actor.account_id)
                )
        return self.none()


class PlatformIdentity(Record):
    """A platform of a partner, named by its xaccount type; also the name of its customers' agency."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("Partner"))
    code = models.CharField(_("Platform identity"), max_length=64)

    objects = OwnedByPartner["PlatformIdentity"].as_manager()

    class Meta:
        ordering = ["partner", "code"]
        constraints = [
            models.UniqueConstraint(fields=["partner", "code"], name="a_partner_has_a_platform_once"),
        ]

    def __str__(self) -> str:
        return self.code


class ResellerGrant(Record):
    """A right that a distributor has given to a reseller, from `created_at` until it is withdrawn."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("Reseller"))
    distributor = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("Distributor"))
    right = models.CharField(_("Right"), max_length=24, choices=ResellerRight.choices)
    withdrawn_at = models.DateTimeField(_("Withdrawn"), null=True, blank=True)

    objects = BetweenPartners["ResellerGrant"].as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "right"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="a_reseller_holds_a_right_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_right_display())
