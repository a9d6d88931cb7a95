"""Random lives keep the laws; a forged row breaks them."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partner_center.foundation.laws import LAWS
from partner_center.kernel import clock
from partner_center.kernel.errors import DomainError
from partner_center.subscriptions import laws  # noqa: F401 - declares them
from partner_center.subscriptions.actions import (
    convert_to_on_demand,
    drop_future_periods,
    end_lease,
    freeze_resource,
    release_lease,
    set_auto_renewal,
    set_expiry_policy,
    unfreeze_resource,
)
from partner_center.subscriptions.makers import MAKER, make_lease, renew
from partner_center.subscriptions.models import ExpirePolicy, LeasePeriod, Resource, ResourceState
from partner_center.subscriptions.rules import Term
from partner_center.subscriptions.tests.conftest import BOUGHT
from partner_center.subscriptions.tests.living import live_until

OURS = [one for name, one in LAWS.items() if name.startswith("subscriptions.")]


def breaches() -> list[str]:
    return [breach for one in OURS for breach in one.breaches()]


DEEDS = {
    "renew": lambda one: renew(one),
    "renew by the year": lambda one: renew(one, term=Term("year", 1)),
    "drop": lambda one: drop_future_periods(MAKER, resource=one),
    "end": lambda one: end_lease(MAKER, resource=one),
    "convert": lambda one: convert_to_on_demand(MAKER, resource=one),
    "release": lambda one: release_lease(MAKER, resource=one),
    "renew itself": lambda one: set_auto_renewal(MAKER, resource=one),
    "delete": lambda one: set_expiry_policy(MAKER, resource=one, policy=ExpirePolicy.DELETE),
    "go on by use": lambda one: set_expiry_policy(MAKER, resource=one, policy=ExpirePolicy.TO_ON_DEMAND),
    "freeze": lambda one: freeze_resource(MAKER, resource=one),
    "unfreeze": lambda one: unfreeze_resource(MAKER, resource=one),
}
lives = st.lists(st.tuples(st.integers(0, 40), st.sampled_from(sorted(DEEDS))), max_size=8)


def test_any_life_keeps_the_laws(lin, server, disk):
    @settings(max_examples=60)
    @given(lives)
    def live(life: list[tuple[int, str]]) -> None:
        now = BOUGHT
        with clock.at(now):
            main = make_lease(lin, server)
            make_lease(lin, disk, size=40, main=main)
        for days, deed in life:
            now += timedelta(days=days)
            live_until(now)
            with clock.at(now):
                row = Resource.objects.select_related("customer__account", "product").get(pk=main.pk)
                if row.state is ResourceState.CLOSED:
                    break
                with suppress(DomainError):
                    DEEDS[deed](row)
            assert breaches() == []

    live()


@pytest.mark.parametrize(
    "forge",
    [
        lambda one: LeasePeriod.objects.filter(resource=one).update(
            ends_at=one.expires_at - timedelta(hours=1)
        ),
        lambda one: LeasePeriod.objects.filter(resource=one).update(
            begins_at=one.begins_at + timedelta(hours=1)
        ),
        lambda one: Resource.objects.filter(pk=one.pk).update(due_at=None),
        lambda one: Resource.objects.filter(main_resource=one).update(state=ResourceState.GRACE),
        lambda one: Resource.objects.update(
            state=ResourceState.CLOSED, closed_at=one.begins_at, closed_because="expired", due_at=None
        ),
    ],
)
def test_a_forged_row_breaks_a_law(lin, server, disk, forge):
    main = make_lease(lin, server)
    make_lease(lin, disk, size=40, main=main)
    assert breaches() == []
    forge(main)
    assert breaches() != []
