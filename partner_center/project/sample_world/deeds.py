"""What people of the sample world can do, each as one line of a story."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from partner_center.billing.actions import propose_adjustment
from partner_center.billing.models import BillType, FeeAdjustment
from partner_center.billing.runs.actions import simulate
from partner_center.catalogue.actions import PriceEntry, draft_prices, publish_prices
from partner_center.catalogue.models import UsageType
from partner_center.catalogue.queries import price_at, product_for
from partner_center.customers.makers import People, as_customer
from partner_center.customers.models import Customer
from partner_center.foundation.actor import Actor
from partner_center.funds.actions import (
    allocate_to_customer,
    allocate_to_reseller,
    reclaim_from_customer,
    record_remittance,
)
from partner_center.identity.makers import as_owner
from partner_center.identity.models import Account
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.kernel.period import BillMonth
from partner_center.metering.actions import grant_package
from partner_center.metering.intake.calls import delivery_of_call
from partner_center.metering.intake.receiving import receive
from partner_center.orders.actions import (
    cancel_order,
    change_resource,
    confirm_order,
    convert_instantly,
    pay_order,
    place_order,
    renew_resource,
    unsubscribe,
)
from partner_center.orders.models import Order
from partner_center.orders.quoting import Wish
from partner_center.orders.states import OrderState, PeriodType
from partner_center.partners.models import Partner
from partner_center.pricing.makers import make_contract, make_discount
from partner_center.subscriptions.actions import open_on_demand, set_auto_renewal, set_expiry_policy
from partner_center.subscriptions.models import ExpirePolicy, Resource, ResourceState
from partner_center.subscriptions.rules import Term

SYSTEM = Actor.system("sample world")
Deed = Callable[[], object]
Story = Iterator[tuple[float, Deed]]

SERVER = ("hws.service.type.ec2", "hws.resource.type.vm")
DISK = ("hws.service.type.ebs", "hws.resource.type.volume")
BANDWIDTH = ("hws.service.type.vpc", "hws.resource.type.bandwidth")
ADDRESS = ("hws.service.type.vpc", "hws.resource.type.ip")
DATABASE = ("hws.service.type.rds", "hws.resource.type.rds.vm")
CACHE = ("hws.service.type.dcs", "hws.resource.type.dcs3")
METAL = ("hws.service.type.baremetal", "hws.resource.type.pm")
STORAGE = ("hws.service.type.obs", "hws.resource.type.obs")
STORAGE_PACKAGE = ("hws.service.type.obs", "hws.resource.type.obs.pkg")
DELIVERY = ("hws.service.type.cdn", "hws.resource.type.cdn")


class Deeds:
    """Who does it is named by the account's name; what an order brought by the order's key."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.orders: dict[str, Order] = {}
        self.bank_numbers = 0

    def customer(self, name: str) -> Customer:
        return Customer.objects.select_related("account", "partner__account").get(
            pk=self.people.customers[name].pk
        )

    def remit(self, account: Account, amount: str) -> None:
        self.bank_numbers += 1
        record_remittance(
            SYSTEM,
            account=account,
            amount=Money.of(amount, account.currency),
            bank_number=f"BK{clock.now():%y%m%d}{self.bank_numbers:05d}",
            payer=account.company_name,
        )

    def supply_reseller(self, reseller: Partner, amount: str) -> None:
        distributor = as_owner(self.people.distributor.account)
        allocate_to_reseller(distributor, reseller=reseller, amount=Money.of(amount, "CNY"))

    def supply(self, name: str, amount: str) -> None:
        customer = self.customer(name)
        assert customer.partner is not None
        allocate_to_customer(
            as_owner(customer.partner.account),
            customer=customer,
            amount=Money.of(amount, customer.account.currency),
        )

    def take_back(self, name: str, amount: str) -> None:
        customer = self.customer(name)
        assert customer.partner is not None
        reclaim_from_customer(
            as_owner(customer.partner.account),
            customer=customer,
            amount=Money.of(amount, customer.account.currency),
        )

    def contract(self, name: str, code: str, ratio: str) -> None:
        customer = self.customer(name)
        make_discount(
            customer,
            ratio=ratio,
            name=code,
            contract=make_contract(customer, code=code, begins_at=clock.now()),
        )

    def order(self, name: str, key: str, wishes: list[Wish]) -> Order:
        """Order and leave it at that."""
        customer = self.customer(name)
        self.orders[key] = place_order(
            as_customer(customer), customer=customer, wishes=wishes, best_offer=True
        )
        return self.orders[key]

    def buy(self, name: str, key: str, wishes: list[Wish]) -> None:
        self.pay(self.order(name, key, wishes))

    def order_for(self, name: str, key: str, wishes: list[Wish]) -> None:
        customer = self.customer(name)
        assert customer.partner is not None
        self.orders[key] = place_order(as_owner(customer.partner.account), customer=customer, wishes=wishes)

    def confirm_and_pay(self, key: str) -> None:
        order = self.orders[key]
        confirm_order(as_customer(order.customer), order=order)
        self.pay(order)

    def pay(self, order: Order) -> None:
        pay_order(as_customer(order.customer), order=order)

    def cancel(self, key: str) -> None:
        cancel_order(as_customer(self.orders[key].customer), order=self.orders[key])

    def resources(self, key: str) -> list[Resource]:
        """The open main resources that an order brought."""
        rows = Resource.objects.filter(order_number=self.orders[key].number, main_resource=None).order_by(
            "pk"
        )
        return list(
            rows.exclude(state=ResourceState.CLOSED).select_related("customer__account", "customer__partner")
        )

    def renew(self, key: str, months: int) -> None:
        for resource in self.resources(key):
            self.pay(
                renew_resource(
                    as_customer(resource.customer),
                    resource=resource,
                    term=Term("month", months),
                    best_offer=True,
                )
            )

    def change(self, key: str, spec: str) -> None:
        resource = self.resources(key)[0]
        order = change_resource(as_customer(resource.customer), resource=resource, resource_spec=spec)
        if Order.objects.get(pk=order.pk).state is OrderState.AWAITING_PAYMENT:
            self.pay(order)

    def give_back(self, key: str) -> None:
        resources = self.resources(key)
        unsubscribe(as_customer(resources[0].customer), resources=resources, kind=1, reason_type=5)

    def convert(self, key: str) -> None:
        for resource in self.resources(key):
            convert_instantly(as_customer(resource.customer), resource=resource)

    def auto_renew(self, key: str) -> None:
        for resource in self.resources(key):
            set_auto_renewal(as_customer(resource.customer), resource=resource)

    def expire(self, key: str, policy: ExpirePolicy) -> None:
        for resource in self.resources(key):
            set_expiry_policy(as_customer(resource.customer), resource=resource, policy=policy)

    def on_demand(
        self,
        name: str,
        spec: str,
        label: str,
        *,
        code: tuple[str, str] = SERVER,
        region: str = "cn-north-4",
    ) -> None:
        """Open a pay-per-use resource; `label` says what it is metered by (usage.METERS)."""
        customer = self.customer(name)
        open_on_demand(
            as_customer(customer),
            customer=customer,
            product=product_for(*code, spec, region),
            name=label,
        )

    def present(self, name: str, spec: str, code: tuple[str, str], reason: str) -> None:
        """The operator gives a package."""
        product = product_for(*code, spec, "cn-north-4")
        grant_package(SYSTEM, customer=self.customer(name), product=product, reason=reason)

    def meter_cheaper(self, spec: str, price: str) -> None:
        """Another price an hour of a server, from the day after tomorrow on."""
        product = product_for(*SERVER, spec, "cn-north-4")
        duration = UsageType.objects.get(resource_type=product.resource_type, code="Duration")
        begins_at = clock.now() + timedelta(days=2)
        publish_prices(
            SYSTEM,
            prices=[PriceEntry(product, "on_demand", "CNY", begins_at, Decimal(price), usage_type=duration)],
        )

    def compensate(self, name: str, amount: str) -> FeeAdjustment:
        """The operator proposes to give money back for an outage."""
        customer = self.customer(name)
        return propose_adjustment(
            SYSTEM,
            customer=customer,
            bill_type=BillType.COMPENSATION,
            amount=Money.of(amount, customer.account.currency),
            reason="An outage of three hours in the night.",
            about_month=str(BillMonth.of(clock.now()).previous()),
            service_type=SERVER[0],
        )

    def mistype_usage(self) -> None:
        """The platform reports two records that nobody can rate."""
        begin = clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=6)
        wrong = {
            "customer_id": self.people.customers["mingxi-edu"].pk,
            "resource_id": "0" * 32,
            "cloud_service_type": SERVER[0],
            "resource_type": SERVER[1],
            "resource_spec": "s6.large.2.linux",
            "region": "cn-north-4",
            "usage_type": "Duration",
            "usage_measure_id": 4,
            "usage_value": "1",
            "begin_time": wire_moment(begin),
            "end_time": wire_moment(begin + timedelta(hours=1)),
        }
        receive(SYSTEM, delivery_of_call("platform-mistyped", [wrong, {**wrong, "usage_value": "-1"}]))

    def simulate_prices(self) -> None:
        """The operator asks what last month would have cost with servers a tenth dearer."""
        product = product_for(*SERVER, "c6.large.2.linux", "cn-north-4")
        duration = UsageType.objects.get(resource_type=product.resource_type, code="Duration")
        now = clock.now()
        price = price_at(product, charge_mode="on_demand", currency="CNY", at=now, usage_type=duration)
        assert price.unit_price is not None, "it is on sale"
        dearer = PriceEntry(
            product,
            "on_demand",
            "CNY",
            now + timedelta(days=60),
            price.unit_price * Decimal("1.1"),
            usage_type=duration,
        )
        draft = draft_prices(SYSTEM, name="Servers a tenth dearer", prices=[dearer])
        simulate(SYSTEM, draft=draft, month=str(BillMonth.of(now).previous()))


def wire_moment(moment: datetime) -> str:
    """As the platform writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def thing(
    code: tuple[str, str],
    spec: str,
    *,
    months: int = 0,
    years: int = 0,
    size: int | None = None,
    name: str = "",
    region: str = "cn-north-4",
    count: int = 1,
) -> Wish:
    if months == 12:
        months, years = 0, 1
    return Wish(
        cloud_service_type=code[0],
        resource_type=code[1],
        resource_spec=spec,
        region=region,
        period_type=PeriodType.YEAR if years else PeriodType.MONTH,
        period_num=years or months,
        subscription_num=count,
        resource_size=size,
        resource_name=name,
    )


def server(
    spec: str, *, months: int = 12, name: str = "", region: str = "cn-north-4", count: int = 1
) -> Wish:
    return thing(SERVER, spec, months=months, name=name, region=region, count=count)


def disk(kind: str, size: int, *, months: int = 12) -> Wish:
    return thing(DISK, kind, months=months, size=size)


def bandwidth(mbps: int, *, months: int = 0, years: int = 0) -> Wish:
    return thing(BANDWIDTH, "19_bgp", months=months, years=years, size=mbps)
