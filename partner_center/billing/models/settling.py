"""What comes after a fee: debts repaid, corrections by the operator, what partners on credit owe, and invoices."""

from __future__ import annotations

from decimal import Decimal
from typing import Self, TypeVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partner_center.billing.models.fees import BillType, FeeRecord
from partner_center.customers.models import Customer
from partner_center.foundation.actor import Actor
from partner_center.foundation.fields import CurrencyField, MoneyField, Record, StateField
from partner_center.foundation.models import HouseQuerySet
from partner_center.identity.models import Account
from partner_center.kernel.lifecycle import Lifecycle, State, step
from partner_center.kernel.money import Money
from partner_center.partners.models import Partner

M = TypeVar("M", bound=models.Model)


class OfTheHouse(HouseQuerySet):
    """Book-keeping that only staff look at."""


class WriteOff(models.Model):
    """A ledger entry that repaid arrears, laid over the records that owed them, the oldest first.

    rest: what no record owed; zero unless arrears came into being outside this room.
    """

    id = models.BigAutoField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    payer_id = models.CharField(max_length=32)
    currency = CurrencyField()
    amount = MoneyField()
    rest = MoneyField(default=0)
    happened_at = models.DateTimeField()

    objects = OfTheHouse.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="a_write_off_repays_something",
                condition=Q(amount__gt=0, rest__gte=0, rest__lte=F("amount")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.payer_id} {self.amount}"


class Settling(models.Model):
    """The part of a write-off that settled one fee record."""

    id = models.BigAutoField(primary_key=True)
    write_off = models.ForeignKey(WriteOff, models.PROTECT, related_name="parts")
    fee = models.ForeignKey(FeeRecord, models.PROTECT, related_name="settlings")
    currency = CurrencyField()
    amount = MoneyField()

    objects = OfTheHouse.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="settlings_are_positive", condition=Q(amount__gt=0)),
            models.UniqueConstraint(fields=["write_off", "fee"], name="a_write_off_settles_a_record_once"),
        ]

    def __str__(self) -> str:
        return f"{self.fee} {self.amount}"


class Progress(models.Model):
    """Up to which moment a drain has picked up what happened in the ledger."""

    name = models.CharField(max_length=32, primary_key=True)
    upto = models.DateTimeField()

    objects = OfTheHouse.as_manager()

    def __str__(self) -> str:
        return f"{self.name} {self.upto}"


class AdjustmentState(Lifecycle):
    """Proposed by one person, decided by another."""

    PROPOSED = State("proposed", _("Awaiting approval"), tone="warning")
    POSTED = State("posted", _("Posted"), tone="good", final=True)
    REJECTED = State("rejected", _("Rejected"), tone="muted", final=True)

    approve = step(PROPOSED, to=POSTED, label=_("Approve"))
    reject = step(PROPOSED, to=REJECTED, label=_("Reject"))


class FeeAdjustmentQuerySet(models.QuerySet["FeeAdjustment"]):
    def visible_to(self, actor: Actor) -> Self:
        """The house: all. A customer: what has been posted to its account; its partner sees the fee record."""
        if actor.is_house:
            return self
        if actor.kind == "customer":
            return self.filter(customer_id=actor.account_id, state=AdjustmentState.POSTED)
        return self.none()


