"""Budgets are watched: their partner is told at 75, 90 and 100 per cent, and used-up ones do what they say."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.billing.reading.owed import used_of
from partner_center.channel.models.alerts import BudgetMark
from partner_center.channel.queries.alerts import period_of
from partner_center.channel.rules.alerts import SHARES, share_reached
from partner_center.customers.actions import freeze_used_up
from partner_center.customers.holding import hold
from partner_center.customers.models import Budget, Customer, WhenUsedUp
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.identity.notices import tell


@action("channel.mark_budget", label=_("Note how far a budget is used"))
def mark_budget(actor: Actor, *, customer: Customer) -> int:
    """Tell the partner of the share that its customer's budget has reached, once for each period and sum; at the end
    of a budget the customer is frozen if it says so. The share that was new, or 0.

    A customer that its partner unfreezes afterwards stays so until the budget changes or begins anew.
    """
    hold(customer)
    budget = Budget.objects.filter(customer=customer).select_related("partner__account").first()
    if budget is None or budget.partner_id != customer.partner_id:
        return 0
    used = used_of([budget])[customer.pk]
    share, period = share_reached(used, budget.amount), period_of(budget)
    known = BudgetMark.objects.filter(
        customer=customer, partner=budget.partner, period=period, amount=budget.amount
    ).values_list("percent", flat=True)
    fresh = sorted({one for one in SHARES if one <= share} - set(known))
    if not fresh:
        return 0
    BudgetMark.objects.bulk_create(
        BudgetMark(
            customer=customer,
            partner=budget.partner,
            period=period,
            currency=budget.currency,
            amount=budget.amount,
            percent=one,
            used=used,
        )
        for one in fresh
    )
    reached = fresh[-1]
    record(actor, "channel.mark_budget", customer, about=budget.partner_id, percent=reached, used=str(used))
    tell(
        budget.partner.account,
        "channel.budget_reached",
        customer=str(customer),
        percent=reached,
        used=str(used),
        amount=str(budget.amount),
    )
    if reached == SHARES[-1] and budget.when_used_up != WhenUsedUp.MANUAL:
        freeze_used_up(actor, customer=customer, with_resources=budget.when_used_up == WhenUsedUp.STOP)
    return reached
