"""Tables of the orders room: orders, lines, offers frozen with them, payments, refunds, and work for the platform."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.actor import Actor
from partner_center.foundation.fields import CurrencyField, MoneyField, Record, StateField
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.kernel.period import Period
from partner_center.orders.states import (
    UNPAID,
    Cancellation,
    FulfilmentState,
    Means,
    OrderSource,
    OrderState,
    OrderType,
    PeriodType,
    RefundKind,
    RefundRule,
    UnsubscribeReason,
)


class OrderQuerySet(models.QuerySet["Order"]):
    """The words both doors use to ask for orders."""

    def visible_to(self, actor: Actor, *, through: str = "") -> OrderQuerySet:
        """What `actor` may see: a customer its own orders, a partner those its present customers placed with it.

        through: a reseller whose scope a distributor addresses (checked by customers.queries.scope_of).
        """
        match actor.kind:
            case "staff" | "system":
                return self
            case "partner":
                partner_id = through or actor.account_id
                mine = self.filter(partner_id=partner_id, customer__partner_id=partner_id)
                return actor.narrow(mine, "customer_id")
            case "customer":
                return self.filter(customer_id=actor.account_id)
        return self.none()

    def readable_by(self, actor: Actor) -> OrderQuerySet:
        """What the console shows: what is visible, and to a distributor its resellers' customers' orders too."""
        if actor.kind == "partner" and actor.account_kind == "distributor":
            mine = models.Q(partner_id=actor.account_id) | models.Q(partner__distributor_id=actor.account_id)
            rows = self.filter(mine, customer__partner_id=models.F("partner_id"))
            return actor.narrow(rows, "customer_id")
        return self.visible_to(actor)

    def of_resellers_of(self, actor: Actor) -> OrderQuerySet:
        """What the customers of a distributor's resellers have ordered."""
        if actor.kind != "partner":
            return self.none()
        return self.filter(
            partner__distributor_id=actor.account_id, customer__partner_id=models.F("partner_id")
        )

    def paid_for_others_by(self, actor: Actor) -> OrderQuerySet:
        """What the actor's account has paid for somebody else."""
        return self.filter(payer_id=actor.account_id).exclude(customer_id=actor.account_id)

    def placed_during(self, period: Period) -> OrderQuerySet:
        return self.filter(created_at__gte=period.start, created_at__lt=period.end)

    def unpaid(self) -> OrderQuerySet:
        return self.filter(state__in=UNPAID)

    def lapsed_at(self, moment: Any) -> OrderQuerySet:
        """Unpaid orders whose payment deadline has passed."""
        return self.unpaid().filter(payment_due_at__lte=moment)


