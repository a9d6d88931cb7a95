"""Resource packages: what a customer holds, what is in it, and what each month has taken from it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partner_center.catalogue.fields import QuantityField
from partner_center.catalogue.models import PackageKind, Product, Region, Renews, UsageType
from partner_center.customers.models import Customer
from partner_center.foundation.fields import CurrencyField, MoneyField, Record, StateField
from partner_center.kernel.ids import new_id
from partner_center.kernel.lifecycle import Lifecycle, State, step
from partner_center.kernel.period import Period
from partner_center.reference.models import Measure, Named
from partner_center.subscriptions.models import OfCustomers


class PackageState(Lifecycle):
    """A package by the contract's codes. Used up is nothing final: a new cycle, or a rating corrected, fills it."""

    PENDING = State("pending", _("Not in effect yet"), tone="plain", wire=0)
    EFFECTIVE = State("effective", _("In effect"), tone="good", wire=1)
    USED_UP = State("used_up", _("Used up"), tone="warning", wire=2)
    EXPIRED = State("expired", _("Expired"), tone="muted", wire=3, final=True)
    UNSUBSCRIBED = State("unsubscribed", _("Unsubscribed"), tone="muted", wire=4, final=True)

    take_effect = step(PENDING, to=EFFECTIVE, label=_("Take effect"))
    use_up = step(EFFECTIVE, to=USED_UP, label=_("Use up"))
    replenish = step(USED_UP, to=EFFECTIVE, label=_("Replenish"))
    expire = step(EFFECTIVE, USED_UP, to=EXPIRED, label=_("Expire"))
    unsubscribe = step(PENDING, EFFECTIVE, USED_UP, to=UNSUBSCRIBED, label=_("Unsubscribe"))


class PackageSource(models.TextChoices):
    ORDER = "order", _("Order")
    GRANT = "grant", _("Granted")


class PackageQuerySet(OfCustomers["Package"]):
    def alive_during(self, period: Period) -> PackageQuerySet:
        """Those that cover usage of some moment of `period`."""
        return self.filter(begins_at__lt=period.end, ends_at__gt=period.start)


class Package(Record):
    """One package of a customer, in force for half-open [begins_at, ends_at).

    number: the order_instance_id of the API. ends_at moves back to the moment of an unsubscription.
    due_at: when it moves on by itself: it takes effect, its next cycle begins after it was used up, it expires.
    official, payable, cash, credit: its part of what its order cost, and of what was paid for it.
    """

    number = models.CharField(_("package ID"), max_length=64, unique=True, default=new_id, editable=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("customer"))
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    kind = models.CharField(_("kind"), max_length=16, choices=PackageKind.choices)
    source = models.CharField(
        _("source"), max_length=8, choices=PackageSource.choices, default=PackageSource.ORDER
    )
    order_number = models.CharField(_("order"), max_length=64, blank=True, db_index=True)
    order_line = models.PositiveSmallIntegerField(null=True, blank=True)
    name = models.CharField(_("name"), max_length=128, blank=True)
    enterprise_project_id = models.CharField(_("enterprise project"), max_length=128, blank=True)
    begins_at = models.DateTimeField(_("effective"))
    ends_at = models.DateTimeField(_("expires"), db_index=True)
    state = StateField(PackageState, default=PackageState.PENDING, verbose_name=_("state"))
    due_at = models.DateTimeField(null=True, editable=False)
    reason = models.CharField(_("reason"), max_length=255, blank=True)
    currency = CurrencyField()
    official = MoneyField(_("list price"), default=0)
    payable = MoneyField(_("amount after discount"), default=0)
    cash = MoneyField(_("cash"), default=0)
    credit = MoneyField(_("credit"), default=0)

    objects = PackageQuerySet.as_manager()

    class Meta:
        ordering = ["-begins_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="packages_do_not_end_before_they_begin",
                condition=Q(begins_at__lt=models.F("ends_at"))
                | Q(state="unsubscribed", begins_at=models.F("ends_at")),
            ),
            models.CheckConstraint(
                name="packages_come_from_somewhere",
                condition=Q(source="order", order_line__isnull=False) & ~Q(order_number="")
                | Q(source="grant", order_number="") & ~Q(reason=""),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="packages_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["customer", "-begins_at"], name="packages_of_a_customer"),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.product.spec} {self.number[:8]}"

    @property
    def life(self) -> Period:
        """When it covers usage."""
        return Period(self.begins_at, self.ends_at)


class PackageItemQuerySet(OfCustomers["PackageItem"]):
    to_customer = "package__customer"


class PackageItem(Named):
    """One item of a package, copied from the catalogue when it was bought. `number`: the API's free_resource_id."""

    id = models.BigAutoField(primary_key=True)
    number = models.CharField(_("item ID"), max_length=64, unique=True, default=new_id, editable=False)
    package = models.ForeignKey(Package, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="+", verbose_name=_("measure"))
    quantity = QuantityField(verbose_name=_("quantity"))
    renews = models.CharField(_("renewed"), max_length=8, choices=Renews.choices, blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"))

    objects = PackageItemQuerySet.as_manager()

    class Meta:
        ordering = ["package", "position"]
        constraints = [
            models.UniqueConstraint(fields=["package", "position"], name="items_of_a_package_are_numbered")
        ]

    def usage_name_in(self, language: str) -> str:
        """The first usage type it covers, for a reader of `language`."""
        scope = next(iter(self.scopes.all()), None)
        return scope.usage_type.name_in(language) if scope else self.name_in(language)

    @property
    def per_hour(self) -> bool:
        """Whether its quantity is there anew each clock hour."""
        return self.renews == Renews.HOUR


class PackageScope(models.Model):
    """Usage that an item covers: one usage type, of one product or of all, in one region or in all."""

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(PackageItem, models.PROTECT, related_name="scopes")
    usage_type = models.ForeignKey(UsageType, models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, models.PROTECT, null=True, related_name="+")
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["item", "id"]

    def __str__(self) -> str:
        return f"{self.usage_type} {self.product or self.region or ''}".strip()


class PackageUseQuerySet(OfCustomers["PackageUse"]):
    to_customer = "item__package__customer"


class PackageUse(models.Model):
    """What the rating of one bill month took from one cycle of an item. One row, replaced when it is rated again."""

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(PackageItem, models.PROTECT, related_name="uses")
    cycle = models.CharField(max_length=7, blank=True)
    month = models.CharField(_("bill month"), max_length=7)
    quantity = QuantityField(verbose_name=_("used"))
    recorded_at = models.DateTimeField()

    objects = PackageUseQuerySet.as_manager()

    class Meta:
        ordering = ["item", "cycle", "month"]
        constraints = [
            models.UniqueConstraint(fields=["item", "cycle", "month"], name="one_use_an_item_and_month")
        ]
        indexes = [models.Index(fields=["month"], name="uses_of_a_month")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.cycle} {self.month}"
