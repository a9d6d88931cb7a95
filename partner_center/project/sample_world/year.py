"""The stories: who does what, when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from partner_center.billing.actions import approve_adjustment, reject_adjustment
from partner_center.catalogue import sample as catalogue
from partner_center.customers.makers import as_customer
from partner_center.funds.actions import grant_credit, reclaim_from_reseller
from partner_center.identity.makers import as_owner
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.pricing.actions import Scope, grant_discount
from partner_center.pricing.models import DiscountKind, DiscountMode
from partner_center.pricing.rules import Terms
from partner_center.project.sample_world.deeds import (
    ADDRESS,
    CACHE,
    DATABASE,
    DELIVERY,
    METAL,
    SERVER,
    STORAGE,
    STORAGE_PACKAGE,
    SYSTEM,
    Deed,
    Deeds,
    Story,
    bandwidth,
    disk,
    server,
    thing,
)
from partner_center.project.sample_world.usage import deliveries
from partner_center.subscriptions.actions import set_renewal_setting
from partner_center.subscriptions.models import ExpirePolicy


class Year(Deeds):
    """Who does what, when. Every method is a stretch of somebody's story: (days before the end, deed)."""

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
            self.pay_per_use,
            self.bills,
        )
        for story in stories:
            for days, deed in story():
                yield end - timedelta(days=days), deed
        yield from deliveries(end)

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

    def bills(self) -> Story:
        """Corrections of bills by the vendor, usage that nobody can rate, what a price change would have cost."""
        vendor = as_owner(self.people.vendor)
        yield 41, lambda: approve_adjustment(vendor, adjustment=self.compensate("mingxi-edu", "120.00"))
        yield (
            12,
            lambda: reject_adjustment(
                vendor,
                adjustment=self.compensate("chilun-gears", "900.00"),
                opinion="The outage was announced.",
            ),
        )
        yield 2, partial(self.compensate, "songshi-print", "36.00")
        yield (
            200,
            lambda: grant_credit(
                SYSTEM,
                account=self.people.intl_solution_provider.account,
                limit=Money.of("8000.00", "USD"),
            ),
        )
        yield 1, self.mistype_usage
        yield 0.5, self.simulate_prices

    def school(self) -> Story:
        """明溪教育: servers for a year, an upgrade, renewals by hand and by itself, one resource given back."""
        me = "mingxi-edu"
        yield (
            300,
            lambda: self.buy(
                me, "platform", [server("c6.xlarge.2.linux", name="platform"), disk("GPSSD", 200)]
            ),
        )
        yield 298, lambda: self.buy(me, "exam", [server("s6.large.2.linux", months=3, name="exam")])
        yield 240, lambda: self.buy(me, "db", [thing(DATABASE, "rds.mysql.n1.large.4.ha", months=6)])
        yield 212, lambda: self.renew("exam", 3)
        yield 180, lambda: self.buy(me, "net", [thing(ADDRESS, "5_bgp", years=1), bandwidth(10, years=1)])
        yield 160, lambda: self.change("platform", "c6.2xlarge.2.linux")
        yield 118, lambda: self.auto_renew("exam")
        yield 70, lambda: self.renew("db", 6)
        yield 45, lambda: self.buy(me, "trial", [server("s7.large.2.linux", months=1, name="trial")])
        yield 43, lambda: self.give_back("trial")
        yield 12, lambda: self.buy(me, "media", [thing(CACHE, "redis.ha.xu1.large.r2.2", months=1)])
        yield (
            5,
            lambda: self.order(me, "expansion", [server("c7.xlarge.2.linux", months=12), disk("SSD", 100)]),
        )

    def printer(self) -> Story:
        """松石印务: its reseller orders for it, it confirms and pays; a downgrade gives money back."""
        me = "songshi-print"
        yield 290, lambda: self.buy(me, "erp", [server("m6.large.8.win", name="erp"), disk("SSD", 300)])
        yield 250, lambda: self.order_for(me, "press", [server("c6.large.4.linux", months=6, name="press")])
        yield 249, lambda: self.confirm_and_pay("press")
        yield 140, lambda: self.change("erp", "m6.large.8.linux")
        yield 75, lambda: self.renew("press", 6)
        yield 30, lambda: self.buy(me, "backup", [disk("SAS", 500, months=6)])
        yield 28, lambda: self.give_back("backup")
        yield 1, lambda: self.order_for(me, "archive", [disk("SATA", 1000, months=12)])

    def gears(self) -> Story:
        """齿轮坊: a referral customer with a contract discount, bare metal, a unified expiry day."""
        me = "chilun-gears"
        yield 288, lambda: self.buy(me, "metal", [thing(METAL, "physical.s4.xlarge.linux", years=1)])
        yield (
            285,
            lambda: self.buy(me, "office", [server("s6.xlarge.4.win", months=1, name="office", count=3)]),
        )
        yield 284, lambda: self.auto_renew("office")
        yield (
            230,
            lambda: set_renewal_setting(
                as_customer(self.customer(me)), customer=self.customer(me), unified_day=28, deduction_days=5
            ),
        )
        yield 100, lambda: self.buy(me, "line", [bandwidth(50, months=12)])
        yield 60, lambda: self.give_back("line")
        yield 20, lambda: self.order(me, "late", [server("s6.small.1.linux", months=1)])

    def farm(self) -> Story:
        """苍梧农业: monthly sensors, a forgotten renewal that goes through grace into retention, then is renewed."""
        me = "cangwu-agri"
        yield 280, lambda: self.buy(me, "sensors", [server("s6.medium.2.linux", months=3, name="sensors")])
        yield 186, lambda: self.renew("sensors", 3)
        yield (
            130,
            lambda: self.buy(
                me, "maps", [server("s7.xlarge.2.linux", months=6, name="maps"), disk("GPSSD", 80)]
            ),
        )
        yield 92, lambda: self.renew("sensors", 6)
        yield 40, lambda: self.convert("maps")
        yield 15, lambda: self.buy(me, "weather", [server("s6.large.2.linux", months=1, name="weather")])

    def studio(self) -> Story:
        """小石工作室 spends a little; an unverified customer may buy once and not renew; one order is cancelled."""
        yield (
            270,
            lambda: self.buy("xiaoshi-studio", "site", [server("s6.small.1.linux", months=6, name="site")]),
        )
        yield 95, lambda: self.renew("site", 6)
        yield 260, lambda: self.buy("yunshan-storage", "store", [disk("SATA", 200, months=3)])
        yield 90, lambda: self.order("dengta-logistics", "fleet", [server("c6.large.2.linux", months=12)])
        yield 89, lambda: self.cancel("fleet")
        yield (
            25,
            lambda: self.buy(
                "dengta-logistics", "routes", [server("s6.large.2.linux", months=1, name="routes")]
            ),
        )

    def harbour(self) -> Story:
        """The distributor's own customers, one of them on credit."""
        yield (
            275,
            lambda: self.buy(
                "changdi-design", "render", [server("c6.2xlarge.2.win", months=2, name="render")]
            ),
        )
        yield (
            170,
            lambda: self.buy("baita-energy", "scada", [server("c6.4xlarge.2.linux", months=6, name="scada")]),
        )
        yield 80, lambda: self.buy("baita-energy", "lake", [disk("ESSD", 1000, months=3)])
        yield 10, lambda: self.expire("lake", ExpirePolicy.TO_ON_DEMAND)

    def abroad(self) -> Story:
        """The international site: a budgeted resale customer, a referral customer, one that is frozen."""
        hong_kong = "ap-southeast-1"
        yield (
            260,
            lambda: self.buy(
                "larkspur-analytics",
                "warehouse",
                [server("c6.xlarge.2.linux", region=hong_kong, name="warehouse")],
            ),
        )
        yield (
            150,
            lambda: self.buy(
                "blue-fern-retail",
                "shop",
                [server("s6.large.2.linux", months=3, region=hong_kong, name="shop")],
            ),
        )
        yield 66, lambda: self.renew("shop", 3)
        yield (
            50,
            lambda: self.buy(
                "tidewater-freight",
                "track",
                [server("s6.xlarge.2.linux", months=1, region=hong_kong, name="track")],
            ),
        )
        yield (
            4,
            lambda: self.order(
                "larkspur-analytics", "model", [server("c7.2xlarge.2.linux", region=hong_kong)]
            ),
        )

    def odds_and_ends(self) -> Story:
        """Small recurring business, so that every list has something to show."""
        for month in range(9):
            day = 268 - 30 * month
            event = server("s6.medium.2.linux", months=1, name=f"event-{month}")
            yield day, partial(self.buy, "judeng-media", f"event-{month}", [event])
            yield day - 4, partial(self.buy, "nanyu-aquatic", f"ponds-{month}", [disk("SAS", 40, months=1)])

    def pay_per_use(self) -> Story:
        """What is charged by its use: packages that cover it, a price that changes, an account that runs dry."""
        yield 130, lambda: self.on_demand("mingxi-edu", "s6.large.2.linux", "burst")
        yield 130, lambda: self.on_demand("mingxi-edu", "obs.standard", "lessons", code=STORAGE)
        yield 130, lambda: self.on_demand("mingxi-edu", "cdn.traffic", "lectures", code=DELIVERY)
        yield (
            84,
            lambda: self.buy("mingxi-edu", "hall", [thing(STORAGE_PACKAGE, "obs.pkg.bundle.1tb", years=1)]),
        )
        yield 80, lambda: self.buy("mingxi-edu", "cables", [thing(DELIVERY, "cdn.pkg.500gb", years=1)])
        yield (
            9,
            lambda: self.present(
                "mingxi-edu", "obs.pkg.standard.100gb", STORAGE_PACKAGE, "Sorry for the outage"
            ),
        )
        yield 128, lambda: self.on_demand("chilun-gears", "c6.large.2.linux", "press-shop")
        yield (
            70,
            lambda: self.buy(
                "chilun-gears", "reserve", [thing(SERVER, "c6.large.2.linux.reserved", years=1)]
            ),
        )
        yield 50, lambda: self.meter_cheaper("c6.large.2.linux", "0.41")
        yield 127, lambda: self.take_back("xiaoshi-studio", "12000.00")
        yield 118, lambda: self.on_demand("xiaoshi-studio", "c6.4xlarge.2.linux", "reports")
        yield 126, lambda: self.on_demand("baita-energy", "c6.xlarge.2.linux", "grid")
        yield (
            125,
            lambda: self.on_demand("blue-fern-retail", "s6.medium.2.linux", "till", region="ap-southeast-1"),
        )
