"""What a resource package contains: the table behind the products that are sold in charging mode `package`.

A package bought keeps a copy of its contents (metering): what is written here concerns the next purchase only.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from partner_center.catalogue.fields import QuantityField
from partner_center.foundation.fields import Record
from partner_center.reference.models import Measure, Named, PublicQuerySet


class PackageKind(models.TextChoices):
    """How its hours are shown on the bill; a package of quantities (套餐包), reserved instances, a savings plan."""

    PACKAGE = "package", _("Resource package")
    RESERVED = "reserved", _("Reserved instance")
    SAVINGS_PLAN = "savings_plan", _("Savings plan")


class Renews(models.TextChoices):
    """How often an item's quantity is there anew: by the calendar in Beijing time, or never."""

    NEVER = "", _("Not renewed")
    HOUR = "hour", _("Every hour")
    MONTH = "month", _("Every month")
    YEAR = "year", _("Every year")


class PackageOfferQuerySet(PublicQuerySet["PackageOffer"]):
    """What packages contain is no secret."""


class PackageOffer(Record):
    """A product that is a package: what kind, and how long one purchase is valid."""

    product = models.OneToOneField("catalogue.Product", models.PROTECT, related_name="package")
    kind = models.CharField(
        _("kind"), max_length=16, choices=PackageKind.choices, default=PackageKind.PACKAGE
    )
    valid_unit = models.CharField(
        _("unit of validity"), max_length=8, choices=[("month", _("Month")), ("year", _("Year"))]
    )
    valid_number = models.PositiveSmallIntegerField(_("validity"))

    objects = PackageOfferQuerySet.as_manager()

    class Meta:
        ordering = ["product"]
        constraints = [
            models.CheckConstraint(
                name="packages_are_valid_for_some_time",
                condition=models.Q(valid_unit__in=("month", "year"), valid_number__gte=1),
            )
        ]

    def __str__(self) -> str:
        return str(self.product)

    @property
    def months(self) -> int:
        """The validity in months: by this a term of 12 months and one of a year are the same."""
        return self.valid_number * (12 if self.valid_unit == "year" else 1)


class PackageContent(Named):
    """One item of a package: this much of these usages.

    quantity: in `measure`, which is the measure of every usage type it covers; each hour, month or year, or in all.
    priority: items of lower numbers are used first, whichever package they belong to.
    """

    id = models.BigAutoField(primary_key=True)
    offer = models.ForeignKey(PackageOffer, models.CASCADE, related_name="contents")
    position = models.PositiveSmallIntegerField()
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="+")
    quantity = QuantityField()
    renews = models.CharField(max_length=8, choices=Renews.choices, blank=True, default=Renews.NEVER)
    priority = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["offer", "position"]
        constraints = [
            models.UniqueConstraint(fields=["offer", "position"], name="contents_of_a_package_are_numbered")
        ]


class PackageCover(models.Model):
    """Usage that an item covers: one usage type, of one product or of all, in one region or in all."""

    id = models.BigAutoField(primary_key=True)
    content = models.ForeignKey(PackageContent, models.CASCADE, related_name="covers")
    usage_type = models.ForeignKey("catalogue.UsageType", models.PROTECT, related_name="+")
    product = models.ForeignKey("catalogue.Product", models.PROTECT, null=True, related_name="+")
    region = models.ForeignKey("catalogue.Region", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["content", "id"]

    def __str__(self) -> str:
        return f"{self.usage_type} {self.product or self.region or ''}".strip()
