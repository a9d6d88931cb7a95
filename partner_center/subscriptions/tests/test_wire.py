"""The operations through HTTP, signed, in the contract's words."""

from __future__ import annotations

import pytest

from partner_center.catalogue.actions import PriceEntry, publish_prices
from partner_center.customers.makers import make_customer
from partner_center.customers.models import AssociationType
from partner_center.kernel import clock
from partner_center.partners.makers import make_distributor, make_reseller
from partner_center.pricing.makers import make_discount
from partner_center.subscriptions import queries
from partner_center.subscriptions.actions import (
    end_lease,
    freeze_resource,
    hold_for_order,
    set_auto_renewal,
    set_expiry_policy,
    set_renewal_setting,
)
from partner_center.subscriptions.makers import MAKER, make_lease, make_on_demand, renew
from partner_center.subscriptions.models import (
    AutoRenewal,
    ExpirePolicy,
    HeldFor,
    OnDemandResource,
    OnDemandState,
    Resource,
)
from partner_center.subscriptions.tests.living import beijing, live_until
from partner_center.wire.throttling import table
from tests import calling

LIST = "/v2/orders/suscriptions/resources/query"
ON_DEMAND = "/v2/partners/sub-customers/on-demand-resources/query"
AUTO = "/v2/orders/subscriptions/resources/autorenew"
CONFIG = "/v2/orders/subscriptions/resources/renew/config"
TO_ON_DEMAND = "/v2/orders/subscriptions/resources/to-on-demand"
RATE = "/v2/bills/ratings/period-resources/renew-rate"
NATIVE = "/api/v1/on-demand-resources"


def call(*request, **parameters):
    """One signed request, unhurried: flow control counts afresh."""
    table().clear()
    return calling.call(*request, **parameters)


def ids(answer):
    assert answer.status_code == 200, answer.content
    return [one["resource_id"] for one in answer.json()["data"]]


def code(answer):
    return answer.status_code, answer.json()["error_code"]


