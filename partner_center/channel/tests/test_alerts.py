"""Alerts of customers: found once, handled by one, over when their cause is gone."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from partner_center.billing.actions.charging import charge_usage
from partner_center.billing.makers import group_total
from partner_center.catalogue.makers import make_product
from partner_center.channel.actions.alerts import (
    find_alerts,
    handle_alert,
    set_alert_thresholds,
    subscribe_to_alerts,
)
from partner_center.channel.actions.alerts_balances import set_balance_alert
from partner_center.channel.actions.alerts_budgets import mark_budget
from partner_center.channel.errors.alerts import (
    NotItsOwner,
    ResultDoesNotFit,
    ThresholdOutOfRange,
    TooManyReceivers,
)
from partner_center.channel.jobs.alerts import (
    find_alerts_of_the_day,
    restore_budgets,
    watch_balances,
    watch_budgets,
)
from partner_center.channel.models.alerts import (
    AlertState,
    AlertSubscription,
    BalanceAlert,
    BudgetMark,
    Category,
    CustomerAlert,
    Scene,
)
from partner_center.channel.rules.alerts import compared_months, expiry_category, share_reached
from partner_center.customers.actions import set_budget, unfreeze_customer
from partner_center.customers.lifecycles import FreezeState
from partner_center.customers.makers import make_customer
from partner_center.customers.models import Customer, FrozenBy
from partner_center.customers.tests.reading import browser, html
from partner_center.foundation.actor import Actor
from partner_center.foundation.errors import WrongState
from partner_center.foundation.jobs import Slot
from partner_center.foundation.models import OutboxMessage
from partner_center.funds.makers import make_allocation, make_money, make_usage
from partner_center.identity.door import actor_of
from partner_center.identity.makers import make_user
from partner_center.identity.models import Role, User
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.kernel.period import BillMonth
from partner_center.partners.makers import (
    as_partner,
    make_account_manager,
    make_distributor,
    make_reseller,
    make_solution_provider,
    make_vendor,
)
from partner_center.partners.models import Partner
from partner_center.subscriptions.actions import expire_lease, release_lease
from partner_center.subscriptions.makers import make_lease, make_on_demand
from partner_center.subscriptions.models import Resource

SYSTEM = Actor.system("tests")
NOW = datetime(2026, 11, 10, 4, tzinfo=UTC)


@dataclass(slots=True)
class Scenery:
    partner: Partner
    customer: Customer
    manager: User

    def find(self) -> dict[str, int]:
        return find_alerts(SYSTEM, customer_ids=[self.customer.pk])

    def alert(self, category: Category) -> CustomerAlert:
        return CustomerAlert.objects.standing().get(customer=self.customer, category=category)


@pytest.fixture
def scenery(db: None) -> Scenery:
    return make_scenery()


def make_scenery(site: str = "cn") -> Scenery:
    partner = make_solution_provider(site=site)
    manager = make_account_manager(partner)
    with clock.at(NOW - timedelta(days=90)):
        customer = make_customer(partner, manager=manager, budget="1000" if site == "intl" else "")
    return Scenery(partner, customer, manager)


def use(customer: Customer, amount: str, month: str) -> None:
    """What a month's usage came to."""
    moment = BillMonth.parse(month).period.start + timedelta(days=5)
    with clock.at(moment):
        total = group_total(customer, amount)
        charge_usage(
            SYSTEM, customer_id=customer.pk, month=BillMonth.parse(month), totals=[total], rated_at=moment
        )


# --------------------------------------------------------------------------------- what is found


def test_arrears_are_found_once_and_are_over_when_they_are_paid(scenery: Scenery) -> None:
    with clock.at(NOW):
        make_usage(scenery.customer, "30.00")
        assert scenery.find() == {"found": 1, "over": 0}
        assert scenery.find() == {"found": 0, "over": 0}
        alert = scenery.alert(Category.OWING)
        assert (alert.scene, alert.title) == (Scene.ARREARS, "It owes 30.00 CNY.")

        make_money(scenery.partner, "100.00")
        make_allocation(scenery.customer, "100.00")
        assert scenery.find() == {"found": 0, "over": 1}
    alert.refresh_from_db()
    assert (alert.state, alert.over_at) == (AlertState.LAPSED, NOW)


