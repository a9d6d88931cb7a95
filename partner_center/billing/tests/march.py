"""A March that has everything in it, rated by the real engine and charged in two turns.

Lin buys from a provider (referral) and has 30 hours of a package, a contract discount of ten per cent, a server whose
price changes on the 15th, a disk with steps and a free quantity, an address charged by its 95th percentile, a server
bought by the month. Its money ends before the month does. Mei is a reseller's resale customer, with a distributor
above. Solo belongs to nobody, and from the 20th to the provider.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from partner_center.billing.actions.posting import post_rating
from partner_center.billing.jobs import record_order_fees_due
from partner_center.billing.models import CustomerRating, Rating
from partner_center.billing.runs.opened import rate_customers
from partner_center.billing.tests.running import BEGUN, OPERATOR, House, beijing, deliver, make_house, wire
from partner_center.catalogue.actions import (
    PriceEntry,
    ResourceTypeEntry,
    ServiceEntry,
    UsageTypeEntry,
    define_services,
    publish_prices,
)
from partner_center.catalogue.makers import make_product
from partner_center.catalogue.models import Product, UsageType
from partner_center.customers.actions import associate_customer
from partner_center.customers.models import AssociationType
from partner_center.funds.actions import adjust_balance
from partner_center.funds.makers import make_credit
from partner_center.funds.queries import balances_of
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.kernel.period import BillMonth
from partner_center.metering.makers import make_package, make_package_product
from partner_center.orders.makers import make_paid_order
from partner_center.pricing.makers import make_discount
from partner_center.subscriptions.makers import make_on_demand
from partner_center.subscriptions.models import OnDemandResource

MARCH = BillMonth(2026, 3)
TIERS = {
    "steps": [{"upto": "100", "price": "0.0012345679"}, {"upto": None, "price": "0.0007654321"}],
    "free": "8",
}
DISK_HOURS = [Decimal("60"), Decimal("70.5"), Decimal("33.333333")]
POINTS = [Decimal(value) for value in range(1, 101)]


@dataclass(slots=True)
class March:
    house: House
    disk: OnDemandResource
    address: OnDemandResource
    order: Any

    @property
    def lin(self) -> Any:
        return self.house.lin

    @property
    def vm(self) -> OnDemandResource:
        return self.house.vms[self.lin.pk]

    def lin_rating(self) -> Rating:
        """The rating that is present for Lin's month."""
        return CustomerRating.objects.select_related("rating").get(customer=self.lin, month=str(MARCH)).rating


def make_march(store: Path, settings: Any) -> March:
    house = make_house(store, settings)
    lin = house.lin
    with clock.at(BEGUN):
        make_credit(lin, "0.50")
        make_discount(lin, ratio="0.9", begins_at=BEGUN)
        publish_prices(OPERATOR, prices=[_hourly(house.server, "0.1234567891", beijing(2026, 3, 15))])
        disk, address = _disk(lin), _address(lin)
    with clock.at(beijing(2026, 3, 1)):
        make_package(lin, make_package_product(house.server, quantities=("30",)))
    with clock.at(beijing(2026, 3, 5, 10)):
        order = make_paid_order(lin, make_product("s6.small.1.linux", month="31.00"))
        record_order_fees_due()
        _spend_all_but(lin, "4.00")
    march = March(house, disk, address, order)
    _deliver(march, 1, 16)
    _rate_and_charge(house, beijing(2026, 3, 16, 12))
    with clock.at(beijing(2026, 3, 20)):
        associate_customer(
            OPERATOR, customer=house.solo, partner=house.provider, association_type=AssociationType.REFERRAL
        )
    _deliver(march, 16, 29)
    _rate_and_charge(house, beijing(2026, 3, 29, 12))
    return march


def _hourly(product: Product, price: str, begins_at: datetime, **more: Any) -> PriceEntry:
    kind = UsageType.objects.get(resource_type=product.resource_type, code="Duration")
    return PriceEntry(product, "on_demand", "CNY", begins_at, Decimal(price), usage_type=kind, **more)