class TestListingYearlyMonthlyResources:
    def test_every_field_of_the_contract(self, lin, server, disk):
        main = make_lease(lin, server, name="web-1")
        child = make_lease(lin, disk, size=40, main=main, name="disk-1")
        answer = call(lin.account, "POST", LIST).json()
        assert answer["total_count"] == 2
        by_id = {one["resource_id"]: one for one in answer["data"]}
        assert by_id[child.resource_id] == {
            "id": str(child.pk),
            "resource_id": child.resource_id,
            "resource_name": "disk-1",
            "region_code": "cn-north-1",
            "service_type_code": "hws.service.type.ebs",
            "resource_type_code": "hws.resource.type.volume",
            "resource_type_name": "GPSSD",
            "service_type_name": "ebs",
            "resource_spec_code": "GPSSD",
            "product_id": disk.number,
            "parent_resource_id": main.resource_id,
            "is_main_resource": 0,
            "status": 2,
            "effective_time": "2024-01-01T02:30:00Z",
            "expire_time": "2024-02-01T15:59:59Z",
            "expire_policy": 0,
            "product_spec_desc": "GPSSD|40GB",
            "spec_size": 40,
            "spec_size_measure_id": 17,
            "update_time": "2024-01-01T02:30:00Z",
        }
        assert by_id[main.resource_id]["is_main_resource"] == 1
        assert "parent_resource_id" not in by_id[main.resource_id]

    def test_the_filters(self, lin, server, disk):
        main = make_lease(lin, server, order_number="CS1")
        child = make_lease(lin, disk, size=40, main=main)
        later = make_lease(lin, server, begins_at=beijing("2024-01-20 10:00"))
        ended = make_lease(lin, server)
        end_lease(MAKER, resource=ended)
        frozen = make_lease(lin, server)
        freeze_resource(MAKER, resource=frozen)

        def found(**wanted):
            return set(ids(call(lin.account, "POST", LIST, **wanted)))

        everything = {one.resource_id for one in (main, child, later, ended, frozen)}
        assert found() == found(resource_ids=[]) == found(order_id="") == found(status_list=[]) == everything
        assert found(only_main_resource=1) == everything - {child.resource_id}
        assert found(resource_ids=[main.resource_id]) == {main.resource_id, child.resource_id}
        assert found(resource_ids=[main.resource_id], only_main_resource=1) == {main.resource_id}
        assert found(resource_ids=[child.resource_id], only_main_resource=1) == {child.resource_id}
        assert found(status_list=[3]) == {ended.resource_id}
        assert found(status_list=[4]) == {frozen.resource_id}
        assert found(status_list=[2]) == {main.resource_id, child.resource_id, later.resource_id}
        assert found(order_id="CS1") == {main.resource_id}
        assert found(expire_time_begin="2024-02-10T00:00:00Z") == {later.resource_id}
        assert found(expire_time_end="2024-02-10T00:00:00Z") == everything - {later.resource_id}
        assert found(service_type_code="hws.service.type.ebs") == {child.resource_id}

    def test_a_renewal_order_finds_what_it_renewed(self, lin, server):
        lease = make_lease(lin, server)
        make_lease(lin, server)
        number = renew(lease)
        assert ids(call(lin.account, "POST", LIST, order_id=number)) == [lease.resource_id]

    def test_paging_counts_records(self, lin, server):
        for _ in range(3):
            make_lease(lin, server)
        whole = ids(call(lin.account, "POST", LIST))
        assert ids(call(lin.account, "POST", LIST, offset=1, limit=1)) == whole[1:2]
        answer = call(lin.account, "POST", LIST, offset=5, limit=1).json()
        assert (answer["data"], answer["total_count"]) == ([], 3)

    def test_the_partner_names_its_customer(self, partner, lin, server):
        lease = make_lease(lin, server)
        assert ids(call(partner.account, "POST", LIST, customer_id=lin.pk)) == [lease.resource_id]
        assert code(call(partner.account, "POST", LIST)) == (400, "CBC.0101")

    def test_strangers_and_their_resources_do_not_exist(self, partner, lin, mallory, server):
        theirs = make_lease(mallory, server)
        assert ids(call(lin.account, "POST", LIST)) == []
        assert ids(call(lin.account, "POST", LIST, resource_ids=[theirs.resource_id])) == []
        assert ids(call(lin.account, "POST", LIST, customer_id=mallory.pk)) == []
        for customer_id in (mallory.pk, "0" * 32):
            assert code(call(partner.account, "POST", LIST, customer_id=customer_id)) == (403, "CBC.0151")

    @pytest.mark.parametrize(
        "wrong",
        [
            {"limit": 0},
            {"limit": 101},
            {"offset": -1},
            {"only_main_resource": 2},
            {"status_list": [1]},
            {"status_list": "2"},
            {"resource_ids": ["x"] * 51},
            {"order_id": "x" * 65},
            {"service_type_code": ""},
            {"expire_time_begin": "2024-02-30T00:00:00Z"},
            {"expire_time_begin": "2024-02-01 00:00:00"},
            {"expire_time_begin": "2024-02-02T00:00:00Z", "expire_time_end": "2024-02-01T00:00:00Z"},
            {"customer_id": "x" * 65},
        ],
    )
    def test_bad_input(self, lin, wrong):
        assert code(call(lin.account, "POST", LIST, **wrong)) == (400, "CBC.0100")

    def test_questions_do_not_grow_with_the_rows(self, lin, server, disk, django_assert_max_num_queries):
        for _ in range(10):
            make_lease(lin, disk, size=40, main=make_lease(lin, server))
        call(lin.account, "POST", LIST)
        with django_assert_max_num_queries(12):
            assert len(ids(call(lin.account, "POST", LIST, limit=20))) == 20