def test_what_was_handled_is_not_found_again_before_its_cause_has_been_gone(scenery: Scenery) -> None:
    with clock.at(NOW):
        make_usage(scenery.customer, "30.00")
        scenery.find()
        handle_alert(actor_of(scenery.manager), alert=scenery.alert(Category.OWING), result="solved")
        assert scenery.find() == {"found": 0, "over": 0}, "it still owes, but somebody cares"
        make_money(scenery.partner, "100.00")
        make_allocation(scenery.customer, "30.00")
        scenery.find()
        make_usage(scenery.customer, "5.00")
        assert scenery.find()["found"] == 1
    assert sorted(one.state.value for one in CustomerAlert.objects.all()) == ["handled", "open"]


def test_expiring_resources_are_found_in_their_windows_and_who_renews_itself_is_left_alone(
    scenery: Scenery,
) -> None:
    product = make_product("s6.small.1.linux", month="100.00")
    with clock.at(NOW):
        for days, renews_itself in ((6, False), (7, False), (14, False), (29, False), (31, False), (1, True)):
            lease = make_lease(scenery.customer, product, renews_itself=renews_itself)
            Resource.objects.filter(pk=lease.pk).update(expires_at=NOW + timedelta(days=days))
        scenery.find()
        found = {one.category: one.facts["count"] for one in CustomerAlert.objects.filter(scene="expiring")}
    assert found == {"in_7_days": 1, "in_15_days": 2, "in_30_days": 1}


def test_a_low_balance_is_one_below_what_the_partner_has_set(scenery: Scenery) -> None:
    with clock.at(NOW):
        make_on_demand(scenery.customer, make_product("s6.small.1.linux", hour="0.10"))
        make_money(scenery.partner, "100.00")
        make_allocation(scenery.customer, "40.00")
        set_alert_thresholds(as_partner(scenery.partner), low_balance=Money.of("40", "CNY"), churn_percent=50)
        assert scenery.find()["found"] == 0
        set_alert_thresholds(
            as_partner(scenery.partner), low_balance=Money.of("40.01", "CNY"), churn_percent=50
        )
        assert scenery.find()["found"] == 1
        assert scenery.alert(Category.LOW).title == "Its balance of 40.00 CNY is below 40.01 CNY."
        with pytest.raises(ThresholdOutOfRange):
            set_alert_thresholds(
                as_partner(scenery.partner), low_balance=Money.of("1", "CNY"), churn_percent=101
            )


def test_churn_is_a_fall_between_two_complete_months(scenery: Scenery) -> None:
    make_money(scenery.partner, "1000.00")
    make_allocation(scenery.customer, "1000.00")
    use(scenery.customer, "100.00", "2026-09")
    use(scenery.customer, "50.01", "2026-10")
    with clock.at(NOW):
        assert scenery.find()["found"] == 0
        set_alert_thresholds(as_partner(scenery.partner), low_balance=Money(0, "CNY"), churn_percent=49)
        assert scenery.find()["found"] == 1
        alert = scenery.alert(Category.USAGE_FELL)
        assert alert.title == "Its usage of 2026-10 fell from 100.00 CNY to 50.01 CNY."
        with pytest.raises(ResultDoesNotFit):
            handle_alert(actor_of(scenery.manager), alert=alert, result="solved")
        handle_alert(actor_of(scenery.manager), alert=alert, result="not_lost", note="moved to leases")
    with clock.at(NOW + timedelta(days=30)):
        scenery.find()
        assert scenery.alert(Category.USAGE_STOPPED).key == "2026-11"


