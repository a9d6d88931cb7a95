"""What ending a lease would give back: asked before it is confirmed (U22), and by the deed itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from partner_center.kernel.money import Money
from partner_center.orders.models import FiveDayReturn, Order
from partner_center.orders.policy import policy
from partner_center.orders.quoting import months_of
from partner_center.orders.rules.fees import FeeRow
from partner_center.orders.rules.refund import (
    PaidPeriod,
    Refund,
    calendar_year,
    five_day_applies,
    netted,
    refund_of,
)
from partner_center.orders.states import OrderType
from partner_center.subscriptions.models import LeasePeriod, Resource
from partner_center.subscriptions.queries import future_periods, refund_basis, with_children


@dataclass(frozen=True, slots=True)
class ResourceRefund:
    """What one resource of a lease gives back, original order by original order."""

    resource: Resource
    refunds: tuple[Refund, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What unsubscribing (or converting) a main resource with its children gives back at `at`.

    uses_five_days: the no-reason rule applies and one of the year's uses goes with it.
    """

    at: datetime
    currency: str
    resources: tuple[ResourceRefund, ...]
    uses_five_days: bool
    five_days_left: int

    @property
    def refund(self) -> Money:
        return self._total("refund")

    @property
    def consumed(self) -> Money:
        return self._total("consumed")

    @property
    def fee(self) -> Money:
        return self._total("fee")

    @property
    def paid(self) -> Money:
        return self._total("paid")

    def _total(self, part: str) -> Money:
        parts = (getattr(refund, part) for one in self.resources for refund in one.refunds)
        return Money.total(parts, self.currency)


def preview_unsubscription(resource: Resource, at: datetime) -> Preview:
    """Type 1: the resource and its renewed periods."""
    used = five_days_used(resource.customer_id, at)
    five_days = _five_days_apply(resource, at, used)
    fees = () if resource.customer_id in policy().fees_waived_for else policy().fees
    return _preview(resource, at, in_full=five_days, fees=fees, used=used, only_future=False)


def preview_renewed_periods(resource: Resource, at: datetime) -> Preview:
    """Type 2: only the renewed periods that have not begun. They cost no fee and use up no return."""
    used = five_days_used(resource.customer_id, at)
    return _preview(resource, at, in_full=False, fees=(), used=used, only_future=True)


def preview_conversion(resource: Resource, at: datetime) -> Preview:
    """To pay-per-use at once: what is not used comes back, without a fee (bill type 24)."""
    used = five_days_used(resource.customer_id, at)
    return _preview(resource, at, in_full=False, fees=(), used=used, only_future=False)


def five_days_used(customer_id: str, at: datetime) -> int:
    """How many returns without a reason the account has had in the calendar year."""
    return FiveDayReturn.objects.filter(customer_id=customer_id, year=calendar_year(at)).count()


def _five_days_apply(resource: Resource, at: datetime, used: int) -> bool:
    rules = policy()
    first = LeasePeriod.objects.filter(resource=resource, kind=LeasePeriod.Kind.FIRST).order_by("pk").first()
    bought_new = Order.objects.filter(number=resource.order_number, type=OrderType.NEW).exists()
    return first is not None and five_day_applies(
        site=resource.customer.account.site,
        is_new_purchase=bought_new,
        opened_at=resource.begins_at,
        at=at,
        used_this_year=used,
        hours=rules.five_day_hours,
        quota=rules.five_day_quota,
    )


def _preview(
    resource: Resource, at: datetime, *, in_full: bool, fees: Sequence[FeeRow], used: int, only_future: bool
) -> Preview:
    resources = []
    for one in with_children(resource):
        periods = future_periods(one, at) if only_future else refund_basis(one, at)
        refunds = tuple(refund_of(paid, at=at, in_full=in_full, fees=fees) for paid in paid_periods(periods))
        if refunds:
            resources.append(ResourceRefund(one, netted(refunds)))
    return Preview(
        at=at,
        currency=resource.customer.account.currency,
        resources=tuple(resources),
        uses_five_days=in_full
        and any(refund.rule == "five_day" for one in resources for refund in one.refunds),
        five_days_left=max(policy().five_day_quota - used, 0),
    )


def paid_periods(periods: Sequence[LeasePeriod]) -> list[PaidPeriod]:
    """The periods as refunds see them. Money that a downgrade gave back counts against the order it came from:
    the one whose period it shortened the price of."""
    bases = [period for period in periods if period.kind != LeasePeriod.Kind.CHANGE]
    return [_paid(period, _origin(period, bases)) for period in periods]


def _paid(period: LeasePeriod, origin: LeasePeriod) -> PaidPeriod:
    plain = PaidPeriod(
        order_number=period.order_number,
        begins_at=period.begins_at,
        ends_at=period.ends_at,
        cash=period.cash,
        credit=period.credit,
        bought_months=months_of(period.term),
    )
    return replace(plain, order_number=origin.order_number) if plain.paid.minor < 0 else plain


def _origin(period: LeasePeriod, bases: Sequence[LeasePeriod]) -> LeasePeriod:
    """The purchase or renewal that a change of specification lies within."""
    for base in bases:
        if base.begins_at <= period.begins_at and period.ends_at == base.ends_at:
            return base
    return period
