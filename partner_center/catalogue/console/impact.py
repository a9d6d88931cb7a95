"""What publishing a draft would mean for customers: which renewals cost more or less, from when, by how much.

The catalogue knows no subscription; this door may look at both (U6: nothing changes silently).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from partner_center.catalogue.errors import NotSoldThisWay, ProductNotFound
from partner_center.catalogue.models import ChargeMode, DraftPrice, PriceDraft
from partner_center.customers.models import Customer
from partner_center.kernel.money import Money
from partner_center.pricing.models import OrderKind
from partner_center.pricing.queries import quote_period
from partner_center.subscriptions.models import OnDemandResource, OnDemandState, Resource
from partner_center.subscriptions.queries import ExpectedRenewal, renewals_affected

MOST = 300
"""So many renewals are priced and shown, soonest first; the rest are counted."""


@dataclass(frozen=True, slots=True)
class RenewalImpact:
    """One expected renewal, before and after; `after` is None when it could no longer be renewed so."""

    resource: Resource
    customer: Customer
    expected_at: datetime
    term: str
    is_automatic: bool
    before: Money | None
    after: Money | None

    @property
    def difference(self) -> Money | None:
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of the differences in one currency."""

    currency: str
    renewals: int
    difference: Money


@dataclass(frozen=True, slots=True)
class UsageImpact:
    """How many running pay-per-use resources are charged by a changed price, from when."""

    line: DraftPrice
    resources: int
    customers: int


@dataclass(frozen=True, slots=True)
class Impact:
    """The whole preview."""

    renewals: tuple[RenewalImpact, ...]
    totals: tuple[Total, ...]
    usages: tuple[UsageImpact, ...]
    unpriced: int


def impact_of(draft: PriceDraft) -> Impact:
    """What publishing `draft` changes for the subscriptions there are now, at what each customer really pays."""
    lines = list(draft.prices.select_related("product", "usage_type").order_by("begins_at"))
    by_period = [line for line in lines if line.charge_mode == ChargeMode.PERIOD]
    met = (
        renewals_affected({line.product_id for line in by_period}, by_period[0].begins_at)
        if by_period
        else []
    )
    renewals = [
        one for one in (_renewal(draft, expected) for expected in met[:MOST]) if one.before != one.after
    ]
    return Impact(tuple(renewals), _totals(renewals), tuple(_usages(lines)), max(0, len(met) - MOST))


def _renewal(draft: PriceDraft, expected: ExpectedRenewal) -> RenewalImpact:
    resource = expected.resource
    return RenewalImpact(
        resource=resource,
        customer=resource.customer,
        expected_at=expected.expected_at,
        term=f"{expected.term.number} {expected.term.unit}",
        is_automatic=expected.is_automatic,
        before=_payable(expected, None),
        after=_payable(expected, draft),
    )


def _payable(expected: ExpectedRenewal, draft: PriceDraft | None) -> Money | None:
    resource = expected.resource
    try:
        return quote_period(
            customer_id=resource.customer_id,
            product=resource.product,
            size=resource.size,
            period_type=expected.term.unit,
            period_num=expected.term.number,
            at=expected.expected_at,
            order_kind=OrderKind.RENEWAL,
            draft=draft,
        ).payable
    except (ProductNotFound, NotSoldThisWay):
        return None


def _totals(renewals: list[RenewalImpact]) -> tuple[Total, ...]:
    differences: dict[str, list[Money]] = defaultdict(list)
    for one in renewals:
        if one.difference is not None:
            differences[one.difference.currency].append(one.difference)
    return tuple(
        Total(currency, len(parts), Money.total(parts, currency))
        for currency, parts in sorted(differences.items())
    )


def _usages(lines: list[DraftPrice]) -> list[UsageImpact]:
    found = []
    for line in lines:
        if line.charge_mode == ChargeMode.ON_DEMAND:
            running = OnDemandResource.objects.filter(product_id=line.product_id).exclude(
                state=OnDemandState.CLOSED
            )
            running = running.filter(customer__account__site="cn" if line.currency == "CNY" else "intl")
            count, customers = running.count(), running.values("customer_id").distinct().count()
            if count:
                found.append(UsageImpact(line, count, customers))
    return found
