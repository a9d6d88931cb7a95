"""A customer with a pay-per-use server and disk since January 2024; the clock stands in March."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from partner_center.catalogue.makers import make_product
from partner_center.catalogue.models import Product
from partner_center.customers.makers import make_customer
from partner_center.customers.models import Customer
from partner_center.kernel import clock
from partner_center.partners.makers import make_solution_provider
from partner_center.partners.models import Partner
from partner_center.subscriptions.makers import make_on_demand
from partner_center.subscriptions.models import OnDemandResource
from partner_center.subscriptions.tests.living import beijing

BOUGHT = beijing("2024-01-01 10:30")
LATER = beijing("2024-03-10 08:00")


@pytest.fixture
def store(tmp_path: Path, settings: Any) -> Path:
    """An empty store of the test's own."""
    settings.PARTNER_CENTER_STORE = str(tmp_path / "store")
    return tmp_path / "store"


@pytest.fixture
def partner(db: None) -> Partner:
    return make_solution_provider()


@pytest.fixture
def lin(partner: Partner) -> Customer:
    with clock.at(BOUGHT):
        return make_customer(partner)


@pytest.fixture
def mallory(db: None) -> Customer:
    """A stranger."""
    return make_customer(make_solution_provider())


@pytest.fixture
def server(db: None) -> Product:
    with clock.at(BOUGHT):
        return make_product(begins_at=BOUGHT)


@pytest.fixture
def vm(lin: Customer, server: Product, store: Path) -> OnDemandResource:
    with clock.at(BOUGHT):
        return make_on_demand(lin, server)


@pytest.fixture
def volume(lin: Customer, store: Path) -> OnDemandResource:
    with clock.at(BOUGHT):
        disk = make_product(
            "GPSSD",
            hour="0.001",
            measure=17,
            sizes=(10, 1000, 10),
            service="hws.service.type.ebs",
            resource_type="hws.resource.type.volume",
            begins_at=BOUGHT,
        )
        return make_on_demand(lin, disk, size=40)


@pytest.fixture
def later(db: None) -> Iterator[None]:
    """The clock stands in March."""
    with clock.at(LATER):
        yield
