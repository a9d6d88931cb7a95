"""From the money that moved to the records that explain it: orders, arrears, adjustments, partners on credit."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from partner_center.billing import jobs
from partner_center.billing.actions import (
    approve_adjustment,
    charge_usage,
    issue_partner_bills,
    propose_adjustment,
    record_repayment,
    reject_adjustment,
)
from partner_center.billing.actions.recording import record_order_fees
from partner_center.billing.errors import (
    AdjustmentDecided,
    ApprovedByItsProposer,
    BillPaid,
    MonthNotFinal,
    MoreThanOutstanding,
    OnlyTheVendorBills,
    ReasonMissing,
)
from partner_center.billing.makers import group_total
from partner_center.billing.models import (
    MEANS,
    FeeRecord,
    FeeStatus,
    GroupSettlement,
    Invoice,
    PartnerBill,
    PartnerBillState,
    Repayment,
)
from partner_center.billing.rules import layers, shares_of_line, target_of
from partner_center.catalogue.makers import make_product
from partner_center.customers.makers import as_customer, make_customer
from partner_center.foundation.actor import Actor
from partner_center.foundation.jobs import Slot
from partner_center.foundation.laws import LAWS
from partner_center.foundation.models import OutboxMessage
from partner_center.funds.actions import adjust_balance, grant_credit
from partner_center.funds.makers import make_allocation
from partner_center.funds.queries import balances_of
from partner_center.identity.models import Account
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.kernel.period import BillMonth
from partner_center.ledger.models import Entry
from partner_center.ledger.tests.test_races import race
from partner_center.orders.actions import change_resource, pay_order, unsubscribe
from partner_center.orders.actions.fulfilling import due_fulfilments
from partner_center.orders.makers import delivered, make_order, make_paid_order, renew, resource_of, wish_for
from partner_center.orders.tests.conftest import beijing, make_scene, yuan
from partner_center.partners.makers import as_partner, as_staff, make_solution_provider
from partner_center.partners.models import Partner, PartnerState, Settlement
from partner_center.pricing.makers import make_discount
from partner_center.subscriptions import jobs as subscription_jobs
from partner_center.subscriptions.makers import make_on_demand
from partner_center.subscriptions.models import OnDemandResource, OnDemandState

SYSTEM = Actor.system("tests")
MARCH = BillMonth(2026, 3)


def broken_laws():
    return [f"{law.name}: {breach}" for law in LAWS.values() for breach in law.first_breaches()]


def charge(customer, *payables, at=None, **more):
    """Charge the customer's month to date: one group for each amount."""
    totals = [
        group_total(customer, payable, service_type=f"hws.service.type.s{place}", **more)
        for place, payable in enumerate(payables)
    ]
    return charge_usage(
        SYSTEM,
        customer_id=customer.pk,
        month=BillMonth.of(clock.now()),
        totals=totals,
        rated_at=at or clock.now(),
    )


def amounts(record):
    return {
        name: getattr(record, name).minor
        for name in ("official", "discount", "consume", "cash", "credit")
        if getattr(record, name)
    }


def fund(account, text):
    adjust_balance(as_staff(), account=account, amount=Money.of(text, account.currency), memo="test")


def test_what_an_order_pays_is_recorded_for_each_resource_and_once(db):
    with clock.at(beijing(2026, 3, 5, 10, 0)):
        scene = make_scene()
        scene.fund("150")
        scene.lend("500")
        order = make_paid_order(
            scene.customer, wishes=[wish_for(scene.server, subscription_num=2, resource_name="web")]
        )
        assert jobs.next_order_fee() is not None
        jobs.record_order_fees_due()
        [entry] = Entry.objects.filter(about=order.number)
        assert record_order_fees(SYSTEM, entry=entry) == []
        assert jobs.next_order_fee() is None

    first, second = FeeRecord.objects.order_by("number")
    assert [one.resource_id for one in (first, second)] == order.lines.all()[0].resource_ids
    assert (first.resource_name, second.resource_name) == ("web-0001", "web-0002")
    assert amounts(first) == {"official": 10000, "consume": 10000, "cash": 7500, "credit": 2500}
    assert (first.bill_type, first.month, first.partner_id, first.association_type, first.entry_id) == (
        1, "2026-03", scene.partner.pk, "referral", entry.pk,
    )  # fmt: skip
    assert broken_laws() == []


