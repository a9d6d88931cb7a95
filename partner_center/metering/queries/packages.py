"""What is left of resource packages: for the rating of a month, and for whoever asks now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple, TypeVar

from django.db.models import OuterRef, Subquery, Value

from partner_center.catalogue.models import ChargeMode, PackageKind, PriceRow, Product, ProductQuerySet
from partner_center.catalogue.queries import currency_of
from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.kernel.period import BillMonth, Period, add_months
from partner_center.metering.cycles import bucket_id, cycle_at, cycles_within
from partner_center.metering.errors import NotAPackage, PackageNotFound
from partner_center.metering.models.packages import (
    Package,
    PackageItem,
    PackageQuerySet,
    PackageScope,
    PackageUse,
)

T = TypeVar("T")
SHOWN_FOR_MONTHS = 18
CHUNK = 500
"""Rows asked for by their ids in one statement."""

_FIRST_OF_EQUALS = {PackageKind.RESERVED: 0, PackageKind.SAVINGS_PLAN: 1, PackageKind.PACKAGE: 2}
_NOTHING = Decimal(0)


class Bucket(NamedTuple):
    """One row of in/buckets. begins_at, ends_at: epoch seconds, half-open. rank: 1 is consumed first."""

    bucket_id: int
    customer_id: str
    rank: int
    kind: str
    begins_at: int
    ends_at: int
    capacity: Decimal
    per_hour: bool


class BucketScope(NamedTuple):
    """One row of in/bucket_scopes."""

    bucket_id: int
    product_id: int
    usage_type_id: int


class Buckets(NamedTuple):
    rows: list[Bucket]
    scopes: list[BucketScope]


def buckets(
    customer_ids: Collection[str] | None, month: BillMonth, *, earliest: BillMonth | None = None
) -> Buckets:
    """What these customers' packages (None: everybody's) can cover in the rating of `month`.

    The capacity is what all earlier bill months have left; what `month` itself has taken is not counted, so rating
    it again starts from the same. A per-hour bucket has its capacity in each clock hour. An item that is renewed is
    a bucket of its own in each cycle, so that late usage of March meets what March left over.
    Per customer the order is: priority; reserved instances, savings plans, packages; the one that ends first.

    earliest: the first month of use among the usage to be rated, when there is late usage.
    """
    span = Period((earliest or month).period.start, month.period.end)
    found = Buckets([], [])
    for ids in _customers_in_chunks(customer_ids):
        _add_buckets(found, ids, str(month), span)
    return found


class Left(NamedTuple):
    """What an item had and has left in the cycle that `at` lies in (its first before it begins, its last after).

    Of an item that is there anew each hour all is left: which hours were used stands in the deduction records.
    """

    cycle: str
    span: Period
    original: Decimal
    remaining: Decimal

    @property
    def used(self) -> Decimal:
        return self.original - self.remaining


def left_of(items: Iterable[PackageItem], at: datetime) -> dict[int, Left]:
    """What is left of each item (with its package) at `at`, by the item's row number. Never below zero."""
    items = list(items)
    used = _used([item.pk for item in items])
    return {item.pk: _left(item, at, used) for item in items}


def left_in(item: PackageItem, at: datetime) -> Left:
    """The same of one item that knows its package and whose uses are loaded."""
    used: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for use in item.uses.all():
        used[item.pk, use.cycle] += use.quantity
    return _left(item, at, used)


def _left(item: PackageItem, at: datetime, used: Mapping[tuple[int, str], Decimal]) -> Left:
    cycle, span = cycle_of(item, at)
    taken = _NOTHING if item.per_hour else used.get((item.pk, cycle), _NOTHING)
    return Left(cycle, span, item.quantity, max(item.quantity - taken, _NOTHING))


def cycle_of(item: PackageItem, at: datetime) -> tuple[str, Period]:
    """The cycle of an item that `at` lies in, and the part of the package's life it covers."""
    life = item.package.life
    if item.per_hour:
        return "", _hour_of(life, at)
    if life.start == life.end:
        return cycle_at(item.renews, life.start), life
    at = max(min(at, life.end - timedelta(microseconds=1)), life.start)
    return next((cycle, span) for cycle, span in cycles_within(item.renews, life) if span.contains(at))


def _hour_of(life: Period, at: datetime) -> Period:
    """The clock hour of `at`, as far as the package lives; its last hour once it has ended."""
    at = max(min(at, life.end - timedelta(microseconds=1)), life.start)
    hour = at.replace(minute=0, second=0, microsecond=0)
    return Period(max(hour, life.start), min(hour + timedelta(hours=1), max(life.end, life.start)))


def packages_shown(actor: Actor) -> PackageQuerySet:
    """The packages that the actor sees; those that expired more than 18 months ago are shown no more."""
    return Package.objects.visible_to(actor).filter(ends_at__gt=add_months(clock.now(), -SHOWN_FOR_MONTHS))


def packages_on_sale(actor: Actor) -> ProductQuerySet:
    """The packages that can be bought now; `price_e10` in the currency `priced_in`, in units of 1e-10."""
    currency = currency_of(actor)
    prices = PriceRow.objects.in_force(clock.now()).filter(
        product_id=OuterRef("pk"), charge_mode=ChargeMode.PACKAGE, currency=currency, unit_price__isnull=False
    )
    sold = Product.objects.visible_to(actor).filter(package__isnull=False)
    return sold.annotate(
        price_e10=Subquery(prices.values("unit_price")[:1]), priced_in=Value(currency)
    ).filter(price_e10__isnull=False)


