"""Leased resources with the periods bought for them, what shall happen at expiry, and pay-per-use resources."""

from __future__ import annotations

from datetime import datetime
from typing import Self, TypeVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partner_center.catalogue.models import Product
from partner_center.customers.models import RESOURCES_FROZEN, Customer, visible_rows
from partner_center.foundation.actor import Actor
from partner_center.foundation.fields import CurrencyField, MoneyField, Record, StateField
from partner_center.kernel import clock
from partner_center.kernel.lifecycle import Lifecycle, State, step
from partner_center.kernel.period import Period
from partner_center.subscriptions.rules import Term


class ResourceState(Lifecycle):
    """A yearly/monthly resource (lifecycles 9). A freeze lies over the state and does not change it: the police's is
    a column of the resource, that of the customer with its resources is the customer's own (freeze_state)."""

    IN_USE = State("in_use", _("In use"), tone="good", wire=2)
    GRACE = State("grace", _("Expired (grace period)"), tone="warning", wire=5)
    RETENTION = State("retention", _("Frozen (retention period)"), tone="bad", wire=4)
    CLOSED = State("closed", _("Closed"), tone="muted", wire=3, final=True)

    expire = step(IN_USE, to=GRACE, label=_("Expire"))
    retain = step(IN_USE, GRACE, to=RETENTION, label=_("Retain"))
    renew = step(GRACE, RETENTION, to=IN_USE, label=_("Renew"))
    release = step(IN_USE, GRACE, RETENTION, to=CLOSED, label=_("Release"))
    end = step(IN_USE, GRACE, RETENTION, to=CLOSED, label=_("Unsubscribe"))
    convert = step(IN_USE, GRACE, RETENTION, to=CLOSED, label=_("Change to pay-per-use"))


class PeriodState(Lifecycle):
    """A purchased period: held until it has run out, or given back before that."""

    HELD = State("held", _("Held"), tone="good")
    CUT_SHORT = State("cut_short", _("Cut short"), tone="muted", final=True)
    DROPPED = State("dropped", _("Not begun, returned"), tone="muted", final=True)

    cut_short = step(HELD, to=CUT_SHORT, label=_("Cut short"))
    drop = step(HELD, to=DROPPED, label=_("Return"))


class OnDemandState(Lifecycle):
    """A pay-per-use resource (lifecycles 9, last line)."""

    NORMAL = State("normal", _("Normal"), tone="good", wire=1)
    GRACE = State("grace", _("In arrears (grace period)"), tone="warning", wire=2)
    FROZEN = State("frozen", _("Frozen (retention period)"), tone="bad", wire=3)
    CHANGING = State("changing", _("Changing"), tone="busy", wire=4)
    CLOSING = State("closing", _("Closing"), tone="busy", wire=5)
    CLOSED = State("closed", _("Closed"), tone="muted", wire=6, final=True)

    owe = step(NORMAL, to=GRACE, label=_("Fall into arrears"))
    freeze = step(NORMAL, GRACE, to=FROZEN, label=_("Freeze"))
    restore = step(GRACE, FROZEN, to=NORMAL, label=_("Restore"))
    change = step(NORMAL, to=CHANGING, label=_("Change"))
    changed = step(CHANGING, to=NORMAL, label=_("Finish the change"))
    close = step(NORMAL, GRACE, FROZEN, to=CLOSING, label=_("Close"))
    closed = step(CLOSING, to=CLOSED, label=_("Finish closing"))


class ExpirePolicy(models.IntegerChoices):
    """What happens at expiry; the numbers are the contract's."""

    GRACE = 0, _("Enter the grace period")
    TO_ON_DEMAND = 1, _("Change to pay-per-use")
    DELETE = 2, _("Delete at expiry")
    AUTO_RENEW = 3, _("Renew automatically")
    FREEZE = 4, _("Freeze at expiry")
    DELETE_AFTER_RETENTION = 5, _("Delete after the retention period")


class HeldFor(models.TextChoices):
    """Why an unfinished order keeps others away from a resource."""

    RENEWAL = "renewal", _("Renewal")
    CHANGE = "change", _("Change of specification")
    UNSUBSCRIPTION = "unsubscription", _("Unsubscription")
    CONVERSION = "conversion", _("Change to pay-per-use")


