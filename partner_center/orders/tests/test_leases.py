"""Renewing, changing, giving back and converting: what it costs, what comes back, and to whom."""

from __future__ import annotations

from datetime import timedelta

import pytest

from partner_center.catalogue.makers import make_product
from partner_center.customers.models import Customer
from partner_center.foundation.laws import LAWS
from partner_center.foundation.rhythm import Slot
from partner_center.funds.actions import adjust_balance, allocate_to_customer
from partner_center.funds.queries import balances_of
from partner_center.kernel import clock
from partner_center.orders import jobs
from partner_center.orders.actions import (
    change_resource,
    convert_instantly,
    pay_order,
    release_refund,
    renew_resource,
    unsubscribe,
)
from partner_center.orders.errors import NothingToChange, WholeServiceOnly
from partner_center.orders.makers import delivered, make_order, make_paid_order, renew, resource_of, wish_for
from partner_center.orders.models import FiveDayReturn, Order, RefundLine
from partner_center.orders.refunds import preview_unsubscription
from partner_center.orders.states import OrderState, OrderType
from partner_center.orders.tests.conftest import beijing, make_scene, yuan
from partner_center.partners.makers import as_staff
from partner_center.pricing.makers import make_discount
from partner_center.subscriptions.errors import InPendingOrder, InUnpaidOrder, NoFuturePeriods, ResourceFrozen
from partner_center.subscriptions.models import OnDemandResource, Resource, ResourceState
from partner_center.subscriptions.rules import Term

BOUGHT = beijing(2026, 1, 1, 10, 30)


def fresh(resource: Resource) -> Resource:
    return Resource.objects.select_related("customer__account", "product", "main_resource").get(
        pk=resource.pk
    )


def bought(scene, *products, at=BOUGHT, **more) -> Resource:
    """A server (or other products) bought on 1 January for a month, delivered."""
    with clock.at(at):
        return resource_of(make_paid_order(scene.customer, *(products or (scene.server,)), **more))


def give_back(scene, resource, at, kind=1) -> Order:
    with clock.at(at):
        (order,) = unsubscribe(scene.actor, resources=[fresh(resource)], kind=kind)
        return delivered(order)


@pytest.fixture(autouse=True)
def the_laws_hold(request):
    """After every test of this file the books are right."""
    yield
    if "scene" in request.fixturenames:
        breaches = {name: one.first_breaches() for name, one in LAWS.items()}
        assert not {name: found for name, found in breaches.items() if found}


@pytest.fixture
def scene(db):
    made = make_scene()
    made.fund("10000.00")
    return made


class TestRenewing:
    def test_a_renewal_goes_on_from_the_old_expiry(self, scene):
        resource = bought(scene)
        old = resource.expires_at
        with clock.at(beijing(2026, 1, 20)):
            order = renew(resource, number=2)
        assert order.type == OrderType.RENEWAL and order.state is OrderState.COMPLETED
        assert fresh(resource).expires_at == beijing(2026, 4, 1, 23, 59, 59)
        assert order.lines.get().effective_at == old
        assert scene.cash == yuan("9700.00")

    def test_in_grace_it_also_goes_on_from_the_old_expiry(self, scene):
        resource = bought(scene)
        Resource.objects.filter(pk=resource.pk).update(state=ResourceState.GRACE)
        with clock.at(beijing(2026, 2, 5)):
            renew(fresh(resource))
        now = fresh(resource)
        assert (now.state, now.expires_at) == (ResourceState.IN_USE, beijing(2026, 3, 1, 23, 59, 59))

    def test_one_unfinished_order_a_resource(self, scene):
        resource = bought(scene)
        with clock.at(beijing(2026, 1, 20)):
            renew_resource(scene.actor, resource=fresh(resource), term=Term("month", 1))
            with pytest.raises(InUnpaidOrder):
                renew_resource(scene.actor, resource=fresh(resource), term=Term("month", 1))
            with pytest.raises(InPendingOrder) as refusal:
                unsubscribe(scene.actor, resources=[fresh(resource)], kind=1)
        assert refusal.value.code == "CBC.99003100"

    def test_children_are_renewed_with_their_main_resource(self, scene):
        disk = make_child(scene)
        with clock.at(beijing(2026, 1, 20)):
            order = renew(fresh(disk.main_resource))
        assert order.payable == yuan("128.00")
        assert (
            fresh(disk).expires_at == fresh(disk.main_resource).expires_at == beijing(2026, 3, 1, 23, 59, 59)
        )

    def test_auto_renewal_pays_at_three_seven_days_before_and_again_every_day(self, scene):
        make_discount(scene.customer, ratio="0.9", begins_at=beijing(2026, 1, 1))
        resource = bought(scene, auto_renew=True)
        assert scene.cash == yuan("9910.00")
        run_auto_renewal(beijing(2026, 1, 25, 2, 59))
        assert Order.objects.count() == 1
        drain_cash(scene)
        run_auto_renewal(beijing(2026, 1, 25, 3, 0))
        assert Order.objects.count() == 1
        assert "enough" in fresh(resource).auto_renewal.failure
        scene.fund("90.00")
        run_auto_renewal(beijing(2026, 1, 25, 9, 0))
        assert Order.objects.count() == 1, "once a day"
        run_auto_renewal(beijing(2026, 1, 26, 3, 0))
        with clock.at(beijing(2026, 1, 26, 3, 1)):
            jobs.fulfil()
        order = Order.objects.get(type=OrderType.RENEWAL)
        assert (order.is_automatic, order.payable, order.state) == (True, yuan("90.00"), OrderState.COMPLETED)
        assert fresh(resource).expires_at == beijing(2026, 3, 1, 23, 59, 59)
        assert scene.cash == yuan("0.00")


