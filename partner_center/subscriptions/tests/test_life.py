"""A lease's life: what is bought, and what time does to it."""

from __future__ import annotations

import pytest

from partner_center.customers.actions import freeze_customer_with_resources, unfreeze_customer
from partner_center.foundation.errors import WrongState
from partner_center.foundation.models import OutboxMessage, TrailEntry
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.subscriptions import jobs, queries
from partner_center.subscriptions.actions import (
    PeriodCharge,
    change_specification,
    convert_to_on_demand,
    drop_future_periods,
    end_lease,
    freeze_resource,
    hold_for_order,
    let_go,
    release_lease,
    set_expiry_policy,
    start_order,
    unfreeze_resource,
)
from partner_center.subscriptions.errors import (
    FrozenByPolice,
    NoFuturePeriods,
    OrderRunning,
    ResourceClosed,
    SizeNotSold,
    StillInUse,
)
from partner_center.subscriptions.makers import MAKER, charge, make_lease, renew
from partner_center.subscriptions.models import (
    ClosedBecause,
    ExpirePolicy,
    HeldFor,
    LeasePeriod,
    OnDemandResource,
    OnDemandState,
    PeriodState,
    Resource,
    ResourceState,
)
from partner_center.subscriptions.rules import Charge, Term
from partner_center.subscriptions.tests.living import beijing, live_until


def fresh(resource):
    return type(resource).objects.select_related("customer__account", "product").get(pk=resource.pk)


def test_a_month_is_bought_as_the_documented_example_says(lin, server):
    lease = make_lease(lin, server, amount="100.00", order_number="CS1")

    assert lease.expires_at == beijing("2024-02-01 23:59:59")
    (period,) = LeasePeriod.objects.filter(resource=lease)
    assert (period.begins_at, period.ends_at) == (beijing("2024-01-01 10:30"), lease.expires_at)
    assert (period.order_number, period.official, period.cash) == (
        "CS1",
        Money.of("100.00", "CNY"),
        Money.of("100.00", "CNY"),
    )
    assert TrailEntry.objects.filter(verb="resource.begin", about_id=lin.pk).exists()


def test_a_lease_expires_to_the_second_lives_through_grace_and_retention_and_is_released(lin, server):
    lease = make_lease(lin, server)

    live_until(beijing("2024-02-01 23:59:58"))
    assert fresh(lease).state is ResourceState.IN_USE
    live_until(beijing("2024-02-01 23:59:59"))
    assert fresh(lease).state is ResourceState.GRACE
    live_until(beijing("2024-02-08 23:59:58"))
    assert fresh(lease).state is ResourceState.GRACE
    live_until(beijing("2024-02-08 23:59:59"))
    assert fresh(lease).state is ResourceState.RETENTION
    live_until(beijing("2024-02-23 23:59:58"))
    assert fresh(lease).state is ResourceState.RETENTION
    live_until(beijing("2024-02-23 23:59:59"))

    lease = fresh(lease)
    assert (lease.state, lease.closed_because) == (ResourceState.CLOSED, ClosedBecause.EXPIRED)
    assert lease.closed_at == beijing("2024-02-23 23:59:59")
    assert LeasePeriod.objects.get(resource=lease).state is PeriodState.HELD, (
        "a period that ran out is not given back"
    )


def test_grace_goes_by_the_customers_level(partner, server):
    from partner_center.customers.makers import make_customer

    valued = make_customer(partner, level="V3")
    lease = make_lease(valued, server)
    live_until(beijing("2024-02-16 23:59:58"))
    assert fresh(lease).state is ResourceState.GRACE
    live_until(beijing("2024-02-16 23:59:59"))
    assert fresh(lease).state is ResourceState.RETENTION


def test_work_done_late_counts_from_the_moment_it_was_due(lin, server):
    lease = make_lease(lin, server)
    with clock.at(beijing("2024-02-05 12:00")):
        jobs.move_leases_on()
    assert fresh(lease).due_at == beijing("2024-02-08 23:59:59")


def test_children_follow_their_main_resource(lin, server, disk):
    main = make_lease(lin, server)
    child = make_lease(lin, disk, size=40, main=main)
    assert child.expires_at == main.expires_at

    live_until(beijing("2024-02-03 00:00"))
    assert fresh(child).state is ResourceState.GRACE
    with clock.at(beijing("2024-02-03 00:00")):
        renew(fresh(main))
    main, child = fresh(main), fresh(child)
    assert main.state is child.state is ResourceState.IN_USE
    assert main.expires_at == child.expires_at == beijing("2024-03-01 23:59:59")

    with clock.at(beijing("2024-02-10 00:00")):
        end_lease(MAKER, resource=main)
    assert fresh(main).state is fresh(child).state is ResourceState.CLOSED


