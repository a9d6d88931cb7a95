"""The scene of the sample world leaves what it promises."""

from __future__ import annotations

from datetime import datetime, timedelta

from partner_center.billing.jobs import record_order_fees_due
from partner_center.catalogue.makers import make_product
from partner_center.channel.jobs.alerts import find_alerts_of_the_day, restore_budgets, watch_budgets
from partner_center.channel.laws.alerts import budget_freezes_have_their_mark, told_shares_go_up
from partner_center.channel.models.alerts import AlertState, BudgetMark, CustomerAlert
from partner_center.customers.lifecycles import FreezeState
from partner_center.customers.makers import make_people
from partner_center.customers.models import Customer, FrozenBy
from partner_center.foundation.jobs import Slot
from partner_center.kernel import clock
from partner_center.orders.jobs import fulfil
from partner_center.orders.models import Order
from partner_center.orders.states import OrderState
from partner_center.project.sample_world.channel.alerts import deeds

END = datetime.fromisoformat("2026-11-20T03:00:00+00:00")


def test_the_scene_ends_with_budgets_used_up_frozen_customers_and_alerts_handled_and_waiting(
    db: None,
) -> None:
    with clock.at(END - timedelta(days=120)):
        make_product("s6.large.2.linux", currency="USD", region="ap-southeast-1")
        people = make_people(password="", since=END - timedelta(days=120))
    for moment, deed in deeds(people, END):
        with clock.at(moment):
            deed()
        after = moment + timedelta(minutes=90)
        with clock.at(after):
            fulfil()
            record_order_fees_due()
            watch_budgets.run(Slot("x", after))
            find_alerts_of_the_day.run(Slot("x", after))

    stored = {one.account.name: one for one in Customer.objects.select_related("account")}
    assert stored["copper-kettle"].freeze_state is FreezeState.ACTIVE
    assert stored["tin-roof-studio"].frozen_by == FrozenBy.BUDGET
    assert stored["slow-river-press"].freeze_state is FreezeState.RESOURCES
    marks = BudgetMark.objects.values_list("customer__account__name", "percent")
    assert set(marks) == {
        ("copper-kettle", 75),
        ("copper-kettle", 90),
        ("tin-roof-studio", 75),
        ("tin-roof-studio", 90),
        ("tin-roof-studio", 100),
    }
    assert Order.objects.get(state=OrderState.AWAITING_CONFIRMATION).customer_id == stored["copper-kettle"].pk
    states = set(CustomerAlert.objects.values_list("state", flat=True))
    assert {AlertState.HANDLED, AlertState.OPEN} <= states
    assert not [*budget_freezes_have_their_mark(), *told_shares_go_up()]

    BudgetMark.objects.filter(percent=100).delete()
    assert len([*budget_freezes_have_their_mark()]) == 1
    restore_budgets.run(Slot("2026-12", END + timedelta(days=20)))
    assert Customer.objects.get(pk=stored["tin-roof-studio"].pk).frozen, (
        "a one-time budget does not begin anew"
    )
