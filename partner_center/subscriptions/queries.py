"""Questions about leases that need more than a queryset."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet

from partner_center.catalogue.models import ChargeMode, PriceRow, Product, ProductQuerySet
from partner_center.customers.models import Customer
from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.kernel.period import BEIJING, beijing_day
from partner_center.subscriptions import rules
from partner_center.subscriptions.errors import NotMainResource, ProductNotOffered, ResourceNotFound
from partner_center.subscriptions.models import (
    AutoRenewal,
    ExpirePolicy,
    LeasePeriod,
    OnDemandResource,
    OnDemandState,
    RenewalSetting,
    Resource,
    ResourceQuerySet,
    ResourceState,
)

BATCH = 200


def resource_for(actor: Actor, resource_id: str) -> Resource:
    """The yearly/monthly resource, if the actor may see it. Raises ResourceNotFound (also for one that is closed)."""
    found = (
        Resource.objects.visible_to(actor)
        .select_related("customer__account", "product", "main_resource")
        .filter(resource_id=resource_id)
        .open()
        .first()
    )
    if found is None:
        raise ResourceNotFound(resource_id=resource_id)
    return found


def any_resource_for(actor: Actor, resource_id: str) -> Resource:
    """The yearly/monthly resource, open or closed, if the actor may see it. Raises ResourceNotFound."""
    found = (
        Resource.objects.visible_to(actor)
        .select_related("customer__account", "product__linear_measure", "main_resource", "auto_renewal")
        .filter(resource_id=resource_id)
        .first()
    )
    if found is None:
        raise ResourceNotFound(resource_id=resource_id)
    return found


def main_resource_for(actor: Actor, resource_id: str) -> Resource:
    """The same, and it is a main resource. Raises NotMainResource."""
    found = resource_for(actor, resource_id)
    if found.main_resource is not None:
        raise NotMainResource(resource_id=resource_id, main_resource_id=found.main_resource.resource_id)
    return found


def on_demand_for(actor: Actor, resource_id: str) -> OnDemandResource:
    """The pay-per-use resource, if the actor may see it. Raises ResourceNotFound."""
    found = (
        OnDemandResource.objects.visible_to(actor)
        .select_related("customer__account", "product")
        .filter(resource_id=resource_id)
        .first()
    )
    if found is None:
        raise ResourceNotFound(resource_id=resource_id)
    return found


def with_children(main: Resource) -> list[Resource]:
    """A main resource and its open children, the main one first: what a renewal, a return, a conversion covers."""
    children = (
        Resource.objects.filter(main_resource=main).open().select_related("product", "customer__account")
    )
    return [main, *children.order_by("pk")]


def refund_basis(resource: Resource, at: datetime) -> list[LeasePeriod]:
    """The held periods of one resource that are not over at `at`: each with its order and what was paid for it."""
    return list(
        LeasePeriod.objects.filter(resource=resource, ends_at__gt=at).held().order_by("begins_at", "pk")
    )


def future_periods(resource: Resource, at: datetime) -> list[LeasePeriod]:
    """The renewed periods of one resource that have not begun at `at`."""
    return list(LeasePeriod.objects.filter(resource=resource).not_begun(at).order_by("begins_at", "pk"))


def renewal_setting_of(customer_id: str) -> RenewalSetting:
    """The account's renewal settings; the defaults where it has chosen nothing (not saved)."""
    found = RenewalSetting.objects.filter(pk=customer_id).first()
    return found or RenewalSetting(customer_id=customer_id, deduction_days=rules.DEFAULT_DEDUCTION_DAYS)


def sold_pay_per_use(product: Product, currency: str, at: datetime) -> bool:
    """Whether the product has a pay-per-use price in force."""
    return _on_sale(product, currency, at, charge_mode=ChargeMode.ON_DEMAND)


def products_sold_pay_per_use(actor: Actor) -> ProductQuerySet:
    """What a customer can open now, in its currency."""
    currency = "CNY" if actor.site == "cn" else "USD"
    rows = PriceRow.objects.in_force(clock.now()).filter(
        currency=currency, charge_mode=ChargeMode.ON_DEMAND, unit_price__isnull=False
    )
    return Product.objects.visible_to(actor).filter(pk__in=rows.values("product_id"))


def product_sold_pay_per_use(actor: Actor, number: str) -> Product:
    """One of them, by its number. Raises ProductNotOffered."""
    found = products_sold_pay_per_use(actor).detailed().filter(number=number).first()
    if found is None:
        raise ProductNotOffered(number=number)
    return found


def is_sold_pay_per_use(resource: Resource) -> bool:
    return sold_pay_per_use(resource.product, resource.customer.account.currency, clock.now())


def is_sold_for_renewal(resource: Resource, unit: str) -> bool:
    """Whether the product can be renewed by this unit (month, year) today."""
    currency = resource.customer.account.currency
    return _on_sale(resource.product, currency, clock.now(), charge_mode=ChargeMode.PERIOD, period_type=unit)