class Order(Record):
    """One order. Amounts below zero go back to the customer (unsubscriptions, downgrades, conversions).

    `official` is the list price, `payable` what is due after the one discount that applies; coupons and cards
    are means of payment and lower neither. `partner`, `association_type` and `site` are those of the moment it
    was placed: later refunds and bills go by them.
    """

    number = models.CharField(_("Order number"), max_length=32, unique=True)
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="+", verbose_name=_("Customer")
    )
    partner = models.ForeignKey(
        "partners.Partner", models.PROTECT, null=True, related_name="+", verbose_name=_("Partner")
    )
    association_type = models.CharField(_("Association type"), max_length=16, blank=True)
    site = models.CharField(_("Site"), max_length=8)
    currency = CurrencyField(_("Currency"))
    type = models.PositiveSmallIntegerField(_("Order type"), choices=OrderType.choices)
    source = models.PositiveSmallIntegerField(
        _("Source"), choices=OrderSource.choices, default=OrderSource.CUSTOMER
    )
    state = StateField(OrderState, verbose_name=_("State"), default=OrderState.AWAITING_PAYMENT)
    cloud_service_type = models.CharField(_("Product type"), max_length=64)
    official = MoneyField(verbose_name=_("List price"))
    payable = MoneyField(verbose_name=_("Amount after discount"))
    discount_type = models.PositiveSmallIntegerField(_("Discount"), null=True)
    discount_id = models.CharField(_("Discount id"), max_length=64, blank=True)
    auto_renew = models.BooleanField(_("Auto-renew what is delivered"), default=False)
    is_automatic = models.BooleanField(_("Placed by auto-renewal"), default=False)
    placed_by_id = models.CharField(_("Placed by"), max_length=32)
    creator_name = models.CharField(_("Creator"), max_length=128, blank=True)
    enterprise_project_ids = models.JSONField(default=list)
    payment_due_at = models.DateTimeField(_("Payment deadline"), null=True)
    paid_at = models.DateTimeField(_("Paid at"), null=True, editable=False)
    payer_id = models.CharField(_("Payer"), max_length=32, blank=True)
    completed_at = models.DateTimeField(_("Completed at"), null=True, editable=False)
    cancelled_at = models.DateTimeField(_("Cancelled at"), null=True, editable=False)
    cancellation = models.CharField(
        _("Why cancelled"), max_length=16, choices=Cancellation.choices, blank=True
    )
    reason_type = models.PositiveSmallIntegerField(
        _("Reason of unsubscription"), choices=UnsubscribeReason.choices, null=True
    )
    reason = models.CharField(_("Reason in words"), max_length=1024, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["customer", "state", "-created_at", "-id"], name="orders_of_a_customer_by_state"
            ),
            models.Index(fields=["customer", "-created_at", "-id"], name="orders_of_a_customer"),
            models.Index(fields=["partner", "-created_at", "-id"], name="orders_of_a_partner"),
            models.Index(
                fields=["payment_due_at"],
                name="orders_that_may_lapse",
                condition=models.Q(state__in=[state.value for state in UNPAID]),
            ),
            models.Index(
                fields=["paid_at"],
                name="orders_paid_with_nothing",
                condition=models.Q(payable=0, paid_at__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="orders_past_payment_have_a_date",
                condition=models.Q(state__in=[*(state.value for state in UNPAID), "cancelled"])
                | models.Q(paid_at__isnull=False),
            ),
            models.CheckConstraint(
                name="cancelled_orders_say_why",
                condition=~models.Q(state="cancelled") | ~models.Q(cancellation=""),
            ),
            models.CheckConstraint(
                name="a_discount_never_raises_a_price",
                condition=models.Q(official__lt=0) | models.Q(payable__lte=models.F("official")),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def discount(self) -> Money:
        """What the chosen discount takes off the list price; zero where money goes back."""
        taken_off: Money = self.official - self.payable
        return taken_off

    @property
    def is_charge(self) -> bool:
        """Whether the customer pays, rather than being paid."""
        return self.type in CHARGING_TYPES and self.payable.minor >= 0


CHARGING_TYPES = (OrderType.NEW, OrderType.RENEWAL, OrderType.CHANGE, OrderType.FROM_ON_DEMAND)


class OrderLine(models.Model):
    """One product of an order: what, for how long, how many, and its share of every amount."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, models.PROTECT, related_name="lines")
    number = models.PositiveSmallIntegerField()
    product = models.ForeignKey("catalogue.Product", models.PROTECT, related_name="+")
    cloud_service_type = models.CharField(_("Product type"), max_length=64)
    resource_type = models.CharField(_("Resource type"), max_length=64)
    resource_spec = models.CharField(_("Specification"), max_length=255)
    region = models.CharField(_("Region"), max_length=64)
    available_zone = models.CharField(_("Availability zone"), max_length=64, blank=True)
    resource_size = models.PositiveIntegerField(_("Size"), null=True)
    size_measure_id = models.PositiveSmallIntegerField(_("Unit of size"), null=True)
    period_type = models.PositiveSmallIntegerField(_("Period type"), choices=PeriodType.choices, null=True)
    period_num = models.PositiveSmallIntegerField(_("Periods"), null=True)
    subscription_num = models.PositiveSmallIntegerField(_("Quantity"), default=1)
    resource_name = models.CharField(_("Resource name"), max_length=128, blank=True)
    enterprise_project_id = models.CharField(_("Enterprise project"), max_length=128, blank=True)
    currency = CurrencyField()
    official = MoneyField(verbose_name=_("List price"))
    payable = MoneyField(verbose_name=_("Amount after discount"))
    base_order_number = models.CharField(max_length=32, blank=True)
    base_line_number = models.PositiveSmallIntegerField(null=True)
    resource_ids = models.JSONField(default=list)
    resource_id = models.CharField(_("Resource"), max_length=64, blank=True, db_index=True)
    effective_at = models.DateTimeField(_("Effective from"), null=True)
    expires_at = models.DateTimeField(_("Expires"), null=True)
    terms = models.JSONField(default=dict)

    class Meta:
        ordering = ["order_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="lines_of_an_order_are_numbered")
        ]

    def __str__(self) -> str:
        return self.item_id(self.order.number)

    def item_id(self, order_number: str) -> str:
        """The line's own number: the order's with six digits behind it."""
        return f"{order_number}-{self.number:06d}"

    @property
    def discount(self) -> Money:
        taken_off: Money = self.official - self.payable
        return taken_off


DISCOUNT_WORDS = {
    605: _("Commercial discount"),
    606: _("Partner granted discount"),
    607: _("Partner set discount"),
}


class LineOffer(models.Model):
    """A discount that was open to a line when the order was placed. It stays usable until the order is paid.

    Commercial (605), partner granted (606) and partner set (607) discounts are frozen so (flows §5.2).
    `ratio` is what remains to be paid (0.9 is ten per cent off); `reduction` is the money it takes off the line.
    """

    id = models.BigAutoField(primary_key=True)
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="offers")
    discount_type = models.PositiveSmallIntegerField()
    discount_id = models.CharField(max_length=64)
    mode = models.PositiveSmallIntegerField()
    ratio = models.DecimalField(max_digits=10, decimal_places=8, null=True)
    currency = CurrencyField()
    reduction = MoneyField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "discount_type", "discount_id"], name="an_offer_stands_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.discount_type} {self.discount_id}: {self.reduction}"

    @property
    def kind_words(self) -> str:
        return str(DISCOUNT_WORDS.get(self.discount_type, self.discount_type))

    @property
    def ratio_or_one(self) -> Decimal:
        return self.ratio if self.ratio is not None else Decimal(1)


class Payment(models.Model):
    """One part of what was paid for an order: which means, whose, how much, and the ledger entry that moved it."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, models.PROTECT, related_name="payments")
    means = models.CharField(_("Means"), max_length=16, choices=Means.choices)
    payer_id = models.CharField(_("Payer"), max_length=32)
    currency = CurrencyField()
    amount = MoneyField(verbose_name=_("Amount"))
    entry_id = models.BigIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "means"], name="a_means_pays_an_order_once"),
            models.CheckConstraint(name="payments_are_positive", condition=models.Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.means} {self.amount}"