def test_a_customer_without_a_resource_left_is_missed_for_a_month(scenery: Scenery) -> None:
    with clock.at(NOW - timedelta(days=40)):
        lease = make_lease(scenery.customer, make_product("s6.small.1.linux", month="100.00"))
    with clock.at(NOW):
        lease.refresh_from_db()
        expire_lease(SYSTEM, resource=lease)
        release_lease(SYSTEM, resource=lease)
        scenery.find()
        assert scenery.alert(Category.NOTHING_LEFT).facts == {"day": "2026-11-10"}
    with clock.at(NOW + timedelta(days=31)):
        assert scenery.find() == {"found": 0, "over": 1}


def test_months_are_compared_when_they_are_complete_and_shares_and_windows_have_sharp_edges() -> None:
    assert [str(one) for one in compared_months(datetime(2026, 11, 4, 15, 59, tzinfo=UTC))] == [
        "2026-08",
        "2026-09",
    ]
    assert [str(one) for one in compared_months(datetime(2026, 11, 4, 16, tzinfo=UTC))] == [
        "2026-09",
        "2026-10",
    ]
    budget = Money(10000, "USD")
    assert [share_reached(Money(used, "USD"), budget) for used in (7499, 7500, 8999, 9000, 9999, 10000)] == [
        0,
        75,
        75,
        90,
        90,
        100,
    ]
    week = timedelta(days=7)
    assert expiry_category(NOW + week, NOW) is Category.IN_15_DAYS
    assert expiry_category(NOW + week - timedelta(seconds=1), NOW) is Category.IN_7_DAYS
    assert expiry_category(NOW - timedelta(seconds=1), NOW) is None


# --------------------------------------------------------------------------------- who sees, who handles


def test_managers_see_their_own_supervisors_all_and_only_the_owner_handles(scenery: Scenery) -> None:
    unmanaged = make_customer(scenery.partner)
    director = make_user(scenery.partner.account, roles=[Role.objects.get(preset="supervisor")])
    finance = make_user(scenery.partner.account, roles=[Role.objects.get(preset="finance")])
    other = make_account_manager(scenery.partner)
    stranger = make_solution_provider()
    with clock.at(NOW):
        for one in (scenery.customer, unmanaged):
            make_usage(one, "30.00")
        find_alerts(SYSTEM, customer_ids=[scenery.customer.pk, unmanaged.pk])
    admin = as_partner(scenery.partner)
    mine = CustomerAlert.objects.get(customer=scenery.customer)
    free = CustomerAlert.objects.get(customer=unmanaged)

    def seen(actor: Actor) -> set[int]:
        return set(CustomerAlert.objects.visible_to(actor).values_list("pk", flat=True))

    assert seen(actor_of(scenery.manager)) == {mine.pk}
    assert seen(actor_of(other)) == set()
    assert seen(actor_of(director)) == seen(admin) == {mine.pk, free.pk}
    assert seen(as_partner(stranger)) == set()
    assert not actor_of(finance).may("customers.view_alerts")

    for who in (admin, actor_of(other)):
        with pytest.raises(NotItsOwner):
            handle_alert(who, alert=mine, result="solved")
    handle_alert(actor_of(scenery.manager), alert=mine, result="solved")
    with pytest.raises(WrongState):
        handle_alert(actor_of(scenery.manager), alert=mine, result="nothing")
    with pytest.raises(NotItsOwner):
        handle_alert(actor_of(scenery.manager), alert=free, result="solved")
    handle_alert(admin, alert=free, result="solved")
    assert not actor_of(director).may("channel.handle_alert")


def test_a_distributor_sees_its_resellers_alerts_and_leaves_them_to_it(db: None) -> None:
    distributor = make_distributor()
    customer = make_customer(make_reseller(distributor))
    make_usage(customer, "30.00")
    find_alerts(SYSTEM, customer_ids=[customer.pk])
    alert = CustomerAlert.objects.visible_to(as_partner(distributor)).get()

    assert not CustomerAlert.objects.to_handle_by(as_partner(distributor)).exists()
    with pytest.raises(NotItsOwner):
        handle_alert(as_partner(distributor), alert=alert, result="solved")