@pytest.mark.parametrize("day", ["2024-02-04 08:00", "2024-02-20 08:00"])
def test_a_renewal_begins_at_the_old_expiry_in_grace_and_in_retention(lin, server, day):
    lease = make_lease(lin, server)
    live_until(beijing(day))
    with clock.at(beijing(day)):
        renew(fresh(lease))

    lease = fresh(lease)
    assert lease.state is ResourceState.IN_USE
    assert lease.expires_at == lease.due_at == beijing("2024-03-01 23:59:59")
    first, second = LeasePeriod.objects.filter(resource=lease)
    assert first.ends_at == second.begins_at == beijing("2024-02-01 23:59:59")


def test_a_renewal_that_is_already_over_expires_at_once_again(lin, server):
    lease = make_lease(lin, server, term=Term("day", 1))
    live_until(beijing("2024-01-10 08:00"))
    with clock.at(beijing("2024-01-10 08:00")):
        renew(fresh(lease), term=Term("day", 1))
        jobs.move_leases_on()
    lease = fresh(lease)
    assert lease.state is ResourceState.GRACE
    assert lease.due_at == beijing("2024-01-10 23:59:59")


def test_unsubscribing_cuts_the_running_period_and_drops_those_to_come(lin, server):
    lease = make_lease(lin, server)
    renew(lease)
    at = beijing("2024-01-15 18:40")
    with clock.at(at):
        basis = queries.refund_basis(lease, at)
        end_lease(MAKER, resource=fresh(lease))

    assert [period.ends_at for period in basis] == [
        beijing("2024-02-01 23:59:59"),
        beijing("2024-03-01 23:59:59"),
    ]
    running, coming = LeasePeriod.objects.filter(resource=lease)
    assert (running.state, running.ended_at) == (PeriodState.CUT_SHORT, at)
    assert (coming.state, coming.ended_at) == (PeriodState.DROPPED, at)
    lease = fresh(lease)
    assert (lease.closed_at, lease.closed_because) == (at, ClosedBecause.UNSUBSCRIBED)
    assert queries.next_transition() is None and queries.next_notice() is None


def test_of_two_that_unsubscribe_the_second_is_too_late(lin, server):
    lease = make_lease(lin, server)
    also = fresh(lease)
    end_lease(MAKER, resource=lease)
    with pytest.raises(WrongState):
        end_lease(MAKER, resource=also)


def test_only_renewed_periods_are_dropped(lin, server, disk):
    main = make_lease(lin, server)
    child = make_lease(lin, disk, size=40, main=main)
    renew(main)
    with clock.at(beijing("2024-01-20 08:00")):
        dropped = drop_future_periods(MAKER, resource=fresh(main))

    assert {period.resource_id for period in dropped} == {main.pk, child.pk}
    main, child = fresh(main), fresh(child)
    assert main.state is ResourceState.IN_USE
    assert main.expires_at == main.due_at == child.expires_at == beijing("2024-02-01 23:59:59")
    with pytest.raises(NoFuturePeriods), clock.at(beijing("2024-01-20 08:00")):
        drop_future_periods(MAKER, resource=main)


def test_a_renewed_period_under_way_is_not_dropped(lin, server):
    lease = make_lease(lin, server)
    renew(lease)
    with pytest.raises(NoFuturePeriods), clock.at(beijing("2024-02-02 00:00")):
        drop_future_periods(MAKER, resource=fresh(lease))


def test_a_change_keeps_its_difference_beside_each_period_it_touches(lin, server, disk):
    lease = make_lease(lin, disk, size=40, amount="28.00")
    renew(lease, amount="28.00")
    at = beijing("2024-01-16 12:00")
    with clock.at(at):
        charges = [
            PeriodCharge(period, max(at, period.begins_at), charge("7.00"))
            for period in queries.refund_basis(lease, at)
        ]
        change_specification(
            MAKER, resource=fresh(lease), product=disk, size=60, order_number="CS9", charges=charges
        )

    assert fresh(lease).size == 60
    rows = LeasePeriod.objects.filter(resource=lease, kind=LeasePeriod.Kind.CHANGE)
    assert [(row.begins_at, row.ends_at, row.payable.minor) for row in rows] == [
        (at, beijing("2024-02-01 23:59:59"), 700),
        (beijing("2024-02-01 23:59:59"), beijing("2024-03-01 23:59:59"), 700),
    ]
    with clock.at(beijing("2024-01-20 08:00")):
        drop_future_periods(MAKER, resource=fresh(lease))
    assert [row.state for row in LeasePeriod.objects.filter(resource=lease).order_by("pk")] == [
        PeriodState.HELD,
        PeriodState.DROPPED,
        PeriodState.HELD,
        PeriodState.DROPPED,
    ]