class TestListingPayPerUseResources:
    def test_every_field_of_the_contract(self, partner, lin, disk):
        opened = make_on_demand(lin, disk, size=40, name="disk-1")
        answer = call(
            partner.account, "POST", ON_DEMAND, customer_id=lin.pk, headers={"x-language": "en_US"}
        ).json()
        assert answer == {
            "total_count": 1,
            "resources": [
                {
                    "customer_id": lin.pk,
                    "region_code": "cn-north-1",
                    "service_type_code": "hws.service.type.ebs",
                    "resource_type_code": "hws.resource.type.volume",
                    "service_type_name": "ebs",
                    "resource_type_name": "GPSSD",
                    "resource_id": opened.resource_id,
                    "resource_name": "disk-1",
                    "effective_time": "2024-01-01T02:30:00Z",
                    "status": 1,
                    "resource_spec_code": "GPSSD",
                    "resource_info": '{"specSize":40.0}',
                    "product_spec_desc": "GPSSD|40GB",
                }
            ],
        }

    def test_the_filters(self, partner, lin, server, disk):
        early = make_on_demand(lin, server)
        with clock.at(beijing("2024-01-05 08:00")):
            late = make_on_demand(lin, disk, size=40)

        def found(**wanted):
            answer = call(partner.account, "POST", ON_DEMAND, customer_id=lin.pk, **wanted)
            return {one["resource_id"] for one in answer.json()["resources"]}

        both = {early.resource_id, late.resource_id}
        assert found() == found(region_code="") == found(service_type_code="") == both
        assert found(region_code="cn-north-1") == both
        assert found(region_code="cn-south-1") == found(status=6) == set()
        assert found(service_type_code="hws.service.type.ebs") == {late.resource_id}
        assert found(effective_time_begin="2024-01-02T00:00:00Z") == {late.resource_id}
        assert found(effective_time_end="2024-01-02T00:00:00Z") == {early.resource_id}
        assert found(resource_ids=[early.resource_id]) == {early.resource_id}
        assert found(status=1) == both

    def test_only_own_resale_customers(self, partner, lin, mallory):
        referred = make_customer(partner, association_type=AssociationType.REFERRAL)
        for customer in (mallory.pk, referred.pk, "nobody"):
            assert code(call(partner.account, "POST", ON_DEMAND, customer_id=customer)) == (403, "CBC.0151")
        assert code(call(lin.account, "POST", ON_DEMAND, customer_id=lin.pk)) == (403, "CBC.0151")

    def test_a_distributor_names_the_reseller(self, then, partner, server):
        distributor = make_distributor()
        reseller = make_reseller(distributor)
        customer = make_customer(reseller)
        opened = make_on_demand(customer, server)
        asked = {"customer_id": customer.pk}
        answer = call(distributor.account, "POST", ON_DEMAND, **asked, indirect_partner_id=reseller.pk)
        assert [one["resource_id"] for one in answer.json()["resources"]] == [opened.resource_id]
        assert code(call(distributor.account, "POST", ON_DEMAND, **asked)) == (403, "CBC.0151")
        foreign = {**asked, "indirect_partner_id": partner.pk}
        assert code(call(distributor.account, "POST", ON_DEMAND, **foreign)) == (400, "CBC.99000037")

    @pytest.mark.parametrize(
        ("wrong", "refusal"),
        [
            ({"customer_id": ""}, "CBC.0100"),
            ({"customer_id": None}, "CBC.0101"),
            ({"status": 7}, "CBC.0100"),
            ({"resource_ids": ["x"] * 51}, "CBC.0100"),
            ({"effective_time_begin": "yesterday"}, "CBC.0100"),
        ],
    )
    def test_bad_input(self, partner, lin, wrong, refusal):
        assert code(call(partner.account, "POST", ON_DEMAND, **{"customer_id": lin.pk, **wrong})) == (
            400,
            refusal,
        )


class TestAutomaticRenewal:
    def test_it_is_set_changed_and_cancelled(self, lin, server):
        lease = make_lease(lin, server)
        path = f"{AUTO}/{lease.resource_id}"
        assert call(lin.account, "POST", path).status_code == 204
        renewal = AutoRenewal.objects.get(resource=lease)
        assert (renewal.times, renewal.unit) == (0, "month")
        assert Resource.objects.get().expire_policy == ExpirePolicy.AUTO_RENEW

        assert call(lin.account, "POST", path, auto_renew_times=5, period_type="YEAR").status_code == 204
        assert call(lin.account, "POST", path).status_code == 204
        renewal.refresh_from_db()
        assert (renewal.times, renewal.unit) == (5, "year")

        assert call(lin.account, "DELETE", path).status_code == 204
        assert Resource.objects.get().expire_policy == ExpirePolicy.GRACE
        assert code(call(lin.account, "DELETE", path)) == (400, "CBC.99003605")

    def test_what_is_not_yours_does_not_exist(self, partner, lin, mallory, server):
        theirs = make_lease(mallory, server)
        for method in ("POST", "DELETE"):
            assert code(call(lin.account, method, f"{AUTO}/{theirs.resource_id}")) == (400, "CBC.99003012")
            assert code(call(lin.account, method, f"{AUTO}/no-such-resource")) == (400, "CBC.99003012")
            assert code(call(partner.account, method, f"{AUTO}/{theirs.resource_id}")) == (403, "CBC.0151")
        assert Resource.objects.get().expire_policy == ExpirePolicy.GRACE

    def test_expired_frozen_closed_and_off_the_shelf(self, lin, server):
        lease = make_lease(lin, server)
        off = [
            PriceEntry(server, "period", "CNY", beijing("2024-01-10 00:00"), None, unit)
            for unit in ("month", "year")
        ]
        publish_prices(MAKER, prices=off)
        path = f"{AUTO}/{lease.resource_id}"
        with clock.at(beijing("2024-01-11 00:00")):
            assert code(call(lin.account, "POST", path)) == (400, "CBC.30010001")
        live_until(beijing("2024-02-02 00:00"))
        assert code(call(lin.account, "POST", path)) == (400, "CBC.99003602")
        live_until(beijing("2024-03-02 00:00"))
        assert code(call(lin.account, "POST", path)) == (400, "CBC.99003012")

    @pytest.mark.parametrize(
        "wrong",
        [
            {"auto_renew_times": -1},
            {"auto_renew_times": 100},
            {"period_type": "WEEK"},
            {"auto_renew_times": 1.5},
        ],
    )
    def test_bad_input_changes_nothing(self, lin, server, wrong):
        lease = make_lease(lin, server)
        assert code(call(lin.account, "POST", f"{AUTO}/{lease.resource_id}", **wrong)) == (400, "CBC.0100")
        assert not AutoRenewal.objects.exists()


