"""How customers stand, beside what their rows say: balance or budget, this month's spending, what expires, alerts.

All of it is annotated, so that lists can be filtered and sorted by it and the number of statements stays the same.
"""

from __future__ import annotations

from dataclasses import dataclass
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
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from partner_center.billing.models import FeeRecord
from partner_center.billing.naming import words_for
from partner_center.channel.models.alerts import AlertState, BudgetMark, CustomerAlert
from partner_center.console.charts import latest_months, month_bars
from partner_center.customers.errors import NotACustomerOfThePartner
from partner_center.customers.lifecycles import FreezeState
from partner_center.customers.models import Budget, BudgetType, Customer, CustomerQuerySet, FrozenBy
from partner_center.customers.rules import RESOURCE_WINDOW
from partner_center.foundation.actor import Actor
from partner_center.funds.queries import can_be_fed, money_of, with_money
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.kernel.period import BEIJING, BillMonth
from partner_center.subscriptions.models import ExpirePolicy, Resource, ResourceState

EXPIRES = {"7": _("In 7 days"), "15": _("In 15 days"), "30": _("In 30 days")}
EXPIRING = tuple(EXPIRES)
"""Days ahead (features F2)."""

MOST_SERVICES = 10

LAST_DAYS = timedelta(days=5)
"""So long before the end a partner is reminded that it can still unfreeze resources."""

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
        .annotate(
            used_minor=_sum(own.filter(month__gte=OuterRef("budget_since"), month__lte=present), "official")
        )
    )


def standing_customer(actor: Actor, customer_id: str) -> Customer:
    """One of them. Raises NotACustomerOfThePartner."""
    rows = listed(actor).select_related("account", "partner__account", "account_manager")
    found = rows.filter(pk=customer_id).first()
    if found is None:
        raise NotACustomerOfThePartner(customer=customer_id)
    return found


def used(customer: Any) -> Money | None:
    """What of its budget the customer has used, at list price."""
    if customer.budget_minor is None:
        return None
    return Money(max(customer.used_minor, 0), customer.account.currency)


def budgeted(customer: Any) -> Money | None:
    if customer.budget_minor is None:
        return None
    return Money(customer.budget_minor, customer.account.currency)


def budgets_listed(actor: Actor) -> QuerySet[Budget]:
    """Budgets with what of them is used (`used_of_budget`, `share_of_budget`)."""
    present = str(BillMonth.of(clock.now()))
    own = FeeRecord.objects.filter(
        customer_id=OuterRef("customer_id"),
        partner_id=OuterRef("partner_id"),
        month__gte=OuterRef("since"),
        month__lte=present,
    ).order_by()
    rows: QuerySet[Budget] = Budget.objects.visible_to(actor).annotate(since=_first_month(present))
    return rows.annotate(used_minor=_sum(own, "official"))


def used_of_budget(budget: Any) -> Money:
    return Money(max(budget.used_minor, 0), budget.currency)


def share_of_budget(budget: Any) -> int:
    """In per cent, cut off."""
    return int(used_of_budget(budget).minor * 100 // budget.amount.minor)


@dataclass(frozen=True, slots=True)
class Renewals:
    """How many of a customer's main resources expire in a window, those that renew themselves apart."""

    label: Any
    days: str
    by_hand: int
    by_itself: int


def renewals_due(actor: Actor, customer: Customer) -> list[Renewals]:
    """What is to be renewed within 7, 15 and 30 days, in one statement."""
    now = clock.now()
    rows = Resource.objects.visible_to(actor).main().filter(customer=customer, state=ResourceState.IN_USE)
    automatic = Q(expire_policy=ExpirePolicy.AUTO_RENEW)
    within = {
        days: Q(expires_at__gte=now, expires_at__lt=now + timedelta(days=int(days))) for days in EXPIRING
    }
    counted = rows.aggregate(
        **{f"by_hand_{days}": Count("pk", filter=span & ~automatic) for days, span in within.items()},
        **{f"by_itself_{days}": Count("pk", filter=span & automatic) for days, span in within.items()},
    )
    return [
        Renewals(EXPIRES[days], days, counted[f"by_hand_{days}"], counted[f"by_itself_{days}"])
        for days in EXPIRING
    ]


@dataclass(frozen=True, slots=True)
class ServiceSpending:
    """What a customer was charged for one cloud service in this month, and in the last one."""

    service: str
    present: Money
    before: Money


def spending_by_service(actor: Actor, customer: Customer) -> list[ServiceSpending]:
    """The present month beside the whole last one, the dearest service first."""
    this = BillMonth.of(clock.now())
    months = (str(this), str(this.previous()))
    rows = FeeRecord.objects.visible_to(actor).filter(customer=customer, month__in=months).order_by()
    sums: dict[str, dict[str, int]] = {}
    for service, month, total in rows.values_list("service_type", "month").annotate(total=Sum("consume")):
        sums.setdefault(service, {})[month] = int(total)
    names = words_for("service", sums, get_language() or "en") if sums else {}
    currency = customer.account.currency
    found = [
        ServiceSpending(names[service], *(Money(of.get(month, 0), currency) for month in months))
        for service, of in sums.items()
    ]
    return sorted(found, key=lambda one: (-one.present.minor, one.service))[:MOST_SERVICES]


def spending_chart(actor: Actor, customer: Customer) -> dict[str, Any] | None:
    """Six months of what it was charged."""
    months = latest_months(6)
    rows = FeeRecord.objects.visible_to(actor).filter(customer=customer, month__gte=str(months[0])).order_by()
    sums = {month: int(total) for month, total in rows.values_list("month").annotate(total=Sum("consume"))}
    return month_bars(months, [(_("Consumption"), sums, customer.account.currency)])


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


def thawing_soon(actor: Actor) -> QuerySet[Customer]:
    """Customers whose resources their partner has frozen, and can unfreeze for five days more at most."""
    now = clock.now()
    return Customer.objects.visible_to(actor).filter(
        freeze_state=FreezeState.RESOURCES,
        frozen_by__in=(FrozenBy.PARTNER, FrozenBy.BUDGET),
        frozen_at__gt=now - RESOURCE_WINDOW,
        frozen_at__lte=now - RESOURCE_WINDOW + LAST_DAYS,
    )


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
