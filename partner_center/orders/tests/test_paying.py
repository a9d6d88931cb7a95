"""Paying: the deed, and every refusal that leaves no trace."""

from __future__ import annotations

from datetime import timedelta

import pytest

from partner_center.customers.makers import as_customer, make_customer
from partner_center.foundation.models import TrailEntry
from partner_center.kernel import clock
from partner_center.ledger.errors import InsufficientBalance
from partner_center.ledger.models import Entry
from partner_center.orders.actions import pay_order
from partner_center.orders.errors import CouponNotUsable, OnlyTheCustomerPays, OrderMoved, PaymentTooLate
from partner_center.orders.makers import delivered, make_order, make_paid_order, resource_of
from partner_center.orders.models import Fulfilment, Order, Payment
from partner_center.orders.states import OrderState
from partner_center.orders.tests.conftest import yuan


def test_paying_moves_the_money_and_the_state_together(scene):
    scene.fund("130.00")
    order = make_order(scene.customer, scene.server)

    pay_order(scene.actor, order=order)

    assert order.state is OrderState.PROCESSING
    assert scene.cash == yuan("30.00")
    assert [(one.means, one.amount) for one in Payment.objects.all()] == [("cash", yuan("100.00"))]
    assert TrailEntry.objects.filter(verb="order.pay", subject_id=str(order.pk)).count() == 1
    assert Entry.objects.filter(reference=f"order:{order.number}").count() == 1


def test_cash_pays_before_credit(scene):
    scene.fund("60.00")
    scene.lend("500.00")
    order = make_paid_order(scene.customer, scene.server)
    assert {one.means: one.amount for one in order.payments.all()} == {
        "cash": yuan("60.00"),
        "credit": yuan("40.00"),
    }
    assert scene.balances.credit_used == yuan("40.00")


def test_a_paid_order_is_carried_out_and_its_lease_begins(scene):
    scene.fund("100.00")
    order = make_paid_order(scene.customer, scene.server)
    assert order.state is OrderState.COMPLETED
    resource = resource_of(order)
    period = resource.periods.get()
    assert (period.official, period.payable, period.cash, period.credit) == tuple(
        map(yuan, ["100", "100", "100", "0"])
    )
    assert order.lines.get().resource_ids == [resource.resource_id]


def test_an_empty_balance_leaves_everything_as_it_was(scene):
    scene.fund("99.99")
    order = make_order(scene.customer, scene.server)
    trail = TrailEntry.objects.count()

    with pytest.raises(InsufficientBalance) as refusal:
        pay_order(scene.actor, order=order)

    assert refusal.value.code == "CBC.99005003"
    assert Order.objects.get(pk=order.pk).state is OrderState.AWAITING_PAYMENT
    assert scene.cash == yuan("99.99")
    assert not Payment.objects.exists() and not Fulfilment.objects.exists()
    assert TrailEntry.objects.count() == trail


def test_the_second_payer_is_too_late(scene):
    scene.fund("300.00")
    order = make_order(scene.customer, scene.server)
    same = Order.objects.get(pk=order.pk)
    pay_order(scene.actor, order=order)

    with pytest.raises(OrderMoved) as refusal:
        pay_order(scene.actor, order=same)

    assert refusal.value.code == "CBC.99003106"
    assert scene.cash == yuan("200.00")


def test_the_deadline_is_seven_days_after_placing_to_the_moment(scene):
    order = Order.objects.get(pk=make_order(scene.customer, scene.server).pk)
    assert order.payment_due_at == order.created_at + timedelta(days=7)


def test_after_the_deadline_nobody_can_pay(scene):
    scene.fund("300.00")
    order = make_order(scene.customer, scene.server)
    with clock.at(order.payment_due_at), pytest.raises(PaymentTooLate) as refusal:
        pay_order(scene.actor, order=order)
    assert refusal.value.code == "CBC.99003110"
    with clock.at(order.payment_due_at - timedelta(seconds=1)):
        pay_order(scene.actor, order=order)
    assert scene.cash == yuan("200.00")


def test_nobody_else_pays(scene):
    scene.fund("300.00")
    order = make_order(scene.customer, scene.server)
    for stranger in (scene.as_its_partner, as_customer(make_customer(None))):
        with pytest.raises(OnlyTheCustomerPays):
            pay_order(stranger, order=order)
    assert scene.cash == yuan("300.00")


def test_a_coupon_that_does_not_exist_pays_nothing(scene):
    scene.fund("300.00")
    order = make_order(scene.customer, scene.server)
    with pytest.raises(CouponNotUsable):
        pay_order(scene.actor, order=order, coupons=["nobody's"])
    assert scene.cash == yuan("300.00")


def test_of_one_payment_shared_by_three_servers_no_cent_is_lost(scene):
    scene.fund("250.01")
    scene.lend("500.00")
    wish = {"subscription_num": 3}
    from partner_center.orders.makers import wish_for

    order = make_order(scene.customer, wishes=[wish_for(scene.server, **wish)])
    pay_order(scene.actor, order=order)
    order = delivered(order)
    periods = [resource.periods.get() for resource in _resources(order)]
    assert sum(one.cash.minor for one in periods) == 250_01
    assert sum(one.credit.minor for one in periods) == 49_99
    assert {one.payable for one in periods} == {yuan("100.00")}


def _resources(order):
    from partner_center.subscriptions.models import Resource

    return Resource.objects.filter(order_number=order.number)