class TestUnsubscribing:
    def test_within_five_days_everything_comes_back_and_one_return_is_used(self, scene):
        order = give_back(scene, bought(scene), BOUGHT + timedelta(days=5) - timedelta(seconds=1))
        assert (order.type, order.state, order.payable) == (
            OrderType.UNSUBSCRIPTION,
            OrderState.COMPLETED,
            yuan("-100.00"),
        )
        assert scene.cash == yuan("10000.00")
        assert FiveDayReturn.objects.count() == 1

    def test_after_five_days_the_used_hours_are_kept(self, scene):
        resource = bought(scene)
        with clock.at(beijing(2026, 1, 15, 18, 40)):
            preview = preview_unsubscription(fresh(resource), clock.now())
        order = give_back(scene, resource, beijing(2026, 1, 15, 18, 40))
        # 344 of 758 hours: 45.38 of 100.00
        lines = {one.kind: one.amount for one in order.refund_lines.all()}
        assert lines == {"refund": yuan("54.62"), "consumed": yuan("45.38")}
        assert (preview.refund, preview.consumed, preview.fee) == (yuan("54.62"), yuan("45.38"), yuan("0.00"))
        assert scene.cash == yuan("9954.62")
        assert not FiveDayReturn.objects.exists()

    def test_the_fee_of_the_table_is_kept(self, scene, settings):
        settings.ORDERS = {"fees": [{"bought_months": 1, "used_months_up_to": 1, "percent": 10}]}
        order = give_back(scene, bought(scene), beijing(2026, 1, 15, 18, 40))
        assert {one.kind: str(one.amount) for one in order.refund_lines.all()} == {
            "refund": "44.62 CNY", "consumed": "45.38 CNY", "fee": "10.00 CNY",
        }  # fmt: skip

    def test_a_waived_fee_is_not_kept(self, scene, settings):
        settings.ORDERS = {
            "fees": [{"bought_months": 1, "used_months_up_to": 1, "percent": 10}],
            "fees_waived_for": [scene.customer.pk],
        }
        order = give_back(scene, bought(scene), beijing(2026, 1, 15, 18, 40))
        assert order.payable == yuan("-54.62")

    def test_the_eleventh_return_of_a_year_is_not_free(self, scene):
        resources = [bought(scene) for _ in range(11)]
        for resource in resources[:10]:
            assert give_back(scene, resource, BOUGHT + timedelta(days=1)).payable == yuan("-100.00")
        last = give_back(scene, resources[10], BOUGHT + timedelta(days=1))
        assert last.refund_lines.get(kind="consumed").amount == yuan("3.16")  # 24 of 758 hours
        assert FiveDayReturn.objects.count() == 10

    def test_renewed_periods_come_back_alone_and_use_no_return(self, scene):
        resource = bought(scene)
        with clock.at(beijing(2026, 1, 10)):
            renew(resource, number=3)
        order = give_back(scene, resource, beijing(2026, 1, 20), kind=2)
        assert order.payable == yuan("-300.00")
        now = fresh(resource)
        assert (now.state, now.expires_at, now.order_in_hand) == (
            ResourceState.IN_USE,
            resource.expires_at,
            "",
        )
        assert not FiveDayReturn.objects.exists()
        with pytest.raises(NoFuturePeriods) as refusal:
            give_back(scene, resource, beijing(2026, 1, 21), kind=2)
        assert refusal.value.code == "CBC.99003128"

    def test_the_resource_and_its_renewals_come_back_order_by_order(self, scene):
        resource = bought(scene)
        with clock.at(beijing(2026, 1, 10)):
            renewal = renew(resource, number=1)
        order = give_back(scene, resource, beijing(2026, 1, 15, 18, 40))
        back = {one.base_order_number: one.amount for one in order.refund_lines.filter(kind="refund")}
        assert back == {resource.order_number: yuan("54.62"), renewal.number: yuan("100.00")}
        assert fresh(resource).state is ResourceState.CLOSED

    def test_children_cannot_be_given_back_alone(self, scene):
        disk = make_child(scene)
        with pytest.raises(WholeServiceOnly) as refusal:
            unsubscribe(scene.actor, resources=[disk], kind=1)
        assert refusal.value.code == "CBC.99003185"

    def test_children_come_back_with_their_main_resource(self, scene):
        disk = make_child(scene)
        order = give_back(scene, disk.main_resource, BOUGHT + timedelta(days=1))
        assert order.payable == yuan("-128.00")
        assert order.lines.count() == 2
        assert FiveDayReturn.objects.count() == 1, "bound resources count once"

    def test_a_frozen_resource_stays(self, scene):
        resource = bought(scene)
        Resource.objects.filter(pk=resource.pk).update(frozen_by_police=True)
        with pytest.raises(ResourceFrozen):
            give_back(scene, resource, BOUGHT + timedelta(days=1))

    def test_credit_comes_back_as_credit(self, scene):
        drain_cash(scene)
        scene.fund("40.00")
        scene.lend("100.00")
        give_back(scene, bought(scene), BOUGHT + timedelta(days=1))
        assert (scene.cash, scene.balances.credit_used) == (yuan("40.00"), yuan("0.00"))

    def test_a_large_refund_waits_for_an_operator(self, scene, settings):
        settings.ORDERS = {"large_refunds": {"CNY": 99_99}}
        order = give_back(scene, bought(scene), BOUGHT + timedelta(days=1))
        assert order.state is OrderState.REFUNDING
        assert scene.cash == yuan("9900.00")
        with clock.at(BOUGHT + timedelta(days=2)):
            release_refund(as_staff(), order=order)
        assert order.state is OrderState.COMPLETED
        assert scene.cash == yuan("10000.00")


