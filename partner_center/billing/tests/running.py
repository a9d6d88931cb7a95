"""A few customers with servers, their usage of a month, and a store of the test's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

from partner_center.catalogue.actions import PriceEntry, publish_prices
from partner_center.catalogue.makers import make_product
from partner_center.catalogue.models import Product, UsageType
from partner_center.customers.makers import make_customer
from partner_center.customers.models import AssociationType, Customer
from partner_center.foundation.actor import Actor
from partner_center.funds.makers import make_money
from partner_center.kernel import clock
from partner_center.kernel.period import BEIJING
from partner_center.metering.intake.calls import delivery_of_call
from partner_center.metering.intake.receiving import receive
from partner_center.metering.models import UsageBatch
from partner_center.partners.makers import make_distributor, make_reseller, make_solution_provider
from partner_center.partners.models import Partner
from partner_center.subscriptions.makers import make_on_demand
from partner_center.subscriptions.models import OnDemandResource

OPERATOR = Actor.system("tests")
_batches = count(1)


def beijing(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BEIJING)


BEGUN = beijing(2026, 1, 1)


@dataclass(slots=True)
class House:
    """Lin belongs to a solution provider, Mei to a distributor's reseller, Solo to nobody. One server each."""

    provider: Partner
    reseller: Partner
    lin: Customer
    mei: Customer
    solo: Customer
    server: Product
    vms: dict[str, OnDemandResource]

    @property
    def customers(self) -> tuple[Customer, ...]:
        return self.lin, self.mei, self.solo

    def add_disk(self, customer: Customer) -> OnDemandResource:
        """A disk of 40 GB, on sale at 0.01 a GB and hour from the moment at which it stands here."""
        disk = make_product(
            "GPSSD",
            hour="0.01",
            measure=17,
            sizes=(10, 1000, 10),
            service="hws.service.type.ebs",
            resource_type="hws.resource.type.volume",
        )
        with clock.at(clock.now() + timedelta(seconds=1)):
            made = make_on_demand(customer, disk, size=40)
        OnDemandResource.objects.filter(pk=made.pk).update(opened_at=BEGUN)
        return made

    def use(
        self,
        customer: Customer,
        begin: datetime,
        hours: str | int = 1,
        of: OnDemandResource | None = None,
        **more: Any,
    ) -> dict[str, Any]:
        """One usage record of the customer's server (or another of its resources), as the platform sends it."""
        vm = of or self.vms[customer.pk]
        whole = timedelta(hours=1) * max(1, int(float(hours)))
        return {
            "customer_id": customer.pk,
            "resource_id": vm.resource_id,
            "cloud_service_type": vm.cloud_service_type,
            "resource_type": vm.resource_type,
            "resource_spec": vm.resource_spec,
            "region": vm.region,
            "usage_type": "Duration",
            "usage_measure_id": 4,
            "usage_value": str(hours),
            "begin_time": wire(begin),
            "end_time": wire(begin + whole),
            **more,
        }


def make_house(store: Path, settings: Any) -> House:
    """It stands since 1 January 2026."""
    settings.PARTNER_CENTER_STORE = str(store / "store")
    with clock.at(BEGUN):
        provider = make_solution_provider()
        reseller = make_reseller(make_distributor())
        lin = make_customer(provider, association_type=AssociationType.REFERRAL)
        mei, solo = make_customer(reseller), make_customer(None)
        server = make_product(begins_at=BEGUN)
        vms = {one.pk: make_on_demand(one, server) for one in (lin, mei, solo)}
        for one in (lin, solo):
            make_money(one, "1000.00")
    return House(provider, reseller, lin, mei, solo, server, vms)


def publish(
    product: Product, price: str, *, begins_at: datetime, steps: Sequence[tuple[str | None, str]] = ()
) -> None:
    """A new price an hour of a product, with graduated steps where there are any."""
    tiers = {"steps": [{"upto": upto, "price": step} for upto, step in steps]} if steps else {}
    duration = UsageType.objects.get(resource_type=product.resource_type, code="Duration")
    entry = PriceEntry(
        product,
        "on_demand",
        "CNY",
        begins_at,
        Decimal(price),
        usage_type=duration,
        scheme="graduated" if steps else "flat",
        tiers=tiers,
    )
    publish_prices(OPERATOR, prices=[entry])


def deliver(records: Sequence[dict[str, Any]], batch_id: str = "") -> UsageBatch:
    """A batch in which everything is accepted."""
    name = batch_id or f"batch-{next(_batches):05d}"
    batch = receive(OPERATOR, delivery_of_call(name, records))
    assert not batch.rejected, [str(one.facts) for one in batch.quarantined.all()]
    return batch


def wire(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
