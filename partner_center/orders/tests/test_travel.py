"""The sandbox's clock goes forward: orders lapse, leases renew themselves and fail to, each when it falls due."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from partner_center.kernel import clock
from partner_center.orders.makers import make_order, make_paid_order, resource_of
from partner_center.orders.models import Order
from partner_center.orders.states import OrderState, OrderType
from partner_center.orders.tests.conftest import make_scene, yuan
from partner_center.partners.makers import make_vendor
from partner_center.subscriptions.models import Resource, ResourceState
from tests.calling import call


def advance(to: Any) -> list[dict[str, Any]]:
    answer = call(make_vendor(), "POST", "/api/v1/clock/advance", to=to.strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert answer.status_code == 200, answer.content
    jobs: list[dict[str, Any]] = answer.json()["jobs"]
    assert not [one for one in jobs if one["failures"]], jobs
    return jobs


@pytest.mark.usefixtures("real_db")
def test_a_month_goes_by(settings):
    settings.SANDBOX = True
    scene = make_scene()
    scene.fund("200.00")
    resource = resource_of(make_paid_order(scene.customer, scene.server, auto_renew=True))
    unpaid = make_order(scene.customer, scene.server)
    first_expiry = resource.expires_at

    advance(unpaid.payment_due_at + timedelta(minutes=1))
    assert Order.objects.get(pk=unpaid.pk).state is OrderState.CANCELLED

    advance(first_expiry - timedelta(days=6))
    renewal = Order.objects.get(type=OrderType.RENEWAL)
    assert (renewal.state, renewal.is_automatic) == (OrderState.COMPLETED, True)
    assert scene.cash == yuan("0.00")
    renewed = Resource.objects.get(pk=resource.pk)
    assert renewed.expires_at > first_expiry

    advance(first_expiry + timedelta(days=20))
    advance(renewed.expires_at + timedelta(days=1))
    now = Resource.objects.select_related("auto_renewal").get(pk=resource.pk)
    assert now.state is ResourceState.GRACE
    assert "balance is not enough" in now.auto_renewal.failure or "余额" in now.auto_renewal.failure
    assert Order.objects.filter(type=OrderType.RENEWAL).count() == 1

    scene.fund("100.00")
    advance(clock.now() + timedelta(days=2))
    assert Resource.objects.get(pk=resource.pk).state is ResourceState.IN_USE
    assert scene.cash == yuan("0.00")