def test_a_purchase_that_waits_for_delivery_is_recorded_after_an_hour_and_named_later(db):
    with clock.at(beijing(2026, 3, 5, 10, 0)):
        scene = make_scene()
        scene.fund("100")
        order = make_order(scene.customer, scene.server)
        pay_order(scene.actor, order=order)
        assert jobs.next_order_fee() == clock.now() + timedelta(hours=1)
    with clock.at(beijing(2026, 3, 5, 11, 0)):
        jobs.record_order_fees_due()
        assert FeeRecord.objects.get().resource_id == "" and jobs.next_order_fee() is None
        assert due_fulfilments(10)
        delivered(order)
        assert jobs.next_order_fee() is not None
        jobs.record_order_fees_due()
        assert jobs.next_order_fee() is None

    assert FeeRecord.objects.get().resource_id == resource_of(order).resource_id


def test_refunds_are_negative_in_every_part_and_bear_the_discount_that_was_given(db):
    with clock.at(beijing(2026, 3, 1)):
        scene = make_scene()
        scene.fund("100")
        scene.lend("1000")
        make_discount(scene.customer, ratio="0.8")
        order = make_paid_order(scene.customer, scene.server)
        renew(resource_of(order))
        jobs.record_order_fees_due()
    with clock.at(beijing(2026, 3, 20)):
        unsubscribe(scene.actor, resources=[resource_of(order)], kind=1)
        jobs.record_order_fees_due()

    bought, renewed = FeeRecord.objects.purchases().order_by("happened_at", "id")
    assert (bought.bill_type, renewed.bill_type) == (1, 2)
    assert amounts(bought) == {"official": 10000, "discount": 2000, "consume": 8000, "cash": 8000}
    refunds = list(FeeRecord.objects.refunds())
    assert refunds and {one.bill_type for one in refunds} == {4}
    for one in refunds:
        assert one.official.minor < one.consume.minor < 0 and one.discount.minor < 0
        assert all(getattr(one, name).minor <= 0 for name in MEANS)
        assert abs(one.official.minor * 8 - one.consume.minor * 10) <= 10
    assert broken_laws() == []


def test_a_smaller_specification_is_a_refund_of_a_change(db):
    with clock.at(beijing(2026, 3, 1)):
        scene = make_scene()
        small = make_product("c6.small.1.linux", month="40.00", year=None, family="")
        scene.fund("300")
        order = make_paid_order(scene.customer, scene.server)
        jobs.record_order_fees_due()
    with clock.at(beijing(2026, 3, 11)):
        change_resource(scene.actor, resource=resource_of(order), resource_spec=small.spec)
        delivered(order)
        jobs.record_order_fees_due()

    assert FeeRecord.objects.refunds().get().bill_type == 20
    assert broken_laws() == []


def test_usage_is_charged_by_difference_and_a_repeat_charges_nothing(db):
    with clock.at(beijing(2026, 3, 5, 10, 0)):
        scene = make_scene()
        scene.fund("10")
        scene.lend("5")
        first = charge(scene.customer, "3.019", "2.50", official=Decimal("4.005"))
        again = charge(scene.customer, "3.019", "2.50", official=Decimal("4.005"))
        late = charge(scene.customer, "1.00", at=clock.now() - timedelta(hours=1))
        more = charge(scene.customer, "3.025", "11.00", official=Decimal("12.00"))
        less = charge(scene.customer, "3.025", "9.00", official=Decimal("12.00"))

    assert [one.records for one in (first, again, late, more, less)] == [2, 0, 0, 2, 1]
    assert (balances_of(scene.customer.pk).cash, balances_of(scene.customer.pk).credit_used) == (
        yuan("0"),
        yuan("2.02"),
    )
    fees = FeeRecord.objects.order_by("number")
    assert fees.sums("consume", "cash", "credit") == {"consume": 1202, "cash": 1000, "credit": 202}
    back = fees.last()
    assert (back.consume, back.credit, back.cash) == (yuan("-2.00"), yuan("-2.00"), yuan("0"))
    assert GroupSettlement.objects.of_month(MARCH).sums("consume", "cash", "credit") == fees.sums(
        "consume", "cash", "credit"
    )
    assert broken_laws() == []


