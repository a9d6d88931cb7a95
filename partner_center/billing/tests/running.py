"""A few customers with servers, their usage of a month, and a store of the test's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from partner_center.catalogue.makers import make_product
from partner_center.catalogue.models import Product
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

    def use(self, customer: Customer, begin: datetime, hours: str | int = 1, **more: Any) -> dict[str, Any]:
        """One usage record of the customer's server, as the platform sends it."""
        vm = self.vms[customer.pk]
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


def deliver(records: Sequence[dict[str, Any]], batch_id: str = "") -> UsageBatch:
    """A batch in which everything is accepted."""
    name = batch_id or f"batch-{next(_batches):05d}"
    batch = receive(OPERATOR, delivery_of_call(name, records))
    assert not batch.rejected, [str(one.facts) for one in batch.quarantined.all()]
    return batch


def wire(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
