"""How customers stand, beside what their rows say: balance or budget, this month's spending, what expires, alerts.

All of it is annotated, so that lists can be filtered and sorted by it and the number of statements stays the same.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat, ExtractMonth, ExtractYear, LPad

from partner_center.billing.models import FeeRecord
from partner_center.channel.models.alerts import AlertState, BudgetMark, CustomerAlert
from partner_center.customers.models import Budget, BudgetType, Customer, CustomerQuerySet
from partner_center.foundation.actor import Actor
from partner_center.funds.queries import can_be_fed, money_of, with_money
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.kernel.period import BEIJING, BillMonth
from partner_center.subscriptions.models import Resource, ResourceState

EXPIRING = ("7", "15", "30")
"""Days ahead (features F2)."""

SHARES = ("75", "90", "100")
"""Per cent of a budget that is used (features F7)."""


def listed(actor: Actor) -> QuerySet[Customer]:
    """The customers that the actor may see, with how they stand."""
    return with_standing(Customer.objects.visible_to(actor))


def with_standing(rows: CustomerQuerySet) -> QuerySet[Customer]:
    """Annotated with cash and so on (`funds.queries.money_of`), spent, budgeted, used, expires_next and alerts."""
    present = str(BillMonth.of(clock.now()))
    own = FeeRecord.objects.filter(customer_id=OuterRef("pk"), partner_id=OuterRef("partner_id")).order_by()
    budget = Budget.objects.filter(customer_id=OuterRef("pk"), partner_id=OuterRef("partner_id"))
    return (
        with_money(rows)
        .annotate(
            spent_minor=_sum(own.filter(month=present), "consume"),
            budget_minor=Subquery(budget.values("amount")[:1], output_field=BigIntegerField()),
            budget_since=Subquery(budget.values(month=_first_month(present))[:1], output_field=CharField()),
            expires_next=Subquery(
                Resource.objects.filter(
                    customer_id=OuterRef("pk"), state=ResourceState.IN_USE, main_resource__isnull=True
                )
                .order_by("expires_at")
                .values("expires_at")[:1]
            ),
            alerts_open=Coalesce(
                Subquery(
                    CustomerAlert.objects.filter(
                        customer_id=OuterRef("pk"), partner_id=OuterRef("partner_id"), state=AlertState.OPEN
                    )
                    .order_by()
                    .values("customer_id")
                    .annotate(n=Count("pk"))
                    .values("n"),
                    output_field=IntegerField(),
                ),
                0,
            ),
        )
        .annotate(used_minor=_sum(own.filter(month__gte=OuterRef("budget_since")), "official"))
    )


def spent(customer: Any) -> Money:
    """What the customer was charged in this month, Beijing time."""
    return Money(customer.spent_minor, customer.account.currency)


def available(customer: Any) -> Money | None:
    """What a resale customer may still spend: its balance, or on the international site what is left of its budget."""
    if can_be_fed(customer):
        return money_of(customer, "allocatable")
    if not customer.is_resale or customer.budget_minor is None:
        return None
    return Money(max(customer.budget_minor - max(customer.used_minor, 0), 0), customer.account.currency)


def expiring(rows: Any, days: str, actor: Actor) -> Any:
    """Those that have a resource which expires within so many days."""
    now = clock.now()
    soon = Resource.objects.main().expiring_within(now, now + timedelta(days=int(days)))
    return rows.filter(Exists(soon.filter(customer_id=OuterRef("pk"))))


def with_used_budget(rows: Any, share: str, actor: Actor) -> Any:
    """Those that have used so much of their present budget, as far as it has been noted."""
    present = str(BillMonth.of(clock.now()))
    marks = BudgetMark.objects.filter(
        customer_id=OuterRef("customer_id"),
        partner_id=OuterRef("partner_id"),
        amount=OuterRef("amount"),
        percent=int(share),
    )
    monthly, once = marks.filter(period=present), marks.filter(period__startswith="since")
    budgets = Budget.objects.filter(
        Q(Exists(monthly), budget_type=BudgetType.MONTHLY) | Q(Exists(once), budget_type=BudgetType.PACKAGE)
    )
    return rows.filter(Exists(budgets.filter(customer_id=OuterRef("pk"), partner_id=OuterRef("partner_id"))))


def _sum(records: Any, name: str) -> Coalesce:
    total = records.values("customer_id").annotate(total=Sum(name)).values("total")
    return Coalesce(Subquery(total, output_field=BigIntegerField()), 0, output_field=BigIntegerField())


def _first_month(present: str) -> Case:
    """From which month on a budget counts, as YYYY-MM."""
    month = Cast(ExtractMonth("counts_from", tzinfo=BEIJING), CharField())
    year = Cast(ExtractYear("counts_from", tzinfo=BEIJING), CharField())
    return Case(
        When(budget_type=BudgetType.MONTHLY, then=Value(present)),
        default=Concat(year, Value("-"), LPad(month, 2, Value("0"))),
        output_field=CharField(),
    )