def test_subscribers_are_told_once_a_day_of_what_they_may_see(scenery: Scenery) -> None:
    User.objects.filter(pk=scenery.manager.pk).update(email="lin@partner.example", language="en")
    scenery.manager.refresh_from_db()
    stranger = make_account_manager(scenery.partner)
    User.objects.filter(pk=stranger.pk).update(email="other@partner.example")
    for user in (scenery.manager, stranger):
        subscribe_to_alerts(actor_of(user), by_mail=["arrears", "churn"], by_sms=[])
    make_usage(scenery.customer, "30.00")

    find_alerts_of_the_day.run(Slot("2026-11-10", NOW))
    find_alerts_of_the_day.run(Slot("2026-11-11", NOW + timedelta(days=1)))

    (told,) = OutboxMessage.objects.filter(template="channel.alerts_found")
    assert (told.recipient, told.subject) == ("lin@partner.example", "1 new customer alerts")


def test_the_pages_of_alerts_list_handle_and_subscribe(scenery: Scenery) -> None:
    make_usage(scenery.customer, "30.00")
    scenery.find()
    alert = CustomerAlert.objects.get()
    manager = browser(scenery.manager)

    assert "It owes 30.00 CNY." in html(manager, "customer-alerts/", state="open", whose="mine")
    answer = manager.post(
        "/console/customer-alerts/",
        {"deed": "handle", "row": str(alert.pk), "result": "solved", "note": "called"},
    )
    assert answer.status_code == 302
    alert.refresh_from_db()
    assert (alert.state, alert.note) == (AlertState.HANDLED, "called")
    manager.post("/console/customer-alerts/subscription/", {"by_mail": ["arrears"]})
    assert AlertSubscription.objects.get().user_id == scenery.manager.pk
    owner = browser(scenery.partner.account)
    for page in ("thresholds/", "subscription/", f"{alert.pk}/"):
        html(owner, f"customer-alerts/{page}")
    assert browser(scenery.customer.account).get("/console/customer-alerts/").status_code == 403
    for who, page in (
        (make_vendor(), "customer-alerts/"),
        (make_vendor(), f"customer-alerts/{alert.pk}/"),
        (make_vendor(), f"customers/{scenery.customer.pk}/"),
        (scenery.partner.account, f"customers/{scenery.customer.pk}/"),
    ):
        assert html(browser(who, "zh-hans"), page)
    assert "欠费 30.00 CNY。" in html(browser(scenery.manager, "zh-hans"), "customer-alerts/")
    stranger = browser(make_solution_provider().account)
    assert stranger.get(f"/console/customer-alerts/{alert.pk}/").status_code == 404


# --------------------------------------------------------------------------------- budgets and balances


def test_a_budget_is_told_at_its_shares_once_and_freezes_when_it_is_used_up(db: None) -> None:
    scenery = make_scenery("intl")
    owner = as_partner(scenery.partner)
    with clock.at(BillMonth.parse("2026-11").period.start):
        set_budget(owner, customer=scenery.customer, amount=Money.of("100", "USD"), when_used_up="freeze")

    def told() -> list[int]:
        rows = BudgetMark.objects.order_by("pk").values_list("percent", flat=True)
        return list(rows)

    with clock.at(NOW):
        use(scenery.customer, "80.00", "2026-11")
        watch_budgets.run(Slot("a", NOW))
        watch_budgets.run(Slot("b", NOW))
        assert told() == [75]
        use(scenery.customer, "100.00", "2026-11")
        watch_budgets.run(Slot("c", NOW))
        assert told() == [75, 90, 100]
        customer = Customer.objects.select_related("account", "partner").get(pk=scenery.customer.pk)
        assert (customer.freeze_state, customer.frozen_by) == (FreezeState.ACCOUNT, FrozenBy.BUDGET)

        unfreeze_customer(owner, customer=customer)
        assert mark_budget(SYSTEM, customer=customer) == 0, "whoever unfreezes it knows"
        set_budget(owner, customer=customer, amount=Money.of("99", "USD"))
        assert mark_budget(SYSTEM, customer=customer) == 100, "another sum, told anew"
        assert customer.frozen

    december = BillMonth.parse("2026-12").period.start
    with clock.at(december):
        restore_budgets.run(Slot("2026-12", december))
        customer.refresh_from_db()
        assert not customer.frozen
        watch_budgets.run(Slot("d", december))
        assert not Customer.objects.get(pk=customer.pk).frozen, "the new month has used nothing"


