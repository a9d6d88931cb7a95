"""Fee records: what each account was charged for, by which means, and what of it is still owed.

A record is written once, with the ledger entry that moved its money. Afterwards only two things happen to it: later
funds turn its debt into a write-off, and a purchase that was recorded before the platform delivered gets its
resource's name (triggers of migration 0002 refuse anything else).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Self, TypeVar

from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from partner_center.billing.models.runs import Rating
from partner_center.catalogue.models import Product
from partner_center.customers.models import AssociationType, Customer
from partner_center.foundation.actor import Actor
from partner_center.foundation.fields import CurrencyField, MoneyField, Record
from partner_center.foundation.models import HouseQuerySet
from partner_center.kernel.period import BillMonth

M = TypeVar("M", bound=models.Model)


class BillType(models.IntegerChoices):
    """`bill_type` of the contract's detail lists; the value is the wire code."""

    NEW = 1, _("New purchase")
    RENEWAL = 2, _("Renewal")
    CHANGE = 3, _("Change")
    UNSUBSCRIPTION = 4, _("Refund of an unsubscription")
    USAGE = 5, _("Usage")
    AUTO_RENEWAL = 8, _("Automatic renewal")
    COMPENSATION = 9, _("Adjustment: compensation")
    SUPPORT_PLAN = 14, _("Support plan")
    DEBIT = 16, _("Adjustment: debit")
    MONTHLY = 18, _("Monthly payment")
    DOWNGRADE = 20, _("Refund of a change")
    SAVINGS_PLAN = 23, _("Savings plan deduction")
    CONVERSION = 24, _("Refund of a change to pay-per-use")
    ROUNDING = 25, _("Rounding catch-up")


REFUNDS = (BillType.UNSUBSCRIPTION, BillType.DOWNGRADE, BillType.CONVERSION)
"""Money that an order gives back: every component is negative (spec/api/flows.md §10.13)."""

ADJUSTMENTS = (BillType.COMPENSATION, BillType.DEBIT)
PURCHASES = (BillType.NEW, BillType.RENEWAL, BillType.CHANGE, BillType.AUTO_RENEWAL)
RATED = (
    BillType.USAGE,
    BillType.SUPPORT_PLAN,
    BillType.MONTHLY,
    BillType.SAVINGS_PLAN,
    BillType.ROUNDING,
)
"""What a rating decides. Everything else is recorded when it happens and only passes through a rating."""


class ChargingMode(models.IntegerChoices):
    """`charging_mode` of the contract; the value is the wire code."""

    PERIOD = 1, _("Yearly/monthly")
    ON_DEMAND = 3, _("Pay-per-use")
    RESERVED = 10, _("Reserved instance")
    SAVINGS_PLAN = 11, _("Savings plan")


class FeeStatus(models.IntegerChoices):
    """`status` of the contract; the value is the wire code. An unsettled record has debt, and no other has."""

    PAID = 1, _("Paid")
    UNSETTLED = 2, _("Unsettled")
    NOT_BILLED = 3, _("Not billed yet")


MEANS = ("cash", "credit", "coupon", "flexi", "card", "bonus", "debt", "writeoff")
"""The eight columns that add up to what is consumed (spec/api/flows.md §10.2)."""

AMOUNTS = ("official", "discount", "erase", "consume", *MEANS)
"""Every amount of a record, in the order of its identities."""

GROUP = (
    "customer_id",
    "currency",
    "cycle",
    "bill_type",
    "charging_mode",
    "service_type",
    "resource_type",
    "region",
    "enterprise_project_id",
    "partner_id",
    "distributor_id",
    "association_type",
    "manager_id",
)
"""The settlement group: the documented grain at which sums are truncated to the minor unit."""


