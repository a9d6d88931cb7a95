"""The sample world: a year in the life of a small channel, told through actions, the same in every run.

    accounts = build()          # on a migrated, empty database; returns the entries of accounts.json

Tests, demo, screenshots and documents share it. Its end is the moment of `build()`; the story runs on the
installation's clock, so that every job, deadline, expiry and notice happens on the way.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from partner_center.catalogue import sample as catalogue
from partner_center.catalogue.queries import product_for
from partner_center.customers.makers import People, as_customer, make_people
from partner_center.customers.models import AssociationType, Customer
from partner_center.foundation.actor import Actor
from partner_center.foundation.jobs import travel
from partner_center.funds.actions import (
    allocate_to_customer,
    allocate_to_reseller,
    grant_credit,
    reclaim_from_customer,
    reclaim_from_reseller,
    record_remittance,
)
from partner_center.identity.makers import as_owner, make_access_key, owner_of
from partner_center.identity.models import Account
from partner_center.kernel import clock
from partner_center.kernel.money import Money
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
from partner_center.pricing.actions import Scope, grant_discount
from partner_center.pricing.makers import make_contract, make_discount
from partner_center.pricing.models import DiscountKind, DiscountMode
from partner_center.pricing.rules import Terms
from partner_center.reference.makers import make_dictionaries
from partner_center.subscriptions.actions import (
    open_on_demand,
    set_auto_renewal,
    set_expiry_policy,
    set_renewal_setting,
)
from partner_center.subscriptions.models import ExpirePolicy, Resource, ResourceState
from partner_center.subscriptions.rules import Term

SYSTEM = Actor.system("sample world")
LENGTH = timedelta(days=365)
Deed = Callable[[], object]
Story = Iterator[tuple[int, Deed]]

SERVER = ("hws.service.type.ec2", "hws.resource.type.vm")
DISK = ("hws.service.type.ebs", "hws.resource.type.volume")
BANDWIDTH = ("hws.service.type.vpc", "hws.resource.type.bandwidth")
ADDRESS = ("hws.service.type.vpc", "hws.resource.type.ip")
DATABASE = ("hws.service.type.rds", "hws.resource.type.rds.vm")
CACHE = ("hws.service.type.dcs", "hws.resource.type.dcs3")
METAL = ("hws.service.type.baremetal", "hws.resource.type.pm")


def build() -> list[dict[str, str]]:
    """Live the year and return everybody who can sign in, as accounts.json lists them.

    All accounts share one password, made up anew for each installation.
    """
    password = f"demo-{secrets.token_hex(4)}"
    end = clock.now()
    with clock.at(end - LENGTH):
        make_dictionaries()
        catalogue.load(SYSTEM)
        people = make_people(password=password, since=clock.now())
        clock.move_to(clock.now() + timedelta(days=52))
        year = Year(people)
        for moment, deed in sorted(year.deeds(end), key=lambda one: one[0]):
            travel(moment, clock.move_to)
            deed()
        travel(end, clock.move_to)
    return entries(people, password)


def entries(people: People, password: str) -> list[dict[str, str]]:
    """The entries of accounts.json (design/interfaces.md): those with the plainest story of their role first."""
    rows: list[tuple[str, Account, dict[str, str]]] = [("operator", people.vendor, {})]
    for partner in people.partners:
        more = {"distributor_id": partner.distributor_id} if partner.distributor_id else {}
        rows.append((partner.kind, partner.account, more))
    mentioned = [
        "mingxi-edu",
        "chilun-gears",
        "songshi-print",
        "cangwu-agri",
        "nanyu-aquatic",
        "larkspur-analytics",
    ]
    for name in [*mentioned, *(name for name in people.customers if name not in mentioned)]:
        customer = Customer.objects.select_related("account").get(pk=people.customers[name].pk)
        assert customer.partner_id is not None
        rows.append(
            (
                "customer",
                customer.account,
                {"partner_id": customer.partner_id, "association_type": _wire_type(customer)},
            )
        )
    rows.append(("stranger", people.stranger.account, {}))
    return [_entry(role, account, password, more) for role, account, more in rows]


class Year:
    """Who does what, when. Every method is a stretch of somebody's story: (days before the end, deed)."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.orders: dict[str, Order] = {}
        self.bank_numbers = 0

    def deeds(self, end: datetime) -> Iterator[tuple[datetime, Deed]]:
        stories = (
            self.money,
            self.discounts,
            self.school,
            self.printer,
            self.gears,
            self.farm,
            self.studio,
            self.harbour,
            self.abroad,
            self.odds_and_ends,
        )
        for story in stories:
            for days, deed in story():
                yield end - timedelta(days=days), deed

    def money(self) -> Story:
        """Remittances come in, a distributor supplies its resellers, resellers their customers, month by month."""
        people = self.people
        qinghe, bailu = people.resellers
        qiming = people.solution_provider
        for month in range(10):
            day = 310 - 30 * month
            yield day, lambda: self.remit(people.distributor.account, "200000.00")
            yield day, lambda: self.remit(qiming.account, "120000.00")
            yield day - 1, lambda: self.supply_reseller(qinghe, "60000.00")
            yield day - 1, lambda: self.supply_reseller(bailu, "40000.00")
            for name, amount in (
                ("songshi-print", "28000.00"),
                ("judeng-media", "5000.00"),
                ("yunshan-storage", "3000.00"),
                ("cangwu-agri", "18000.00"),
                ("mingxi-edu", "32000.00"),
                ("dengta-logistics", "2500.00"),
                ("xiaoshi-studio", "1800.00"),
                ("changdi-design", "9000.00"),
            ):
                yield day - 2, partial(self.supply, name, amount)
            for name, amount in (
                ("nanyu-aquatic", "4000.00"),
                ("chilun-gears", "68000.00"),
                ("banxia-pharmacy", "1500.00"),
                ("baita-energy", "16000.00"),
                ("blue-fern-retail", "900.00"),
            ):
                yield day - 2, partial(self.remit, people.customers[name].account, amount)
            yield day - 2, lambda: self.remit(people.intl_solution_provider.account, "26000.00")
            yield day - 2, lambda: self.remit(people.intl_reseller.account, "3000.00")
        yield 150, lambda: self.take_back("judeng-media", "1200.00")
        yield (
            96,
            lambda: reclaim_from_reseller(
                as_owner(people.distributor.account), reseller=bailu, amount=Money.of("5000.00", "CNY")
            ),
        )
        yield 200, lambda: grant_credit(SYSTEM, account=qiming.account, limit=Money.of("50000.00", "CNY"))
        yield (
            190,
            lambda: grant_credit(
                SYSTEM, account=self.customer("baita-energy").account, limit=Money.of("10000.00", "CNY")
            ),
        )

    def discounts(self) -> Story:
        """A framework contract for a referral customer, a granted discount, a price change half-way."""
        yield 305, lambda: self.contract("chilun-gears", "FW-2025-017", "0.90")
        yield 300, lambda: self.contract("mingxi-edu", "FW-2025-022", "0.95")
        yield (
            299,
            lambda: grant_discount(
                as_owner(self.people.intl_solution_provider.account),
                customer=self.customer("blue-fern-retail"),
                kind=DiscountKind.SET,
                name="Launch year",
                terms=Terms(mode=DiscountMode.RATIO, ratio=Decimal("0.92")),
                scope=Scope(),
                grantor=self.people.intl_solution_provider,
            ),
        )
        yield 120, lambda: catalogue.revise(SYSTEM, begins_at=clock.now() + timedelta(days=7))
        yield 3, lambda: catalogue.propose(SYSTEM, begins_at=clock.now() + timedelta(days=40))

    def school(self) -> Story:
        """明溪教育: servers for a year, an upgrade, renewals by hand and by itself, one resource given back."""
        me = "mingxi-edu"
        yield (
            300,
            lambda: self.buy(
                me, "platform", [_server("c6.xlarge.2.linux", name="platform"), _disk("GPSSD", 200)]
            ),
        )
        yield 298, lambda: self.buy(me, "exam", [_server("s6.large.2.linux", months=3, name="exam")])
        yield 240, lambda: self.buy(me, "db", [_thing(DATABASE, "rds.mysql.n1.large.4.ha", months=6)])
        yield 212, lambda: self.renew("exam", 3)
        yield 180, lambda: self.buy(me, "net", [_thing(ADDRESS, "5_bgp", years=1), _bandwidth(10, years=1)])
        yield 160, lambda: self.change("platform", "c6.2xlarge.2.linux")
        yield 118, lambda: self.auto_renew("exam")
        yield 70, lambda: self.renew("db", 6)
        yield 45, lambda: self.buy(me, "trial", [_server("s7.large.2.linux", months=1, name="trial")])
        yield 43, lambda: self.give_back("trial")
        yield 12, lambda: self.buy(me, "media", [_thing(CACHE, "redis.ha.xu1.large.r2.2", months=1)])
        yield (
            5,
            lambda: self.order(me, "expansion", [_server("c7.xlarge.2.linux", months=12), _disk("SSD", 100)]),
        )
        yield 2, lambda: self.on_demand(me, "s6.large.2.linux", "burst")

    def printer(self) -> Story:
        """松石印务: its reseller orders for it, it confirms and pays; a downgrade gives money back."""
        me = "songshi-print"
        yield 290, lambda: self.buy(me, "erp", [_server("m6.large.8.win", name="erp"), _disk("SSD", 300)])
        yield 250, lambda: self.order_for(me, "press", [_server("c6.large.4.linux", months=6, name="press")])
        yield 249, lambda: self.confirm_and_pay("press")
        yield 140, lambda: self.change("erp", "m6.large.8.linux")
        yield 75, lambda: self.renew("press", 6)
        yield 30, lambda: self.buy(me, "backup", [_disk("SAS", 500, months=6)])
        yield 28, lambda: self.give_back("backup")
        yield 1, lambda: self.order_for(me, "archive", [_disk("SATA", 1000, months=12)])

    def gears(self) -> Story:
        """齿轮坊: a referral customer with a contract discount, bare metal, a unified expiry day."""
        me = "chilun-gears"
        yield 288, lambda: self.buy(me, "metal", [_thing(METAL, "physical.s4.xlarge.linux", years=1)])
        yield (
            285,
            lambda: self.buy(me, "office", [_server("s6.xlarge.4.win", months=1, name="office", count=3)]),
        )
        yield 284, lambda: self.auto_renew("office")
        yield (
            230,
            lambda: set_renewal_setting(
                as_customer(self.customer(me)), customer=self.customer(me), unified_day=28, deduction_days=5
            ),
        )
        yield 100, lambda: self.buy(me, "line", [_bandwidth(50, months=12)])
        yield 60, lambda: self.give_back("line")
        yield 20, lambda: self.order(me, "late", [_server("s6.small.1.linux", months=1)])

    def farm(self) -> Story:
        """苍梧农业: monthly sensors, a forgotten renewal that goes through grace into retention, then is renewed."""
        me = "cangwu-agri"
        yield 280, lambda: self.buy(me, "sensors", [_server("s6.medium.2.linux", months=3, name="sensors")])
        yield 186, lambda: self.renew("sensors", 3)
        yield (
            130,
            lambda: self.buy(
                me, "maps", [_server("s7.xlarge.2.linux", months=6, name="maps"), _disk("GPSSD", 80)]
            ),
        )
        yield 92, lambda: self.renew("sensors", 6)
        yield 40, lambda: self.convert("maps")
        yield 15, lambda: self.buy(me, "weather", [_server("s6.large.2.linux", months=1, name="weather")])

    def studio(self) -> Story:
        """小石工作室 spends a little; an unverified customer may buy once and not renew; one order is cancelled."""
        yield (
            270,
            lambda: self.buy("xiaoshi-studio", "site", [_server("s6.small.1.linux", months=6, name="site")]),
        )
        yield 95, lambda: self.renew("site", 6)
        yield 260, lambda: self.buy("yunshan-storage", "store", [_disk("SATA", 200, months=3)])
        yield 90, lambda: self.order("dengta-logistics", "fleet", [_server("c6.large.2.linux", months=12)])
        yield 89, lambda: self.cancel("fleet")
        yield (
            25,
            lambda: self.buy(
                "dengta-logistics", "routes", [_server("s6.large.2.linux", months=1, name="routes")]
            ),
        )

    def harbour(self) -> Story:
        """The distributor's own customers, one of them on credit."""
        yield (
            275,
            lambda: self.buy(
                "changdi-design", "render", [_server("c6.2xlarge.2.win", months=2, name="render")]
            ),
        )
        yield (
            170,
            lambda: self.buy(
                "baita-energy", "scada", [_server("c6.4xlarge.2.linux", months=6, name="scada")]
            ),
        )
        yield 80, lambda: self.buy("baita-energy", "lake", [_disk("ESSD", 1000, months=3)])
        yield 10, lambda: self.expire("lake", ExpirePolicy.TO_ON_DEMAND)

    def abroad(self) -> Story:
        """The international site: a budgeted resale customer, a referral customer, one that is frozen."""
        hong_kong = "ap-southeast-1"
        yield (
            260,
            lambda: self.buy(
                "larkspur-analytics",
                "warehouse",
                [_server("c6.xlarge.2.linux", region=hong_kong, name="warehouse")],
            ),
        )
        yield (
            150,
            lambda: self.buy(
                "blue-fern-retail",
                "shop",
                [_server("s6.large.2.linux", months=3, region=hong_kong, name="shop")],
            ),
        )
        yield 66, lambda: self.renew("shop", 3)
        yield (
            50,
            lambda: self.buy(
                "tidewater-freight",
                "track",
                [_server("s6.xlarge.2.linux", months=1, region=hong_kong, name="track")],
            ),
        )
        yield (
            4,
            lambda: self.order(
                "larkspur-analytics", "model", [_server("c7.2xlarge.2.linux", region=hong_kong)]
            ),
        )

    def odds_and_ends(self) -> Story:
        """Small recurring business, so that every list has something to show."""
        for month in range(9):
            day = 268 - 30 * month
            event = _server("s6.medium.2.linux", months=1, name=f"event-{month}")
            yield day, partial(self.buy, "judeng-media", f"event-{month}", [event])
            yield day - 4, partial(self.buy, "nanyu-aquatic", f"ponds-{month}", [_disk("SAS", 40, months=1)])

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

    def on_demand(self, name: str, spec: str, label: str) -> None:
        customer = self.customer(name)
        open_on_demand(
            as_customer(customer),
            customer=customer,
            product=product_for(*SERVER, spec, "cn-north-4"),
            name=label,
        )


def _thing(
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


def _server(
    spec: str, *, months: int = 12, name: str = "", region: str = "cn-north-4", count: int = 1
) -> Wish:
    return _thing(SERVER, spec, months=months, name=name, region=region, count=count)


def _disk(kind: str, size: int, *, months: int = 12) -> Wish:
    return _thing(DISK, kind, months=months, size=size)


def _bandwidth(mbps: int, *, months: int = 0, years: int = 0) -> Wish:
    return _thing(BANDWIDTH, "19_bgp", months=months, years=years, size=mbps)


def _wire_type(customer: Customer) -> str:
    if customer.association_type == AssociationType.REFERRAL:
        return "1"
    return "2" if customer.account.site == "cn" else "3"


def _entry(role: str, account: Account, password: str, more: dict[str, str]) -> dict[str, str]:
    key, secret = make_access_key(account)
    return {
        "role": role,
        "name": account.company_name or account.name,
        "domain_id": account.pk,
        "ak": key.ak,
        "sk": secret,
        "login": owner_of(account).login,
        "password": password,
        "site": account.site,
        **more,
    }
