"""Budgets and freezes of international resale customers, through the vendor's SDK and the calls beneath it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import huaweicloudsdkbssintl.v2 as intl
import pytest
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from partner_center.customers.actions import (
    freeze_customer,
    freeze_customer_with_resources,
    freeze_used_up,
    restore_after_budget,
    set_budget,
    unfreeze_account,
    unfreeze_customer,
)
from partner_center.customers.errors import (
    FrozenByAnother,
    ResourcesFrozenTooLong,
    ResourcesNeedAgreement,
)
from partner_center.customers.lifecycles import FreezeState
from partner_center.customers.makers import make_customer
from partner_center.customers.models import Budget, BudgetRecord, Customer, FrozenBy
from partner_center.customers.tests.conftest import Channel, build_channel
from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.partners.makers import as_partner, as_staff
from partner_center.partners.models import Partner
from tests.calling import Key, call
from tests.server import LiveServer

SYSTEM = Actor.system("tests")
BUDGET = "/v2/partners/sub-customers/budget"
FREEZE = "/v2/partners/sub-customers/freeze"
NOON = datetime(2026, 3, 15, 12, tzinfo=UTC)


@pytest.fixture
def scene(live_server: LiveServer) -> Iterator[tuple[Channel, Callable[[Partner], Any]]]:
    def client(partner: Partner) -> Any:
        key = Key.of(partner.account)
        builder = intl.BssintlClient.new_builder().with_credentials(GlobalCredentials(key.ak, key.sk))
        return builder.with_endpoints([live_server.url]).build()

    yield build_channel(), client


def test_a_budget_is_set_shown_listed_and_kept_in_records(
    scene: tuple[Channel, Callable[[Partner], Any]],
) -> None:
    channel, client_of = scene
    client = client_of(channel.intl_provider)
    customer, other = make_customer(channel.intl_provider), make_customer(channel.intl_provider)

    client.update_sub_customer_budget(
        intl.UpdateSubCustomerBudgetRequest(
            body=intl.ModSubCustomerBudgetReq(
                customer_id=customer.pk,
                budget_amount=1500.25,
                cancel_partner_frozen="1",
                frozen_operate_type=1,
            )
        )
    )
    budget = Budget.objects.get()
    assert (str(budget.amount), budget.budget_type, budget.when_used_up) == (
        "1500.25 USD",
        "monthly",
        "freeze",
    )
    assert not Customer.objects.get(pk=customer.pk).frozen
    assert Customer.objects.get(pk=other.pk).frozen, "it has no budget yet"

    shown = client.show_sub_customer_budget(intl.ShowSubCustomerBudgetRequest(customer_id=customer.pk))
    assert (shown.budget_amount, shown.used_amount, shown.budget_type) == (1500.25, 0, "MONTHLY")
    assert (shown.currency, shown.measure_id) == ("USD", 1)

    stranger = make_customer(channel.intl_reseller)
    listed = client.list_sub_customer_budget(
        intl.ListSubCustomerBudgetRequest(
            body=intl.ListSubCustomerBudgetReq(customer_ids=[stranger.pk, customer.pk, other.pk, "nobody"])
        )
    )
    assert [one.customer_id for one in listed.budget_infos] == [customer.pk]

    records = client.list_sub_customer_budget_records(
        intl.ListSubCustomerBudgetRecordsRequest(customer_id=customer.pk, operation_type="SETTING")
    )
    (record,) = records.record_list
    assert (records.total_count, record.budget_amount, record.operation_type) == (1, 1500.25, "SETTING")
    assert record.partner_account_name == channel.intl_provider.account.name

    with pytest.raises(ClientRequestException) as refusal:
        client.show_sub_customer_budget(intl.ShowSubCustomerBudgetRequest(customer_id=stranger.pk))
    assert (refusal.value.status_code, refusal.value.error_code) == (400, "CBC.99000035")


def test_customers_are_frozen_and_unfrozen_and_each_stands_alone(
    scene: tuple[Channel, Callable[[Partner], Any]],
) -> None:
    channel, client_of = scene
    client = client_of(channel.intl_provider)
    customer = make_customer(channel.intl_provider, budget="100")
    stranger = make_customer(channel.intl_reseller, budget="")

    frozen = client.freeze_sub_customers(
        intl.FreezeSubCustomersRequest(
            body=intl.FreezeSubCustomersReq(
                customer_ids=[customer.pk, stranger.pk, "nobody"],
                reason="overdue",
                freeze_type="ACCOUNT_AND_RESOURCE",
            )
        )
    )
    failed = {one.id: one.error_code for one in frozen.error_details}
    assert failed == {stranger.pk: "CBC.99000035", "nobody": "CBC.99000035"}
    assert Customer.objects.get(pk=customer.pk).freeze_state is FreezeState.RESOURCES

    def unfreeze(kind: str | None) -> Any:
        body = intl.UnfreezeSubCustomersReq(customer_ids=[customer.pk], reason="paid", unfreeze_type=kind)
        return client.unfreeze_sub_customers(intl.UnfreezeSubCustomersRequest(body=body))

    assert unfreeze(None).error_details is None
    assert Customer.objects.get(pk=customer.pk).freeze_state is FreezeState.ONLY_RESOURCES
    assert unfreeze("ACCOUNT_AND_RESOURCE").error_details is None
    assert Customer.objects.get(pk=customer.pk).freeze_state is FreezeState.ACTIVE
    assert unfreeze(None).error_details[0].id == customer.pk, "it is not frozen any more"


@pytest.mark.parametrize(
    "wrong",
    [
        {"budget_amount": 0},
        {"budget_amount": 2147483648},
        {"budget_amount": "1.005"},
        {"budget_type": ""},
        {"budget_type": "WEEKLY"},
        {"frozen_operate_type": 2},
        {"customer_id": "x" * 65},
    ],
)
def test_a_budget_that_makes_no_sense_changes_nothing(channel: Channel, wrong: dict[str, Any]) -> None:
    customer = make_customer(channel.intl_provider)
    asked = {"customer_id": customer.pk, "budget_amount": 5} | wrong

    answer = call(channel.intl_provider.account, "POST", BUDGET, **asked)

    assert (answer.status_code, answer.json()["error_code"]) == (400, "CBC.0100")
    assert not Budget.objects.exists() and not BudgetRecord.objects.exists()


def test_a_distributor_sets_budgets_of_a_reseller_that_it_has_not_granted_the_right(channel: Channel) -> None:
    customer = make_customer(channel.intl_reseller)
    asked = {"customer_id": customer.pk, "budget_amount": 5}

    own = call(channel.intl_reseller.account, "POST", BUDGET, **asked)
    assert own.json()["error_code"] == "CBC.99000000", "its distributor has not granted it"

    unnamed = call(channel.intl_distributor.account, "POST", BUDGET, **asked)
    assert unnamed.json()["error_code"] == "CBC.99000035"

    named = call(
        channel.intl_distributor.account,
        "POST",
        BUDGET,
        **asked,
        indirect_partner_id=channel.intl_reseller.pk,
    )
    assert named.status_code == 204
    assert Budget.objects.get().customer_id == customer.pk

    foreign = call(
        channel.intl_provider.account, "POST", BUDGET, **asked, indirect_partner_id=channel.intl_reseller.pk
    )
    assert foreign.json()["error_code"] == "CBC.99000035", "only a distributor names a reseller"


def test_no_more_than_ten_customers_are_frozen_at_once(channel: Channel) -> None:
    customers = [f"c{number}" for number in range(11)]
    answer = call(channel.intl_provider.account, "POST", FREEZE, customer_ids=customers, reason="x")
    assert (answer.status_code, answer.json()["error_code"]) == (400, "CBC.0100")


# --------------------------------------------------------------------------------- rules


def test_resources_are_unfrozen_by_the_partner_within_15_days_later_by_the_vendor(channel: Channel) -> None:
    customer, actor = make_customer(channel.intl_provider, budget="100"), as_partner(channel.intl_provider)
    with clock.at(NOON):
        freeze_customer_with_resources(actor, customer=customer, reason="overdue")
    with clock.at(NOON + timedelta(days=15)):
        with pytest.raises(ResourcesFrozenTooLong):
            unfreeze_customer(actor, customer=customer)
        unfreeze_account(actor, customer=customer)
        assert not customer.frozen and customer.resources_frozen
        freeze_customer(actor, customer=customer, reason="again")
        assert customer.freeze_state is FreezeState.RESOURCES
        with pytest.raises(ResourcesFrozenTooLong):
            unfreeze_customer(actor, customer=customer)
        set_budget(actor, customer=customer, amount=Money.of("5", "USD"), lift_freeze=True)
        assert customer.freeze_state is FreezeState.ONLY_RESOURCES, "a budget frees the account alone"
        unfreeze_customer(as_staff(channel.vendor), customer=customer)
    assert Customer.objects.get(pk=customer.pk).freeze_state is FreezeState.ACTIVE


def test_resources_are_unfrozen_up_to_the_last_moment(channel: Channel) -> None:
    customer, actor = make_customer(channel.intl_provider, budget="100"), as_partner(channel.intl_provider)
    with clock.at(NOON):
        freeze_customer_with_resources(actor, customer=customer, reason="overdue")
    with clock.at(NOON + timedelta(days=15, seconds=-1)):
        unfreeze_customer(actor, customer=customer)
    assert Customer.objects.get(pk=customer.pk).freeze_state is FreezeState.ACTIVE


def test_a_partner_does_not_make_the_vendors_freeze_its_own(channel: Channel) -> None:
    customer = make_customer(channel.intl_provider, budget="100")
    freeze_customer(as_staff(channel.vendor), customer=customer, reason="fraud")

    with pytest.raises(FrozenByAnother):
        freeze_customer_with_resources(as_partner(channel.intl_provider), customer=customer, reason="mine")

    stored = Customer.objects.get(pk=customer.pk)
    assert (stored.freeze_state, stored.frozen_by) == (FreezeState.ACCOUNT, FrozenBy.VENDOR)


def test_freezing_resources_when_the_budget_is_used_up_takes_the_customers_agreement(
    channel: Channel,
) -> None:
    customer, actor = make_customer(channel.intl_provider), as_partner(channel.intl_provider)
    asked: dict[str, Any] = {"customer": customer, "amount": Money.of("5", "USD"), "when_used_up": "stop"}

    with pytest.raises(ResourcesNeedAgreement):
        set_budget(actor, **asked)
    assert not Budget.objects.exists()

    set_budget(actor, **asked, resources_agreed=True)
    set_budget(actor, **asked)
    assert Budget.objects.get().when_used_up == "stop"


def test_a_new_month_ends_only_the_freeze_of_a_used_up_budget(channel: Channel) -> None:
    used_up, by_hand = (make_customer(channel.intl_provider, budget="100") for _each in range(2))
    freeze_customer(as_partner(channel.intl_provider), customer=by_hand, reason="overdue")

    assert freeze_used_up(SYSTEM, customer=used_up, with_resources=False)
    assert not freeze_used_up(SYSTEM, customer=by_hand, with_resources=True), "it is frozen already"
    assert used_up.frozen_by == FrozenBy.BUDGET

    assert restore_after_budget(SYSTEM, customer=used_up)
    assert not restore_after_budget(SYSTEM, customer=by_hand)
    stored = {one.pk: one.frozen_by for one in Customer.objects.all()}
    assert stored == {used_up.pk: "", by_hand.pk: FrozenBy.PARTNER}
