"""The pages about orders: who sees what, what can be done from them, and prices shown before they are confirmed."""

from __future__ import annotations

import pytest

from partner_center.catalogue.makers import make_product
from partner_center.console.registry import PAGES
from partner_center.customers.makers import as_customer, make_customer
from partner_center.kernel import clock
from partner_center.orders.makers import make_order, make_paid_order, renew, resource_of, wish_for
from partner_center.orders.models import Order
from partner_center.orders.states import OrderState, OrderType
from partner_center.orders.tests.conftest import beijing, make_scene, yuan
from partner_center.partners.makers import as_partner, as_staff, make_distributor, make_reseller
from partner_center.pricing.makers import make_discount
from partner_center.subscriptions.models import OnDemandResource, Resource
from tests.pages import as_reader

OF_A_RESOURCE = ("renew-resource", "change-resource", "convert-resource", "unsubscribe-resource")


@pytest.fixture
def funded(scene):
    scene.fund("1000.00")
    return scene


@pytest.fixture
def as_buyer(funded):
    with as_reader(funded.actor) as reader:
        yield reader


def names(answer):
    assert answer.status_code == 200
    return [line.name for line in answer.context["page"].lines]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_opens_for_whom_it_is(funded, language):
    order = make_paid_order(funded.customer, funded.server)
    unpaid = make_order(funded.customer, funded.server)
    resource = resource_of(order)
    for actor in (funded.actor, funded.as_its_partner, as_staff()):
        with as_reader(actor, language) as reader:
            assert set(names(reader.get("orders"))) == {order.number, unpaid.number}
            assert "100.00" in reader.get("order", row=order).content.decode()
            assert reader.get("refunds").status_code == 200
            for page in ("order-numbers", "fulfilments", "reserve-numbers"):
                expected = 200 if PAGES[page].open_to(actor) else 403
                assert reader.get(page).status_code == expected, page
            if PAGES["purchase"].open_to(actor):
                assert reader.get("purchase")["Location"] == PAGES["calculator"].url()
    with as_reader(funded.actor, language) as reader:
        assert reader.get("pay-order", row=unpaid).status_code == 200
        for page in OF_A_RESOURCE:
            assert reader.get(page, row=resource).status_code == 200


def test_nobody_sees_a_strangers_order(funded):
    order = make_order(funded.customer, funded.server)
    for stranger in (as_customer(make_customer(None)), as_partner(make_distributor())):
        with as_reader(stranger) as reader:
            assert names(reader.get("orders")) == []
            assert reader.get("order", row=order).status_code == 404


def test_a_distributor_tells_its_own_customers_from_its_resellers(scene):
    distributor = make_distributor()
    own = make_order(make_customer(distributor, association_type="referral"), scene.server)
    theirs = make_order(make_customer(make_reseller(distributor), association_type="referral"), scene.server)
    with as_reader(as_partner(distributor)) as reader:
        assert set(names(reader.get("orders"))) == {own.number, theirs.number}
        assert names(reader.get("orders", whose="own")) == [own.number]
        assert names(reader.get("orders", whose="resellers")) == [theirs.number]
        assert reader.get("order", row=theirs).status_code == 200


def test_orders_are_paid_and_cancelled_in_batch(as_buyer, funded):
    one, two, theirs = (
        make_order(customer, funded.server)
        for customer in (funded.customer, funded.customer, make_customer(None))
    )
    as_buyer.post("orders", deed="pay-all", row=[one.pk, theirs.pk])
    as_buyer.post("orders", deed="cancel-all", row=[one.pk, two.pk, theirs.pk])
    states = {order.pk: order.state for order in Order.objects.all()}
    assert states == {
        one.pk: OrderState.PROCESSING,
        two.pk: OrderState.CANCELLED,
        theirs.pk: OrderState.AWAITING_PAYMENT,
    }


def test_paying_shows_each_discount_before(as_buyer, funded):
    discount = make_discount(funded.customer, ratio="0.7")
    order = make_order(funded.customer, funded.server)
    assert "100.00 CNY" in as_buyer.get("pay-order", row=order).content.decode()
    shown = as_buyer.get("pay-order", row=order, discount_id=discount.number).content.decode()
    assert "70.00 CNY" in shown and "1000.00 CNY" in shown
    as_buyer.post("pay-order", of=order, discount_id=discount.number)
    assert funded.cash == yuan("930.00")


