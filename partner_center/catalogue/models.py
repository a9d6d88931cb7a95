"""The catalogue and the price book."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from partner_center.catalogue.fields import UnitPriceField
from partner_center.catalogue.packages import PackageContent, PackageCover, PackageKind, PackageOffer, Renews
from partner_center.catalogue.tariffs import Tariff
from partner_center.foundation.actor import Actor
from partner_center.foundation.fields import CurrencyField, Record, StateField
from partner_center.kernel import clock
from partner_center.kernel.ids import new_id
from partner_center.kernel.lifecycle import Lifecycle, State, step
from partner_center.kernel.period import BillMonth
from partner_center.reference.models import Measure, Named, PublicQuerySet

M = TypeVar("M", bound=models.Model)


class PublicRows(PublicQuerySet[M]):
    """Rows that everybody with an account may read: what can be bought is no secret."""


class HouseRows(models.QuerySet[M]):
    """Rows that only the vendor's staff may read."""

    def visible_to(self, actor: Actor) -> Self:
        return self if actor.is_house else self.none()


class ChargeMode(models.TextChoices):
    """How a product is charged."""

    PERIOD = "period", _("Yearly/Monthly")
    ON_DEMAND = "on_demand", _("Pay-per-use")
    ONE_TIME = "one_time", _("One-off")
    PACKAGE = "package", _("Resource package")


class PeriodType(models.TextChoices):
    """The unit of a purchased term; the values are those of kernel.period.add_term."""

    HOUR = "hour", _("Hour")
    DAY = "day", _("Day")
    MONTH = "month", _("Month")
    YEAR = "year", _("Year")


class Scheme(models.TextChoices):
    """How a quantity becomes an amount; see tariffs.py."""

    FLAT = "flat", _("Flat")
    GRADUATED = "graduated", _("Graduated tiers")
    VOLUME = "volume", _("Volume tiers")
    BLOCK = "block", _("Blocks")


class CloudService(Named):
    """A cloud service under the vendor's code: hws.service.type.ec2."""

    code = models.CharField(max_length=64, unique=True)
    abbreviation = models.CharField(max_length=64, blank=True)

    objects = PublicRows["CloudService"].as_manager()

    class Meta:
        ordering = ["code"]


class ResourceType(Named):
    """A kind of resource within a service: hws.resource.type.vm. Its linear measure says what its size counts.

    follows: the code of the kind it belongs to when both are bought in one order for the same term: a disk its
    server, a bandwidth its address (spec/api/operations.md, cancel_auto_renewal_resources). Alone it stands alone.
    """

    service = models.ForeignKey(CloudService, models.PROTECT, related_name="resource_types")
    code = models.CharField(max_length=64)
    description = models.CharField(max_length=255, blank=True)
    description_zh = models.CharField(max_length=255, blank=True)
    follows = models.CharField(max_length=64, blank=True)

    objects = PublicRows["ResourceType"].as_manager()

    class Meta:
        ordering = ["service__code", "code"]
        constraints = [models.UniqueConstraint(fields=["service", "code"], name="one_resource_type_a_code")]

    def description_in(self, language: str) -> str:
        """What it is, for a reader of `language`."""
        return self.description_zh if language.startswith("zh") else self.description


class UsageMethod(models.TextChoices):
    """How a billing factor's records make what is charged."""

    SUM = "sum", _("Added up")
    MONTHLY_PEAK = "peak95_month", _("95th percentile of the month")
    DAILY_PEAK = "peak95_day", _("95th percentile of each day")


class UsageType(Named):
    """A billing factor of a resource type (Duration, upflow); its prices are per one `measure`.

    method: records are added up, or are five-minute points whose 95th percentile is charged.
    """

    resource_type = models.ForeignKey(ResourceType, models.PROTECT, related_name="usage_types")
    code = models.CharField(max_length=64)
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="+")
    method = models.CharField(max_length=16, choices=UsageMethod.choices, default=UsageMethod.SUM)

    objects = PublicRows["UsageType"].as_manager()

    class Meta:
        ordering = ["resource_type__service__code", "resource_type__code", "code"]
        constraints = [
            models.UniqueConstraint(fields=["resource_type", "code"], name="one_usage_type_a_code")
        ]


class Region(Named):
    code = models.CharField(max_length=64, unique=True)

    objects = PublicRows["Region"].as_manager()

    class Meta:
        ordering = ["code"]


class AvailabilityZone(Named):
    region = models.ForeignKey(Region, models.PROTECT, related_name="zones")
    code = models.CharField(max_length=64, unique=True)

    objects = PublicRows["AvailabilityZone"].as_manager()

    class Meta:
        ordering = ["code"]


class ProductQuerySet(PublicQuerySet["Product"]):
    def detailed(self) -> Self:
        """With everything a list or an answer names."""
        return self.select_related("service", "resource_type", "region", "linear_measure")

    def on_sale(self, currency: str, charge_mode: str = "") -> Self:
        """Products that can be bought now in `currency`, in this charging mode or in any."""
        rows = PriceRow.objects.in_force(clock.now()).filter(currency=currency, unit_price__isnull=False)
        if charge_mode:
            rows = rows.filter(charge_mode=charge_mode)
        return self.filter(pk__in=rows.values("product_id"))


