"""What a partner is alerted of about its customers, who wants to be told, and watched balances and budgets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partner_center.customers.models import Customer, TieQuerySet
from partner_center.foundation.actor import Actor
from partner_center.foundation.fields import CurrencyField, MoneyField, Record, StateField
from partner_center.identity.models import Account, User
from partner_center.kernel.lifecycle import Lifecycle, State, step
from partner_center.partners.models import Partner

SEES_ALL = "customers.view_all_alerts"
"""Who holds it sees the alerts of all customers of its partner, whatever its data scope (features V10)."""


class Scene(models.TextChoices):
    """What an alert is about."""

    ARREARS = "arrears", _("Arrears")
    EXPIRING = "expiring", _("Expiring resources")
    BALANCE = "balance", _("Low balance")
    BUDGET = "budget", _("Budget")
    CHURN = "churn", _("Churn")


class Category(models.TextChoices):
    """What exactly was found; each belongs to one scene."""

    OWING = "owing", _("In arrears")
    IN_7_DAYS = "in_7_days", _("Expires within 7 days")
    IN_15_DAYS = "in_15_days", _("Expires within 15 days")
    IN_30_DAYS = "in_30_days", _("Expires within 30 days")
    LOW = "low", _("Balance below the threshold")
    BUDGET_75 = "budget_75", _("75 per cent of the budget used")
    BUDGET_90 = "budget_90", _("90 per cent of the budget used")
    BUDGET_100 = "budget_100", _("Budget used up")
    USAGE_FELL = "usage_fell", _("Usage has fallen")
    USAGE_STOPPED = "usage_stopped", _("Usage has stopped")
    NOTHING_LEFT = "nothing_left", _("No resource left")


SCENE_OF: dict[Category, Scene] = {
    Category.OWING: Scene.ARREARS,
    Category.IN_7_DAYS: Scene.EXPIRING,
    Category.IN_15_DAYS: Scene.EXPIRING,
    Category.IN_30_DAYS: Scene.EXPIRING,
    Category.LOW: Scene.BALANCE,
    Category.BUDGET_75: Scene.BUDGET,
    Category.BUDGET_90: Scene.BUDGET,
    Category.BUDGET_100: Scene.BUDGET,
    Category.USAGE_FELL: Scene.CHURN,
    Category.USAGE_STOPPED: Scene.CHURN,
    Category.NOTHING_LEFT: Scene.CHURN,
}


class AlertState(Lifecycle):
    """An alert waits for its owner; when its cause is gone before that, it is over by itself."""

    OPEN = State("open", _("To handle"), tone="warning")
    HANDLED = State("handled", _("Handled"), tone="good", final=True)
    LAPSED = State("lapsed", _("Over"), tone="muted", final=True)

    handle = step(OPEN, to=HANDLED, label=_("Handle"))
    lapse = step(OPEN, to=LAPSED, label=_("Cause gone"))


class AlertResult(models.TextChoices):
    """What became of it. Whether a customer is lost is asked of churn alone (features F10)."""

    SOLVED = "solved", _("Solved")
    NOTHING_TO_DO = "nothing", _("Nothing to do")
    NOT_LOST = "not_lost", _("Not lost")
    LOST = "lost", _("Lost")


class AlertQuerySet(TieQuerySet["CustomerAlert"]):
    """The words used to ask for alerts."""

    def visible_to(self, actor: Actor) -> Self:
        """Staff: all. A partner: those of its customers and its resellers'; account managers their own, who may see
        all alerts all. Nobody else: none, the customer least of all."""
        if actor.kind == "customer":
            return self.none()
        whole = actor.kind == "partner" and actor.may(SEES_ALL)
        return super().visible_to(replace(actor, customers=None) if whole else actor)

    def open(self) -> Self:
        return self.filter(state=AlertState.OPEN)

    def standing(self) -> Self:
        """Those whose cause is still there, handled or not."""
        return self.filter(over_at__isnull=True)

    def to_handle_by(self, actor: Actor) -> Self:
        """Those that this user has to handle: of its own customers, or, for who may do everything, of customers
        without an account manager. A reseller's are not its distributor's."""
        rows = self.visible_to(actor).open().filter(partner_id=actor.account_id)
        if actor.kind != "partner":
            return self.none()
        mine = Q(customer__account_manager_id=actor.user_id) & Q(customer__account_manager__isnull=False)
        if actor.may("*"):
            mine |= Q(customer__account_manager__isnull=True)
        return rows.filter(mine)


class CustomerAlert(Record):
    """One thing that a partner should know about one of its customers, from the day on which it was found.

    key: which occurrence it is (a month, a day of expiry, a budget), so that each is found once. facts: what its title
    says. over_at: when the cause was found to be gone; one that has been handled is not found again before that.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("Customer"))
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("Partner"))
    scene = models.CharField(_("Scene"), max_length=10, choices=Scene.choices)
    category = models.CharField(_("Category"), max_length=16, choices=Category.choices)
    key = models.CharField(max_length=64, blank=True)
    facts = models.JSONField(default=dict)
    state = StateField(AlertState, verbose_name=_("State"), default=AlertState.OPEN)
    over_at = models.DateTimeField(_("Cause gone"), null=True, blank=True)
    result = models.CharField(_("Result"), max_length=10, choices=AlertResult.choices, blank=True)
    note = models.CharField(_("Note"), max_length=256, blank=True)
    handled_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Handled by")
    )
    handled_at = models.DateTimeField(_("Handled"), null=True, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "partner", "category", "key"],
                condition=Q(over_at__isnull=True),
                name="each_cause_is_found_once",
            ),
            models.CheckConstraint(
                name="handled_alerts_have_a_result",
                condition=Q(state="handled", handled_at__isnull=False) & ~Q(result="")
                | ~Q(state="handled") & Q(handled_at__isnull=True, result=""),
            ),
            models.CheckConstraint(
                name="lapsed_alerts_are_over", condition=~Q(state="lapsed") | Q(over_at__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["partner", "state", "-created_at"], name="alerts_of_a_partner")]

    def __str__(self) -> str:
        return f"{self.customer}: {self.title}"

    @property
    def title(self) -> str:
        """The alert in a sentence, in the reader's language."""
        return str(_TITLES[Category(self.category)]).format(**self.facts)

    @property
    def owner(self) -> Any:
        """Who has to handle it: the customer's account manager, or else the partner."""
        return self.customer.account_manager or self.partner