def _disk(lin: Any) -> OnDemandResource:
    product = make_product(
        "GPSSD",
        hour=None,
        month=None,
        year=None,
        measure=17,
        sizes=(10, 1000, 10),
        service="hws.service.type.ebs",
        resource_type="hws.resource.type.volume",
        begins_at=BEGUN,
    )
    publish_prices(
        OPERATOR, prices=[_hourly(product, "0.0012345679", BEGUN, scheme="graduated", tiers=TIERS)]
    )
    return make_on_demand(lin, product, size=40, name="lin-data")


def _address(lin: Any) -> OnDemandResource:
    product = make_product(
        "12_bgp",
        hour=None,
        month=None,
        year=None,
        service="hws.service.type.vpc",
        resource_type="hws.resource.type.bandwidth",
        begins_at=BEGUN,
    )
    peak = UsageTypeEntry("95Peak", "95th percentile", "月95峰值带宽", 15, method="peak95_month")
    kind = ResourceTypeEntry("hws.resource.type.bandwidth", "12_bgp", "12_bgp", [peak])
    define_services(OPERATOR, services=[ServiceEntry("hws.service.type.vpc", "vpc", "vpc", "", [kind])])
    usage_type = UsageType.objects.get(resource_type=product.resource_type, code="95Peak")
    publish_prices(
        OPERATOR,
        prices=[PriceEntry(product, "on_demand", "CNY", BEGUN, Decimal("25"), usage_type=usage_type)],
    )
    return make_on_demand(lin, product, name="lin-line")


def _deliver(march: March, first: int, end: int) -> None:
    """Ten hours a day of every server; on some days the disk, once the points of the address."""
    house, days = march.house, range(first, end)
    records = [
        house.use(
            one,
            beijing(2026, 3, day, 8),
            "10" if one is not house.lin else "1.57",
            enterprise_project_id="ep",
        )
        for one in (house.lin, house.mei, house.solo)
        for day in days
    ]
    for place, hours in enumerate(DISK_HOURS):
        day = 4 + place * 8
        if day in days:
            records.append(
                _used(march.disk, beijing(2026, 3, day), timedelta(hours=72), hours * 60, "Duration", 5)
            )
    if 2 in days:
        records += [
            _used(march.address, beijing(2026, 3, 2) + n * FIVE, FIVE, value, "95Peak", 15)
            for n, value in enumerate(POINTS)
        ]
    with clock.at(beijing(2026, 3, end, 1)):
        deliver(records)


FIVE = timedelta(minutes=5)


def _used(
    resource: OnDemandResource,
    begin: datetime,
    long: timedelta,
    value: Decimal,
    usage_type: str,
    measure: int,
) -> dict[str, Any]:
    return {
        "customer_id": resource.customer_id,
        "resource_id": resource.resource_id,
        "cloud_service_type": resource.cloud_service_type,
        "resource_type": resource.resource_type,
        "resource_spec": resource.resource_spec,
        "region": resource.region,
        "usage_type": usage_type,
        "usage_measure_id": measure,
        "usage_value": f"{value:f}",
        "begin_time": wire(begin),
        "end_time": wire(begin + long),
    }


def _rate_and_charge(house: House, moment: datetime) -> None:
    with clock.at(moment):
        everybody = sorted(one.pk for one in (house.lin, house.mei, house.solo))
        assert rate_customers(OPERATOR, MARCH, everybody) == set()
        rating = CustomerRating.objects.select_related("rating").filter(month=str(MARCH))[0].rating
        post_rating(OPERATOR, rating=rating)


def _spend_all_but(customer: Any, left: str) -> None:
    cash = balances_of(customer.pk).cash
    adjust_balance(
        OPERATOR, account=customer.account, amount=Money.of(left, "CNY") - cash, memo="spent elsewhere"
    )
