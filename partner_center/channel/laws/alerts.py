"""What is always true of watched budgets."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef

from partner_center.channel.models.alerts import BudgetMark
from partner_center.channel.rules.alerts import SHARES
from partner_center.customers.models import Customer, FrozenBy
from partner_center.foundation.laws import law


@law("channel.budget_freezes", says="Whoever is frozen for a used-up budget was told that it is used up.")
def budget_freezes_have_their_mark() -> Iterator[str]:
    marks = BudgetMark.objects.filter(customer_id=OuterRef("pk"), percent=SHARES[-1])
    frozen = Customer.objects.filter(~Exists(marks), frozen_by=FrozenBy.BUDGET)
    for pk in frozen.values_list("pk", flat=True).iterator():
        yield f"the customer {pk} is frozen for a budget that was never used up"


@law("channel.budget_shares", says="No share of a budget is told before the smaller ones.")
def told_shares_go_up() -> Iterator[str]:
    for smaller, greater in zip(SHARES, SHARES[1:], strict=False):
        before = BudgetMark.objects.filter(
            customer_id=OuterRef("customer_id"),
            partner_id=OuterRef("partner_id"),
            period=OuterRef("period"),
            amount=OuterRef("amount"),
            percent=smaller,
        )
        alone = BudgetMark.objects.filter(~Exists(before), percent=greater)
        for pk in alone.values_list("pk", flat=True).iterator():
            yield f"the budget mark {pk} tells of {greater} per cent, nothing of {smaller}"