class FeeAdjustment(Record):
    """A correction of what a customer was charged: a compensation gives money back, a debit takes more.

    It belongs to the month in which it is approved, whatever month it corrects (`about_month`).
    """

    number = models.CharField(_("Number"), max_length=32, unique=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("Customer"))
    state = StateField(AdjustmentState, verbose_name=_("State"), default=AdjustmentState.PROPOSED)
    bill_type = models.PositiveSmallIntegerField(
        _("Bill type"),
        choices=[(one.value, one.label) for one in (BillType.COMPENSATION, BillType.DEBIT)],
    )
    currency = CurrencyField(_("Currency"))
    amount = MoneyField(_("Amount"))
    about_month = models.CharField(_("Concerns the month"), max_length=7, blank=True)
    service_type = models.CharField(_("Cloud service"), max_length=400, blank=True)
    resource_type = models.CharField(_("Resource type"), max_length=400, blank=True)
    region = models.CharField(_("Region"), max_length=64, blank=True)
    resource_id = models.CharField(_("Resource"), max_length=64, blank=True)
    reason = models.CharField(_("Reason"), max_length=256)
    proposed_by = models.CharField(_("Proposed by"), max_length=128)
    proposer_id = models.BigIntegerField(null=True)
    decided_by = models.CharField(_("Decided by"), max_length=128, blank=True)
    decided_at = models.DateTimeField(_("Decided"), null=True, blank=True)
    opinion = models.CharField(_("Opinion"), max_length=256, blank=True)
    fee = models.OneToOneField(FeeRecord, models.PROTECT, null=True, blank=True, related_name="+")

    objects = FeeAdjustmentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["customer", "-created_at"], name="fee_adjustments_of_a_customer")]
        constraints = [
            models.CheckConstraint(name="fee_adjustments_are_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="posted_fee_adjustments_have_a_record",
                condition=Q(state="posted", fee__isnull=False) | ~Q(state="posted") & Q(fee__isnull=True),
            ),
            models.CheckConstraint(
                name="decided_fee_adjustments_have_a_date",
                condition=Q(state="proposed", decided_at__isnull=True)
                | ~Q(state="proposed") & Q(decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PartnerBillState(Lifecycle):
    """The month's bill of an international partner on credit (lifecycles 20)."""

    UNPAID = State("unpaid", _("Unpaid"), tone="warning")
    PARTLY_PAID = State("partly_paid", _("Partly paid"), tone="warning")
    OVERDUE = State("overdue", _("Overdue"), tone="bad")
    PAID = State("paid", _("Paid"), tone="good", final=True)

    repay_partly = step(UNPAID, PARTLY_PAID, to=PARTLY_PAID, label=_("Repay partly"))
    repay_late = step(OVERDUE, to=OVERDUE, label=_("Repay partly"))
    settle = step(UNPAID, PARTLY_PAID, OVERDUE, to=PAID, label=_("Repay"))
    fall_due = step(UNPAID, PARTLY_PAID, to=OVERDUE, label=_("Become overdue"))


class OfPartners(models.QuerySet[M]):
    """Rows with a `partner` column that concern the partner's own account."""

    def visible_to(self, actor: Actor) -> Self:
        """Staff: all. A partner: its own. Its customers and its distributor: none of them."""
        if actor.is_house:
            return self
        if actor.kind == "partner" and actor.customers is None:
            return self.filter(partner_id=actor.account_id)
        return self.none()


class PartnerBillQuerySet(OfPartners["PartnerBill"]):
    def open(self) -> Self:
        return self.exclude(state=PartnerBillState.PAID)


class PartnerBill(Record):
    """What a partner on credit owes for a bill month, as it was when the month was final.

    consume, refunds, adjustments: the sums of the fee records that the partner paid for; their sum, at least zero, is
    `initial_due`. tax is what is contained in it. at_use: what cash paid at once, or arrears repaid before the bill.
    due: what was open when the bill was issued; repaid: what has come since.
    """

    number = models.CharField(_("Number"), max_length=32, unique=True)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("Partner"))
    month = models.CharField(_("Bill month"), max_length=7)
    state = StateField(PartnerBillState, verbose_name=_("State"), default=PartnerBillState.UNPAID)
    currency = CurrencyField(_("Currency"))
    consume = MoneyField(_("Consumption"))
    refunds = MoneyField(_("Refunds"))
    adjustments = MoneyField(_("Adjustments"))
    tax = MoneyField(_("Tax contained"), default=0)
    initial_due = MoneyField(_("Initial amount due"))
    at_use = MoneyField(_("Paid at use"))
    due = MoneyField(_("Amount due"))
    repaid = MoneyField(_("Repaid"), default=0)
    due_at = models.DateTimeField(_("Pay until"))
    paid_at = models.DateTimeField(_("Paid"), null=True, blank=True)

    objects = PartnerBillQuerySet.as_manager()

    class Meta:
        ordering = ["-month", "partner_id"]
        constraints = [
            models.UniqueConstraint(fields=["partner", "month"], name="one_bill_a_partner_and_month"),
            models.CheckConstraint(
                name="partner_bills_are_not_overpaid", condition=Q(repaid__gte=0, repaid__lte=F("due"))
            ),
            models.CheckConstraint(
                name="paid_partner_bills_are_paid",
                condition=Q(state="paid", repaid=F("due"), paid_at__isnull=False)
                | ~Q(state="paid") & Q(repaid__lt=F("due"), paid_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="partner_bills_falling_due",
                condition=Q(state__in=["unpaid", "partly_paid"]),
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def outstanding(self) -> Money:
        """What is still to be repaid."""
        left: Money = self.due - self.repaid
        return left


class RepaymentSource(models.TextChoices):
    """Where a repayment came from."""

    BALANCE = "balance", _("From the balance")
    AUTOMATIC = "automatic", _("From the balance on bill day")
    ARREARS = "arrears", _("Arrears repaid by later funds")
    OFFSET = "offset", _("Refunds of a later month")


class Repayment(Record):
    """One repayment of a partner's bill. entry_id: the ledger entry; None where refunds of a later month cover it."""

    number = models.CharField(_("Number"), max_length=64, unique=True)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("Partner"))
    bill = models.ForeignKey(PartnerBill, models.PROTECT, related_name="repayments", verbose_name=_("Bill"))
    source = models.CharField(_("Source"), max_length=12, choices=RepaymentSource.choices)
    currency = CurrencyField(_("Currency"))
    amount = MoneyField(_("Amount"))
    entry_id = models.BigIntegerField(_("Ledger entry"), null=True, blank=True)

    objects = OfPartners["Repayment"].as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="repayments_are_positive", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return self.number


class InvoiceState(Lifecycle):
    """invoiceState of the contract, as far as the monthly close takes an invoice by itself."""

    DRAFT = State("draft", _("Draft"), tone="busy", wire=0)
    DONE = State("done", _("Issued"), tone="good", wire=8, final=True)

    issue = step(DRAFT, to=DONE, label=_("Issue"))


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff: all. A partner or customer: those of its own account; not an account manager of a partner."""
        if actor.is_house:
            return self
        if actor.kind in ("partner", "customer") and actor.customers is None:
            return self.filter(account_id=actor.account_id)
        return self.none()


class Invoice(Record):
    """What the close of an international month invoices by itself: one for each account that paid for something.

    number: requestId of the contract; invoice_number: invoiceNo, once it is issued. amount contains `tax`.
    """

    number = models.CharField(_("Request"), max_length=32, unique=True)
    invoice_number = models.CharField(_("Invoice number"), max_length=32, blank=True)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("Account"))
    month = models.CharField(_("Bill month"), max_length=7)
    state = StateField(InvoiceState, verbose_name=_("State"), default=InvoiceState.DRAFT)
    title = models.CharField(_("Invoice title"), max_length=256)
    is_company = models.BooleanField(_("Company"), default=True)
    email = models.CharField(_("E-mail address"), max_length=254, blank=True)
    currency = CurrencyField(_("Currency"))
    amount = MoneyField(_("Amount"))
    tax = MoneyField(_("Tax contained"), default=0)
    tax_percent = models.DecimalField(
        _("Tax rate in per cent"), max_digits=6, decimal_places=3, default=Decimal(0)
    )
    issued_at = models.DateTimeField(_("Issued at"), null=True, blank=True)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["account", "month"], name="one_invoice_an_account_and_month"),
            models.CheckConstraint(name="invoices_are_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="issued_invoices_have_a_number",
                condition=Q(state="done", issued_at__isnull=False) & ~Q(invoice_number="")
                | ~Q(state="done") & Q(issued_at__isnull=True, invoice_number=""),
            ),
        ]

    def __str__(self) -> str:
        return self.invoice_number or self.number
