"""Packages begin, are consumed, expire and are given back. What the rating takes from them it says here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from partner_center.catalogue.models import PackageContent, PackageOffer, Product
from partner_center.customers.models import Customer
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.steps import advance
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.kernel.period import BillMonth, add_term
from partner_center.metering.cycles import item_and_cycle
from partner_center.metering.errors import NotAPackage
from partner_center.metering.models.packages import (
    Package,
    PackageItem,
    PackageScope,
    PackageSource,
    PackageState,
    PackageUse,
)
from partner_center.metering.queries.packages import CHUNK, cycle_of, in_chunks, left_of
from partner_center.subscriptions.rules import Charge


@action("metering.begin_package", label=_("Begin a resource package"))
def begin_package(
    actor: Actor,
    *,
    customer: Customer,
    product: Product,
    charge: Charge,
    order_number: str,
    order_line: int,
    name: str = "",
    enterprise_project_id: str = "",
    number: str = "",
    begins_at: datetime | None = None,
) -> Package:
    """A package has been bought: it takes effect at `begins_at` (default now) for the validity of its product.

    charge: its part of the order. number: its id, where the platform has given it one. Raises NotAPackage.
    """
    return _begin(
        actor,
        customer,
        product,
        begins_at,
        number,
        source=PackageSource.ORDER,
        official=charge.official,
        payable=charge.payable,
        cash=charge.cash,
        credit=charge.credit,
        order_number=order_number,
        order_line=order_line,
        name=name,
        enterprise_project_id=enterprise_project_id,
    )


@action("metering.grant_package", label=_("Grant a resource package"))
def grant_package(
    actor: Actor,
    *,
    customer: Customer,
    product: Product,
    reason: str,
    begins_at: datetime | None = None,
) -> Package:
    """The operator gives a customer a package without an order. Raises NotAPackage."""
    return _begin(
        actor, customer, product, begins_at, "", source=PackageSource.GRANT, reason=reason.strip()[:255]
    )


@action("metering.record_consumption", label=_("Record what packages were used for"))
def record_consumption(
    actor: Actor,
    *,
    month: BillMonth,
    customer_ids: Collection[str] | None,
    uses: Mapping[int, Decimal],
    but_not: Collection[str] = (),
) -> int:
    """What the rating of `month` took from the packages of these customers (None: of all but `but_not`), by bucket.

    It replaces what an earlier rating of the month said for them: the same rating recorded twice changes nothing.
    A package with nothing left is used up; one that a corrected rating gives something back is in effect again.
    Returns the number of packages whose figures changed.
    """
    now = clock.now()
    changed: set[int] = set()
    wanted = {item_and_cycle(bucket): quantity for bucket, quantity in uses.items() if quantity}
    before = PackageUse.objects.filter(month=str(month)).exclude(
        item__package__customer_id__in=sorted(but_not)
    )
    for row in _of_customers(before, customer_ids):
        quantity = wanted.pop((row.item_id, row.cycle), None)
        if quantity == row.quantity:
            continue
        changed.add(row.item_id)
        if quantity is None:
            row.delete()
        else:
            row.quantity, row.recorded_at = quantity, now
            row.save(update_fields=["quantity", "recorded_at"])
    PackageUse.objects.bulk_create(
        (
            PackageUse(item_id=item_id, cycle=cycle, month=str(month), quantity=quantity, recorded_at=now)
            for (item_id, cycle), quantity in wanted.items()
        ),
        batch_size=CHUNK,
    )
    changed.update(item_id for item_id, _cycle in wanted)
    return _settle_states(actor, changed, now)


@action("metering.move_packages", label=_("Move resource packages on"))
def move_package_on(actor: Actor, *, package: Package) -> None:
    """Do what is due for a package now: it expires, takes effect, or a new cycle fills it. Raises WrongState."""
    now = clock.now()
    if package.ends_at <= now and package.state is not PackageState.PENDING:
        expire_package(actor, package=package)
    elif package.state is PackageState.PENDING:
        take_effect(actor, package=package)
    else:
        settle_packages(actor, [package], now)


@action("metering.take_effect", permission="metering.move_packages", takes=PackageState.take_effect)
def take_effect(actor: Actor, *, package: Package) -> None:
    """Its time has come."""
    advance(actor, package, PackageState.take_effect, due_at=package.ends_at)


@action("metering.use_up", permission="metering.move_packages", takes=PackageState.use_up)
def use_up_package(actor: Actor, *, package: Package, until: datetime) -> None:
    """Nothing is left in any of its items, until their next cycle begins."""
    advance(actor, package, PackageState.use_up, due_at=until)


@action("metering.replenish", permission="metering.move_packages", takes=PackageState.replenish)
def replenish_package(actor: Actor, *, package: Package) -> None:
    """Something is left again: a new cycle has begun, or a rating was corrected."""
    advance(actor, package, PackageState.replenish, due_at=package.ends_at)


@action("metering.expire", permission="metering.move_packages", takes=PackageState.expire)
def expire_package(actor: Actor, *, package: Package) -> None:
    """Its time is over; usage within it that arrives late is still covered."""
    advance(actor, package, PackageState.expire, due_at=None)


@action("metering.unsubscribe_package", takes=PackageState.unsubscribe, label=_("Unsubscribe"))
def unsubscribe_package(actor: Actor, *, package: Package) -> None:
    """It covers nothing from now on. Money that goes back is the order's matter. Raises WrongState."""
    ends_at = max(min(clock.now(), package.ends_at), package.begins_at)
    advance(actor, package, PackageState.unsubscribe, ends_at=ends_at, due_at=None)