class OfAMonth(models.QuerySet[M]):
    """Rows of a customer's bill month, with the partner, distributor and manager of the moment."""

    def visible_to(self, actor: Actor, *, through: str = "") -> Self:
        """Staff: all. A customer: its own. A partner: what happened while the customer was its own, a
        distributor's resellers' customers included, within an account manager's scope. Nobody else.

        through: a reseller whose scope a distributor addresses (checked by customers.queries.scope_of).
        """
        match actor.kind:
            case "staff" | "system":
                return self
            case "partner" if through and through != actor.account_id:
                theirs = self.filter(partner_id=through, distributor_id=actor.account_id)
                return actor.narrow(theirs, "customer_id")
            case "partner":
                mine = Q(partner_id=actor.account_id)
                if actor.account_kind == "distributor" and not through:
                    mine |= Q(distributor_id=actor.account_id)
                return actor.narrow(self.filter(mine), "customer_id")
            case "customer":
                return self.filter(customer_id=actor.account_id)
        return self.none()

    def of_month(self, month: BillMonth | str) -> Self:
        return self.filter(month=str(month))

    def of_customers(self, customer_ids: Iterable[str]) -> Self:
        return self.filter(customer_id__in=list(customer_ids))

    def sums(self, *names: str) -> dict[str, int]:
        """The sums of these amounts (default: all) in minor units; the rows are of one currency."""
        wanted = names or AMOUNTS
        found = self.aggregate(**{f"sum_{name}": Sum(name) for name in wanted})
        return {name: int(found[f"sum_{name}"] or 0) for name in wanted}


class FeeRecordQuerySet(OfAMonth["FeeRecord"]):
    """The words used to ask for fee records."""

    def purchases(self) -> Self:
        return self.filter(bill_type__in=PURCHASES)

    def refunds(self) -> Self:
        """What orders gave back. A lower rating of usage is no refund but less consumption."""
        return self.filter(bill_type__in=REFUNDS)

    def adjustments(self) -> Self:
        return self.filter(bill_type__in=ADJUSTMENTS)

    def consumption(self) -> Self:
        """Everything that is neither a refund nor an adjustment."""
        return self.exclude(bill_type__in=(*REFUNDS, *ADJUSTMENTS))

    def unsettled(self) -> Self:
        """Records with debt, the oldest first: the order in which later funds settle them."""
        return self.filter(status=FeeStatus.UNSETTLED).order_by("happened_at", "id")

    def between(self, first: date, last: date) -> Self:
        """By Beijing day, both included."""
        return self.filter(day__gte=first, day__lte=last)


