"""Of two at once one is too late, and no money moves twice: threads, on whichever database the run uses."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from partner_center.catalogue.models import Product
from partner_center.customers.makers import make_customer
from partner_center.kernel.errors import DomainError
from partner_center.orders.actions import (
    cancel_order,
    pay_order,
    place_order,
    reserve_order_numbers,
    unsubscribe,
)
from partner_center.orders.errors import CannotCancel, NumberNotUsable, OrderMoved
from partner_center.orders.makers import make_order, make_paid_order, resource_of, wish_for
from partner_center.orders.models import FiveDayReturn, Order
from partner_center.orders.states import OrderState
from partner_center.orders.tests.conftest import Scene, make_scene, yuan
from partner_center.subscriptions.models import Resource

pytestmark = pytest.mark.usefixtures("real_db")


def together(*deeds: Callable[[], Any]) -> list[Any]:
    """Do all of this at once, each in a thread and on a connection of its own; refusals are results."""
    start = Barrier(len(deeds))

    def one(deed: Callable[[], Any]) -> Any:
        try:
            start.wait()
            return deed()
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(one, deeds))


def test_of_eight_payers_one_pays():
    scene = make_scene()
    scene.fund("1000.00")
    order = make_order(scene.customer, scene.server)

    def pay() -> None:
        pay_order(
            scene.actor,
            order=Order.objects.select_related("customer__account", "customer__partner").get(pk=order.pk),
        )

    results = together(*[pay] * 8)

    assert sum(result is None for result in results) == 1
    assert sum(isinstance(result, OrderMoved) for result in results) == 7
    assert scene.cash == yuan("900.00")


def test_of_two_orders_and_money_for_one_one_is_paid():
    scene = make_scene()
    scene.fund("150.00")
    orders = [make_order(scene.customer, scene.server) for _ in range(4)]
    results = together(*[lambda order=order: pay_order(scene.actor, order=order) for order in orders])
    assert sorted(getattr(result, "code", "paid") for result in results) == ["CBC.99005003"] * 3 + ["paid"]
    assert scene.cash == yuan("50.00")


def test_either_paid_or_cancelled():
    for _round in range(5):
        scene = make_scene_again()
        scene.fund("100.00")
        order = make_order(scene.customer, scene.server)
        same = Order.objects.select_related("customer__account", "customer__partner").get(pk=order.pk)
        paid, cancelled = together(
            partial(pay_order, scene.actor, order=order),
            partial(cancel_order, scene.actor, order=same),
        )
        state = Order.objects.get(pk=order.pk).state
        if paid is None:
            assert isinstance(cancelled, CannotCancel)
            assert (state, scene.cash) == (OrderState.PROCESSING, yuan("0.00"))
        else:
            assert isinstance(paid, OrderMoved) and cancelled is None
            assert (state, scene.cash) == (OrderState.CANCELLED, yuan("100.00"))


def test_a_number_becomes_one_order():
    scene = make_scene()
    (number,) = reserve_order_numbers(scene.actor, count=1)

    def place() -> Order:
        return place_order(
            scene.actor, customer=scene.customer, wishes=[wish_for(scene.server)], number=number
        )

    results = together(*[place] * 4)
    assert sum(isinstance(result, Order) for result in results) == 1
    assert sum(isinstance(result, NumberNotUsable) for result in results) == 3


def test_a_resource_is_given_back_once():
    scene = make_scene()
    scene.fund("100.00")
    resource = resource_of(make_paid_order(scene.customer, scene.server))

    def give_back() -> Any:
        found = Resource.objects.select_related("customer__account", "product", "main_resource").get(
            pk=resource.pk
        )
        return unsubscribe(scene.actor, resources=[found], kind=1)

    results = together(*[give_back] * 4)
    assert sum(isinstance(result, list) for result in results) == 1, results
    assert scene.cash == yuan("100.00")


def test_ten_returns_at_once_stay_ten(settings):
    settings.ORDERS = {"five_day_quota": 2}
    scene = make_scene()
    scene.fund("400.00")
    resources = [resource_of(make_paid_order(scene.customer, scene.server)) for _ in range(4)]
    together(*[lambda one=one: unsubscribe(scene.actor, resources=[one], kind=1) for one in resources])
    assert FiveDayReturn.objects.count() <= 2


def make_scene_again() -> Any:
    """Another customer with the same product in the same database."""
    if not Product.objects.exists():
        return make_scene()
    product = Product.objects.detailed().get()
    customer = make_customer(None)
    return Scene(None, customer, product)  # type: ignore[arg-type]