def _begin(
    actor: Actor,
    customer: Customer,
    product: Product,
    begins_at: datetime | None,
    number: str,
    **facts: str | int | Money,
) -> Package:
    offer = (
        PackageOffer.objects.prefetch_related("contents__covers", "product").filter(product=product).first()
    )
    contents = list(offer.contents.all()) if offer else []
    if offer is None or not contents:
        raise NotAPackage(spec=product.spec)
    now = clock.now()
    begins = (begins_at or now).replace(microsecond=0)
    ends = add_term(begins, offer.valid_unit, offer.valid_number)
    has_begun = begins <= now
    package = Package.objects.create(
        customer=customer,
        product=product,
        kind=offer.kind,
        currency=customer.account.currency,
        begins_at=begins,
        ends_at=ends,
        state=PackageState.EFFECTIVE if has_begun else PackageState.PENDING,
        due_at=ends if has_begun else begins,
        **({"number": number} if number else {}),
        **facts,
    )
    for content in contents:
        _copy(package, content)
    record(
        actor,
        "package.begin",
        package,
        about=customer.pk,
        product=product.spec,
        source=package.source,
        order=package.order_number,
        expires_at=ends.isoformat(),
    )
    return package


def _copy(package: Package, content: PackageContent) -> None:
    item = PackageItem.objects.create(
        package=package,
        position=content.position,
        name=content.name,
        name_zh=content.name_zh,
        measure_id=content.measure_id,
        quantity=content.quantity,
        renews=content.renews,
        priority=content.priority,
    )
    PackageScope.objects.bulk_create(
        PackageScope(
            item=item,
            usage_type_id=cover.usage_type_id,
            product_id=cover.product_id,
            region_id=cover.region_id,
        )
        for cover in content.covers.all()
    )


def _of_customers(rows: Iterable[PackageUse], customer_ids: Collection[str] | None) -> Iterable[PackageUse]:
    if customer_ids is None:
        yield from rows
        return
    for ids in in_chunks(sorted(set(customer_ids))):
        yield from rows.filter(item__package__customer_id__in=ids)  # type: ignore[attr-defined]


def _settle_states(actor: Actor, item_ids: Collection[int], at: datetime) -> int:
    """Packages of these items become used up or are filled again, by what is left at `at`."""
    touched = 0
    for ids in in_chunks(sorted(item_ids)):
        packages = {
            one.pk: one for one in Package.objects.filter(items__in=ids).select_related("product").distinct()
        }
        settle_packages(actor, packages.values(), at)
        touched += len(packages)
    return touched


def settle_packages(actor: Actor, packages: Iterable[Package], at: datetime) -> None:
    """Bring the states of packages in line with what is left of their items at `at`."""
    by_pk = {one.pk: one for one in packages}
    items = list(PackageItem.objects.filter(package__in=by_pk).select_related("package"))
    left = left_of(items, at)
    for pk, package in by_pk.items():
        mine = [item for item in items if item.package_id == pk]
        is_empty = all(not left[item.pk].remaining for item in mine)
        until = min(cycle_of(item, at)[1].end for item in mine)
        if package.state is PackageState.EFFECTIVE and is_empty:
            use_up_package(actor, package=package, until=until)
        elif package.state is PackageState.USED_UP and not is_empty:
            replenish_package(actor, package=package)
        elif package.state is PackageState.USED_UP and package.due_at != until:
            Package.objects.filter(pk=pk).update(due_at=until)


__all__ = [
    "begin_package",
    "expire_package",
    "grant_package",
    "move_package_on",
    "record_consumption",
    "replenish_package",
    "settle_packages",
    "take_effect",
    "unsubscribe_package",
    "use_up_package",
]