class ClosedBecause(models.TextChoices):
    UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
    CONVERTED = "converted", _("Changed to pay-per-use")
    EXPIRED = "expired", _("Expired")
    RELEASED = "released", _("Released by the customer")


M = TypeVar("M", bound=models.Model)


class OfCustomers(models.QuerySet[M]):
    """Rows with a `customer` column, or reaching one at `to_customer`."""

    to_customer = "customer"

    def visible_to(self, actor: Actor) -> Self:
        """Those of the customers that `actor` may see; see customers.models.visible_rows."""
        path = self.to_customer
        return visible_rows(self, actor, customer=f"{path}_id", partner=f"{path}__partner")


class ResourceQuerySet(OfCustomers["Resource"]):
    def main(self) -> Self:
        return self.filter(main_resource__isnull=True)

    def open(self) -> Self:
        return self.exclude(state=ResourceState.CLOSED)

    def with_face(self, *faces: ResourceState) -> Self:
        """Those that look like one of `faces` from outside: a freeze shows as RETENTION over any open state."""
        frozen = Q(frozen_by_police=True) | Q(customer__freeze_state__in=RESOURCES_FROZEN)
        shown = Q(pk__in=[])
        for face in faces:
            match face:
                case ResourceState.CLOSED:
                    shown |= Q(state=face)
                case ResourceState.RETENTION:
                    shown |= Q(state=face) | (~Q(state=ResourceState.CLOSED) & frozen)
                case _:
                    shown |= Q(state=face) & ~frozen
        return self.filter(shown)

    def of_order(self, number: str) -> Self:
        """Those that the order opened, renewed or changed."""
        return self.filter(pk__in=LeasePeriod.objects.filter(order_number=number).values("resource_id"))

    def expiring_within(self, since: datetime, until: datetime) -> Self:
        """In use, and their time ends within this stretch."""
        return self.filter(state=ResourceState.IN_USE, expires_at__gte=since, expires_at__lt=until)


