"""Alerts are looked for every morning; budgets and balances are watched all the time."""

from __future__ import annotations

from partner_center.billing.reading.owed import used_of
from partner_center.channel.actions.alerts import find_alerts, tell_of_alerts
from partner_center.channel.actions.alerts_balances import watch_balance
from partner_center.channel.actions.alerts_budgets import mark_budget
from partner_center.channel.models.alerts import AlertSubscription, BalanceAlert
from partner_center.channel.queries.alerts import A_TURN, turns
from partner_center.channel.rules.alerts import SHARES, share_reached
from partner_center.customers.actions import restore_after_budget
from partner_center.customers.models import Budget, BudgetType, Customer, FrozenBy
from partner_center.foundation.actor import Actor
from partner_center.foundation.jobs import Slot, job
from partner_center.identity.models import User
from partner_center.kernel import clock


@job("channel.find_alerts", every="day at 06:00 Asia/Shanghai", catch_up=False)
def find_alerts_of_the_day(slot: Slot) -> dict[str, int]:
    """Look at every partner's customers, a few hundred at a time; then tell the subscribers."""
    actor, since = Actor.system("channel.find_alerts"), clock.now()
    done = {"found": 0, "over": 0, "told": 0}
    for turn in turns():
        for name, count in find_alerts(actor, customer_ids=turn).items():
            done[name] += count
    subscribers = AlertSubscription.objects.order_by("user_id").values("user_id").distinct()
    for user in User.objects.filter(pk__in=subscribers).select_related("account"):
        done["told"] += bool(tell_of_alerts(actor, user=user, since=since))
    return done


@job("channel.watch_budgets", every="10 minutes", catch_up=False)
def watch_budgets(slot: Slot) -> dict[str, int]:
    """Tell partners of budgets that are nearly used up, and freeze whom a used-up budget freezes."""
    actor = Actor.system("channel.watch_budgets")
    marked, after = 0, 0
    rows = Budget.objects.order_by("pk").select_related("customer__account", "customer__partner")
    while turn := list(rows.filter(pk__gt=after)[:A_TURN]):
        used = used_of(turn)
        for budget in turn:
            if share_reached(used[budget.customer_id], budget.amount) >= SHARES[0]:
                marked += bool(mark_budget(actor, customer=budget.customer))
        after = turn[-1].pk
    return {"marked": marked}


@job("channel.restore_budgets", every="day 1 of month at 00:00 Asia/Shanghai")
def restore_budgets(slot: Slot) -> dict[str, int]:
    """A new month: who was frozen because its monthly budget was used up may buy again (features F7)."""
    actor = Actor.system("channel.restore_budgets")
    monthly = Budget.objects.filter(budget_type=BudgetType.MONTHLY).values("customer_id")
    frozen = Customer.objects.filter(frozen_by=FrozenBy.BUDGET, frozen_at__lt=slot.moment, pk__in=monthly)
    restored = 0
    for customer in frozen.select_related("account", "partner").order_by("pk"):
        restored += bool(restore_after_budget(actor, customer=customer))
    return {"restored": restored}


@job("channel.watch_balances", every="10 minutes", catch_up=False)
def watch_balances(slot: Slot) -> dict[str, int]:
    """Tell accounts of a balance below the threshold that they have set."""
    actor = Actor.system("channel.watch_balances")
    told = sum(watch_balance(actor, alert=alert) for alert in BalanceAlert.objects.order_by("pk"))
    return {"told": told}