def due_for_auto_renewal(at: datetime, *, limit: int = BATCH) -> list[Resource]:
    """Main resources that renew themselves and whose turn it is at `at`, soonest expiry first.

    From 03:00 of the account's deduction day (7 days before expiry by default) until the end of the retention
    period, once a day (03:00 to 03:00), while times are left and no order is in hand. Police freezes make it wait.
    The caller records each attempt (actions.record_renewal_attempt); that takes it off this list until the next day.
    """
    today = _deduction_day(at)
    day_began = datetime.combine(today, rules.DEDUCTION_TIME, tzinfo=BEIJING)
    rows = (
        Resource.objects.main()
        .open()
        .filter(
            expire_policy=ExpirePolicy.AUTO_RENEW,
            frozen_by_police=False,
            order_in_hand="",
            expires_at__lt=_end_of_day(today + timedelta(days=rules.DEFAULT_DEDUCTION_DAYS)),
        )
        .filter(Q(auto_renewal__attempted_at__isnull=True) | Q(auto_renewal__attempted_at__lt=day_began))
        .filter(Q(auto_renewal__times=0) | Q(auto_renewal__done__lt=F("auto_renewal__times")))
    )
    for days in rules.DEDUCTION_DAYS:
        if days != rules.DEFAULT_DEDUCTION_DAYS:
            later = RenewalSetting.objects.filter(deduction_days=days).values("customer_id")
            rows = rows.exclude(
                customer_id__in=later, expires_at__gte=_end_of_day(today + timedelta(days=days))
            )
    return list(
        rows.select_related("customer__account", "product", "auto_renewal").order_by("expires_at", "pk")[
            :limit
        ]
    )


@dataclass(frozen=True, slots=True)
class ExpectedRenewal:
    """A renewal that a change of prices would meet."""

    resource: Resource
    expected_at: datetime
    term: rules.Term
    is_automatic: bool


def renewals_affected(product_ids: Collection[int], begins_at: datetime) -> list[ExpectedRenewal]:
    """Open resources of these products whose next renewal is expected at or after `begins_at`, soonest first.

    One that renews itself is expected on its deduction day and by its own unit; the others at expiry, by the term
    last bought. For the preview of a price book before it is published.
    """
    settings = {row.customer_id: row for row in RenewalSetting.objects.all()}
    rows = (
        Resource.objects.open()
        .filter(product_id__in=product_ids, expires_at__gte=begins_at)
        .exclude(
            expire_policy__in=(
                ExpirePolicy.DELETE,
                ExpirePolicy.DELETE_AFTER_RETENTION,
                ExpirePolicy.TO_ON_DEMAND,
            )
        )
        .select_related("customer__account", "product__region", "auto_renewal", "main_resource__auto_renewal")
    )
    expected = [_expected(resource, settings.get(resource.customer_id)) for resource in rows]
    return sorted(
        (one for one in expected if one.expected_at >= begins_at),
        key=lambda one: (one.expected_at, one.resource.pk),
    )


def next_transition() -> datetime | None:
    """When the first lease moves on by itself."""
    return _first(_movable(), "due_at")


def due_transitions(limit: int) -> list[Resource]:
    rows = _movable().filter(due_at__lte=clock.now()).select_related("customer__account", "product")
    return list(rows.order_by("due_at", "pk")[:limit])


def next_notice() -> datetime | None:
    """When the first customer is told something."""
    return _first(Resource.objects.filter(notice_at__isnull=False), "notice_at")


def due_notices(limit: int) -> list[Resource]:
    rows = Resource.objects.filter(notice_at__lte=clock.now()).select_related(
        "customer__account", "auto_renewal"
    )
    return list(rows.order_by("notice_at", "pk")[:limit])


def next_on_demand_transition() -> datetime | None:
    """When the first pay-per-use resource moves on by itself."""
    return _first(OnDemandResource.objects.filter(due_at__isnull=False), "due_at")


def due_on_demand_transitions(limit: int) -> list[OnDemandResource]:
    rows = OnDemandResource.objects.filter(due_at__lte=clock.now()).select_related("customer__account")
    return list(rows.order_by("due_at", "pk")[:limit])


def open_on_demand_resources(customer: Customer) -> Iterable[OnDemandResource]:
    """What arrears of the customer would reach."""
    return OnDemandResource.objects.filter(customer=customer).exclude(
        state__in=(OnDemandState.CLOSING, OnDemandState.CLOSED)
    )


def _first(rows: QuerySet[Any], moment: str) -> datetime | None:
    return rows.order_by(moment).values_list(moment, flat=True).first()


def _movable() -> ResourceQuerySet:
    """Main resources with a moment to come that nobody keeps: a paid order at work, or the police at release."""
    return (
        Resource.objects.filter(due_at__isnull=False)
        .exclude(order_is_running=True)
        .exclude(frozen_by_police=True, state=ResourceState.RETENTION)
    )


def _expected(resource: Resource, setting: RenewalSetting | None) -> ExpectedRenewal:
    renewal: AutoRenewal | None = getattr(resource.main_resource or resource, "auto_renewal", None)
    if renewal is None or not resource.renews_itself:
        return ExpectedRenewal(resource, resource.expires_at, resource.term, is_automatic=False)
    days = setting.deduction_days if setting else rules.DEFAULT_DEDUCTION_DAYS
    term = rules.Term(renewal.unit, 1)  # type: ignore[arg-type]
    return ExpectedRenewal(
        resource, rules.first_deduction(resource.expires_at, days), term, is_automatic=True
    )


def _on_sale(
    product: Product, currency: str, at: datetime, *, charge_mode: str, period_type: str = ""
) -> bool:
    rows = PriceRow.objects.in_force(at).filter(
        product=product, currency=currency, charge_mode=charge_mode, unit_price__isnull=False
    )
    return (rows.filter(period_type=period_type) if period_type else rows).exists()


def _deduction_day(at: datetime) -> date:
    local = at.astimezone(BEIJING)
    return (local - timedelta(hours=rules.DEDUCTION_TIME.hour)).date()


def _end_of_day(day: date) -> datetime:
    return beijing_day(day).end