class TestRenewalSettings:
    def test_both_settings(self, lin):
        answer = call(lin.account, "POST", CONFIG, config_name="DEDUCTION_DATE", config_value="3")
        assert (answer.status_code, answer.json()["error_code"]) == (200, "CBC.0000")
        call(lin.account, "POST", CONFIG, config_name="EXPIRE_DATE", config_value="-1")
        setting = queries.renewal_setting_of(lin.pk)
        assert (setting.deduction_days, setting.unified_day) == (3, -1)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("DEDUCTION_DATE", "1"),
            ("DEDUCTION_DATE", "8"),
            ("DEDUCTION_DATE", "-1"),
            ("EXPIRE_DATE", "0"),
            ("EXPIRE_DATE", "29"),
            ("EXPIRE_DATE", "-2"),
            ("EXPIRE_DATE", "x"),
            ("EXPIRE_DATE", ""),
            ("EXPIRE_DATE", "１"),
            ("OTHER", "3"),
        ],
    )
    def test_bad_input_changes_nothing(self, lin, name, value):
        answer = call(lin.account, "POST", CONFIG, config_name=name, config_value=value)
        assert code(answer) == (400, "CBC.0100")
        setting = queries.renewal_setting_of(lin.pk)
        assert (setting.deduction_days, setting.unified_day) == (7, None)


class TestGoingOnPayPerUse:
    def test_it_is_set_and_cancelled_and_each_stands_alone(self, lin, mallory, server, disk):
        main = make_lease(lin, server)
        child = make_lease(lin, disk, size=40, main=main)
        theirs = make_lease(mallory, server)
        asked = [main.resource_id, child.resource_id, theirs.resource_id]
        answer = call(lin.account, "POST", TO_ON_DEMAND, operation="SET_UP", resource_ids=asked)
        assert answer.status_code == 200
        assert [(one["id"], one["error_code"]) for one in answer.json()["error_details"]] == [
            (child.resource_id, "CBC.30050007"),
            (theirs.resource_id, "CBC.99003012"),
        ]
        policies = {one.pk: one.expire_policy for one in Resource.objects.all()}
        assert policies == {main.pk: 1, child.pk: 1, theirs.pk: 0}

        answer = call(lin.account, "POST", TO_ON_DEMAND, operation="CANCEL", resource_ids=[main.resource_id])
        assert answer.json() == {"error_details": []}
        assert Resource.objects.get(pk=main.pk).expire_policy == 0

    def test_cancelling_leaves_other_policies_alone(self, lin, server):
        lease = make_lease(lin, server)
        set_auto_renewal(MAKER, resource=lease)
        call(lin.account, "POST", TO_ON_DEMAND, operation="CANCEL", resource_ids=[lease.resource_id])
        assert Resource.objects.get().expire_policy == ExpirePolicy.AUTO_RENEW

    def test_frozen_by_the_police(self, lin, server):
        lease = make_lease(lin, server)
        freeze_resource(MAKER, resource=lease)
        answer = call(lin.account, "POST", TO_ON_DEMAND, operation="SET_UP", resource_ids=[lease.resource_id])
        assert [one["error_code"] for one in answer.json()["error_details"]] == ["CBC.99003625"]

    def test_a_frozen_account(self, lin, server):
        from partner_center.customers.actions import freeze_customer

        lease = make_lease(lin, server)
        freeze_customer(MAKER, customer=lin, reason="overdue")
        answer = call(lin.account, "POST", TO_ON_DEMAND, operation="SET_UP", resource_ids=[lease.resource_id])
        assert code(answer) == (400, "CBC.99003626")
        assert Resource.objects.get().expire_policy == ExpirePolicy.GRACE

    @pytest.mark.parametrize(
        ("wrong", "refusal"),
        [
            ({"operation": "TOGGLE"}, "CBC.0100"),
            ({"resource_ids": []}, "CBC.0100"),
            ({"resource_ids": ["x"] * 101}, "CBC.0100"),
            ({"resource_ids": ["x", "x"]}, "CBC.30050012"),
            ({"operation": None}, "CBC.0101"),
        ],
    )
    def test_bad_input(self, lin, wrong, refusal):
        asked = {"operation": "SET_UP", "resource_ids": ["x"], **wrong}
        assert code(call(lin.account, "POST", TO_ON_DEMAND, **asked)) == (400, refusal)


