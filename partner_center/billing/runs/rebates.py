"""Which discount a customer's metered usage of a product is charged by, and from when to when.

The same choice as an inquiry makes (pricing.queries): commercial discounts first; among those of the partners the
one that reduces most. Here it is made for a stretch of time, with what was in force then: a discount revoked on the
15th held until the 15th, a partner's discount held while the customer was the partner's or its reseller's.

Where ratios and prices a unit meet, the smaller share of the product's list price in force wins; for a tiered price
that is the price of its first step.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Context, Decimal

from partner_center.billing.runs.spans import FOREVER, Span, chosen, seconds
from partner_center.catalogue.models import ChargeMode, Product, ProductPolicy
from partner_center.customers.models import Association
from partner_center.pricing.models import Discount, DiscountKind, DiscountMode
from partner_center.pricing.queries import covers
from partner_center.pricing.rules import RATIO_SCALE

_EXACT = Context(prec=76)


@dataclass(frozen=True, slots=True)
class Rebate:
    """What a discount does to metered usage: the share that is still paid, or a price a unit instead of the list's."""

    discount_type: str
    discount_id: str
    mode: str
    kept: Decimal | None
    unit_price: Decimal | None


@dataclass(frozen=True, slots=True)
class ListPrice:
    """The lowest unit price of a product's metered prices, from one moment to another."""

    begins: int
    ends: int
    unit_price: Decimal


class Rebates:
    """The discounts of some customers within one stretch of time, resolved product by product when asked."""

    def __init__(self, customers: Mapping[str, str], *, until: int, all_customers: bool = False) -> None:
        """customers: their ids with their currencies. all_customers: they are (nearly) all there are."""
        self._until = until
        self._currency = customers
        self._discounts = _discounts_of(customers, until, all_customers=all_customers)
        self._partners = _partners_of(self._discounts)
        self._closed = _closed_services()

    def customers(self) -> Collection[str]:
        """Those that have any discount at all."""
        return self._discounts.keys()

    def of(self, customer_id: str, product: Product, prices: Sequence[ListPrice]) -> list[Span[Rebate]]:
        """What holds for this customer and product, without overlap."""
        rows = [
            row
            for row in self._discounts.get(customer_id, ())
            if row.mode != DiscountMode.AMOUNT_OFF and covers(row, product, ChargeMode.ON_DEMAND, None)
        ]
        if not rows:
            return []
        spans = [span for row in rows for span in self._life(row, customer_id, product)]
        listed = [Span(price.begins, price.ends, price.unit_price) for price in prices]

        def choose(holding: list[Discount], begins: int) -> Rebate | None:
            now = [span.value for span in listed if span.begins <= begins < span.ends]
            return _best(holding, min(now, default=None))

        cuts = [mark for price in listed for mark in (price.begins, price.ends)]
        return chosen(spans, choose, since=0, until=self._until, cuts=cuts)

    def _life(self, row: Discount, customer_id: str, product: Product) -> Iterator[Span[Discount]]:
        """When the row reduced this product: its own time, less the months closed to partners, while associated."""
        begins, ends = _life_of(row)
        if row.kind == DiscountKind.COMMERCIAL:
            if begins < ends:
                yield Span(begins, ends, row)
            return
        for tie in self._partners.get((customer_id, row.grantor_id or ""), ()):
            inner = max(begins, tie.begins), min(ends, tie.ends)
            yield from _without(inner, self._closed.get(product.service_id, ()), row)


def _best(holding: Iterable[Discount], list_price: Decimal | None) -> Rebate | None:
    """As pricing.queries chooses: the largest reduction, and no partner's where a commercial one reduces."""
    best: tuple[Decimal, Discount] | None = None
    for row in sorted(holding, key=lambda one: (one.kind, one.begins_at, one.pk)):
        if best is not None and best[1].kind == DiscountKind.COMMERCIAL != row.kind:
            break
        share = _share(row, list_price)
        if share is not None and share < (best[0] if best else Decimal(1)):
            best = share, row
    if best is None:
        return None
    row = best[1]
    kept = Decimal(row.ratio) / RATIO_SCALE if row.ratio is not None else None
    return Rebate(str(row.kind), row.number, str(row.mode), kept, row.fixed_price)


def _share(row: Discount, list_price: Decimal | None) -> Decimal | None:
    """The share of the list price that is still paid; None where there is nothing to compare with."""
    if row.ratio is not None:
        return Decimal(row.ratio) / RATIO_SCALE
    if not list_price:
        return None
    return _EXACT.divide(row.fixed_price, list_price)


def _discounts_of(
    customers: Mapping[str, str], until: int, *, all_customers: bool
) -> dict[str, list[Discount]]:
    rows = Discount.objects.select_related("contract").filter(period_type="")
    if not all_customers:
        rows = rows.filter(customer_id__in=list(customers))
    found: dict[str, list[Discount]] = defaultdict(list)
    for row in rows.order_by("kind", "begins_at", "pk"):
        if customers.get(row.customer_id) == row.currency and seconds(row.begins_at) < until:
            found[row.customer_id].append(row)
    return dict(found)


def _life_of(row: Discount) -> tuple[int, int]:
    begins, ends = [seconds(row.begins_at)], [seconds(row.ends_at), seconds(row.ended_at)]
    if row.contract is not None:
        begins.append(seconds(row.contract.begins_at))
        ends.append(seconds(row.contract.ends_at))
    return max(begins), min(ends)


def _partners_of(discounts: Mapping[str, Sequence[Discount]]) -> dict[tuple[str, str], list[Span[None]]]:
    """When each customer was a partner's own, or one of its resellers'."""
    asked = [
        customer_id
        for customer_id, rows in discounts.items()
        if any(row.kind != DiscountKind.COMMERCIAL for row in rows)
    ]
    found: dict[tuple[str, str], list[Span[None]]] = defaultdict(list)
    ties = Association.objects.filter(customer_id__in=asked).order_by("began_at", "pk")
    for customer_id, partner_id, distributor_id, began_at, ended_at in ties.values_list(
        "customer_id", "partner_id", "partner__distributor_id", "began_at", "ended_at"
    ):
        span: Span[None] = Span(seconds(began_at), seconds(ended_at), None)
        for one in {partner_id, distributor_id or partner_id}:
            found[customer_id, one].append(span)
    return found


def _closed_services() -> dict[int, list[tuple[int, int]]]:
    """When the policy of a service let no partner's discount apply."""
    by_service: dict[int, list[tuple[datetime, bool]]] = defaultdict(list)
    rows = ProductPolicy.objects.order_by("service_id", "begins_at")
    for service_id, begins_at, allows in rows.values_list("service_id", "begins_at", "allows_discount"):
        by_service[service_id].append((begins_at, allows))
    found: dict[int, list[tuple[int, int]]] = {}
    for service_id, policies in by_service.items():
        ends = [*(begins_at for begins_at, _allows in policies[1:]), None]
        closed = [
            (seconds(begins_at), seconds(end))
            for (begins_at, allows), end in zip(policies, ends, strict=True)
            if not allows
        ]
        if closed:
            found[service_id] = closed
    return found


def _without(
    life: tuple[int, int], closed: Sequence[tuple[int, int]], row: Discount
) -> Iterator[Span[Discount]]:
    begins, ends = life
    for shut, opens in [*closed, (FOREVER, FOREVER)]:
        if begins < min(shut, ends):
            yield Span(begins, min(shut, ends), row)
        begins = max(begins, min(opens, FOREVER))
        if begins >= ends:
            return