class Product(Record):
    """One spec of a resource type in one region: what an order line buys and a usage record uses.

    number: the product_id of the API.
    linear_measure: what `size` counts for products sold by size (GB of a disk, Mbps of a bandwidth); None otherwise.
    is_main: a resource of it can be renewed, changed and returned; the others follow their main resource.
    family: the SKU family, such as "c6": within it specifications are changed.
    attributes: facts shown to buyers, [{"code", "name", "name_zh", "value", "unit"}].
    """

    number = models.CharField(max_length=32, unique=True, default=new_id, editable=False)
    service = models.ForeignKey(CloudService, models.PROTECT, related_name="products")
    resource_type = models.ForeignKey(ResourceType, models.PROTECT, related_name="products")
    spec = models.CharField(max_length=255)
    name = models.CharField(max_length=255)
    name_zh = models.CharField(max_length=255)
    region = models.ForeignKey(Region, models.PROTECT, related_name="products")
    family = models.CharField(max_length=64, blank=True)
    linear_measure = models.ForeignKey(Measure, models.PROTECT, null=True, related_name="+")
    least_size = models.PositiveIntegerField(default=1)
    greatest_size = models.PositiveIntegerField(default=1)
    size_step = models.PositiveIntegerField(default=1)
    is_main = models.BooleanField(default=True)
    attributes = models.JSONField(default=list)

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering = ["service__code", "resource_type__code", "spec", "region__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["resource_type", "spec", "region"], name="one_product_a_spec_and_region"
            ),
            models.CheckConstraint(
                name="sizes_are_a_range",
                condition=models.Q(least_size__lte=models.F("greatest_size"), size_step__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.spec} ({self.region.code})"

    def name_in(self, language: str) -> str:
        return self.name_zh if language.startswith("zh") else self.name

    @property
    def is_linear(self) -> bool:
        """Whether its price is per unit of size, so that a size must be stated."""
        return self.linear_measure_id is not None

    @property
    def is_package(self) -> bool:
        """Whether it is a resource package: select `package` with it where this is asked of many."""
        return hasattr(self, "package")

    def accepts(self, size: int) -> bool:
        """Whether it is sold in this size."""
        return (
            self.least_size <= size <= self.greatest_size and (size - self.least_size) % self.size_step == 0
        )


class PriceItem(models.Model):
    """What a price is the price of. Two rows with equal items and currencies follow each other in time.

    usage_type: for pay-per-use only. period_type: for yearly/monthly only.
    scheme, unit_price, tiers: the tariff; a unit_price of None means off sale from then on.
    period_numbers: the terms it is sold for, such as [1, 2, 3]; empty means any.
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    charge_mode = models.CharField(max_length=16, choices=ChargeMode.choices)
    period_type = models.CharField(max_length=8, choices=PeriodType.choices, blank=True)
    usage_type = models.ForeignKey(UsageType, models.PROTECT, null=True, related_name="+")
    currency = CurrencyField()
    begins_at = models.DateTimeField()
    scheme = models.CharField(max_length=16, choices=Scheme.choices, default=Scheme.FLAT)
    unit_price = UnitPriceField(null=True)
    tiers = models.JSONField(default=dict)
    period_numbers = models.JSONField(default=list)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.product.spec} {self.charge_mode} {self.period_type} {self.currency} {self.begins_at:%Y-%m-%d}"

    @property
    def is_on_sale(self) -> bool:
        return self.unit_price is not None

    @property
    def tariff(self) -> Tariff:
        """The price as a function of a quantity. Only for a row that is on sale."""
        assert self.unit_price is not None, "off sale"
        return Tariff.read(self.scheme, self.unit_price, self.tiers)

    @property
    def item(self) -> tuple[int, str, str, int | None, str]:
        """What the row prices: equal for rows that follow each other."""
        return (self.product_id, self.charge_mode, self.period_type, self.usage_type_id, self.currency)


class PriceRowQuerySet(PublicQuerySet["PriceRow"]):
    def of_item(
        self, product_id: int, charge_mode: str, period_type: str, usage_type_id: int | None, currency: str
    ) -> Self:
        return self.filter(
            product_id=product_id,
            charge_mode=charge_mode,
            period_type=period_type,
            usage_type_id=usage_type_id,
            currency=currency,
        )

    def in_force(self, moment: datetime) -> Self:
        """The one row of each item that holds at `moment`; rows of items not yet begun are absent."""
        latest = (
            PriceRow.objects.annotate(metered_by=Coalesce("usage_type_id", 0))
            .filter(
                product_id=models.OuterRef("product_id"),
                charge_mode=models.OuterRef("charge_mode"),
                period_type=models.OuterRef("period_type"),
                metered_by=Coalesce(models.OuterRef("usage_type_id"), 0),
                currency=models.OuterRef("currency"),
                begins_at__lte=moment,
            )
            .order_by("-begins_at")
            .values("pk")[:1]
        )
        return self.filter(pk=models.Subquery(latest))


class PriceRow(PriceItem, Record):
    """A published price: in force from `begins_at` until the next row of the same item begins.

    It has no end of its own, so prices cannot overlap or leave a gap. A trigger refuses every UPDATE, and
    the DELETE of a row that has begun by the installation's clock.
    """

    draft = models.ForeignKey(
        "catalogue.PriceDraft", models.PROTECT, null=True, related_name="rows", editable=False
    )

    objects = PriceRowQuerySet.as_manager()

    class Meta:
        ordering = ["product", "charge_mode", "period_type", "usage_type", "currency", "begins_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "charge_mode", "period_type", "usage_type", "currency", "begins_at"],
                condition=models.Q(usage_type__isnull=False),
                name="one_metered_price_at_a_moment",
            ),
            models.UniqueConstraint(
                fields=["product", "charge_mode", "period_type", "currency", "begins_at"],
                condition=models.Q(usage_type__isnull=True),
                name="one_price_at_a_moment",
            ),
            models.CheckConstraint(
                name="metered_prices_name_their_usage",
                condition=models.Q(charge_mode="on_demand", usage_type__isnull=False, period_type="")
                | models.Q(charge_mode="period", usage_type__isnull=True) & ~models.Q(period_type="")
                | models.Q(charge_mode__in=("one_time", "package"), usage_type__isnull=True, period_type=""),
            ),
            models.CheckConstraint(
                name="prices_are_not_negative",
                condition=models.Q(unit_price__isnull=True) | models.Q(unit_price__gte=0),
            ),
        ]


class DraftState(Lifecycle):
    OPEN = State("open", _("Draft"), tone="warning")
    PUBLISHED = State("published", _("Published"), tone="good", final=True)
    DISCARDED = State("discarded", _("Discarded"), tone="muted", final=True)

    publish = step(OPEN, to=PUBLISHED, label=_("Publish"))
    discard = step(OPEN, to=DISCARDED, label=_("Discard"))


class PriceDraft(Record):
    """Changes of the price book that nobody is charged by yet."""

    name = models.CharField(max_length=128)
    state = StateField(DraftState, default=DraftState.OPEN)
    published_at = models.DateTimeField(null=True, editable=False)

    objects = HouseRows["PriceDraft"].as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name


class DraftPrice(PriceItem):
    """One row of a draft: a price to be published, or, with `withdraws`, a coming row to be taken back."""

    draft = models.ForeignKey(PriceDraft, models.CASCADE, related_name="prices")
    withdraws = models.BooleanField(default=False)

    objects = HouseRows["DraftPrice"].as_manager()

    class Meta:
        ordering = ["pk"]


class IncentiveClass(models.TextChoices):
    """How a product counts towards incentives (spec/domain/features.md, product policies)."""

    ORDINARY = "0", _("Not a specific product")
    SPECIFIC = "1", _("Specific product")
    NEITHER = "2", _("No performance, no rebate")
    NO_REBATE = "13", _("Performance, no rebate")


class PolicyQuerySet(PublicQuerySet["ProductPolicy"]):
    def in_force(self, moment: datetime) -> Self:
        """The policy of each service that holds at `moment`."""
        latest = ProductPolicy.objects.filter(service_id=models.OuterRef("service_id"), begins_at__lte=moment)
        return self.filter(pk=models.Subquery(latest.order_by("-begins_at").values("pk")[:1]))


class ProductPolicy(Record):
    """The incentive class of a service, and whether partner-granted discounts apply to it, from a month on.

    Each row ends where the service's next one begins.
    """

    service = models.ForeignKey(CloudService, models.PROTECT, related_name="policies")
    begins_at = models.DateTimeField()
    incentive_class = models.CharField(max_length=2, choices=IncentiveClass.choices)
    allows_discount = models.BooleanField(default=True)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        ordering = ["service__code", "begins_at"]
        constraints = [
            models.UniqueConstraint(fields=["service", "begins_at"], name="one_policy_at_a_moment")
        ]

    def __str__(self) -> str:
        return f"{self.service.code} {BillMonth.of(self.begins_at)}"


def begun(row: Any) -> bool:
    """Whether a row with `begins_at` has begun by the installation's clock."""
    return bool(row.begins_at <= clock.now())


__all__ = [
    "AvailabilityZone",
    "ChargeMode",
    "CloudService",
    "DraftPrice",
    "DraftState",
    "HouseRows",
    "IncentiveClass",
    "PackageContent",
    "PackageCover",
    "PackageKind",
    "PackageOffer",
    "PeriodType",
    "PolicyQuerySet",
    "PriceDraft",
    "PriceItem",
    "PriceRow",
    "PriceRowQuerySet",
    "Product",
    "ProductPolicy",
    "ProductQuerySet",
    "PublicRows",
    "Region",
    "Renews",
    "ResourceType",
    "Scheme",
    "UsageMethod",
    "UsageType",
    "begun",
]