class FeeRecord(Record):
    """One amount charged to, or given back to, a customer's account: an order's resource, or a settlement group.

    number: says what it is for, once: "<order>-<line>-<index>", "<month>-<customer>-<turn>-<place>" and so on.
    partner_id, distributor_id, association_type, manager_id: those of the moment it is for; empty without.
    payer_id: whose money it was: the customer's own, or its partner's (international resale).
    month: the bill month it belongs to; cycle: the month of use (earlier for late usage); day: a Beijing day of it.
    erase: what the truncations of list price, discount and payable leave between them; cut_off: the exact rest of
    the payable below the minor unit (抹零), as far as this record brought it in.
    entry_id: the ledger entry that moved its money; None where none moved.
    """

    number = models.CharField(_("Number"), max_length=96, unique=True)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="+", verbose_name=_("Customer"), db_index=False
    )
    partner_id = models.CharField(_("Partner"), max_length=32, blank=True)
    distributor_id = models.CharField(_("Distributor"), max_length=32, blank=True)
    association_type = models.CharField(
        _("Association type"), max_length=10, choices=AssociationType.choices, blank=True
    )
    manager_id = models.CharField(_("Account manager"), max_length=32, blank=True)
    payer_id = models.CharField(_("Payer"), max_length=32)
    site = models.CharField(_("Site"), max_length=8)
    currency = CurrencyField(_("Currency"))
    month = models.CharField(_("Bill month"), max_length=7)
    day = models.DateField(_("Day"))
    happened_at = models.DateTimeField(_("Time"))
    bill_type = models.PositiveSmallIntegerField(_("Bill type"), choices=BillType.choices)
    charging_mode = models.PositiveSmallIntegerField(_("Billing mode"), choices=ChargingMode.choices)
    status = models.PositiveSmallIntegerField(_("Status"), choices=FeeStatus.choices, default=FeeStatus.PAID)
    service_type = models.CharField(_("Cloud service"), max_length=400, blank=True)
    resource_type = models.CharField(_("Resource type"), max_length=400, blank=True)
    region = models.CharField(_("Region"), max_length=64, blank=True)
    resource_spec = models.CharField(_("Specification"), max_length=400, blank=True)
    resource_id = models.CharField(_("Resource"), max_length=64, blank=True)
    resource_name = models.CharField(_("Resource name"), max_length=128, blank=True)
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    enterprise_project_id = models.CharField(_("Enterprise project"), max_length=128, blank=True)
    cycle = models.CharField(_("Month of use"), max_length=7)
    trade_id = models.CharField(_("Order or bill"), max_length=64, blank=True)
    order_number = models.CharField(_("Order number"), max_length=32, blank=True)
    order_line = models.PositiveSmallIntegerField(_("Line"), null=True, blank=True)
    period_type = models.PositiveSmallIntegerField(_("Period type"), null=True, blank=True)
    period_num = models.PositiveSmallIntegerField(_("Periods"), null=True, blank=True)
    effective_at = models.DateTimeField(_("Effective from"), null=True, blank=True)
    expires_at = models.DateTimeField(_("Expires"), null=True, blank=True)
    official = MoneyField(verbose_name=_("List price"), default=0)
    discount = MoneyField(verbose_name=_("Discount"), default=0)
    erase = MoneyField(verbose_name=_("Rounded off"), default=0)
    consume = MoneyField(verbose_name=_("Amount"), default=0)
    cash = MoneyField(verbose_name=_("Cash"), default=0)
    credit = MoneyField(verbose_name=_("Credit"), default=0)
    coupon = MoneyField(verbose_name=_("Coupons"), default=0)
    flexi = MoneyField(verbose_name=_("Flexi-purchase coupons"), default=0)
    card = MoneyField(verbose_name=_("Stored-value cards"), default=0)
    bonus = MoneyField(verbose_name=_("Bonus"), default=0)
    debt = MoneyField(verbose_name=_("Arrears"), default=0)
    writeoff = MoneyField(verbose_name=_("Arrears repaid"), default=0)
    discount_type = models.CharField(_("Discount type"), max_length=8, blank=True)
    discount_id = models.CharField(_("Discount id"), max_length=64, blank=True)
    entry_id = models.BigIntegerField(_("Ledger entry"), null=True, blank=True)
    rating = models.ForeignKey(
        Rating, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    reason = models.CharField(_("Reason"), max_length=256, blank=True)
    cut_off = models.DecimalField(_("Cut off"), max_digits=20, decimal_places=10, default=0)

    objects = FeeRecordQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_at", "-id"]
        indexes = [
            models.Index(fields=["customer", "month", "day"], name="fees_of_a_customer"),
            models.Index(
                fields=["partner_id", "month"], name="fees_of_a_partner", condition=~Q(partner_id="")
            ),
            models.Index(
                fields=["distributor_id", "month"],
                name="fees_of_a_distributor",
                condition=~Q(distributor_id=""),
            ),
            models.Index(fields=["entry_id"], name="fees_of_an_entry"),
            models.Index(fields=["order_number"], name="fees_of_an_order", condition=~Q(order_number="")),
            models.Index(
                fields=["payer_id", "happened_at", "id"], name="fees_unsettled", condition=Q(status=2)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="list_price_is_discount_erased_and_consumed",
                condition=Q(official=F("discount") + F("erase") + F("consume")),
            ),
            models.CheckConstraint(
                name="what_is_consumed_was_paid_by_some_means",
                condition=Q(
                    consume=F("cash")
                    + F("credit")
                    + F("coupon")
                    + F("flexi")
                    + F("card")
                    + F("bonus")
                    + F("debt")
                    + F("writeoff")
                ),
            ),
            models.CheckConstraint(
                name="refunds_are_negative_in_every_component",
                condition=~Q(bill_type__in=[4, 20, 24]) | Q(**{f"{name}__lte": 0 for name in AMOUNTS}),
            ),
            models.CheckConstraint(
                name="means_have_the_sign_of_the_whole",
                condition=Q(**{f"{name}__gte": 0 for name in MEANS})
                | Q(**{f"{name}__lte": 0 for name in MEANS}, debt=0),
            ),
            models.CheckConstraint(
                name="debt_is_what_is_unsettled",
                condition=Q(status=2, debt__gt=0) | ~Q(status=2) & Q(debt=0) | Q(status=3),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class GroupSettlement(models.Model):
    """How a settlement group of a bill month stands: what is charged of it so far, and how that was paid.

    Amounts are the sums of the group's fee records; with them `rules.shares_of_line` says of any line which part of
    it was paid by which means, without looking at the other lines. key: the digest of the group's columns.
    """

    id = models.BigAutoField(primary_key=True)
    month = models.CharField(_("Bill month"), max_length=7)
    key = models.CharField(max_length=32)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", db_index=False)
    currency = CurrencyField()
    cycle = models.CharField(max_length=7)
    bill_type = models.PositiveSmallIntegerField(choices=BillType.choices)
    charging_mode = models.PositiveSmallIntegerField(choices=ChargingMode.choices)
    service_type = models.CharField(max_length=400, blank=True)
    resource_type = models.CharField(max_length=400, blank=True)
    region = models.CharField(max_length=64, blank=True)
    enterprise_project_id = models.CharField(max_length=128, blank=True)
    partner_id = models.CharField(max_length=32, blank=True)
    distributor_id = models.CharField(max_length=32, blank=True)
    association_type = models.CharField(max_length=10, blank=True)
    manager_id = models.CharField(max_length=32, blank=True)
    official = MoneyField(default=0)
    discount = MoneyField(default=0)
    erase = MoneyField(default=0)
    consume = MoneyField(default=0)
    cash = MoneyField(default=0)
    credit = MoneyField(default=0)
    coupon = MoneyField(default=0)
    flexi = MoneyField(default=0)
    card = MoneyField(default=0)
    bonus = MoneyField(default=0)
    debt = MoneyField(default=0)
    writeoff = MoneyField(default=0)
    cut_off = models.DecimalField(max_digits=20, decimal_places=10, default=0)

    objects = OfAMonth["GroupSettlement"].as_manager()

    class Meta:
        ordering = ["customer_id", "month", "key"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "month", "key"], name="a_group_of_a_month_is_settled_in_one_place"
            ),
            models.CheckConstraint(
                name="what_a_group_consumed_was_paid_by_some_means",
                condition=Q(
                    consume=F("cash")
                    + F("credit")
                    + F("coupon")
                    + F("flexi")
                    + F("card")
                    + F("bonus")
                    + F("debt")
                    + F("writeoff")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.month} {self.service_type}"


class ChargedMonthQuerySet(HouseQuerySet):
    """How far the charging of months has got; only staff look at it."""


class ChargedMonth(models.Model):
    """How far a customer's usage of a bill month has been charged. Its row is locked while it is charged.

    turn: how many times something was charged; rated_at: when what was charged last was rated: an older rating
    that comes late is not charged any more.
    """

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", db_index=False)
    month = models.CharField(max_length=7)
    turn = models.PositiveIntegerField(default=0)
    rated_at = models.DateTimeField(null=True)
    rating = models.ForeignKey(Rating, models.PROTECT, null=True, related_name="+", db_index=False)

    objects = ChargedMonthQuerySet.as_manager()

    class Meta:
        ordering = ["customer_id", "month"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "month"], name="a_month_is_charged_in_one_place")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.month}/{self.turn}"
