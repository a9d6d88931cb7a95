"""Tables of funds: recharges, adjustments, and the view that shows each ledger transfer from its owner's side."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.actor import Actor
from partner_center.foundation.fields import CurrencyField, MoneyField, Record, StateField
from partner_center.funds import trades
from partner_center.identity.models import Account
from partner_center.kernel.lifecycle import Lifecycle, State, step
from partner_center.kernel.money import Money
from partner_center.ledger.models import Account as LedgerAccount
from partner_center.ledger.models import Entry
from partner_center.partners.models import Partner


class RechargeState(Lifecycle):
    """A recharge waits for its money; a remittance is recorded and paid in one deed.

    Money that a gateway reports after the time was over, or after a failure, has been paid all the same.
    """

    AWAITING_PAYMENT = State("awaiting_payment", _("Awaiting payment"), tone="warning")
    PAID = State("paid", _("Paid"), tone="good", final=True)
    FAILED = State("failed", _("Failed"), tone="bad")
    EXPIRED = State("expired", _("Expired"), tone="muted")

    pay = step(AWAITING_PAYMENT, FAILED, EXPIRED, to=PAID, label=_("Confirm payment"))
    fail = step(AWAITING_PAYMENT, to=FAILED, label=_("Payment failed"))
    expire = step(AWAITING_PAYMENT, to=EXPIRED, label=_("Expire"))


class Channel(models.TextChoices):
    """How money came; the values are the wire's payment_channel_id."""

    ALIPAY = "1", _("Alipay")
    BANK_TRANSFER = "2", _("Bank transfer")
    ALIPAY_OR_BANK = "4", _("Alipay or online banking")
    WECHAT_PAY = "5", _("WeChat Pay")
    UNION_PAY = "317", _("UnionPay")
    HUAWEI_PAY = "319", _("Huawei Pay")
    PETAL_PAY = "320", _("Petal Pay")


class RechargeQuerySet(models.QuerySet["Recharge"]):
    """The words used to ask for recharges."""

    def visible_to(self, actor: Actor) -> Self:
        """Staff: all. Everybody else: those of its own account."""
        match actor.kind:
            case "staff" | "system":
                return self
            case "partner" | "customer":
                return self.filter(account_id=actor.account_id)
        return self.none()