def test_a_balance_alert_tells_once_until_the_balance_has_risen(scenery: Scenery) -> None:
    partner, account = as_partner(scenery.partner), scenery.partner.account
    make_money(scenery.partner, "50.00")
    with pytest.raises(TooManyReceivers):
        set_balance_alert(
            partner,
            account=account,
            threshold=Money.of("60", "CNY"),
            receivers=[f"a{number}@x.example" for number in range(6)],
        )
    set_balance_alert(
        partner, account=account, threshold=Money.of("60", "CNY"), receivers=["cfo@partner.example"]
    )

    def turn() -> int:
        watch_balances.run(Slot("x", NOW))
        rows = OutboxMessage.objects.filter(template="channel.balance_low")
        return sum(one.recipient == "cfo@partner.example" for one in rows)

    assert (turn(), turn()) == (1, 1)
    make_money(scenery.partner, "50.00")
    assert (turn(), BalanceAlert.objects.get().fell_at) == (1, None)
    make_allocation(scenery.customer, "90.00")
    assert turn() == 2


def test_an_account_sets_its_balance_alert_and_switches_it_off(scenery: Scenery) -> None:
    owner = browser(scenery.partner.account)
    html(owner, "balance-alert/")
    asked = {"on": "on", "threshold": "25", "receivers": "a@x.example, b@x.example"}
    for wrong in ({"threshold": ""}, {"receivers": "nobody"}, {"threshold": "1.005"}):
        assert owner.post("/console/balance-alert/", asked | wrong).status_code == 200, wrong
        assert not BalanceAlert.objects.exists()
    assert owner.post("/console/balance-alert/", asked).status_code == 302
    alert = BalanceAlert.objects.get()
    assert (str(alert.threshold), alert.receivers) == ("25.00 CNY", ["a@x.example", "b@x.example"])
    assert "a@x.example" in html(owner, "balance-alert/")
    assert "25" not in html(browser(scenery.customer.account), "balance-alert/").split("Threshold")[1][:200]
    owner.post("/console/balance-alert/", {})
    assert not BalanceAlert.objects.exists()

    abroad = make_scenery("intl").customer.account
    answer = browser(abroad).post("/console/balance-alert/", {"on": "on", "threshold": "25"})
    assert answer.status_code == 200 and not BalanceAlert.objects.exists(), "it has no balance"


# --------------------------------------------------------------------------------- races


def test_of_two_who_handle_an_alert_one_comes_too_late_and_a_cause_is_found_once(real_db: None) -> None:
    scenery = make_scenery()
    make_usage(scenery.customer, "30.00")
    assert together(lambda number: scenery.find()) == []
    alert = CustomerAlert.objects.get()
    manager = actor_of(scenery.manager)

    refusals = together(
        lambda number: handle_alert(manager, alert=CustomerAlert.objects.get(pk=alert.pk), result="solved")
    )

    assert [type(one) for one in refusals] == [WrongState]


def test_a_budget_is_told_once_whoever_watches_it(real_db: None) -> None:
    scenery = make_scenery("intl")
    use(scenery.customer, "1000.00", "2026-11")
    with clock.at(NOW):
        moment = NOW

        def mark(number: int) -> None:
            with clock.at(moment):
                mark_budget(
                    SYSTEM, customer=Customer.objects.select_related("account").get(pk=scenery.customer.pk)
                )

        assert together(mark) == []
    assert BudgetMark.objects.count() == 3


def together(deed: Any, count: int = 2) -> list[BaseException]:
    """What went wrong when `count` threads did it at once."""
    failures: list[BaseException] = []
    barrier = threading.Barrier(count)

    def run(number: int) -> None:
        try:
            barrier.wait()
            deed(number)
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures
