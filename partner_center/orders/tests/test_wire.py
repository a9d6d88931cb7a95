"""The operations about orders: shape, codes in both languages, and invisibility of what is not yours."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any

import pytest

from partner_center.customers.makers import make_customer
from partner_center.foundation.models import TrailEntry
from partner_center.kernel import clock
from partner_center.ledger.models import Entry
from partner_center.orders import jobs
from partner_center.orders.actions import reserve_order_numbers
from partner_center.orders.makers import make_order, make_paid_order, renew, resource_of
from partner_center.orders.models import Order
from partner_center.orders.states import OrderState
from partner_center.orders.tests.conftest import make_scene, yuan
from partner_center.partners.makers import make_distributor, make_reseller, make_solution_provider
from partner_center.pricing.makers import make_discount
from partner_center.subscriptions.models import Resource
from tests.calling import Key, call

ORDERS = "/v2/orders/customer-orders"
PAY = "/v3/orders/customer-orders/pay"
UNSUBSCRIBE = "/v2/orders/subscriptions/resources/unsubscribe"
RENEW = "/v2/orders/subscriptions/resources/renew"
INSTANTLY = "/v2/orders/subscriptions/resources/to-on-demand/instantly"


@pytest.fixture
def funded(scene):
    scene.fund("1000.00")
    return scene


def pay(scene, number: str, **more: Any) -> Any:
    body = {"order_id": number, "use_coupon": "NO", "use_discount": "NO"} | more
    return call(scene.customer.account, "POST", PAY, **body)


class TestPaying:
    def test_a_payment_answers_204_without_a_body(self, funded):
        order = make_order(funded.customer, funded.server)
        answer = pay(funded, order.number)
        assert (answer.status_code, answer.content) == (204, b"")
        assert funded.cash == yuan("900.00")

    def test_case_does_not_matter(self, funded):
        order = make_order(funded.customer, funded.server)
        assert pay(funded, order.number.lower()).status_code == 204

    def test_with_a_frozen_discount_even_when_it_has_ended(self, funded):
        from partner_center.partners.makers import as_staff
        from partner_center.pricing.actions import revoke_discount

        discount = make_discount(funded.customer, ratio="0.8")
        order = make_order(funded.customer, funded.server)
        revoke_discount(as_staff(), discount=discount)
        infos = [{"id": discount.number, "type": 2}]
        assert pay(funded, order.number, use_discount="YES", discount_infos=infos).status_code == 204
        assert funded.cash == yuan("920.00")
        line = Order.objects.get(pk=order.pk).lines.get()
        assert (line.official, line.payable) == (yuan("100.00"), yuan("80.00"))

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"order_id": "CS000000000000ABC"}, "CBC.30000010"),
            ({"order_id": ""}, "CBC.0100"),
            ({"order_id": "C" * 65}, "CBC.0100"),
            ({"order_id": 5}, "CBC.0100"),
            ({"use_coupon": "MAYBE"}, "CBC.0100"),
            ({"use_coupon": "YES"}, "CBC.0100"),
            ({"use_coupon": "YES", "coupon_infos": []}, "CBC.0100"),
            ({"use_coupon": "YES", "coupon_infos": [{"id": "none", "type": 301}]}, "CBC.99003112"),
            ({"use_coupon": "YES", "coupon_infos": [{"id": "none", "type": 1}]}, "CBC.0100"),
            ({"use_discount": "YES"}, "CBC.0100"),
            ({"use_discount": "YES", "discount_infos": [{"id": "none", "type": 2}]}, "CBC.99003108"),
            ({"use_discount": "YES", "discount_infos": [{"id": "none", "type": 9}]}, "CBC.0100"),
            ({"use_discount": "YES", "discount_infos": [{"id": "a", "type": 2}] * 2}, "CBC.0100"),
            ({"surplus": 1}, "CBC.0101"),
        ],
    )
    @pytest.mark.parametrize("language", ["zh_CN", "en_US"])
    def test_bad_input_changes_nothing(self, funded, change, code, language):
        order = make_order(funded.customer, funded.server)
        Key.of(funded.customer.account)
        trail, entries = TrailEntry.objects.count(), Entry.objects.count()
        body = {"order_id": order.number, "use_coupon": "NO", "use_discount": "NO"} | change
        answer = call(funded.customer.account, "POST", PAY, headers={"X-Language": language}, **body)
        assert (answer.status_code, answer.json()["error_code"]) == (400, code)
        assert answer.json()["error_msg"]
        assert (TrailEntry.objects.count(), Entry.objects.count()) == (trail, entries)
        assert Order.objects.get(pk=order.pk).state is OrderState.AWAITING_PAYMENT

    def test_too_little_too_late_too_often(self, scene):
        scene.fund("50.00")
        order = make_order(scene.customer, scene.server)
        assert pay(scene, order.number).json()["error_code"] == "CBC.99005003"
        scene.fund("50.00")
        with clock.at(clock.now() + timedelta(days=8)):
            assert pay(scene, order.number).json()["error_code"] == "CBC.99003110"
        assert pay(scene, order.number).status_code == 204
        assert pay(scene, order.number).json()["error_code"] == "CBC.99003106"
        assert scene.cash == yuan("0.00")

    def test_someone_elses_order_does_not_exist(self, funded):
        theirs = make_order(make_customer(funded.partner), funded.server)
        answer = pay(funded, theirs.number)
        assert (answer.status_code, answer.json()["error_code"]) == (400, "CBC.30000010")
        nobodys = pay(funded, "CS000000000000ABC")
        assert nobodys.json()["error_msg"] == answer.json()["error_msg"].replace(
            theirs.number, "CS000000000000ABC"
        )

    def test_partners_may_not_pay_or_cancel(self, funded):
        order = make_order(funded.customer, funded.server)
        for method, path in (("POST", PAY), ("PUT", f"{ORDERS}/cancel")):
            answer = call(funded.partner.account, method, path, order_id=order.number)
            assert (answer.status_code, answer.json()["error_code"]) == (403, "CBC.0151")


class TestCancelling:
    def cancel(self, scene, number: str) -> Any:
        return call(scene.customer.account, "PUT", f"{ORDERS}/cancel", order_id=number)

    def test_cancelled_is_cancelled(self, scene):
        order = make_order(scene.customer, scene.server)
        assert self.cancel(scene, order.number).status_code == 204
        again = self.cancel(scene, order.number)
        assert (again.status_code, again.json()["error_code"]) == (400, "CBC.99005010")
        assert pay(scene, order.number).json()["error_code"] == "CBC.99003106"

    def test_strangers_orders_stay(self, scene):
        theirs = make_order(make_customer(None), scene.server)
        assert self.cancel(scene, theirs.number).json()["error_code"] == "CBC.0100"
        assert Order.objects.get(pk=theirs.pk).state is OrderState.AWAITING_PAYMENT

    def test_at_the_deadline_it_cancels_itself(self, scene):
        order = make_order(scene.customer, scene.server)
        assert jobs.next_lapse() == order.payment_due_at
        with clock.at(order.payment_due_at):
            jobs.lapse()
        order.refresh_from_db()
        assert (order.state, order.cancellation) == (OrderState.CANCELLED, "deadline")
        assert jobs.next_lapse() is None


class TestListing:
    def ids(self, who: Any, **parameters: Any) -> list[str]:
        answer = call(who, "GET", ORDERS, **parameters)
        assert answer.status_code == 200, answer.content
        body = answer.json()
        assert body["total_count"] >= len(body["order_infos"])
        return [one["order_id"] for one in body["order_infos"]]

    @pytest.fixture
    def two(self, funded):
        """An order that was paid three days ago, and an unpaid one of today."""
        with clock.at(clock.now() - timedelta(days=3)):
            paid = make_paid_order(funded.customer, funded.server)
        return funded.customer.account, paid.number, make_order(funded.customer, funded.server).number

    def test_filters_narrow(self, two):
        account, paid, unpaid = two
        assert self.ids(account) == [unpaid, paid]
        assert self.ids(account, order_id=paid.lower()) == [paid]
        assert self.ids(account, status=6) == [unpaid]
        assert self.ids(account, status=5) == [paid]
        assert self.ids(account, order_type="2") == []
        assert self.ids(account, service_type_code="HWS.service.type.ec2", limit=1) == [unpaid]
        assert self.ids(account, service_type_code="hws.service.type.obs") == []
        assert self.ids(account, query="method=sub_customer") == []

    def test_times_narrow(self, two):
        account, paid, unpaid = two
        stamp = (clock.now() - timedelta(days=1)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        assert self.ids(account, create_time_begin=stamp) == [unpaid]
        assert self.ids(account, create_time_end=stamp) == [paid]
        assert self.ids(account, payment_time_begin=stamp) == []
        assert self.ids(account, payment_time_end=stamp) == [paid]

    def test_pages_and_order(self, two, scene):
        account, paid, unpaid = two
        assert self.ids(account, order_by="createTime") == [paid, unpaid]
        assert self.ids(account, order_by="-CREATETIME") == [unpaid, paid]
        assert self.ids(account, offset=1) == [paid]
        assert self.ids(account, offset=2) == []
        assert self.ids(scene.partner.account, customer_id=scene.customer.pk) == [unpaid, paid]

    def test_the_fields_of_an_order(self, funded):
        make_discount(funded.customer, ratio="0.9")
        order = make_paid_order(funded.customer, funded.server)
        (shown,) = call(funded.customer.account, "GET", ORDERS).json()["order_infos"]
        moment = "%Y-%m-%dT%H:%M:%SZ"
        assert shown == {
            "order_id": order.number,
            "customer_id": funded.customer.pk,
            "service_type_code": "hws.service.type.ec2",
            "service_type_name": shown["service_type_name"],
            "source_type": 1,
            "status": 5,
            "order_type": 1,
            "amount_after_discount": 90.00,
            "official_amount": 100.00,
            "measure_id": 1,
            "create_time": order.created_at.strftime(moment),
            "payment_time": order.paid_at.strftime(moment),
            "currency": "CNY",
            "amount_info": {
                "discounts": [{"discount_type": "605", "discount_amount": 10.00}],
                "flexipurchase_coupon_amount": 0.00,
                "coupon_amount": 0.00,
                "stored_card_amount": 0.00,
            },
        }
        raw = call(funded.customer.account, "GET", ORDERS).content
        assert b'"amount_after_discount":90.00' in raw, "exact digits, no float"

    @pytest.mark.parametrize(
        "wrong",
        [
            {"limit": 101},
            {"limit": 0},
            {"limit": "ten"},
            {"offset": -1},
            {"status": 2},
            {"status": 99},
            {"order_type": "10x"},
            {"order_by": "amount"},
            {"query": "method=everybody"},
            {"create_time_begin": "2026-01-01"},
            {"create_time_begin": "2026-01-02T00:00:00Z", "create_time_end": "2026-01-01T00:00:00Z"},
            {"create_time_begin": "2025-01-01T00:00:00Z", "create_time_end": "2026-01-01T00:00:01Z"},
            {"payment_time_begin": "2025-01-01T00:00:00Z", "payment_time_end": "2026-06-01T00:00:00Z"},
        ],
    )
    @pytest.mark.parametrize("language", ["zh_CN", "en_US"])
    def test_wrong_parameters(self, scene, wrong, language):
        answer = call(scene.customer.account, "GET", ORDERS, headers={"X-Language": language}, **wrong)
        assert (answer.status_code, answer.json()["error_code"]) == (400, "CBC.0100")

    def test_empty_is_no_filter(self, funded):
        order = make_order(funded.customer, funded.server)
        empty = "method=&order_by=&order_id=&order_type=&service_type_code=&status="
        assert self.ids(funded.customer.account, query=empty) == [order.number]

    def test_strangers_see_nothing(self, funded):
        order = make_order(funded.customer, funded.server)
        stranger = make_customer(None)
        assert self.ids(stranger.account) == []
        for who in (stranger.account, make_solution_provider().account):
            answer = call(who, "GET", ORDERS, customer_id=funded.customer.pk)
            assert (answer.status_code, answer.json()["error_code"]) == (403, "CBC.0155")
            detail = call(who, "GET", f"{ORDERS}/details/{order.number}")
            assert (detail.status_code, detail.json()["error_code"]) == (403, "CBC.0155")

    def test_a_distributor_names_its_reseller(self, scene):
        distributor = make_distributor()
        reseller = make_reseller(distributor)
        order = make_order(make_customer(reseller, association_type="referral"), scene.server)
        assert self.ids(distributor.account) == []
        assert self.ids(distributor.account, indirect_partner_id=reseller.pk) == [order.number]
        assert self.ids(reseller.account, indirect_partner_id="ignored") == [order.number]
        answer = call(
            distributor.account, "GET", ORDERS, indirect_partner_id=make_reseller(make_distributor()).pk
        )
        assert (answer.status_code, answer.json()["error_code"]) == (400, "CBC.99000037")


class TestDetails:
    def test_lines_are_paged_and_counted(self, funded):
        order = make_order(funded.customer, funded.server, funded.server)
        path = f"{ORDERS}/details/{order.number}"
        first = call(funded.customer.account, "GET", path, limit=1).json()
        assert first["total_count"] == 2
        assert [one["order_line_item_id"] for one in first["order_line_items"]] == [f"{order.number}-000001"]
        second = call(funded.customer.account, "GET", path, limit=1, offset=1).json()
        assert [one["order_line_item_id"] for one in second["order_line_items"]] == [f"{order.number}-000002"]
        assert first["order_info"]["pending_payment_end_time"] == order.payment_due_at.strftime(
            "%Y-%m-%dT%H:%M:%SZ"
        )
        assert first["order_info"]["user_name"] == funded.customer.account.name

    def test_its_default_language_is_chinese(self, funded):
        answer = call(make_customer(None).account, "GET", f"{ORDERS}/details/none")
        assert answer.status_code == 403

    def test_refunds_are_told_by_original_order(self, funded):
        resource = resource_of(make_paid_order(funded.customer, funded.server))
        renewal = renew(resource)
        body = {"resource_ids": [resource.resource_id], "unsubscribe_type": 2}
        (number,) = call(funded.customer.account, "POST", UNSUBSCRIBE, **body).json()["order_ids"]
        for who, more in (
            (funded.customer.account, {}),
            (funded.partner.account, {"customer_id": funded.customer.pk}),
        ):
            answer = call(who, "GET", f"{ORDERS}/refund-orders", order_id=number, **more).json()
            assert answer["total_count"] == 1
            (info,) = answer["refund_infos"]
            assert (info["amount"], info["base_order_id"], info["measure_id"]) == (
                -100.00,
                renewal.number,
                "1",
            )
        shown = call(funded.customer.account, "GET", f"{ORDERS}/details/{number}").json()
        assert "period_num" not in shown["order_line_items"][0]
        assert shown["order_info"]["amount_info"]["commission_amount"] == 0
        assert (
            shown["order_info"]["official_amount"] == shown["order_info"]["amount_after_discount"] == -100.00
        )

    def test_only_refund_orders_have_refund_details(self, funded):
        order = make_paid_order(funded.customer, funded.server)
        answer = call(funded.customer.account, "GET", f"{ORDERS}/refund-orders", order_id=order.number)
        assert (answer.status_code, answer.json()["error_code"]) == (400, "CBC.99005026")
        missing = call(funded.partner.account, "GET", f"{ORDERS}/refund-orders", order_id=order.number)
        assert (missing.status_code, missing.json()["error_code"]) == (400, "CBC.0101")

    def test_discounts_of_an_order(self, funded):
        discount = make_discount(funded.customer, amount_off="20.00", threshold="50.00")
        order = make_order(funded.customer, funded.server)
        found = call(
            funded.customer.account, "GET", f"{ORDERS}/order-discounts", order_id=order.number
        ).json()
        assert found["discounts"] == [
            {
                "discount_id": discount.number,
                "discount_value": "20",
                "discount_type": 2,
                "orders": [
                    {
                        "order_id": order.number,
                        "order_line_items": [
                            {
                                "order_line_item_ids": [f"{order.number}-000001"],
                                "discount_mode": 2,
                                "discount_amount": 20.00,
                                "discount_ratio": 1,
                            }
                        ],
                    }
                ],
            }
        ]
        pay(funded, order.number)
        assert call(
            funded.customer.account, "GET", f"{ORDERS}/order-discounts", order_id=order.number
        ).json() == {"discounts": []}


class TestResources:
    def test_renewal_tells_resource_by_resource(self, funded):
        resource = resource_of(make_paid_order(funded.customer, funded.server))
        body = {"resource_ids": [resource.resource_id, "none"], "period_type": 2, "period_num": 1}
        answer = call(funded.customer.account, "POST", RENEW, **body).json()
        assert len(answer["order_ids"]) == 1
        (failure,) = answer["fail_resource_infos"]
        assert (failure["resource_id"], failure["error_code"]) == ("none", "CBC.30050009")
        again = call(funded.customer.account, "POST", RENEW, **body).json()
        assert again["fail_resource_infos"][0]["error_code"] == "CBC.30050010"

    def test_automatic_payment_that_fails_leaves_the_order(self, scene):
        scene.fund("100.00")
        resource = resource_of(make_paid_order(scene.customer, scene.server))
        body = {"resource_ids": [resource.resource_id], "period_type": 3, "period_num": 1, "is_auto_pay": 1}
        answer = call(scene.customer.account, "POST", RENEW, **body).json()
        assert answer["fail_resource_infos"][0]["error_code"] == "CBC.30050006"
        assert Order.objects.get(number=answer["order_ids"][0]).state is OrderState.AWAITING_PAYMENT

    def test_who_is_not_verified_cannot_renew(self, db):
        scene = make_scene(verified=False)
        scene.fund("100.00")
        resource = resource_of(make_paid_order(scene.customer, scene.server))
        body = {"resource_ids": [resource.resource_id], "period_type": 2, "period_num": 1}
        answer = call(scene.customer.account, "POST", RENEW, **body).json()
        assert answer["fail_resource_infos"][0]["error_code"] == "CBC.0155"

    @pytest.mark.parametrize(
        ("path", "body", "code"),
        [
            (RENEW, {"resource_ids": ["r"], "period_type": 2, "period_num": 12}, "CBC.0100"),
            (RENEW, {"resource_ids": ["r"], "period_type": 3, "period_num": 4}, "CBC.0100"),
            (RENEW, {"resource_ids": ["r"], "period_type": 4, "period_num": 1}, "CBC.0100"),
            (RENEW, {"resource_ids": ["r"] * 11, "period_type": 2, "period_num": 1}, "CBC.0100"),
            (RENEW, {"resource_ids": ["r", "r"], "period_type": 2, "period_num": 1}, "CBC.30050012"),
            (RENEW, {"period_type": 2, "period_num": 1}, "CBC.0101"),
            (UNSUBSCRIBE, {"resource_ids": ["r"], "unsubscribe_type": 1}, "CBC.99003012"),
            (UNSUBSCRIBE, {"resource_ids": ["r"], "unsubscribe_type": 3}, "CBC.0100"),
            (UNSUBSCRIBE, {"resource_ids": [], "unsubscribe_type": 1}, "CBC.0100"),
            (
                UNSUBSCRIBE,
                {"resource_ids": ["r"], "unsubscribe_type": 1, "unsubscribe_reason_type": 6},
                "CBC.0100",
            ),
            (INSTANTLY, {"resource_ids": ["r" * 65]}, "CBC.0100"),
            (INSTANTLY, {"resource_ids": []}, "CBC.0100"),
        ],
    )
    def test_bad_input(self, scene, path, body, code):
        answer = call(scene.customer.account, "POST", path, **body)
        assert (answer.status_code, answer.json()["error_code"]) == (400, code), answer.content

    def test_to_pay_per_use_at_once(self, funded):
        resource = resource_of(make_paid_order(funded.customer, funded.server))
        body = {"resource_ids": [resource.resource_id, "none"]}
        done, failed = call(funded.customer.account, "POST", INSTANTLY, **body).json()[
            "to_ondemand_service_results"
        ]
        assert (done["result"], failed["result"], failed["error_code"]) == ("SUCCESS", "FAIL", "CBC.99003012")
        assert Order.objects.get(number=done["order_id"]).type == 10
        assert funded.cash == yuan("1000.00")

    def test_a_strangers_resource_does_not_exist(self, funded):
        resource = resource_of(make_paid_order(funded.customer, funded.server))
        stranger = make_customer(None)
        answer = call(
            stranger.account, "POST", UNSUBSCRIBE, resource_ids=[resource.resource_id], unsubscribe_type=1
        )
        assert answer.json()["error_code"] == "CBC.99003012"
        assert Resource.objects.get(pk=resource.pk).closed_at is None


class TestNative:
    item = {
        "cloud_service_type": "hws.service.type.ec2",
        "resource_type": "hws.resource.type.vm",
        "resource_spec": "c6.large.2.linux",
        "region": "cn-north-1",
        "period_type": 2,
        "period_num": 1,
        "subscription_num": 1,
    }

    def place(self, who: Any, **more: Any) -> Any:
        headers = more.pop("headers", None)
        return call(
            who,
            "POST",
            "/api/v1/orders",
            headers=headers,
            **({"items": [self.item], "is_auto_pay": 0} | more),
        )

    def test_the_same_key_places_one_order(self, funded):
        key = {"Idempotency-Key": "mine"}
        first, second = (self.place(funded.customer.account, headers=key) for _ in range(2))
        assert first.status_code == second.status_code == 201
        assert first.content == second.content
        assert Order.objects.count() == 1
        assert self.place(funded.customer.account, headers=key, is_auto_pay=1).status_code == 409

    def test_auto_pay_takes_the_best_offer(self, funded):
        make_discount(funded.customer, ratio="0.9")
        make_discount(funded.customer, ratio="0.85")
        answer = self.place(funded.customer.account, is_auto_pay=1).json()
        assert (answer["status"], answer["amount_after_discount"]) == (3, 85.00)
        assert funded.cash == yuan("915.00")

    def test_auto_pay_without_money_waits(self, scene):
        answer = self.place(scene.customer.account, is_auto_pay=1).json()
        assert (answer["status"], answer["currency"]) == (6, "CNY")

    def test_a_partner_orders_and_its_customer_confirms(self, db):
        from partner_center.orders.actions import confirm_order

        scene = make_scene(association_type="resale", authorised=True)
        answer = self.place(scene.partner.account, customer_id=scene.customer.pk, is_auto_pay=1).json()
        assert answer["status"] == 9
        order = Order.objects.select_related("customer__account").get(number=answer["order_id"])
        assert order.source == 2
        assert pay(scene, order.number).json()["error_code"] == "CBC.99003106"
        confirm_order(scene.actor, order=order)
        assert order.state is OrderState.AWAITING_PAYMENT

    def test_without_authorisation_a_partner_orders_nothing(self, funded):
        answer = self.place(funded.partner.account, customer_id=funded.customer.pk)
        assert (answer.status_code, answer.json()["error_code"]) == (403, "CBC.0151")
        assert self.place(make_customer(None).account, customer_id=funded.customer.pk).status_code == 403
        assert not Order.objects.exists()

    def test_numbers_are_used_once_and_by_their_account(self, funded):
        (number,) = reserve_order_numbers(funded.actor, count=1)
        stranger = make_customer(None)
        assert self.place(stranger.account, order_id=number).json()["error_code"] == "CBC.30000010"
        assert self.place(funded.customer.account, order_id=number).json()["order_id"] == number
        assert self.place(funded.customer.account, order_id=number).json()["error_code"] == "CBC.30000010"

    @pytest.mark.parametrize(
        ("change", "status", "code"),
        [
            ({"items": []}, 400, "CBC.0100"),
            ({"items": [item | {"resource_spec": "none"}]}, 400, "CBC.99006006"),
            ({"items": [item | {"period_num": 0}]}, 400, "CBC.0100"),
            ({"items": [item | {"period_num": -1}]}, 400, "CBC.0100"),
            ({"items": [item | {"period_type": 4}]}, 400, "CBC.0100"),
            ({"items": [item | {"subscription_num": 0}]}, 400, "CBC.0100"),
            ({"items": [item | {"subscription_num": 1.5}]}, 400, "CBC.0100"),
            ({"is_auto_pay": 2}, 400, "CBC.0100"),
            ({"discount_id": "none"}, 400, "CBC.99003108"),
            ({"order_id": "CS1"}, 400, "CBC.30000010"),
            ({"customer_id": "0" * 32}, 403, "CBC.0151"),
        ],
    )
    def test_bad_orders_are_refused(self, scene, change, status, code):
        answer = self.place(scene.customer.account, **change)
        assert (answer.status_code, answer.json()["error_code"]) == (status, code), answer.content
        assert not Order.objects.exists()