def test_a_customer_falls_into_arrears_and_recovers(db):
    with clock.at(beijing(2026, 3, 5, 10, 0)):
        scene = make_scene(association_type="resale")
        server = make_on_demand(scene.customer, scene.server)
        Account.objects.filter(pk=scene.customer.pk).update(email="finance@example.com")
        fund(scene.partner.account, "100")
        charged = charge(scene.customer, "20.00", "5.00")
        assert charged.owes
        assert _state(server) is OnDemandState.GRACE
        [told] = OutboxMessage.objects.filter(template="billing.in_arrears", channel="mail")
        assert told.about_id == scene.customer.pk and "25.00" in told.body
    with clock.at(beijing(2026, 3, 25, 10, 0)):
        subscription_jobs.move_on_demand_on()
        assert _state(server) is OnDemandState.FROZEN
        make_allocation(scene.customer, "22.00")
        jobs.settle_arrears_due()
        assert _state(server) is OnDemandState.FROZEN
        one, other = FeeRecord.objects.order_by("happened_at", "id")
        assert (one.status, one.writeoff) == (FeeStatus.PAID, one.consume)
        assert (other.status, other.debt.minor + other.writeoff.minor) == (
            FeeStatus.UNSETTLED,
            other.consume.minor,
        )
        assert one.writeoff + other.writeoff == yuan("22.00")
        make_allocation(scene.customer, "10.00")
        jobs.settle_arrears_due()
        assert jobs.next_write_off() is None

    assert _state(server) is OnDemandState.NORMAL
    assert OutboxMessage.objects.filter(template="billing.arrears_settled", channel="mail").count() == 1
    assert OutboxMessage.objects.filter(template="billing.in_arrears", channel="mail").count() == 1
    assert not FeeRecord.objects.unsettled().exists()
    assert GroupSettlement.objects.all().sums("debt", "writeoff") == {"debt": 0, "writeoff": 2500}
    assert balances_of(scene.customer.pk).cash == yuan("7.00")
    assert broken_laws() == []


def test_two_turns_at_once_charge_once(real_db):
    with clock.at(beijing(2026, 3, 5, 10, 0)):
        scene = make_scene()
        scene.fund("100")
        moment = clock.now()

    def turn(amount):
        with clock.at(moment):
            charge(scene.customer, amount)

    assert race([lambda: turn("7.00") for _ in range(8)]) == {"done": 8}
    assert race([lambda n=n: turn(f"{7 + n}.00") for n in range(8)]) == {"done": 8}
    assert balances_of(scene.customer.pk).cash + yuan(
        str(GroupSettlement.objects.get().consume.decimal)
    ) == yuan("100")
    assert broken_laws() == []


def test_money_that_comes_while_usage_is_charged_settles_what_it_should(real_db):
    with clock.at(beijing(2026, 3, 5, 10, 0)):
        scene = make_scene()
        moment = clock.now()
    staff = as_staff()

    def turn(number):
        with clock.at(moment + timedelta(seconds=number)):
            charge(scene.customer, f"{number}.00")

    def pay():
        adjust_balance(staff, account=scene.customer.account, amount=yuan("1.00"), memo="test")

    tasks = [task for n in range(1, 9) for task in (lambda n=n: turn(n), pay, jobs.settle_arrears_due)]
    ends = race(tasks)
    jobs.settle_arrears_due()

    assert set(ends) <= {"done", "IntegrityError"} and ends["done"] >= 16
    assert broken_laws() == []