class TestDestinations:
    def test_money_of_a_former_resale_customer_is_its_partners(self, db):
        scene = make_scene(association_type="resale")
        with clock.at(BOUGHT):
            fund_partner(scene, "500.00")
            allocate_to_customer(scene.as_its_partner, customer=scene.customer, amount=yuan("100.00"))
        resource = bought(scene)
        Customer.objects.filter(pk=scene.customer.pk).update(
            partner=None, association_type="", associated_at=None
        )
        before = balances_of(scene.partner.pk).cash
        give_back(scene, resource, BOUGHT + timedelta(days=2))
        assert balances_of(scene.partner.pk).cash - before == yuan("100.00")
        assert scene.cash == yuan("0.00")


class TestChanging:
    @pytest.fixture
    def large(self, scene):
        with clock.at(beijing(2026, 1, 1)):
            return make_product("c6.xlarge.2.linux", month="160.00", year="1600.00")

    def test_an_upgrade_charges_the_difference_of_the_rest(self, scene, large):
        resource = bought(scene)
        with clock.at(beijing(2026, 1, 15, 18, 40)):
            order = change_resource(scene.actor, resource=fresh(resource), resource_spec=large.spec)
            assert order.state is OrderState.AWAITING_PAYMENT
            pay_order(scene.actor, order=order)
            delivered(order)
        assert order.payable == yuan("32.77")  # 414 of 758 hours of 60.00
        assert fresh(resource).resource_spec == large.spec
        assert scene.cash == yuan("9867.23")

    def test_a_downgrade_gives_back_and_a_later_return_no_more_than_was_paid(self, scene, large):
        resource = bought(scene, large)
        with clock.at(beijing(2026, 1, 15, 18, 40)):
            order = change_resource(scene.actor, resource=fresh(resource), resource_spec=scene.server.spec)
            assert order.state is OrderState.PROCESSING
            assert scene.cash == yuan("9840.00")
            delivered(order)
        assert order.payable == yuan("-32.77")
        assert scene.cash == yuan("9872.77")
        back = give_back(scene, resource, beijing(2026, 1, 20, 18, 40))
        # 160.00 less 97.94 for 464 of 758 hours, and of the 32.77 that came back 294 of 414 hours: 23.28
        assert back.payable == yuan("-38.78")
        assert RefundLine.objects.filter(base_order_number=resource.order_number, kind="refund").count() == 2

    def test_an_upgrade_must_be_paid_before_the_period_ends(self, scene, large):
        resource = bought(scene)
        with clock.at(beijing(2026, 1, 30)):
            order = change_resource(scene.actor, resource=fresh(resource), resource_spec=large.spec)
        assert order.payment_due_at == resource.expires_at

    def test_a_change_to_the_same_is_refused(self, scene):
        with pytest.raises(NothingToChange):
            change_resource(scene.actor, resource=bought(scene), resource_spec=scene.server.spec)


