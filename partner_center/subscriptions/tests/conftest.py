"""A customer that leases, in January 2024."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from partner_center.catalogue.makers import make_product
from partner_center.catalogue.models import Product
from partner_center.customers.makers import make_customer
from partner_center.customers.models import Customer
from partner_center.kernel import clock
from partner_center.partners.makers import make_solution_provider
from partner_center.partners.models import Partner
from partner_center.subscriptions.tests.living import beijing

BOUGHT = beijing("2024-01-01 10:30")


@pytest.fixture
def then(db: None) -> Iterator[None]:
    """The clock stands at the moment of the purchase."""
    with clock.at(BOUGHT):
        yield


@pytest.fixture
def partner(then: None) -> Partner:
    return make_solution_provider()


@pytest.fixture
def lin(partner: Partner) -> Customer:
    """A resale customer of the partner, level V0, with a mail address and a mobile."""
    return make_customer(
        partner, name="lin-trading", mobile="13812345678", email="it@lin.example", level="V0"
    )


@pytest.fixture
def mallory(then: None) -> Customer:
    """A stranger."""
    return make_customer(make_solution_provider(), name="mallory")


@pytest.fixture
def server(then: None) -> Product:
    return make_product(begins_at=BOUGHT)


@pytest.fixture
def disk(then: None) -> Product:
    return make_product(
        "GPSSD",
        month="0.70",
        year="7.00",
        hour="0.001",
        measure=17,
        sizes=(10, 1000, 10),
        service="hws.service.type.ebs",
        resource_type="hws.resource.type.volume",
        begins_at=BOUGHT,
    )