class Described(models.Model):
    """What a resource is: codes as they were when it was opened or last changed, beside the catalogue's row."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    cloud_service_type = models.CharField(_("cloud service"), max_length=400)
    resource_type = models.CharField(_("resource type"), max_length=400)
    resource_spec = models.CharField(_("specification"), max_length=400)
    region = models.CharField(_("region"), max_length=64)
    available_zone = models.CharField(_("availability zone"), max_length=64, blank=True)
    size = models.PositiveIntegerField(_("size"), null=True, blank=True)
    size_measure_id = models.PositiveIntegerField(_("measure of the size"), null=True, blank=True)
    name = models.CharField(_("name"), max_length=128, blank=True)
    project_id = models.CharField(_("project"), max_length=64, blank=True)
    enterprise_project_id = models.CharField(_("enterprise project"), max_length=128, blank=True)

    class Meta:
        abstract = True


class Resource(Described, Record):
    """One yearly/monthly resource. Children (a server's disks) follow their main resource in everything.

    expires_at: the end of what has been bought, renewals included; never moves back except by giving periods back.
    due_at: when it moves on by itself (main resources only): expiry, end of grace, end of retention.
    notice_at: when the customer is next told something (main resources only).
    order_in_hand: the unfinished order that keeps others away; while it is running the resource is not released.
    """

    resource_id = models.CharField(_("resource ID"), max_length=64, unique=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("customer"))
    main_resource = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("main resource"),
    )
    order_number = models.CharField(_("first order"), max_length=64, db_index=True)
    begins_at = models.DateTimeField(_("effective"))
    expires_at = models.DateTimeField(_("expires"), db_index=True)
    anchor_day = models.PositiveSmallIntegerField()
    term_unit = models.CharField(max_length=8)
    term_number = models.PositiveSmallIntegerField()
    state = StateField(ResourceState, default=ResourceState.IN_USE, verbose_name=_("state"))
    expire_policy = models.PositiveSmallIntegerField(
        _("at expiry"), choices=ExpirePolicy.choices, default=ExpirePolicy.GRACE
    )
    frozen_by_police = models.BooleanField(_("frozen by the police"), default=False)
    due_at = models.DateTimeField(null=True, editable=False)
    notice_at = models.DateTimeField(null=True, editable=False)
    order_in_hand = models.CharField(_("order in hand"), max_length=64, blank=True)
    held_for = models.CharField(_("held for"), max_length=16, choices=HeldFor.choices, blank=True)
    order_is_running = models.BooleanField(default=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_because = models.CharField(
        _("closed because"), max_length=16, choices=ClosedBecause.choices, blank=True
    )
    updated_at = models.DateTimeField(_("updated"))

    objects = ResourceQuerySet.as_manager()

    class Meta:
        ordering = ["-begins_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="closed_resources_have_a_date_and_a_reason",
                condition=Q(state="closed", closed_at__isnull=False) & ~Q(closed_because="")
                | ~Q(state="closed") & Q(closed_at__isnull=True, closed_because=""),
            ),
            models.CheckConstraint(
                name="a_resource_begins_before_it_expires", condition=Q(begins_at__lt=models.F("expires_at"))
            ),
            models.CheckConstraint(
                name="an_order_in_hand_has_a_purpose",
                condition=Q(order_in_hand="", held_for="", order_is_running=False)
                | ~Q(order_in_hand="") & ~Q(held_for=""),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="resource_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["notice_at"], name="resource_notice", condition=Q(notice_at__isnull=False)),
            models.Index(fields=["customer", "-begins_at"], name="resource_of_a_customer"),
            models.Index(fields=["product"], name="resource_of_a_product"),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.resource_spec} {self.resource_id[:8]}"

    @property
    def is_main(self) -> bool:
        return self.main_resource_id is None

    @property
    def is_frozen(self) -> bool:
        """Whether the police have frozen it, or somebody the customer with its resources."""
        return self.frozen_by_police or self.customer.resources_frozen

    @property
    def face(self) -> ResourceState:
        """The state as seen from outside: a freeze shows over any open state."""
        return (
            ResourceState.RETENTION
            if self.is_frozen and self.state is not ResourceState.CLOSED
            else self.state
        )

    @property
    def days_left(self) -> int:
        """Whole days until the expiry; none once it has passed."""
        return max(0, (self.expires_at - clock.now()).days)

    @property
    def renews_itself(self) -> bool:
        return self.expire_policy == ExpirePolicy.AUTO_RENEW

    @property
    def term(self) -> Term:
        """The term last bought."""
        return Term(self.term_unit, self.term_number)  # type: ignore[arg-type]


class LeasePeriodQuerySet(OfCustomers["LeasePeriod"]):
    to_customer = "resource__customer"

    def held(self) -> Self:
        return self.filter(state=PeriodState.HELD)

    def not_begun(self, moment: datetime) -> Self:
        """Held periods that begin after `moment`: renewals that are not yet effective."""
        return self.held().filter(begins_at__gt=moment)


class LeasePeriod(Record):
    """One purchase on one resource: from when until when, at which price, paid by what. The basis of every refund.

    A first purchase and each renewal are one row. A change of specification adds one row for each period it touches,
    from the change to the period's end, with the difference (negative when money went back), so that the sum of a
    resource's rows over any stretch is what was paid for that stretch. Amounts never change afterwards.
    official: at list price; payable: after discounts; cash and credit: how the payable was paid.
    ended_at: set when it was given back, wholly (not begun) or from that moment on.
    """

    class Kind(models.TextChoices):
        FIRST = "first", _("New purchase")
        RENEWAL = "renewal", _("Renewal")
        CHANGE = "change", _("Change of specification")

    resource = models.ForeignKey(Resource, models.PROTECT, related_name="periods", verbose_name=_("resource"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    order_number = models.CharField(_("order"), max_length=64, db_index=True)
    line_number = models.PositiveIntegerField(_("line"), default=1)
    begins_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    term_unit = models.CharField(max_length=8)
    term_number = models.PositiveSmallIntegerField()
    extra_days = models.PositiveSmallIntegerField(_("days to the unified expiry day"), default=0)
    automatic = models.BooleanField(_("renewed automatically"), default=False)
    currency = CurrencyField()
    official = MoneyField(verbose_name=_("list price"))
    payable = MoneyField(verbose_name=_("payable"))
    cash = MoneyField(verbose_name=_("paid in cash"), default=0)
    credit = MoneyField(verbose_name=_("paid on credit"), default=0)
    state = StateField(PeriodState, default=PeriodState.HELD, verbose_name=_("state"))
    ended_at = models.DateTimeField(_("given back"), null=True, blank=True)

    objects = LeasePeriodQuerySet.as_manager()

    class Meta:
        ordering = ["begins_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="a_period_has_a_length", condition=Q(begins_at__lt=models.F("ends_at"))
            ),
            models.CheckConstraint(
                name="periods_given_back_have_a_date",
                condition=Q(state="held", ended_at__isnull=True)
                | ~Q(state="held") & Q(ended_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["resource", "order_number", "line_number", "begins_at"], name="a_purchase_counts_once"
            ),
        ]
        indexes = [models.Index(fields=["resource", "begins_at"], name="period_of_a_resource")]

    def __str__(self) -> str:
        return f"{self.order_number}/{self.line_number}"

    @property
    def period(self) -> Period:
        return Period(self.begins_at, self.ends_at)

    @property
    def term(self) -> Term:
        return Term(self.term_unit, self.term_number)  # type: ignore[arg-type]


class AutoRenewalQuerySet(OfCustomers["AutoRenewal"]):
    to_customer = "resource__customer"


class AutoRenewal(models.Model):
    """How a resource renews itself, kept while its policy says so. `times` 0 is without limit."""

    resource = models.OneToOneField(Resource, models.PROTECT, primary_key=True, related_name="auto_renewal")
    times = models.PositiveSmallIntegerField(_("times"), default=0)
    done = models.PositiveSmallIntegerField(_("times done"), default=0)
    unit = models.CharField(max_length=8, choices=[("month", _("Month")), ("year", _("Year"))])
    attempted_at = models.DateTimeField(_("last attempt"), null=True, blank=True)
    failure = models.CharField(_("why the last attempt failed"), max_length=255, blank=True)

    objects = AutoRenewalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="at_most_99_automatic_renewals", condition=Q(times__lte=99)),
        ]

    def __str__(self) -> str:
        return str(self.resource_id)


class RenewalSetting(models.Model):
    """An account's own choice for all its resources. No row: seven days, no unified day."""

    customer = models.OneToOneField(Customer, models.PROTECT, primary_key=True, related_name="+")
    deduction_days = models.PositiveSmallIntegerField(
        _("days before expiry at which renewal is first tried"), default=7
    )
    unified_day = models.SmallIntegerField(_("unified expiry day"), null=True, blank=True)

    objects = OfCustomers["RenewalSetting"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="renewal_is_tried_2_to_7_days_before",
                condition=Q(deduction_days__gte=2, deduction_days__lte=7),
            ),
            models.CheckConstraint(
                name="the_unified_day_is_1_to_28_or_the_last",
                condition=Q(unified_day__isnull=True)
                | Q(unified_day=-1)
                | Q(unified_day__gte=1, unified_day__lte=28),
            ),
        ]

    def __str__(self) -> str:
        return str(self.customer_id)