class TestPricingARenewal:
    def test_amounts_are_texts_and_add_up(self, lin, server, disk):
        one = make_lease(lin, server)
        make_lease(lin, disk, size=40, main=one)
        two = make_lease(lin, server)
        make_discount(lin, ratio="0.9", name="ten off")
        set_renewal_setting(MAKER, customer=lin, unified_day=20)
        asked = [one.resource_id, two.resource_id]
        answer = call(lin.account, "POST", RATE, resource_ids=asked, period_type=2, period_num=1).json()
        assert answer["currency"] == "CNY" and answer["fail_resource_infos"] == []
        assert answer["official_website_rating_result"] == {"official_website_amount": "367.74"}
        (offer,) = answer["optional_discount_rating_results"]
        assert (offer["discount_type"], offer["best_offer"], offer["discount_name"]) == (605, 1, "ten off")
        assert (offer["amount"], offer["discount_amount"]) == ("330.96", "36.78")
        amounts = {row["resource_id"]: row["amount"] for row in answer["renew_inquiry_results"]}
        assert amounts == {one.resource_id: "185.80", two.resource_id: "145.16"}

    def test_each_failure_has_its_code(self, lin, mallory, server, disk):
        from partner_center.catalogue.makers import make_product

        main = make_lease(lin, server)
        child = make_lease(lin, disk, size=40, main=main)
        by_month = make_lease(lin, make_product("kept.by.month", year=None))
        ended = make_lease(lin, server)
        end_lease(MAKER, resource=ended)
        unpaid, changing = make_lease(lin, server), make_lease(lin, server)
        hold_for_order(MAKER, resource=unpaid, order_number="CS1", purpose=HeldFor.RENEWAL)
        hold_for_order(MAKER, resource=changing, order_number="CS2", purpose=HeldFor.CHANGE)
        police = make_lease(lin, server)
        freeze_resource(MAKER, resource=police)
        theirs = make_lease(mallory, server)
        wanted = {
            child: "CBC.30050007",
            by_month: "CBC.30050008",
            ended: "CBC.30050009",
            theirs: "CBC.30050009",
            unpaid: "CBC.30050010",
            changing: "CBC.30050011",
            police: "CBC.30050013",
        }
        asked = [main.resource_id, *(one.resource_id for one in wanted)]
        answer = call(lin.account, "POST", RATE, resource_ids=asked, period_type=3, period_num=1)
        assert answer.status_code == 200
        assert {one["resource_id"]: one["error_code"] for one in answer.json()["fail_resource_infos"]} == {
            one.resource_id: code for one, code in wanted.items()
        }
        assert [one["amount"] for one in answer.json()["renew_inquiry_results"]] == ["1280.00"]

    def test_what_has_expired_is_priced_until_it_is_released(self, lin, server):
        lease = make_lease(lin, server)
        live_until(beijing("2024-02-20 00:00"))
        answer = call(
            lin.account, "POST", RATE, resource_ids=[lease.resource_id], period_type=2, period_num=1
        )
        assert [one["amount"] for one in answer.json()["renew_inquiry_results"]] == ["100.00"]

    @pytest.mark.parametrize(
        ("wrong", "refusal"),
        [
            ({"resource_ids": []}, "CBC.0100"),
            ({"resource_ids": [str(n) for n in range(11)]}, "CBC.0100"),
            ({"resource_ids": ["x", "x"]}, "CBC.30050012"),
            ({"period_type": 1}, "CBC.0100"),
            ({"period_num": 12}, "CBC.0100"),
            ({"period_num": 0}, "CBC.0100"),
            ({"period_type": 3, "period_num": 4}, "CBC.0100"),
            ({"period_num": None}, "CBC.0101"),
            ({"include_relative_resources": "perhaps"}, "CBC.0100"),
        ],
    )
    def test_bad_input(self, lin, wrong, refusal):
        asked = {"resource_ids": ["x"], "period_type": 2, "period_num": 1, **wrong}
        assert code(call(lin.account, "POST", RATE, **asked)) == (400, refusal)

    def test_asking_changes_nothing(self, lin, server):
        lease = make_lease(lin, server)
        before = Resource.objects.values().get()
        call(lin.account, "POST", RATE, resource_ids=[lease.resource_id], period_type=2, period_num=1)
        assert Resource.objects.values().get() == before