def test_a_size_that_is_not_sold_changes_nothing(lin, disk):
    lease = make_lease(lin, disk, size=40)
    with pytest.raises(SizeNotSold):
        change_specification(MAKER, resource=lease, product=disk, size=45, order_number="CS9")
    assert fresh(lease).size == 40


def test_money_that_goes_back_is_negative_and_of_the_rows_currency(lin, server):
    lease = make_lease(lin, server)
    (period,) = queries.refund_basis(lease, clock.now())
    back = Money.of("-30.00", "CNY")
    change_specification(
        MAKER,
        resource=lease,
        product=server,
        order_number="CS9",
        charges=[PeriodCharge(period, clock.now(), Charge(back, back, back, Money.zero("CNY")))],
    )
    assert sum(row.cash.minor for row in queries.refund_basis(lease, clock.now())) == 7000


@pytest.mark.parametrize(
    ("policy", "state", "because"),
    [
        (ExpirePolicy.GRACE, ResourceState.GRACE, ""),
        (ExpirePolicy.TO_ON_DEMAND, ResourceState.CLOSED, ClosedBecause.CONVERTED),
        (ExpirePolicy.DELETE, ResourceState.CLOSED, ClosedBecause.EXPIRED),
        (ExpirePolicy.AUTO_RENEW, ResourceState.GRACE, ""),
        (ExpirePolicy.FREEZE, ResourceState.RETENTION, ""),
        (ExpirePolicy.DELETE_AFTER_RETENTION, ResourceState.GRACE, ""),
    ],
)
def test_each_policy_does_at_expiry_what_it_says(lin, server, disk, policy, state, because):
    lease = make_lease(lin, server)
    child = make_lease(lin, disk, size=40, main=lease)
    set_expiry_policy(MAKER, resource=lease, policy=policy)
    live_until(beijing("2024-02-01 23:59:59"))
    assert (fresh(lease).state, fresh(lease).closed_because) == (state, because)
    assert fresh(child).state is state


def test_what_goes_on_pay_per_use_begins_where_the_lease_ended(lin, server, disk):
    lease = make_lease(lin, server)
    child = make_lease(lin, disk, size=40, main=lease)
    set_expiry_policy(MAKER, resource=lease, policy=ExpirePolicy.TO_ON_DEMAND)
    live_until(beijing("2024-02-05 00:00"))

    on_demand = OnDemandResource.objects.get(resource_id=lease.resource_id)
    assert on_demand.opened_at == fresh(lease).closed_at == beijing("2024-02-01 23:59:59")
    assert on_demand.state is OnDemandState.NORMAL and on_demand.converted_from_id == lease.pk
    below = OnDemandResource.objects.get(resource_id=child.resource_id)
    assert (below.main_resource_id, below.size) == (on_demand.pk, 40)
    assert LeasePeriod.objects.get(resource=lease).state is PeriodState.HELD


def test_a_frozen_account_does_not_go_on_pay_per_use_but_into_grace(lin, server):
    from partner_center.catalogue.actions import PriceEntry, publish_prices

    lease = make_lease(lin, server)
    set_expiry_policy(MAKER, resource=lease, policy=ExpirePolicy.TO_ON_DEMAND)
    usage = server.resource_type.usage_types.get(code="Duration")
    publish_prices(
        MAKER,
        prices=[PriceEntry(server, "on_demand", "CNY", beijing("2024-01-20 00:00"), None, usage_type=usage)],
    )
    live_until(beijing("2024-02-01 23:59:59"))
    assert fresh(lease).state is ResourceState.GRACE, "no longer sold on a pay-per-use basis"
    assert not OnDemandResource.objects.exists()


def test_an_immediate_conversion_ends_the_lease_now(lin, server):
    lease = make_lease(lin, server)
    with clock.at(beijing("2024-01-10 09:00")):
        opened = convert_to_on_demand(MAKER, resource=fresh(lease))
    assert opened.opened_at == beijing("2024-01-10 09:00")
    assert LeasePeriod.objects.get(resource=lease).state is PeriodState.CUT_SHORT
    with pytest.raises(WrongState):
        convert_to_on_demand(MAKER, resource=lease)


