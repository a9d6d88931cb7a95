"""Orders that a partner places for its customer: authorised, confirmed by the customer itself, in time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from partner_center.catalogue.makers import make_product
from partner_center.customers.actions import revoke_authorisation
from partner_center.customers.makers import as_customer, authorise, make_customer
from partner_center.customers.models import Authorisation
from partner_center.foundation.models import OutboxMessage
from partner_center.funds.actions import adjust_balance
from partner_center.funds.queries import balances_of
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.orders import jobs
from partner_center.orders.actions import (
    approve_order,
    change_resource,
    confirm_order,
    decline_order,
    pay_order,
    place_order,
    reject_order,
    unsubscribe,
)
from partner_center.orders.errors import (
    MayNotOrderFor,
    NotAwaitingConfirmation,
    OnlyTheCustomerConfirms,
    OnlyTheCustomerPays,
)
from partner_center.orders.makers import delivered, make_paid_order, resource_of, wish_for
from partner_center.orders.models import Order
from partner_center.orders.states import OrderState
from partner_center.orders.tests.conftest import Scene, beijing, make_scene, yuan
from partner_center.partners.makers import (
    ALL_RIGHTS,
    as_partner,
    as_staff,
    make_distributor,
    make_reseller,
    make_solution_provider,
)
from tests.calling import call


@pytest.fixture
def resale(db) -> Scene:
    return make_scene(association_type="resale", authorised=True, email="it@example.com")


def order_for_customer(scene: Scene) -> Order:
    return place_order(scene.as_its_partner, customer=scene.customer, wishes=[wish_for(scene.server)])


def test_it_waits_for_the_customer_who_is_told(resale):
    order = order_for_customer(resale)
    assert (order.state, order.state.wire, order.source) == (OrderState.AWAITING_CONFIRMATION, 9, 2)
    assert OutboxMessage.objects.filter(template="orders.to_confirm").count() == 1


def test_only_the_customer_itself_confirms(resale):
    order = order_for_customer(resale)
    with_a_token = replace(resale.actor, acting_partner_id=resale.partner.pk)
    for someone in (resale.as_its_partner, with_a_token, as_customer(make_customer(None)), as_staff()):
        with pytest.raises(OnlyTheCustomerConfirms):
            confirm_order(someone, order=order)
    confirm_order(resale.actor, order=order)
    assert order.state is OrderState.AWAITING_PAYMENT
    with pytest.raises(NotAwaitingConfirmation):
        decline_order(resale.actor, order=order)


def test_with_its_customers_token_a_partner_orders_for_confirmation_and_pays_nothing(resale):
    resale.fund("1000.00")
    with_a_token = replace(resale.actor, acting_partner_id=resale.partner.pk)
    order = place_order(with_a_token, customer=resale.customer, wishes=[wish_for(resale.server)])
    assert (order.state, order.source) == (OrderState.AWAITING_CONFIRMATION, 2)
    confirm_order(resale.actor, order=order)
    with pytest.raises(OnlyTheCustomerPays):
        pay_order(with_a_token, order=order)
    assert resale.cash == yuan("1000.00")


def test_a_confirmed_downgrade_costs_nothing_and_gives_back(resale):
    resale.fund("1000.00")
    with clock.at(beijing(2026, 1, 1)):
        large = make_product("c6.xlarge.2.linux", month="160.00", year="1600.00")
        resource = resource_of(make_paid_order(resale.customer, large))
    with clock.at(beijing(2026, 1, 15, 18, 40)):
        order = change_resource(resale.as_its_partner, resource=resource, resource_spec=resale.server.spec)
        assert (order.state, resale.cash) == (OrderState.AWAITING_CONFIRMATION, yuan("840.00"))
        confirm_order(resale.actor, order=order)
        pay_order(resale.actor, order=order)
        assert delivered(order).state is OrderState.COMPLETED
    assert resale.cash == yuan("840.00") - order.payable
    assert order.payable.minor < 0


def test_a_downgrade_confirmed_late_gives_back_what_is_unused_then(resale):
    resale.fund("1000.00")
    with clock.at(beijing(2026, 1, 1)):
        large = make_product("c6.xlarge.2.linux", month="160.00", year="1600.00")
        ours, theirs = (resource_of(make_paid_order(resale.customer, large)) for _one in range(2))
    with clock.at(beijing(2026, 1, 10)):
        late = change_resource(resale.as_its_partner, resource=ours, resource_spec=resale.server.spec)
        at_once = late.payable
    with clock.at(beijing(2026, 1, 14)):
        direct = change_resource(resale.actor, resource=theirs, resource_spec=resale.server.spec)
        confirm_order(resale.actor, order=late)
        pay_order(resale.actor, order=late)
        assert delivered(late).state is OrderState.COMPLETED

    assert at_once < late.payable == direct.payable
    assert [line.amount for line in late.refund_lines.all()] == [-direct.payable]


def test_declined_is_cancelled(resale):
    order = order_for_customer(resale)
    decline_order(resale.actor, order=order)
    assert (order.state, order.cancellation) == (OrderState.CANCELLED, "declined")


def test_it_lapses_unconfirmed(resale):
    order = order_for_customer(resale)
    with clock.at(order.payment_due_at):
        jobs.lapse()
    assert Order.objects.get(pk=order.pk).state is OrderState.CANCELLED


def test_without_consent_nothing_is_ordered(resale):
    revoke_authorisation(resale.actor, authorisation=Authorisation.objects.get(), reason="no more")
    with pytest.raises(MayNotOrderFor):
        order_for_customer(resale)


def test_a_reseller_needs_its_distributors_grant(db, resale):
    distributor = make_distributor()
    granted = make_reseller(distributor, rights=ALL_RIGHTS)
    customer = make_customer(granted, association_type="resale")
    authorise(customer)
    order = place_order(as_partner(granted), customer=customer, wishes=[wish_for(resale.server)])
    assert order.state is OrderState.AWAITING_CONFIRMATION
    with pytest.raises(MayNotOrderFor):
        place_order(as_partner(distributor), customer=customer, wishes=[wish_for(resale.server)])


def test_the_customer_confirms_through_the_native_api(resale):
    one, two = order_for_customer(resale), order_for_customer(resale)

    def answer(number: str, what: str, who: Any = None) -> Any:
        return call(who or resale.customer.account, "POST", f"/api/v1/orders/{number}/{what}")

    assert answer(one.number, "confirm").json()["status"] == 6
    assert answer(two.number, "decline").json()["status"] == 4
    again = answer(two.number, "confirm")
    assert (again.status_code, again.json()["error_code"]) == (400, "CBC.99003106")
    assert answer(one.number, "decline", resale.partner.account).status_code == 403
    stranger = answer(one.number, "decline", make_customer(None).account)
    assert stranger.json()["error_code"] == "CBC.30000010"


def test_reviewed_services_are_looked_at_first(resale, settings):
    settings.ORDERS = {"reviewed_services": ["hws.service.type.ec2"]}
    own = place_order(resale.actor, customer=resale.customer, wishes=[wish_for(resale.server)])
    proxy = order_for_customer(resale)
    assert own.state is proxy.state is OrderState.UNDER_REVIEW
    approve_order(as_staff(), order=own)
    assert own.state is OrderState.AWAITING_PAYMENT
    approve_order(as_staff(), order=proxy)
    assert proxy.state is OrderState.AWAITING_CONFIRMATION
    third = order_for_customer(resale)
    reject_order(as_staff(), order=third, reason="Not this one.")
    assert (third.state, third.cancellation, third.reason) == (
        OrderState.CANCELLED,
        "rejected",
        "Not this one.",
    )


class TestInternational:
    """A resale customer of the international site has no money of its own: its partner is billed (lifecycles 10)."""

    @pytest.fixture
    def scene(self, db):
        with clock.at(beijing(2026, 1, 1)):
            partner = make_solution_provider(site="intl")
            customer = make_customer(partner, association_type="resale", budget="5000")
            server = make_product(
                region="ap-southeast-1", currency="USD", month="15.50", year=None, hour=None
            )
            adjust_balance(as_staff(), account=partner.account, amount=Money.of("100.00", "USD"), memo="test")
            return Scene(partner, customer, server)

    def cash(self, scene):
        return str(balances_of(scene.partner.pk).cash)

    def test_its_partner_pays_and_is_paid_back(self, scene):
        order = place_order(scene.actor, customer=scene.customer, wishes=[wish_for(scene.server)])
        assert order.currency == "USD"
        pay_order(scene.actor, order=order)
        order = delivered(order)
        assert (order.payer_id, self.cash(scene)) == (scene.partner.pk, "84.50 USD")
        shown = call(scene.customer.account, "GET", "/v2/orders/customer-orders").json()["order_infos"][0]
        assert shown["agent_pay_info"] == {"paying_agent_id": scene.partner.pk, "is_agent_pay": True}
        with clock.at(clock.now()):
            (back,) = unsubscribe(scene.actor, resources=[resource_of(order)], kind=1)
        line = back.refund_lines.get(kind="refund")
        assert (line.payee_id, line.rule) == (scene.partner.pk, "by_the_hour"), "no five days on this site"
        assert self.cash(scene) == "100.00 USD", "nothing was used within the hour"
