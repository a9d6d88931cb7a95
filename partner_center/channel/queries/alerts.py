"""What there is to alert partners of now, customer by customer. Questions: nothing is written here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Count, Max, Q, Sum

from partner_center.billing.models import BillType, FeeRecord
from partner_center.billing.reading.owed import used_of
from partner_center.channel.errors.alerts import AlertUnknown
from partner_center.channel.models.alerts import SCENE_OF, AlertSetting, Category, CustomerAlert, Scene
from partner_center.channel.rules.alerts import (
    BUDGET_CATEGORIES,
    EXPIRY_DAYS,
    MISSED_FOR,
    Thresholds,
    churn,
    compared_months,
    expiry_category,
    share_reached,
)
from partner_center.customers.models import Budget, Customer
from partner_center.foundation.actor import Actor
from partner_center.funds.errors import AccountUnknown
from partner_center.funds.queries import Balances, balances_of_many, can_be_fed
from partner_center.identity.models import CURRENCY_OF_SITE, Account
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.kernel.period import BEIJING, BillMonth
from partner_center.subscriptions.models import (
    ExpirePolicy,
    OnDemandResource,
    OnDemandState,
    Resource,
    ResourceState,
)

A_TURN = 500
"""So many customers are looked at together."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A cause for an alert that is there now."""

    customer_id: str
    partner_id: str
    category: Category
    key: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def scene(self) -> Scene:
        return SCENE_OF[self.category]


def alert_for(actor: Actor, pk: int) -> CustomerAlert:
    """Raises AlertUnknown."""
    rows = CustomerAlert.objects.visible_to(actor).select_related(
        "customer__account", "customer__account_manager", "partner"
    )
    found = rows.filter(pk=pk).first()
    if found is None:
        raise AlertUnknown()
    return found


def own_account(actor: Actor) -> Account:
    """The account that is asking, unless it is a partner in its customer's name. Raises AccountUnknown."""
    found = Account.objects.filter(pk="" if actor.acting_partner_id else actor.account_id).first()
    if found is None:
        raise AccountUnknown(account=actor.account_id)
    return found


def thresholds_of(partner_id: str, currency: str) -> Thresholds:
    """The partner's own, or the defaults."""
    own = AlertSetting.objects.filter(pk=partner_id, currency=currency).first()
    return Thresholds(own.low_balance, own.churn_percent) if own else Thresholds.default(currency)


def turns() -> Iterator[list[str]]:
    """The customers that have a partner, or an alert that stands, in turns and in order."""
    after = ""
    alerted = CustomerAlert.objects.standing().values("customer_id")
    rows = Customer.objects.filter(Q(partner__isnull=False) | Q(pk__in=alerted)).order_by("pk")
    while turn := list(rows.filter(pk__gt=after).values_list("pk", flat=True)[:A_TURN]):
        yield turn
        after = turn[-1]


def findings(customer_ids: Sequence[str]) -> list[Finding]:
    """Every cause for an alert among these customers now, in a number of statements that does not grow with them."""
    rows = Customer.objects.filter(pk__in=customer_ids, partner__isnull=False).select_related("account")
    customers = {one.pk: one for one in rows}
    return [*_money(customers), *_expiring(customers), *_budgets(customers), *_churn(customers)]


def _money(customers: dict[str, Customer]) -> Iterator[Finding]:
    """Arrears of whoever has an account of its own; a low balance of whom its partner feeds, while it has resources."""
    thresholds = _thresholds(customers)
    active = _with_something(customers)
    for customer, balances in _balances(customers):
        partner_id, limit = str(customer.partner_id), thresholds[customer.pk].low_balance
        if balances.debt:
            yield Finding(customer.pk, partner_id, Category.OWING, facts={"amount": str(balances.debt)})
        elif customer.pk in active and can_be_fed(customer) and balances.spendable < limit:
            facts = {"amount": str(balances.spendable), "threshold": str(limit)}
            yield Finding(customer.pk, partner_id, Category.LOW, facts=facts)


def _balances(customers: dict[str, Customer]) -> Iterator[tuple[Customer, Balances]]:
    for site, currency in CURRENCY_OF_SITE.items():
        ids = [one.pk for one in customers.values() if one.account.site == site]
        for pk, balances in balances_of_many(ids, currency).items() if ids else ():
            yield customers[pk], balances


def _with_something(customers: dict[str, Customer]) -> set[str]:
    """Those that have a resource in use."""
    leased = Resource.objects.filter(customer__in=customers, state=ResourceState.IN_USE)
    by_use = OnDemandResource.objects.filter(customer__in=customers, state=OnDemandState.NORMAL)
    return {*leased.values_list("customer_id", flat=True), *by_use.values_list("customer_id", flat=True)}


