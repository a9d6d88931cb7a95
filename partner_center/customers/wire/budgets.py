"""What the operations about budgets share."""

from __future__ import annotations

from collections.abc import Iterable

from partner_center.customers.models import AssociationType, Budget, BudgetType
from partner_center.foundation.actor import Actor

YUAN = 1
"""`measure_id`: amounts are in whole units of the currency."""

BUDGET_TYPES = {"MONTHLY": BudgetType.MONTHLY, "PACKAGE": BudgetType.PACKAGE}
"""`budget_type` on the wire."""

TYPE_CODES = {kind: code for code, kind in BUDGET_TYPES.items()}


def budgets_of(actor: Actor, partner_id: str, customer_ids: Iterable[str]) -> list[Budget]:
    """The budgets of those of these customers that are the partner's resale customers; others are left out."""
    rows = Budget.objects.visible_to(actor).filter(
        customer_id__in=list(customer_ids),
        customer__partner_id=partner_id,
        customer__association_type=AssociationType.RESALE,
    )
    return list(rows.order_by("customer_id"))