class TestConverting:
    def test_what_is_unused_comes_back_and_the_resource_goes_on(self, scene):
        resource = bought(scene)
        with clock.at(beijing(2026, 1, 15, 18, 40)):
            order = delivered(convert_instantly(scene.actor, resource=fresh(resource)))
        assert (order.type, order.state, order.payable) == (
            OrderType.TO_ON_DEMAND,
            OrderState.COMPLETED,
            yuan("-54.62"),
        )
        assert OnDemandResource.objects.get().converted_from_id == resource.pk


class TestNotDelivered:
    def test_everything_comes_back_without_a_fee(self, scene):
        with clock.at(BOUGHT):
            order = make_order(scene.customer, wishes=[wish_for(scene.server, resource_name="fail-here")])
            pay_order(scene.actor, order=order)
            assert scene.cash == yuan("9900.00")
            order = delivered(order)
        assert (order.state, order.cancellation) == (OrderState.CANCELLED, "not_delivered")
        assert scene.cash == yuan("10000.00")
        assert not Resource.objects.exists()


def run_auto_renewal(at):
    with clock.at(at):
        jobs.auto_renew.run(Slot(str(at), at))


def drain_cash(scene):
    adjust_balance(as_staff(), account=scene.customer.account, amount=-scene.cash, memo="drained")


def fund_partner(scene, amount):
    adjust_balance(as_staff(), account=scene.partner.account, amount=yuan(amount), memo="test")


def test_disks_follow_the_server_they_were_bought_with_and_stand_alone_otherwise(scene):
    child = make_child(scene)
    assert child.main_resource is not None and child.main_resource.resource_type == "hws.resource.type.vm"

    disk = wish_for(child.product, resource_size=10)
    longer = wish_for(child.product, resource_size=10, period_num=2)
    with clock.at(BOUGHT):
        alone = make_paid_order(scene.customer, wishes=[disk])
        of_another_term = make_paid_order(scene.customer, wishes=[wish_for(scene.server), longer])

    for order in (alone, of_another_term):
        assert not Resource.objects.filter(order_number=order.number, main_resource__isnull=False).exists()


def make_child(scene) -> Resource:
    """A disk of 40 GB at 0.70, bought with its server."""
    with clock.at(BOUGHT):
        disk = make_product(
            "SSD", month="0.70", year=None, hour=None, measure=17, sizes=(10, 1000, 10),
            service="hws.service.type.ebs", resource_type="hws.resource.type.volume",
            follows="hws.resource.type.vm",
        )  # fmt: skip
        order = make_paid_order(
            scene.customer, wishes=[wish_for(disk, resource_size=40), wish_for(scene.server)]
        )
    return Resource.objects.select_related(
        "customer__account", "product", "main_resource__customer__account"
    ).get(order_number=order.number, main_resource__isnull=False)