def test_a_refusal_is_told_beside_the_button(as_buyer, funded):
    order = make_order(funded.customer, wishes=[wish_for(funded.server, subscription_num=11)])
    answer = as_buyer.post("pay-order", of=order, discount_id="")
    assert "The balance is not enough" in answer.content.decode()
    assert Order.objects.get(pk=order.pk).state is OrderState.AWAITING_PAYMENT


def test_what_comes_back_is_shown_before_it_is_confirmed(as_buyer, funded):
    with clock.at(beijing(2026, 1, 1, 10, 30)):
        resource = resource_of(make_paid_order(funded.customer, funded.server))
    with clock.at(beijing(2026, 1, 10)):
        renew(resource)
    with clock.at(beijing(2026, 1, 15, 18, 40)):
        both = as_buyer.get("unsubscribe-resource", row=resource).content.decode()
        assert "154.62 CNY" in both and "344 / 758" in both
        assert "100.00 CNY" in as_buyer.get("unsubscribe-resource", row=resource, kind=2).content.decode()
        unsure = as_buyer.post("unsubscribe-resource", of=resource, kind=1)
        assert unsure.status_code == 200 and Resource.objects.get(pk=resource.pk).closed_at is None
        as_buyer.post("unsubscribe-resource", of=resource, kind=1, agreed="on")
    order = Order.objects.get(type=OrderType.UNSUBSCRIPTION)
    assert order.payable == yuan("-154.62")
    html = as_buyer.get("order", row=order).content.decode()
    assert "344 of 758 hours" in html


def test_renewing_changing_and_converting(as_buyer, funded):
    with clock.at(beijing(2026, 1, 1)):
        large = make_product("c6.xlarge.2.linux", month="160.00")
    resource = resource_of(make_paid_order(funded.customer, funded.server))
    assert (
        "300.00 CNY" in as_buyer.get("renew-resource", row=resource, unit="month", number=3).content.decode()
    )
    as_buyer.post("renew-resource", of=resource, unit="month", number=1)
    renewal = Order.objects.get(type=OrderType.RENEWAL)
    assert renewal.state is OrderState.AWAITING_PAYMENT
    as_buyer.post("orders", deed="cancel", row=renewal.pk)
    assert (
        "60.00 CNY"
        in as_buyer.get("change-resource", row=resource, resource_spec=large.spec).content.decode()
    )
    as_buyer.post("change-resource", of=resource, resource_spec=large.spec, pay_now="on")
    assert Order.objects.get(type=OrderType.CHANGE).state is OrderState.PROCESSING
    from partner_center.orders import jobs

    jobs.fulfil()
    assert "160.00 CNY" in as_buyer.get("convert-resource", row=resource).content.decode()
    as_buyer.post("convert-resource", of=resource, agreed="on")
    assert OnDemandResource.objects.count() == 1


def test_a_product_is_bought_from_the_calculator(as_buyer, funded):
    product = funded.server
    query = {
        "cloud_service_type": product.service.code,
        "resource_type": product.resource_type.code,
        "resource_spec": product.spec,
        "region": product.region.code,
        "period_type": 2,
        "period_num": 3,
        "subscription_num": 2,
    }
    assert "600.00 CNY" in as_buyer.get("purchase", **query).content.decode()
    as_buyer.post("purchase", **query, resource_name="web", pay_now="on")
    order = Order.objects.get()
    assert (order.payable, order.state) == (yuan("600.00"), OrderState.PROCESSING)


def test_a_partner_buys_for_who_has_authorised_it_and_the_customer_confirms(db):
    scene = make_scene(association_type="resale", authorised=True)
    product = scene.server
    asked = {
        "customer": scene.customer.pk,
        "cloud_service_type": product.service.code,
        "resource_type": product.resource_type.code,
        "resource_spec": product.spec,
        "region": product.region.code,
        "period_type": 2,
        "period_num": 1,
        "subscription_num": 1,
    }
    with as_reader(scene.as_its_partner) as reader:
        reader.post("purchase", **asked)
    order = Order.objects.get()
    assert order.state is OrderState.AWAITING_CONFIRMATION
    with as_reader(scene.actor) as reader:
        assert "Orders placed for you" in reader.get("home").content.decode()
        reader.post("order", of=order, deed="confirm", row=order.pk)
    assert Order.objects.get().state is OrderState.AWAITING_PAYMENT


def test_numbers_are_reserved_and_listed(as_buyer):
    as_buyer.post("reserve-numbers", count=3)
    assert len(names(as_buyer.get("order-numbers"))) == 3
    assert names(as_buyer.get("order-numbers", used="yes")) == []
