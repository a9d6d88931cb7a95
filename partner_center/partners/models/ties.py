"""Resellers through time: with which distributor each has worked, and in whose hands it was there."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.fields import Record
from partner_center.partners.models.partners import BetweenPartners, Partner


class TieOrigin(models.TextChoices):
    """How a reseller came to its distributor (features A5, C1, C2)."""

    VENDOR = "vendor", _("Admitted by the vendor")
    APPLICATION = "application", _("Cooperation application")
    INVITATION = "invitation", _("Distributor's invitation")


class ResellerTie(Record):
    """One stretch of time in which a reseller worked with a distributor. The open one has no end."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("Reseller"))
    distributor = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("Distributor"))
    origin = models.CharField(_("Origin"), max_length=12, choices=TieOrigin.choices)
    began_at = models.DateTimeField(_("Began"))
    ended_at = models.DateTimeField(_("Ended at"), null=True, blank=True)
    reason = models.CharField(_("Reason"), max_length=256, blank=True)

    objects = BetweenPartners["ResellerTie"].as_manager()

    class Meta:
        ordering = ["-began_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner"],
                condition=models.Q(ended_at__isnull=True),
                name="a_reseller_has_one_distributor_at_a_time",
            ),
            models.CheckConstraint(
                name="a_cooperation_ends_after_it_began",
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("began_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner} – {self.distributor}"


class ResellerAssignment(Record):
    """A reseller in the hands of one of its distributor's people, from `created_at` until `ended_at` (features C7)."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("Reseller"))
    distributor = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("Distributor"))
    manager = models.ForeignKey(
        "identity.User", models.PROTECT, related_name="+", verbose_name=_("Account manager")
    )
    ended_at = models.DateTimeField(_("Reclaimed"), null=True, blank=True)

    objects = BetweenPartners["ResellerAssignment"].as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner"],
                condition=models.Q(ended_at__isnull=True),
                name="a_reseller_has_one_account_manager_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner} – {self.manager}"