def test_an_adjustment_is_approved_by_somebody_else_and_posted_once(db):
    with clock.at(beijing(2026, 3, 5, 10, 0)):
        scene = make_scene()
        scene.fund("10")
        proposer, approver = as_staff(), as_staff()
        facts = {"customer": scene.customer, "amount": yuan("4.00"), "reason": "the disk was slow"}
        with pytest.raises(OnlyTheVendorBills):
            propose_adjustment(scene.as_its_partner, bill_type=9, **facts)
        with pytest.raises(ReasonMissing):
            propose_adjustment(proposer, bill_type=9, **(facts | {"reason": " "}))
        given_back = propose_adjustment(proposer, bill_type=9, about_month="2026-02", **facts)
        with pytest.raises(ApprovedByItsProposer):
            approve_adjustment(proposer, adjustment=given_back)
        fee = approve_adjustment(approver, adjustment=given_back)
        with pytest.raises(AdjustmentDecided):
            approve_adjustment(approver, adjustment=given_back)
        debit = propose_adjustment(proposer, bill_type=16, **(facts | {"amount": yuan("20.00")}))
        owed = approve_adjustment(approver, adjustment=debit)
        refused = propose_adjustment(proposer, bill_type=16, **facts)
        reject_adjustment(approver, adjustment=refused, opinion="not so")

    assert (fee.bill_type, fee.consume, fee.cash, fee.month, fee.cycle) == (
        9,
        yuan("-4.00"),
        yuan("-4.00"),
        "2026-03",
        "2026-02",
    )
    assert (owed.bill_type, owed.cash, owed.debt, owed.status) == (
        16,
        yuan("14.00"),
        yuan("6.00"),
        FeeStatus.UNSETTLED,
    )
    assert FeeRecord.objects.adjustments().count() == 2
    assert broken_laws() == []


def test_two_approvals_at_once_pay_once(real_db):
    with clock.at(beijing(2026, 3, 5, 10, 0)):
        scene = make_scene()
        approver = as_staff()
        proposed = propose_adjustment(
            as_staff(), customer=scene.customer, bill_type=9, amount=yuan("4"), reason="slow"
        )

    ends = race(
        [
            lambda: approve_adjustment(approver, adjustment=type(proposed).objects.get(pk=proposed.pk))
            for _ in range(6)
        ]
    )

    assert ends["done"] == 1 and FeeRecord.objects.count() == 1
    assert scene.cash == yuan("4")


@pytest.fixture
def abroad(db):
    """A partner of the international site on credit, and its two customers' March."""
    with clock.at(beijing(2026, 1, 1)):
        partner = make_solution_provider(site="intl", settlement=Settlement.POSTPAID)
        customers = [make_customer(partner, budget="1000") for _ in range(2)]
        grant_credit(SYSTEM, account=partner.account, limit=Money.of("100", "USD"))
    with clock.at(beijing(2026, 3, 20)):
        for customer in customers:
            charge(customer, "30.00")
        debit = propose_adjustment(
            as_staff(), customer=customers[0], bill_type=9, amount=Money.of("5", "USD"), reason="slow"
        )
        approve_adjustment(as_staff(), adjustment=debit)
    return partner, customers


def test_a_partner_on_credit_gets_its_bill_and_repays_it(abroad):
    partner, _customers = abroad
    usd = lambda text: Money.of(text, "USD")  # noqa: E731 - a word of this test
    with clock.at(beijing(2026, 4, 5, 11, 0)):
        with pytest.raises(MonthNotFinal):
            jobs.issue_bills.run(Slot("2026-04", clock.now()))
        issue_partner_bills(SYSTEM, month=MARCH)
        issue_partner_bills(SYSTEM, month=MARCH)
        bill = PartnerBill.objects.get()
        assert (bill.consume, bill.adjustments, bill.initial_due, bill.due) == (
            usd("60"),
            usd("-5"),
            usd("55"),
            usd("60"),
        )
        assert (bill.at_use, bill.repaid, bill.state) == (usd("-5"), usd("5"), PartnerBillState.PARTLY_PAID)
        [invoice] = Invoice.objects.all()
        assert (invoice.account_id, invoice.amount, invoice.state.wire) == (partner.pk, usd("55"), 8)
        fund(partner.account, "80")
        with pytest.raises(MoreThanOutstanding):
            record_repayment(as_partner(partner), bill=bill, amount=usd("55.01"))
        record_repayment(as_partner(partner), bill=bill, amount=usd("15"))
        record_repayment(as_partner(partner), bill=bill, amount=usd("40"))
        with pytest.raises(BillPaid):
            record_repayment(as_partner(partner), bill=bill, amount=usd("1"))

    assert (bill.state, balances_of(partner.pk).credit_used, balances_of(partner.pk).cash) == (
        PartnerBillState.PAID,
        usd("0"),
        usd("25"),
    )
    assert Repayment.objects.count() == 3
    assert broken_laws() == []