def _expiring(customers: dict[str, Customer]) -> Iterator[Finding]:
    """Main resources that will expire and do not renew themselves, or could not; one finding a window."""
    now = clock.now()
    rows = Resource.objects.main().expiring_within(now, now + timedelta(days=max(EXPIRY_DAYS)))
    rows = rows.filter(customer__in=customers).exclude(
        expire_policy=ExpirePolicy.AUTO_RENEW, auto_renewal__failure=""
    )
    windows: dict[tuple[str, Category], list[Any]] = defaultdict(list)
    for customer_id, expires_at in rows.order_by("expires_at").values_list("customer_id", "expires_at"):
        category = expiry_category(expires_at, now)
        if category is not None:
            windows[customer_id, category].append(expires_at)
    for (customer_id, category), moments in windows.items():
        first = moments[0].astimezone(BEIJING).date().isoformat()
        facts = {"count": len(moments), "day": first}
        yield Finding(customer_id, str(customers[customer_id].partner_id), category, first, facts)


def _budgets(customers: dict[str, Customer]) -> Iterator[Finding]:
    budgets = list(Budget.objects.filter(customer__in=customers))
    used = used_of(budgets) if budgets else {}
    for budget in budgets:
        share = share_reached(used[budget.customer_id], budget.amount)
        customer = customers[budget.customer_id]
        if share and budget.partner_id == customer.partner_id:
            facts = {"used": str(used[customer.pk]), "amount": str(budget.amount)}
            key = f"{period_of(budget)} {budget.amount.minor}"
            yield Finding(customer.pk, budget.partner_id, BUDGET_CATEGORIES[share], key, facts)


def period_of(budget: Budget) -> str:
    """The stretch in which a budget is used up: a month, or since a one-time budget counts."""
    if budget.is_monthly:
        return str(BillMonth.of(clock.now()))
    return f"since {BillMonth.of(budget.counts_from)}"


def _churn(customers: dict[str, Customer]) -> Iterator[Finding]:
    """Usage that fell from one complete month to the next, and customers that have no resource left."""
    thresholds = _thresholds(customers)
    earlier, later = compared_months(clock.now())
    used = _usage(customers, str(earlier), str(later))
    gone = _gone(customers)
    for customer in customers.values():
        partner_id, currency = str(customer.partner_id), customer.account.currency
        if customer.pk in gone:
            day = gone[customer.pk]
            yield Finding(customer.pk, partner_id, Category.NOTHING_LEFT, day, {"day": day})
            continue
        before, after = (Money(used.get((customer.pk, str(one)), 0), currency) for one in (earlier, later))
        category = churn(before, after, percent=thresholds[customer.pk].churn_percent)
        if category is not None:
            facts = {"month": str(later), "before": str(before), "after": str(after)}
            yield Finding(customer.pk, partner_id, category, str(later), facts)


def _usage(customers: dict[str, Customer], earlier: str, later: str) -> dict[tuple[str, str], int]:
    """What each customer used at list price in the two months while it was its present partner's."""
    rows = (
        FeeRecord.objects.filter(customer__in=customers, cycle__in=(earlier, later), bill_type=BillType.USAGE)
        .order_by()
        .values_list("customer_id", "partner_id", "cycle")
        .annotate(used=Sum("official"))
    )
    return {
        (customer_id, cycle): int(used)
        for customer_id, partner_id, cycle, used in rows
        if partner_id == customers[customer_id].partner_id
    }


def _gone(customers: dict[str, Customer]) -> dict[str, str]:
    """Customers whose last resource was closed of late, with the Beijing day on which that was."""
    closed: dict[str, Any] = {}
    open_ones: set[str] = set()
    for model in (Resource, OnDemandResource):
        rows = model.objects.filter(customer__in=customers).order_by().values_list("customer_id")
        for customer_id, there, last in rows.annotate(
            there=Count("pk", filter=Q(closed_at__isnull=True)), last=Max("closed_at")
        ):
            if there:
                open_ones.add(customer_id)
            elif last is not None:
                closed[customer_id] = max(last, closed.get(customer_id, last))
    since = clock.now() - MISSED_FOR
    return {
        customer_id: last.astimezone(BEIJING).date().isoformat()
        for customer_id, last in closed.items()
        if customer_id not in open_ones and last > since and last > _associated(customers[customer_id])
    }


def _associated(customer: Customer) -> Any:
    assert customer.associated_at is not None, "a customer of a partner has been associated"
    return customer.associated_at


def _thresholds(customers: dict[str, Customer]) -> dict[str, Thresholds]:
    own = {
        (one.partner_id, one.currency): Thresholds(one.low_balance, one.churn_percent)
        for one in AlertSetting.objects.filter(pk__in={one.partner_id for one in customers.values()})
    }
    return {
        one.pk: own.get((one.partner_id, one.account.currency)) or Thresholds.default(one.account.currency)
        for one in customers.values()
    }