class RefundLineQuerySet(models.QuerySet["RefundLine"]):
    def visible_to(self, actor: Actor) -> RefundLineQuerySet:
        """Who sees an order sees why its money came back."""
        if actor.is_house:
            return self
        if actor.kind in ("partner", "customer"):
            return self.filter(order__in=Order.objects.readable_by(actor))
        return self.none()


class RefundLine(models.Model):
    """Why money came back, or did not: one row per original order and kind. `amount` is positive.

    For a refund, `cash` and `credit` say where it went and `payee_id` to whose account; `used_hours` of
    `total_hours` is the arithmetic behind what was consumed (docs/algorithms/orders.md).
    """

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, models.PROTECT, related_name="refund_lines")
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="refund_lines")
    base_order_number = models.CharField(_("Original order"), max_length=32)
    resource_id = models.CharField(_("Resource"), max_length=64)
    kind = models.CharField(_("What"), max_length=16, choices=RefundKind.choices)
    rule = models.CharField(_("Rule"), max_length=32, choices=RefundRule.choices)
    currency = CurrencyField()
    amount = MoneyField(verbose_name=_("Amount"))
    cash = MoneyField(verbose_name=_("In cash"), default=0)
    credit = MoneyField(verbose_name=_("To credit"), default=0)
    paid = MoneyField(verbose_name=_("Was paid"), default=0)
    payee_id = models.CharField(_("To account"), max_length=32, blank=True)
    used_hours = models.PositiveIntegerField(_("Hours used"), null=True)
    total_hours = models.PositiveIntegerField(_("Hours in all"), null=True)

    objects = RefundLineQuerySet.as_manager()

    class Meta:
        ordering = ["order_id", "id"]
        constraints = [
            models.CheckConstraint(name="refund_lines_are_positive", condition=models.Q(amount__gt=0)),
            models.CheckConstraint(
                name="a_refund_is_cash_or_credit",
                condition=~models.Q(kind="refund") | models.Q(amount=models.F("cash") + models.F("credit")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.base_order_number} {self.kind} {self.amount}"


class ReservedNumberQuerySet(models.QuerySet["ReservedNumber"]):
    def visible_to(self, actor: Actor) -> ReservedNumberQuerySet:
        """Each account sees its own; staff see all."""
        if actor.is_house:
            return self
        return self.filter(account_id=actor.account_id) if actor.account_id else self.none()


class ReservedNumber(models.Model):
    """An order number handed out ahead (生成订单号). Its account may place one order under it."""

    number = models.CharField(_("Order number"), max_length=32, primary_key=True)
    account_id = models.CharField(_("Account"), max_length=32, db_index=True)
    reserved_at = models.DateTimeField(_("Reserved"), default=clock.now)
    used_at = models.DateTimeField(_("Used"), null=True)

    objects = ReservedNumberQuerySet.as_manager()

    class Meta:
        ordering = ["-reserved_at", "number"]

    def __str__(self) -> str:
        return self.number


class FiveDayReturn(models.Model):
    """One use of the five-day rule. The slots of a year are numbered, so that ten at once cannot become eleven."""

    id = models.BigAutoField(primary_key=True)
    customer_id = models.CharField(max_length=32)
    year = models.PositiveSmallIntegerField()
    slot = models.PositiveSmallIntegerField()
    resource_id = models.CharField(max_length=64)
    order = models.ForeignKey(Order, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer_id", "year", "slot"], name="five_day_slots_are_used_once"
            )
        ]


class FulfilmentQuerySet(models.QuerySet["Fulfilment"]):
    """Work for the platform; only staff look at it as such."""

    def visible_to(self, actor: Actor) -> FulfilmentQuerySet:
        return self if actor.is_house else self.none()

    def open(self) -> FulfilmentQuerySet:
        return self.filter(state__in=(FulfilmentState.WAITING, FulfilmentState.CALLING))


class Fulfilment(Record):
    """What the cloud platform must do for an order; written with the deed, carried out by the drain."""

    order = models.OneToOneField(Order, models.PROTECT, related_name="fulfilment")
    state = StateField(FulfilmentState, default=FulfilmentState.WAITING, verbose_name=_("State"))
    due_at = models.DateTimeField(_("Due"), default=clock.now)
    attempts = models.PositiveIntegerField(_("Attempts"), default=0)
    finished_at = models.DateTimeField(_("Finished"), null=True)
    last_error = models.CharField(_("Last error"), max_length=255, blank=True)

    objects = FulfilmentQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="fulfilments_open",
                condition=models.Q(state__in=[FulfilmentState.WAITING.value, FulfilmentState.CALLING.value]),
            )
        ]

    def __str__(self) -> str:
        return f"fulfilment of {self.order.number}"