def test_who_is_late_is_restricted_until_it_has_paid(abroad):
    partner, _customers = abroad
    with clock.at(beijing(2026, 4, 5, 11, 0)):
        issue_partner_bills(SYSTEM, month=MARCH)
        assert jobs.next_overdue() == clock.now() + timedelta(days=30)
    with clock.at(beijing(2026, 5, 6)):
        jobs.fall_due_due()
        bill = PartnerBill.objects.get()
        assert bill.state is PartnerBillState.OVERDUE
        assert Partner.objects.get(pk=partner.pk).state is PartnerState.RESTRICTED
        fund(partner.account, "80")
        record_repayment(as_partner(partner), bill=bill, amount=Money.of("5", "USD"))
        assert bill.state is PartnerBillState.OVERDUE
        record_repayment(as_partner(partner), bill=bill, amount=bill.outstanding)

    assert Partner.objects.get(pk=partner.pk).state is PartnerState.JOINED


def test_a_row_is_shown_to_whom_it_concerns_and_to_nobody_else(abroad):
    partner, (one, other) = abroad
    stranger = make_solution_provider(site="intl")
    with clock.at(beijing(2026, 4, 5, 11, 0)):
        issue_partner_bills(SYSTEM, month=MARCH)

    def seen(actor):
        return [
            model.objects.visible_to(actor).count()
            for model in (FeeRecord, GroupSettlement, PartnerBill, Invoice)
        ]

    assert seen(as_partner(partner)) == [3, 2, 1, 1]
    assert seen(as_customer(one)) == [2, 1, 0, 0] and seen(as_customer(other)) == [1, 1, 0, 0]
    assert seen(as_partner(stranger)) == [0, 0, 0, 0] == seen(Actor.nobody())
    assert not FeeRecord.objects.visible_to(as_partner(stranger), through=partner.pk).exists()


def test_what_was_written_stays(db):
    with clock.at(beijing(2026, 3, 5, 10, 0)):
        scene = make_scene()
        scene.fund("10")
        charge(scene.customer, "3.00")
    for change in (
        {"cash": 200, "credit": 100},
        {"consume": 200, "cash": 200, "official": 200},
        {"month": "2026-02"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            FeeRecord.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        FeeRecord.objects.all().delete()


cents = st.integers(0, 500)


@given(
    parts=st.fixed_dictionaries(dict.fromkeys(MEANS, cents)),
    lines=st.lists(st.decimals("0", "3", places=10), min_size=1, max_size=12),
)
def test_the_lines_of_a_group_share_its_settlement_to_the_last_digit(parts, lines):
    total = target_of(official=sum(lines), discount=Decimal(0), payable=sum(lines), currency="CNY")
    left = total.consume
    settled = {}
    for name, wish in parts.items():
        settled[name] = min(wish, left)
        left -= settled[name]
    settled["cash"] += left
    before, shares = Decimal(0), []
    for payable in lines:
        shares.append(shares_of_line(before=before, payable=payable, settlement=settled, currency="CNY"))
        assert sum(shares[-1].values()) == payable and min(shares[-1].values()) >= 0
        before += payable

    for name in MEANS:
        assert sum(one[name] for one in shares) * 100 == settled[name]
    assert sum(one["cut_off"] for one in shares) == total.cut_off


@given(st.fixed_dictionaries({name: st.integers(-200, 500) for name in MEANS}))
def test_layers_are_never_below_zero_and_keep_their_sum(parts):
    if sum(parts.values()) < 0:
        return
    found = dict(layers(parts))
    assert min(found.values()) >= 0 and sum(found.values()) == sum(parts.values())


def _state(resource):
    return OnDemandResource.objects.get(pk=resource.pk).state