def test_what_the_police_have_frozen_is_neither_converted_nor_released(lin, server):
    lease = make_lease(lin, server)
    freeze_resource(MAKER, resource=lease)
    with pytest.raises(FrozenByPolice):
        convert_to_on_demand(MAKER, resource=fresh(lease))

    live_until(beijing("2024-04-01 00:00"))
    assert fresh(lease).state is ResourceState.RETENTION
    with clock.at(beijing("2024-04-01 00:00")):
        unfreeze_resource(MAKER, resource=fresh(lease))
    live_until(beijing("2024-04-01 00:00"))
    assert fresh(lease).state is ResourceState.CLOSED


def test_a_freeze_shows_over_the_state_and_time_goes_on(lin, server):
    lease = make_lease(lin, server)
    freeze_customer_with_resources(MAKER, customer=lin, reason="overdue")
    assert fresh(lease).face is ResourceState.RETENTION and fresh(lease).state is ResourceState.IN_USE
    assert list(Resource.objects.with_face(ResourceState.RETENTION)) == [lease]
    assert not Resource.objects.with_face(ResourceState.IN_USE).exists()

    live_until(beijing("2024-02-02 00:00"))
    unfreeze_customer(MAKER, customer=lin, reason="paid")
    assert fresh(lease).face is ResourceState.GRACE


def test_a_lease_stays_while_a_paid_order_is_at_work_on_it(lin, server):
    lease = make_lease(lin, server)
    live_until(beijing("2024-02-20 00:00"))
    lease = fresh(lease)
    hold_for_order(MAKER, resource=lease, order_number="CS5", purpose=HeldFor.RENEWAL)
    start_order(MAKER, resource=lease, order_number="CS5")

    live_until(beijing("2024-02-24 00:00"))
    assert fresh(lease).state is ResourceState.RETENTION
    let_go(MAKER, resource=lease, order_number="CS5")
    live_until(beijing("2024-02-24 00:00"))
    assert fresh(lease).state is ResourceState.CLOSED
    with pytest.raises(ResourceClosed):
        start_order(MAKER, resource=lease, order_number="CS5")


def test_the_customer_lets_go_of_what_has_expired_only(lin, server):
    lease = make_lease(lin, server)
    with pytest.raises(StillInUse):
        release_lease(MAKER, resource=lease)
    live_until(beijing("2024-02-03 00:00"))
    lease = fresh(lease)
    hold_for_order(MAKER, resource=lease, order_number="CS5", purpose=HeldFor.RENEWAL)
    with pytest.raises(OrderRunning):
        release_lease(MAKER, resource=lease)
    let_go(MAKER, resource=lease, order_number="CS5")
    with clock.at(beijing("2024-02-03 00:00")):
        release_lease(MAKER, resource=lease)
    assert fresh(lease).closed_because == ClosedBecause.RELEASED


def test_the_customer_is_told_in_time_by_mail_and_sms(lin, server):
    make_lease(lin, server, name="web-1")
    live_until(beijing("2024-03-01 00:00"))

    mails = OutboxMessage.objects.filter(channel="mail", about_id=lin.pk).order_by("due_at", "pk")
    said = [
        (one.template.removeprefix("subscriptions."), one.due_at)
        for one in mails
        if "subscriptions" in one.template
    ]
    assert said == [
        ("expiring", beijing("2024-01-17 10:00")),
        ("expiring", beijing("2024-01-25 10:00")),
        ("expiring", beijing("2024-01-29 10:00")),
        ("expiring", beijing("2024-01-31 10:00")),
        ("release", beijing("2024-02-17 10:00")),
        ("release", beijing("2024-02-21 10:00")),
        ("released", beijing("2024-02-23 23:59:59")),
    ]
    assert OutboxMessage.objects.filter(channel="sms", template__startswith="subscriptions.").count() == len(
        said
    )
    assert "web-1" in mails.filter(template="subscriptions.expiring")[0].body


def test_a_worker_that_was_away_sends_the_latest_notice_only(lin, server):
    make_lease(lin, server)
    with clock.at(beijing("2024-01-30 12:00")):
        jobs.send_notices()
    (mail,) = OutboxMessage.objects.filter(channel="mail", template="subscriptions.expiring")
    assert "3" in mail.subject
    assert queries.next_notice() == beijing("2024-01-31 10:00")


def test_jobs_done_twice_do_nothing_the_second_time(lin, server):
    make_lease(lin, server)
    with clock.at(beijing("2024-02-01 23:59:59")):
        assert jobs.move_leases_on() == {"moved": 1}
        assert jobs.move_leases_on() == {"moved": 0}
        jobs.send_notices()
        before = OutboxMessage.objects.count()
        jobs.send_notices()
        assert OutboxMessage.objects.count() == before
