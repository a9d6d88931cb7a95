"""Expected renewals: searched, exported with prices, ordered for a customer by its authorised partner."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from partner_center.catalogue.makers import make_product
from partner_center.customers.actions import revoke_authorisation
from partner_center.customers.makers import as_customer, make_customer
from partner_center.customers.models import Authorisation, Customer
from partner_center.identity.door import actor_of
from partner_center.kernel import clock
from partner_center.orders.models import Order
from partner_center.orders.states import OrderState, OrderType
from partner_center.partners.makers import as_partner, make_account_manager, make_solution_provider
from partner_center.partners.models import Partner
from partner_center.subscriptions.makers import make_lease
from partner_center.subscriptions.models import Resource
from tests.pages import as_reader

NOW = datetime(2026, 3, 10, 4, tzinfo=UTC)


@pytest.fixture
def partner(db: None) -> Partner:
    return make_solution_provider()


@pytest.fixture
def customer(partner: Partner) -> Customer:
    return make_customer(partner, authorised=True)


@pytest.fixture
def leases(customer: Customer) -> list[Resource]:
    """Three servers, the first of which expires within 7 days and the second within 15."""
    with clock.at(NOW):
        product = make_product("s6.small.1.linux", month="100.00", year="1000.00")
    made = [make_lease(customer, product, name=f"web-{number}", begins_at=NOW) for number in (1, 2, 3)]
    for lease, days in zip(made, (6, 14, 40), strict=True):
        Resource.objects.filter(pk=lease.pk).update(expires_at=NOW + timedelta(days=days))
    return made


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [line.name for line in answer.context["page"].lines]


def test_renewals_are_searched_by_their_ids_and_exported_with_prices(
    partner: Partner, customer: Customer, leases: list[Resource]
) -> None:
    with clock.at(NOW), as_reader(as_partner(partner)) as reader:
        assert names(reader.get("renewals", due="7")) == ["web-1"]
        assert names(reader.get("renewals", due="15")) == ["web-1", "web-2"]
        wanted = f"{leases[2].resource_id}, {leases[0].resource_id}\n nobody"
        assert names(reader.get("renewals", ids=wanted)) == ["web-1", "web-3"]
        many = " ".join(str(number) for number in range(201))
        assert len(names(reader.get("renewals", ids=many))) == 3, "more than 200 are not understood"

        address = f"/console/renewals/?{urlencode({'ids': wanted})}"
        file = b"".join(reader.post(address, export="csv").streaming_content).decode("utf-8-sig")
    assert "Renewal for one month" in file.splitlines()[0]
    assert file.count("100.00") >= 2 and file.count("1000.00") >= 2


def test_an_authorised_partner_renews_and_its_customer_confirms(
    partner: Partner, customer: Customer, leases: list[Resource]
) -> None:
    with clock.at(NOW), as_reader(as_partner(partner)) as reader:
        page = reader.get("renew-resource", row=leases[0], unit="month", number=2).content.decode()
        assert "200.00 CNY" in page and "pay_now" not in page
        reader.post("renew-resource", of=leases[0], unit="month", number=2)
        reader.post(
            "renewals",
            deed="renew-chosen-for",
            row=[leases[1].pk, leases[2].pk],
            unit="year",
            number=1,
        )
    orders = Order.objects.filter(type=OrderType.RENEWAL)
    assert [one.state for one in orders] == [OrderState.AWAITING_CONFIRMATION] * 3
    assert sorted(str(one.payable) for one in orders) == ["1000.00 CNY", "1000.00 CNY", "200.00 CNY"]


def test_nobody_renews_for_a_customer_that_has_not_authorised_it(
    partner: Partner, customer: Customer, leases: list[Resource]
) -> None:
    consent = Authorisation.objects.select_related("customer__account", "partner__account").get()
    revoke_authorisation(as_customer(customer), authorisation=consent, reason="enough")
    stranger = make_solution_provider()
    with clock.at(NOW):
        with as_reader(as_partner(partner)) as reader:
            assert (
                "200.00"
                not in reader.get("renew-resource", row=leases[0], unit="month", number=2).content.decode()
            )
            reader.post("renew-resource", of=leases[0], unit="month", number=1)
            reader.post("renewals", deed="renew-chosen-for", row=[leases[1].pk], unit="month", number=1)
        with as_reader(as_partner(stranger)) as reader:
            assert reader.get("renew-resource", row=leases[0]).status_code == 404
            assert names(reader.get("renewals", ids=leases[0].resource_id)) == []
    assert not Order.objects.exists()


def test_an_account_manager_does_not_see_renewals_of_others(partner: Partner, leases: list[Resource]) -> None:
    with clock.at(NOW), as_reader(actor_of(make_account_manager(partner))) as reader:
        assert names(reader.get("renewals")) == []