class OnDemandResource(Described, Record):
    """One pay-per-use resource, charged by its use.

    due_at: when it moves on by itself: a change or closing finished, end of grace, end of retention.
    converted_from: the yearly/monthly resource it used to be.
    """

    resource_id = models.CharField(_("resource ID"), max_length=64, unique=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("customer"))
    main_resource = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("main resource"),
    )
    converted_from = models.OneToOneField(
        Resource,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("was yearly/monthly"),
    )
    opened_at = models.DateTimeField(_("effective"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    state = StateField(OnDemandState, default=OnDemandState.NORMAL, verbose_name=_("state"))
    due_at = models.DateTimeField(null=True, editable=False)
    updated_at = models.DateTimeField(_("updated"))

    objects = OfCustomers["OnDemandResource"].as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="closed_on_demand_resources_have_a_date",
                condition=Q(state="closed", closed_at__isnull=False)
                | ~Q(state="closed") & Q(closed_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="on_demand_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["customer", "-opened_at"], name="on_demand_of_a_customer"),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.resource_spec} {self.resource_id[:8]}"

    @property
    def ends_at(self) -> datetime | None:
        """When it ended, or will end unless the arrears are paid."""
        if self.closed_at is not None:
            return self.closed_at
        return self.due_at if self.state in (OnDemandState.GRACE, OnDemandState.FROZEN) else None