class TestOpeningAndClosing:
    def wanted(self, **more):
        return {
            "cloud_service_type": "hws.service.type.ec2",
            "resource_type": "hws.resource.type.vm",
            "resource_spec": "c6.large.2.linux",
            "region": "cn-north-1",
            **more,
        }

    def test_a_resource_is_opened_and_closed(self, lin, server):
        answer = call(lin.account, "POST", NATIVE, **self.wanted(resource_name="web-1"))
        assert answer.status_code == 201
        opened = OnDemandResource.objects.get()
        assert answer.json() == {
            "resource_id": opened.resource_id,
            "status": 1,
            "effective_time": "2024-01-01T02:30:00Z",
        }
        assert opened.customer_id == lin.pk
        path = f"{NATIVE}/{opened.resource_id}"
        assert call(lin.account, "DELETE", path).status_code == 204
        assert call(lin.account, "DELETE", path).status_code == 400
        assert OnDemandResource.objects.get().state is OnDemandState.CLOSING

    def test_the_same_key_opens_it_once(self, lin, server):
        key = {"idempotency-key": "k1"}
        first = call(lin.account, "POST", NATIVE, headers=key, **self.wanted())
        again = call(lin.account, "POST", NATIVE, headers=key, **self.wanted())
        assert first.json() == again.json() and OnDemandResource.objects.count() == 1
        other = call(lin.account, "POST", NATIVE, headers=key, **self.wanted(resource_name="other"))
        assert other.status_code == 409

    def test_somebody_elses_is_not_closed(self, lin, mallory, server):
        theirs = make_on_demand(mallory, server)
        assert code(call(lin.account, "DELETE", f"{NATIVE}/{theirs.resource_id}")) == (400, "CBC.99003012")
        assert OnDemandResource.objects.get().state is OnDemandState.NORMAL

    def test_what_is_not_sold_is_not_opened(self, lin, server, disk):
        assert code(call(lin.account, "POST", NATIVE, **self.wanted(resource_spec="none"))) == (
            400,
            "CBC.99006006",
        )
        volume = {
            "cloud_service_type": "hws.service.type.ebs",
            "resource_type": "hws.resource.type.volume",
            "resource_spec": "GPSSD",
        }
        for wrong in ({}, {"resource_size": 45}, {"resource_size": 40, "size_measure_id": 15}):
            answer = call(lin.account, "POST", NATIVE, **self.wanted(**volume, **wrong))
            assert answer.status_code == 400, wrong
        assert not OnDemandResource.objects.exists()

    def test_partners_open_nothing_for_themselves(self, partner, server):
        assert code(call(partner.account, "POST", NATIVE, **self.wanted())) == (403, "CBC.0151")


def test_a_policy_that_a_user_may_not_set(lin, server):
    """A user without the action billing:subscription:renew is refused; nothing changes."""
    from partner_center.customers.makers import as_customer
    from partner_center.identity.actions import create_role
    from partner_center.identity.makers import make_user

    lease = make_lease(lin, server)
    set_expiry_policy(MAKER, resource=lease, policy=ExpirePolicy.DELETE)
    user = make_user(lin.account)
    path = f"{AUTO}/{lease.resource_id}"
    assert code(call(user, "POST", path)) == (403, "CBC.0151")
    assert code(call(user, "POST", LIST)) == (403, "CBC.0151")
    assert Resource.objects.get().expire_policy == ExpirePolicy.DELETE

    renewers = create_role(
        as_customer(lin),
        account=lin.account,
        name="renewers",
        permissions=["subscriptions.set_auto_renewal"],
    )
    user.roles.add(renewers)
    assert call(user, "POST", path).status_code == 204
    assert Resource.objects.get().expire_policy == ExpirePolicy.AUTO_RENEW
    assert code(call(user, "DELETE", path)) == (403, "CBC.0151")
