"""Budgets of international resale customers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.customers.actions.freezing import lift_partner_freeze
from partner_center.customers.errors import BudgetOutOfRange, NoRightOverCustomer, ResourcesNeedAgreement
from partner_center.customers.holding import hold
from partner_center.customers.models import (
    Budget,
    BudgetOperation,
    BudgetRecord,
    BudgetType,
    Customer,
    WhenUsedUp,
)
from partner_center.customers.queries import is_own_or_managed
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.kernel.period import BillMonth
from partner_center.partners.models import ResellerRight

LARGEST_BUDGET = 2147483647
"""In whole currency units (update_sub_customer_budget: (0, 2147483647])."""


@action("customers.set_budget", label=_("Set budget"), critical=True)
def set_budget(
    actor: Actor,
    *,
    customer: Customer,
    amount: Money,
    budget_type: str = BudgetType.MONTHLY,
    when_used_up: str | None = None,
    resources_agreed: bool = False,
    lift_freeze: bool = False,
) -> Budget:
    """Set what the customer may spend at list price; the new sum and type hold at once.

    A one-time budget counts from the month in which it became one. `when_used_up` None leaves it as it
    is, at the first setting the partner decides by hand; freezing resources needs the customer's agreement
    (`resources_agreed`), once. `lift_freeze` also ends a freeze by the partner,
    which is how a new international resale customer comes to buy. Raises NoRightOverCustomer unless the
    customer is an international resale customer that the actor handles, BudgetOutOfRange, ResourcesNeedAgreement.
    """
    hold(customer)
    if not _is_handled(actor, customer):
        raise NoRightOverCustomer(customer=str(customer))
    largest = Money.of(LARGEST_BUDGET, amount.currency)
    if not Money.zero(amount.currency) < amount <= largest:
        raise BudgetOutOfRange(maximum=largest)
    assert customer.partner is not None, "a resale customer has a partner"
    now = clock.now()
    present = Budget.objects.filter(customer=customer).first()
    was = present.when_used_up if present else WhenUsedUp.MANUAL
    if when_used_up == WhenUsedUp.STOP != was and not resources_agreed:
        raise ResourcesNeedAgreement()
    keeps_counting = present is not None and present.budget_type == budget_type
    budget, _is_new = Budget.objects.update_or_create(
        customer=customer,
        defaults={
            "partner": customer.partner,
            "budget_type": budget_type,
            "currency": amount.currency,
            "amount": amount,
            "when_used_up": when_used_up or was,
            "counts_from": present.counts_from
            if present and keeps_counting
            else BillMonth.of(now).period.start,
            "changed_at": now,
        },
    )
    BudgetRecord.objects.create(
        customer=customer,
        partner=customer.partner,
        operation=BudgetOperation.SETTING,
        budget_type=budget_type,
        currency=amount.currency,
        amount=amount,
        operator=actor.name[:128],
    )
    record(
        actor, "customers.set_budget", customer, about=customer.pk, amount=str(amount), type=str(budget_type)
    )
    if lift_freeze:
        lift_partner_freeze(actor, customer, str(_("A budget was set.")))
    return budget


def _is_handled(actor: Actor, customer: Customer) -> bool:
    if not customer.is_resale or customer.account.site != "intl":
        return False
    return actor.is_house or is_own_or_managed(actor, customer, ResellerRight.SET_BUDGETS)