class Recharge(Record):
    """Money put into an account from outside: online through a gateway, or by a bank transfer."""

    number = models.CharField(_("recharge number"), max_length=32, unique=True)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("account"))
    state = StateField(RechargeState, default=RechargeState.AWAITING_PAYMENT, verbose_name=_("state"))
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices)
    gateway = models.CharField(_("gateway"), max_length=32, blank=True)
    channel_number = models.CharField(_("channel's number"), max_length=64, blank=True)
    payer = models.CharField(_("payer"), max_length=128, blank=True)
    currency = CurrencyField(_("currency"))
    amount = MoneyField(_("amount"))
    memo = models.CharField(_("memo"), max_length=256, blank=True)
    expires_at = models.DateTimeField(_("pay until"), null=True)
    paid_at = models.DateTimeField(_("paid at"), null=True)
    entry = models.OneToOneField(Entry, models.PROTECT, null=True, related_name="+")

    objects = RechargeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        indexes: ClassVar = [
            models.Index(name="recharges_by_account", fields=["account", "-created_at"]),
            models.Index(
                name="recharges_awaiting", fields=["expires_at"], condition=Q(state="awaiting_payment")
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(name="recharges_are_positive", condition=Q(amount__gt=0)),
            models.UniqueConstraint(
                name="money_of_a_channel_comes_once",
                fields=["channel", "channel_number"],
                condition=~Q(channel_number=""),
            ),
            models.CheckConstraint(
                name="paid_recharges_have_an_entry",
                condition=Q(state="paid", entry__isnull=False, paid_at__isnull=False)
                | (~Q(state="paid") & Q(entry__isnull=True, paid_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Operation(models.TextChoices):
    """What an adjustment did; the values are the wire's operation_type."""

    ALLOCATION = "SOURCE_OPERATION_BEADJUST", _("Allocation")
    RECLAIM = "SOURCE_OPERATION_BERETRIEVE", _("Reclaim")
    UNBIND = "SOURCE_OPERATION_BEUNBIND", _("Unbind reclaim")


class AdjustmentQuerySet(models.QuerySet["Adjustment"]):
    """The words used to ask for adjustments."""

    def visible_to(self, actor: Actor) -> Self:
        """Staff: all. A partner: those it made, those of its resellers, and those made to it, within an
        account manager's scope. A customer: those made to it."""
        match actor.kind:
            case "staff" | "system":
                return self
            case "partner":
                mine = Q(partner_id=actor.account_id) | Q(target_id=actor.account_id)
                if actor.account_kind == "distributor":
                    mine |= Q(partner__distributor_id=actor.account_id)
                return actor.narrow(self.filter(mine), "target_id")
            case "customer":
                return self.filter(target_id=actor.account_id)
        return self.none()


class Adjustment(Record):
    """Money moved between a partner and one below it: its customer, or a distributor's reseller. Never changed."""

    number = models.CharField(_("transaction number"), max_length=32, unique=True)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("partner"))
    target = models.ForeignKey(
        Account, models.PROTECT, related_name="+", verbose_name=_("customer or reseller")
    )
    target_name = models.CharField(_("name"), max_length=256, blank=True)
    operation = models.CharField(_("type"), max_length=32, choices=Operation.choices)
    currency = CurrencyField(_("currency"))
    amount = MoneyField(_("amount"))
    scene = models.CharField(_("scene"), max_length=64, blank=True)
    memo = models.CharField(_("memo"), max_length=256, blank=True)
    operator = models.CharField(_("operator"), max_length=128, blank=True)
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="+")

    objects = AdjustmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        indexes: ClassVar = [
            models.Index(name="adjustments_by_partner", fields=["partner", "-created_at"]),
            models.Index(name="adjustments_by_target", fields=["target", "-created_at"]),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(name="adjustments_are_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="adjustments_go_elsewhere", condition=~Q(partner=F("target"))),
        ]

    def __str__(self) -> str:
        return self.number


class Purse(models.TextChoices):
    """The two purses that have a statement."""

    CASH = "cash", _("Cash")
    CREDIT = "credit", _("Credit")


class Direction(models.TextChoices):
    REVENUE = "revenue", _("Income")
    EXPENSE = "expense", _("Expense")


class AccountChangeQuerySet(models.QuerySet["AccountChange"]):
    """The words used to ask for account changes."""

    def visible_to(self, actor: Actor) -> Self:
        """Staff: all. A partner: its own and its resellers', within an account manager's scope. A customer: its own."""
        match actor.kind:
            case "staff" | "system":
                return self
            case "partner" | "customer":
                owners = [actor.account_id]
                if actor.account_kind == "distributor":
                    owners += Partner.objects.resellers_of(actor.account_id).values_list("pk", flat=True)
                return self.of_owners(owners).within_scope(actor)
        return self.none()

    def within_scope(self, actor: Actor) -> Self:
        """Without those to and from customers that the actor does not see."""
        if actor.customers is None:
            return self
        others = models.Q(counterpart__isnull=True) | ~models.Q(counterpart__kind="customer")
        return self.filter(others | models.Q(counterpart__in=actor.customers))

    def of_owners(self, owners: list[str]) -> Self:
        """By the numbers of their ledger accounts: most transfers have one end in the same few accounts of
        the house, and only constants tell the database that these owners are not among them."""
        accounts = LedgerAccount.objects.filter(owner__in=owners).values_list("pk", flat=True)
        return self.filter(ledger_account_id__in=list(accounts))


class AccountChange(models.Model):
    """One ledger transfer as its owner sees it. A view (migration 0002): it costs nothing to write and cannot
    disagree with the ledger."""

    id = models.BigIntegerField(primary_key=True)
    ledger_account_id = models.BigIntegerField()
    owner = models.ForeignKey(Account, models.DO_NOTHING, related_name="+", verbose_name=_("account"))
    purse = models.CharField(_("purse"), max_length=8, choices=Purse.choices)
    direction = models.CharField(_("direction"), max_length=8, choices=Direction.choices)
    kind = models.CharField(_("kind"), max_length=48)
    reference = models.CharField(_("reference"), max_length=128)
    about = models.CharField(_("transaction or order"), max_length=64)
    memo = models.CharField(_("memo"), max_length=256)
    happened_at = models.DateTimeField(_("time"))
    currency = CurrencyField(_("currency"))
    amount = MoneyField(_("amount"))
    balance_after = MoneyField(_("balance afterwards"))
    counterpart = models.ForeignKey(
        Account, models.DO_NOTHING, null=True, related_name="+", verbose_name=_("counterpart")
    )

    objects = AccountChangeQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "funds_account_change"
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.number} {self.signed}"

    @property
    def number(self) -> str:
        """account_change_id on the wire."""
        return str(self.id)

    @property
    def trade(self) -> trades.Trade:
        return trades.TRADES[self.kind]

    @property
    def kind_label(self) -> str:
        return str(self.trade.label)

    @property
    def signed(self) -> Money:
        """The amount as the balance felt it: negative for an expense."""
        amount: Money = self.amount
        return amount if self.direction == Direction.REVENUE else -amount
