"""What it takes to reach a tier, and who has asked for one (features A6)."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.actor import Actor
from partner_center.foundation.fields import Record, StateField
from partner_center.kernel.lifecycle import Lifecycle, State, step
from partner_center.partners.models.partners import OwnedByPartner, Partner
from partner_center.partners.models.programmes import Membership, Programme, Tier


class Requirement(models.TextChoices):
    """What can be asked for. Sums are in whole units of the site's currency."""

    CUSTOMERS = "customers", _("Customers associated now")
    CONSUMPTION = "consumption", _("Customers' consumption of the last twelve months")
    RESELLERS = "resellers", _("Resellers associated now")
    PATHS = "paths", _("Development paths with role validation")
    COMMERCIAL = "commercial", _("Commercial information certified")


class RequirementQuerySet(models.QuerySet["TierRequirement"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff: all. A partner: those of its site."""
        match actor.kind:
            case "staff" | "system":
                return self
            case "partner":
                return self.filter(programme__site=actor.site)
        return self.none()


class TierRequirement(models.Model):
    """One line of the checklist for a tier of a programme: at least so much of something."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+", verbose_name=_("Programme"))
    tier = models.CharField(_("Tier"), max_length=10, choices=Tier.choices)
    what = models.CharField(_("Requirement"), max_length=16, choices=Requirement.choices)
    at_least = models.PositiveBigIntegerField(_("At least"))

    objects = RequirementQuerySet.as_manager()

    class Meta:
        ordering = ["programme", "tier", "what"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "tier", "what"], name="a_tier_asks_for_a_thing_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme} – {self.get_tier_display()}: {self.get_what_display()}"


class UpgradeState(Lifecycle):
    UNDER_REVIEW = State("under_review", _("Under review"), tone="warning")
    APPROVED = State("approved", _("Approved"), tone="good", final=True)
    REJECTED = State("rejected", _("Rejected"), tone="bad", final=True)
    WITHDRAWN = State("withdrawn", _("Withdrawn"), tone="muted", final=True)

    approve = step(UNDER_REVIEW, to=APPROVED, label=_("Approve"))
    reject = step(UNDER_REVIEW, to=REJECTED, label=_("Reject"))
    withdraw = step(UNDER_REVIEW, to=WITHDRAWN, label=_("Withdraw"))


class TierUpgrade(Record):
    """A partner's application for the next tier of a programme. `checklist` is what was found when it was submitted."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("Partner"))
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+", verbose_name=_("Programme"))
    tier = models.CharField(_("Applied tier"), max_length=10, choices=Tier.choices)
    checklist = models.JSONField(default=list)
    state = StateField(UpgradeState, verbose_name=_("State"), default=UpgradeState.UNDER_REVIEW)
    opinion = models.CharField(_("Review opinion"), max_length=256, blank=True)
    decided_at = models.DateTimeField(_("Decided"), null=True, blank=True)

    objects = OwnedByPartner["TierUpgrade"].as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["membership"],
                condition=models.Q(state=UpgradeState.UNDER_REVIEW.value),
                name="one_tier_upgrade_under_review",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership} – {self.get_tier_display()}"