def package_on_sale(actor: Actor, number: str) -> Product:
    """One of them, by its product number. Raises NotAPackage."""
    found = packages_on_sale(actor).detailed().select_related("package").filter(number=number).first()
    if found is None:
        raise NotAPackage(spec=number)
    return found


def package_for(actor: Actor, number: str) -> Package:
    """The package, if the actor may see it. Raises PackageNotFound."""
    rows = packages_shown(actor).select_related("customer__account", "product__service", "product__region")
    found = rows.filter(number=number).first()
    if found is None:
        raise PackageNotFound(number=number)
    return found


def next_move() -> datetime | None:
    """When the first package moves on by itself."""
    moments = Package.objects.filter(due_at__isnull=False).order_by("due_at").values_list("due_at", flat=True)
    return moments.first()


def due_moves(at: datetime, limit: int) -> list[Package]:
    rows = Package.objects.filter(due_at__lte=at).select_related("customer", "product")
    return list(rows.order_by("due_at", "pk")[:limit])


def in_chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """As many at a time as one statement may name."""
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]


class _Item(NamedTuple):
    pk: int
    customer_id: str
    kind: str
    renews: str
    quantity: Decimal
    priority: int
    begins_at: datetime
    ends_at: datetime


def _add_buckets(found: Buckets, customer_ids: Sequence[str] | None, month: str, span: Period) -> None:
    items = _items(customer_ids, span)
    used = _used([item.pk for item in items], before=month)
    products = _Products()
    offered: set[int] = set()
    by_item: dict[int, list[int]] = defaultdict(list)
    for _, mine in groupby(items, key=lambda item: item.customer_id):
        rank = 0
        for item in sorted(mine, key=_turn):
            for cycle, window in cycles_within(item.renews, Period(item.begins_at, item.ends_at)):
                left = item.quantity - (
                    _NOTHING if item.renews == "hour" else used.get((item.pk, cycle), _NOTHING)
                )
                if left <= 0 or not window.overlaps(span):
                    continue
                rank += 1
                bucket = Bucket(
                    bucket_id(item.pk, cycle),
                    item.customer_id,
                    rank,
                    item.kind,
                    int(window.start.timestamp()),
                    int(window.end.timestamp()),
                    left,
                    item.renews == "hour",
                )
                found.rows.append(bucket)
                offered.add(item.pk)
                by_item[item.pk].append(bucket.bucket_id)
    for item_id, usage_type_id, product_ids in _scopes(sorted(offered), products):
        for number in by_item[item_id]:
            found.scopes.extend(BucketScope(number, product_id, usage_type_id) for product_id in product_ids)


def _turn(item: _Item) -> tuple[int, int, datetime, datetime, int]:
    return (
        item.priority,
        _FIRST_OF_EQUALS[PackageKind(item.kind)],
        item.ends_at,
        item.begins_at,
        item.pk,
    )


def _items(customer_ids: Sequence[str] | None, span: Period) -> list[_Item]:
    rows = PackageItem.objects.filter(package__begins_at__lt=span.end, package__ends_at__gt=span.start)
    if customer_ids is not None:
        rows = rows.filter(package__customer_id__in=customer_ids)
    columns = (
        "pk",
        "package__customer_id",
        "package__kind",
        "renews",
        "quantity",
        "priority",
        "package__begins_at",
        "package__ends_at",
    )
    return [_Item(*row) for row in rows.order_by("package__customer_id", "pk").values_list(*columns)]


def _used(item_ids: Sequence[int], *, before: str = "") -> dict[tuple[int, str], Decimal]:
    """What the bill months (before `before`) have taken, by item and cycle."""
    used: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for ids in in_chunks(item_ids):
        rows = PackageUse.objects.filter(item_id__in=ids)
        if before:
            rows = rows.filter(month__lt=before)
        for item_id, cycle, quantity in rows.values_list("item_id", "cycle", "quantity"):
            used[item_id, cycle] += quantity
    return used


class _Products:
    """Which products a scope means; asked once for each kind of scope."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int | None], tuple[int, ...]] = {}

    def of(self, resource_type_id: int, product_id: int | None, region_id: int | None) -> tuple[int, ...]:
        if product_id is not None:
            return (product_id,)
        key = (resource_type_id, region_id)
        if key not in self._known:
            rows = Product.objects.filter(resource_type_id=resource_type_id)
            if region_id is not None:
                rows = rows.filter(region_id=region_id)
            self._known[key] = tuple(rows.order_by("pk").values_list("pk", flat=True))
        return self._known[key]


def _scopes(item_ids: Sequence[int], products: _Products) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """(item, usage type, products) with each product at most once a usage type."""
    for ids in in_chunks(item_ids):
        seen: set[tuple[int, int, int]] = set()
        rows = PackageScope.objects.filter(item_id__in=ids).order_by("item_id", "pk")
        for item_id, usage_type_id, resource_type_id, product_id, region_id in rows.values_list(
            "item_id", "usage_type_id", "usage_type__resource_type_id", "product_id", "region_id"
        ):
            meant = [
                one
                for one in products.of(resource_type_id, product_id, region_id)
                if (item_id, usage_type_id, one) not in seen
            ]
            seen.update((item_id, usage_type_id, one) for one in meant)
            yield item_id, usage_type_id, tuple(meant)


def _customers_in_chunks(customer_ids: Collection[str] | None) -> Iterator[Sequence[str] | None]:
    if customer_ids is None:
        yield None
    else:
        yield from in_chunks(sorted(set(customer_ids)))
