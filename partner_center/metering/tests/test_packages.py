"""Packages: what they offer to the rating of a month, what it took from them, and how they live."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from partner_center.catalogue.actions import ContentEntry, CoverEntry, define_package
from partner_center.catalogue.errors import CatalogueEntryInvalid
from partner_center.catalogue.makers import make_product
from partner_center.catalogue.models import PackageKind, Product, Renews, UsageType
from partner_center.customers.makers import make_customer
from partner_center.customers.models import Customer
from partner_center.foundation.laws import LAWS
from partner_center.kernel import clock
from partner_center.kernel.period import BillMonth
from partner_center.metering import jobs
from partner_center.metering.actions import record_consumption, unsubscribe_package
from partner_center.metering.actions.intake import close_month
from partner_center.metering.cycles import bucket_id, item_and_cycle
from partner_center.metering.errors import NotAPackage
from partner_center.metering.makers import MAKER, make_package, make_package_product
from partner_center.metering.models import Package, PackageState, PackageUse
from partner_center.metering.queries import buckets, left_of
from partner_center.metering.queries.packages import next_move
from partner_center.partners.makers import make_solution_provider
from partner_center.subscriptions.tests.living import beijing

BOUGHT = beijing("2024-01-10 10:30")
JANUARY, FEBRUARY, MARCH = (BillMonth(2024, month) for month in (1, 2, 3))


@pytest.fixture
def then(db: None) -> Iterator[None]:
    with clock.at(BOUGHT):
        yield


@pytest.fixture
def lin(then: None) -> Customer:
    return make_customer(make_solution_provider(), name="lin-trading")


@pytest.fixture
def server(then: None) -> Product:
    return make_product(begins_at=BOUGHT)


def fresh(package: Package) -> Package:
    return Package.objects.get(pk=package.pk)


def consume(lin: Customer, month: BillMonth, uses: dict[int, str]) -> int:
    exact = {bucket: Decimal(quantity) for bucket, quantity in uses.items()}
    return record_consumption(MAKER, month=month, customer_ids=[lin.pk], uses=exact)


def left(package: Package) -> list[tuple[str, Decimal]]:
    items = list(package.items.select_related("package"))
    found = left_of(items, clock.now())
    return [(found[item.pk].cycle, found[item.pk].remaining) for item in items]


def live_until(text: str) -> None:
    """Each package moves on at its own moment."""
    until = beijing(text)
    for _ in range(100):
        due = next_move()
        if due is None or due > until:
            return
        with clock.at(due):
            assert jobs.move_packages()["moved"]
    raise AssertionError("a package stays due")


def test_a_month_is_offered_what_the_months_before_it_have_left(lin, server):
    package = make_package(lin, make_package_product(server))
    item = package.items.get()
    bucket = bucket_id(item.pk, "")

    ((found,), scopes) = buckets([lin.pk], JANUARY)
    assert found == (
        bucket,
        lin.pk,
        1,
        "package",
        int(BOUGHT.timestamp()),
        int(beijing("2025-01-10 10:30").timestamp()),
        Decimal(100),
        False,
    )
    duration = UsageType.objects.get(resource_type=server.resource_type)
    assert scopes == [(bucket, server.pk, duration.pk)]

    consume(lin, JANUARY, {bucket: "30.000000000001"})
    assert buckets([lin.pk], JANUARY).rows == [found], "rating a month again starts from the same"
    assert [row.capacity for row in buckets([lin.pk], FEBRUARY).rows] == [Decimal("69.999999999999")]
    assert buckets([lin.pk], BillMonth(2023, 12)) == ([], [])
    assert buckets([], JANUARY) == ([], [])


def test_the_same_rating_recorded_twice_changes_nothing_and_another_replaces_it(lin, server):
    package = make_package(lin, make_package_product(server))
    bucket = bucket_id(package.items.get().pk, "")
    assert consume(lin, JANUARY, {bucket: "40"}) == 1
    assert consume(lin, JANUARY, {bucket: "40.000"}) == 0
    consume(lin, FEBRUARY, {bucket: "60"})
    assert (fresh(package).state, left(package)) == (PackageState.USED_UP, [("", Decimal(0))])
    assert buckets([lin.pk], MARCH).rows == []

    consume(lin, FEBRUARY, {bucket: "10.5"})
    assert (fresh(package).state, left(package)) == (PackageState.EFFECTIVE, [("", Decimal("49.5"))])
    consume(lin, FEBRUARY, {})
    assert left(package) == [("", Decimal(60))]
    other = make_customer(make_solution_provider(), name="other")
    consume(other, JANUARY, {})
    assert PackageUse.objects.count() == 1, "another customer's rating says nothing of this one's"
    record_consumption(MAKER, month=JANUARY, customer_ids=None, uses={}, but_not=[lin.pk])
    assert PackageUse.objects.count() == 1, "nor does a rating of everybody that leaves it out"


def test_verify_finds_an_item_that_gave_too_much_once_its_months_are_closed(lin, server):
    package = make_package(lin, make_package_product(server))
    bucket = bucket_id(package.items.get().pk, "")
    consume(lin, JANUARY, {bucket: "70"})
    consume(lin, FEBRUARY, {bucket: "30.5"})
    law = LAWS["metering.packages"]
    assert not law.first_breaches(), "the later month waits to be rated again"
    assert left(package) == [("", Decimal(0))]
    with clock.at(beijing("2024-03-05 10:00")):
        close_month(MAKER, month=FEBRUARY)
    (said,) = law.first_breaches()
    assert "gave 100.5 of 100" in said


def test_a_monthly_item_is_filled_again_and_keeps_the_old_month_for_late_usage(lin, server):
    package = make_package(lin, make_package_product(server, renews=Renews.MONTH, valid=("month", 2)))
    item = package.items.get()
    january, february = bucket_id(item.pk, "2024-01"), bucket_id(item.pk, "2024-02")
    consume(lin, JANUARY, {january: "100"})
    assert fresh(package).state is PackageState.USED_UP
    live_until("2024-02-01 00:00")
    with clock.at(beijing("2024-02-01 00:00")):
        assert (fresh(package).state, left(package)) == (PackageState.EFFECTIVE, [("2024-02", Decimal(100))])

    consume(lin, JANUARY, {january: "90"})
    (only,) = buckets([lin.pk], FEBRUARY).rows
    assert (only.bucket_id, only.capacity) == (february, Decimal(100))
    early, late = buckets([lin.pk], FEBRUARY, earliest=JANUARY).rows
    assert (early.bucket_id, early.capacity, early.rank) == (january, Decimal(10), 1)
    assert (late.bucket_id, late.rank) == (february, 2)
    assert early.begins_at == int(BOUGHT.timestamp())
    assert early.ends_at == late.begins_at == int(beijing("2024-02-01 00:00").timestamp())

    live_until("2024-03-10 10:30")
    assert fresh(package).state is PackageState.EXPIRED
    (last,) = buckets([lin.pk], MARCH).rows
    assert last.ends_at == int(beijing("2024-03-10 10:30").timestamp()), "what is late is still covered"


def test_the_order_is_priority_then_reservations_then_what_ends_first(lin, server):
    package_product = make_package_product(server, spec="a", valid=("year", 1))
    long = make_package(lin, package_product)
    sooner = make_package(lin, make_package_product(server, spec="b", valid=("month", 1)))
    reserved = make_package(
        lin,
        make_package_product(
            server, spec="c", kind=PackageKind.RESERVED, renews=Renews.HOUR, quantities=("1",)
        ),
    )
    first = make_package(lin, make_package_product(server, spec="d", priority=1))
    wanted = [first, reserved, sooner, long]
    rows = buckets(None, JANUARY).rows
    assert [(row.rank, item_and_cycle(row.bucket_id)[0]) for row in rows] == [
        (rank, package.items.get().pk) for rank, package in enumerate(wanted, start=1)
    ]
    assert [row.per_hour for row in rows] == [False, True, False, False]
    hours = reserved.items.get()
    consume(lin, JANUARY, {bucket_id(hours.pk, ""): "500"})
    assert buckets([lin.pk], FEBRUARY).rows[1].capacity == 1, "each hour has its own"
    assert fresh(reserved).state is PackageState.EFFECTIVE


def test_a_bundle_is_used_up_when_nothing_is_left_of_any_item(lin, server):
    package = make_package(lin, make_package_product(server, quantities=("10", "20")))
    one, two = (bucket_id(item.pk, "") for item in package.items.all())
    consume(lin, JANUARY, {one: "10"})
    assert fresh(package).state is PackageState.EFFECTIVE
    consume(lin, JANUARY, {one: "10", two: "20"})
    assert fresh(package).state is PackageState.USED_UP
    live_until("2025-01-10 10:30")
    assert fresh(package).state is PackageState.EXPIRED


def test_a_yearly_item_counts_by_the_calendar(lin, server):
    product = make_package_product(server, renews=Renews.YEAR, valid=("year", 2))
    package = make_package(lin, product)
    bucket = bucket_id(package.items.get().pk, "2024")
    consume(lin, JANUARY, {bucket: "25"})
    assert [row.capacity for row in buckets([lin.pk], BillMonth(2024, 12)).rows] == [Decimal(75)]
    assert [row.capacity for row in buckets([lin.pk], BillMonth(2025, 1)).rows] == [Decimal(100)]


def test_a_coming_package_waits_and_one_given_back_covers_what_was_used_before(lin, server):
    coming = make_package(lin, make_package_product(server), begins_at=beijing("2024-02-01 00:00"))
    assert (coming.state, buckets([lin.pk], JANUARY).rows) == (PackageState.PENDING, [])
    live_until("2024-02-01 00:00")
    with clock.at(beijing("2024-02-15 12:00")):
        unsubscribe_package(MAKER, package=fresh(coming))
    (row,) = buckets([lin.pk], FEBRUARY).rows
    assert row.ends_at == int(beijing("2024-02-15 12:00").timestamp())
    assert buckets([lin.pk], MARCH).rows == []
    assert (fresh(coming).state, next_move()) == (PackageState.UNSUBSCRIBED, None)


def test_a_scope_of_a_region_covers_every_product_there(lin, server):
    other = make_product("c6.xlarge.2.linux", begins_at=BOUGHT)
    make_product("c6.large.2.linux", region="cn-south-1", begins_at=BOUGHT)
    product = make_package_product(server)
    duration = UsageType.objects.get(resource_type=server.resource_type)
    define_package(
        MAKER,
        product=product,
        contents=[
            ContentEntry(
                "Hours",
                "时长",
                Decimal(5),
                (CoverEntry(duration, region=server.region), CoverEntry(duration, product=server)),
            )
        ],
    )
    make_package(lin, product)
    scopes = buckets([lin.pk], JANUARY).scopes
    assert {scope.product_id for scope in scopes} == {server.pk, other.pk, product.pk}
    assert len(scopes) == 3, "a product that two scopes name is named once"


def test_what_is_no_package_is_refused(lin, server):
    with pytest.raises(NotAPackage):
        make_package(lin, server)
    duration = UsageType.objects.get(resource_type=server.resource_type)
    disk = make_product("GPSSD", service="hws.service.type.ebs", resource_type="hws.resource.type.volume")
    good = ContentEntry("Hours", "时长", Decimal(5), (CoverEntry(duration, product=server),))
    for wrong in (
        {"contents": []},
        {"contents": [good], "valid_number": 0},
        {"contents": [good], "valid_unit": "day"},
        {"contents": [good], "kind": "gift"},
        {"contents": [good], "kind": PackageKind.RESERVED},
        {"contents": [ContentEntry("Hours", "时长", Decimal("1e-13"), good.covers)]},
        {"contents": [ContentEntry("Hours", "时长", Decimal(0), good.covers)]},
        {"contents": [ContentEntry("Hours", "时长", Decimal(10**8), good.covers)]},
        {"contents": [ContentEntry("Hours", "", Decimal(1), good.covers)]},
        {"contents": [ContentEntry("Hours", "时长", Decimal(1), ())]},
        {"contents": [ContentEntry("Hours", "时长", Decimal(1), (CoverEntry(duration, product=disk),))]},
    ):
        with pytest.raises(CatalogueEntryInvalid):
            define_package(MAKER, product=server, **wrong)
    assert not hasattr(Product.objects.get(pk=server.pk), "package")