_TITLES: dict[Category, Any] = {
    Category.OWING: _("It owes {amount}."),
    Category.IN_7_DAYS: _("{count} resources expire within 7 days, the first on {day}."),
    Category.IN_15_DAYS: _("{count} resources expire within 15 days, the first on {day}."),
    Category.IN_30_DAYS: _("{count} resources expire within 30 days, the first on {day}."),
    Category.LOW: _("Its balance of {amount} is below {threshold}."),
    Category.BUDGET_75: _("It has used {used} of its budget of {amount}: 75 per cent."),
    Category.BUDGET_90: _("It has used {used} of its budget of {amount}: 90 per cent."),
    Category.BUDGET_100: _("It has used up its budget of {amount}: {used}."),
    Category.USAGE_FELL: _("Its usage of {month} fell from {before} to {after}."),
    Category.USAGE_STOPPED: _("It used nothing in {month}, after {before} in the month before."),
    Category.NOTHING_LEFT: _("Its last resource was closed on {day}."),
}


class OfPartner(models.QuerySet[Any]):
    """Rows that belong to the partner itself."""

    def visible_to(self, actor: Actor) -> Self:
        match actor.kind:
            case "staff" | "system":
                return self
            case "partner":
                return self.filter(partner_id=actor.account_id)
        return self.none()


class AlertSetting(models.Model):
    """From when on a partner is alerted. No row: the defaults of `rules.alerts`."""

    partner = models.OneToOneField(Partner, models.PROTECT, primary_key=True, related_name="+")
    currency = CurrencyField()
    low_balance = MoneyField(_("Low balance"))
    churn_percent = models.PositiveSmallIntegerField(_("Fall of usage in per cent"))

    objects = OfPartner.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="low_balances_are_not_negative", condition=Q(low_balance__gte=0)),
            models.CheckConstraint(
                name="usage_falls_by_a_share", condition=Q(churn_percent__gte=1, churn_percent__lte=100)
            ),
        ]

    def __str__(self) -> str:
        return str(self.partner_id)


class SubscriptionQuerySet(models.QuerySet["AlertSubscription"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own. Staff and the system: all."""
        if actor.is_house:
            return self
        return self.filter(user_id=actor.user_id) if actor.user_id is not None else self.none()


class AlertSubscription(Record):
    """One person wants to be told, once a day, of new alerts of a scene."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    scene = models.CharField(_("Scene"), max_length=10, choices=Scene.choices)
    by_mail = models.BooleanField(_("By mail"), default=True)
    by_sms = models.BooleanField(_("By SMS"), default=False)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "scene"], name="a_scene_is_subscribed_to_once"),
            models.CheckConstraint(
                name="a_subscription_has_a_way", condition=Q(by_mail=True) | Q(by_sms=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.scene}"


class BudgetMark(Record):
    """A share of a budget that was reached, and told, in one of its periods: each once for each sum."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("Customer"))
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("Partner"))
    period = models.CharField(_("Period"), max_length=16)
    currency = CurrencyField()
    amount = MoneyField(_("Budget"))
    percent = models.PositiveSmallIntegerField(_("Per cent"))
    used = MoneyField(_("Used"))

    objects = TieQuerySet["BudgetMark"].as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "partner", "period", "amount", "percent"],
                name="a_share_of_a_budget_is_told_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.percent}%"


class BalanceAlertQuerySet(models.QuerySet["BalanceAlert"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff: all. An account: its own."""
        match actor.kind:
            case "staff" | "system":
                return self
            case "partner" | "customer":
                return self.filter(account_id=actor.account_id)
        return self.none()


class BalanceAlert(models.Model):
    """An account wants to be told when its balance falls below a threshold (features O5): once, until it has risen.

    receivers: further e-mail addresses beside the account's own.
    """

    account = models.OneToOneField(Account, models.PROTECT, primary_key=True, related_name="+")
    currency = CurrencyField()
    threshold = MoneyField(_("Threshold"))
    receivers = models.JSONField(_("Also told"), default=list)
    fell_at = models.DateTimeField(_("Below since"), null=True, blank=True)

    objects = BalanceAlertQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(name="thresholds_are_positive", condition=Q(threshold__gt=0))]

    def __str__(self) -> str:
        return str(self.account_id)
