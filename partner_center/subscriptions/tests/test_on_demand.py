"""Pay-per-use resources: opened, changed, closed, and what arrears do to them."""

from __future__ import annotations

import pytest

from partner_center.catalogue.makers import make_product
from partner_center.customers.errors import CustomerFrozen
from partner_center.customers.makers import make_customer
from partner_center.foundation.errors import WrongState
from partner_center.kernel import clock
from partner_center.partners.makers import make_solution_provider
from partner_center.subscriptions import queries
from partner_center.subscriptions.actions import (
    change_on_demand,
    close_on_demand,
    freeze_on_demand,
    put_on_demand_into_arrears,
    restore_on_demand,
)
from partner_center.subscriptions.errors import NotSoldPayPerUse, SizeNotSold
from partner_center.subscriptions.makers import MAKER, make_on_demand
from partner_center.subscriptions.models import OnDemandResource, OnDemandState
from partner_center.subscriptions.tests.living import beijing, live_until


def fresh(resource):
    return OnDemandResource.objects.select_related("customer__account").get(pk=resource.pk)


def test_it_is_opened_now_and_closed_when_the_platform_has_cleared_it_away(lin, server):
    opened = make_on_demand(lin, server)
    assert (opened.opened_at, opened.state) == (clock.now(), OnDemandState.NORMAL)
    with clock.at(beijing("2024-01-03 12:00")):
        close_on_demand(MAKER, resource=fresh(opened))
        assert fresh(opened).state is OnDemandState.CLOSING
        live_until(clock.now())
    closed = fresh(opened)
    assert (closed.state, closed.closed_at, closed.ends_at) == (
        OnDemandState.CLOSED,
        beijing("2024-01-03 12:00"),
        beijing("2024-01-03 12:00"),
    )
    with pytest.raises(WrongState):
        close_on_demand(MAKER, resource=closed)


def test_what_has_no_pay_per_use_price_is_not_opened(lin):
    with pytest.raises(NotSoldPayPerUse):
        make_on_demand(lin, make_product("kept.by.month", hour=None))
    assert not OnDemandResource.objects.exists()


@pytest.mark.parametrize("size", [None, 5, 45, 1010])
def test_a_disk_has_one_of_the_sizes_sold(lin, disk, size):
    with pytest.raises(SizeNotSold):
        make_on_demand(lin, disk, size=size)


def test_a_frozen_customer_opens_nothing(then):
    abroad = make_customer(make_solution_provider(site="intl"))
    product = make_product("c6.abroad", currency="USD")
    with pytest.raises(CustomerFrozen):
        make_on_demand(abroad, product)


def test_a_change_takes_effect_at_once_and_ends_by_itself(lin, disk):
    opened = make_on_demand(lin, disk, size=40)
    change_on_demand(MAKER, resource=opened, product=disk, size=60)
    assert (fresh(opened).state, fresh(opened).size) == (OnDemandState.CHANGING, 60)
    with pytest.raises(WrongState):
        close_on_demand(MAKER, resource=fresh(opened))
    live_until(clock.now())
    assert fresh(opened).state is OnDemandState.NORMAL


def test_arrears_lead_through_grace_and_retention_to_closing(lin, server):
    opened = make_on_demand(lin, server)
    since = beijing("2024-01-10 08:00")
    put_on_demand_into_arrears(MAKER, resource=opened, since=since)
    assert fresh(opened).ends_at == beijing("2024-01-17 08:00")
    live_until(beijing("2024-01-17 07:59:59"))
    assert fresh(opened).state is OnDemandState.GRACE
    live_until(beijing("2024-01-17 08:00"))
    assert fresh(opened).state is OnDemandState.FROZEN
    live_until(beijing("2024-02-01 08:00"))
    assert (fresh(opened).state, fresh(opened).closed_at) == (
        OnDemandState.CLOSED,
        beijing("2024-02-01 08:00"),
    )


def test_what_is_paid_in_time_runs_on(lin, server):
    opened = make_on_demand(lin, server)
    put_on_demand_into_arrears(MAKER, resource=opened)
    restore_on_demand(MAKER, resource=opened)
    assert fresh(opened).state is OnDemandState.NORMAL and queries.next_on_demand_transition() is None
    freeze_on_demand(MAKER, resource=opened)
    restore_on_demand(MAKER, resource=opened)
    assert fresh(opened).state is OnDemandState.NORMAL


def test_without_grace_a_resale_customer_abroad_still_has_a_day(settings, then):
    settings.GRACE_DAYS = (0, 0, 0, 0, 0, 0)
    abroad = make_customer(make_solution_provider(site="intl"), budget="5000")
    opened = make_on_demand(abroad, make_product("c6.abroad", currency="USD"))
    put_on_demand_into_arrears(MAKER, resource=opened, since=beijing("2024-01-10 08:00"))
    assert fresh(opened).due_at == beijing("2024-01-11 08:00")
