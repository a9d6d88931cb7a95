"""Several at once, with real transactions on both databases."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

from django.db import connection

from partner_center.catalogue.makers import make_product
from partner_center.customers.makers import make_customer
from partner_center.foundation.models import OutboxMessage
from partner_center.kernel import clock
from partner_center.partners.makers import make_solution_provider
from partner_center.subscriptions import jobs
from partner_center.subscriptions.actions import end_lease, hold_for_order
from partner_center.subscriptions.makers import MAKER, make_lease, renew
from partner_center.subscriptions.models import HeldFor, LeasePeriod, PeriodState, Resource, ResourceState
from partner_center.subscriptions.tests.conftest import BOUGHT
from partner_center.subscriptions.tests.living import beijing

WORKERS = 6


def at_once(deed: Callable[[int], object], moment) -> Counter:
    """Do the deed from several threads at the same time; count how each ended."""
    ends: Counter = Counter()
    gate, lock = threading.Barrier(WORKERS), threading.Lock()

    def work(number: int) -> None:
        try:
            with clock.at(moment):
                gate.wait()
                try:
                    deed(number)
                    end = "done"
                except Exception as error:
                    end = type(error).__name__
            with lock:
                ends[end] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def leased() -> Resource:
    with clock.at(BOUGHT):
        customer = make_customer(make_solution_provider(), email="it@lin.example")
        return make_lease(customer, make_product(begins_at=BOUGHT))


def test_of_several_orders_one_has_the_resource_in_hand(real_db):
    lease = leased()
    ends = at_once(
        lambda number: hold_for_order(
            MAKER, resource=lease, order_number=f"CS{number}", purpose=HeldFor.RENEWAL
        ),
        BOUGHT,
    )
    assert ends == {"done": 1, "InPendingOrder": WORKERS - 1}


def test_a_lease_is_ended_once(real_db):
    lease = leased()
    ends = at_once(lambda number: end_lease(MAKER, resource=lease), BOUGHT)
    assert ends == {"done": 1, "WrongState": WORKERS - 1}
    assert LeasePeriod.objects.get().state is PeriodState.CUT_SHORT


def test_renewals_at_once_stand_one_behind_the_other(real_db):
    lease = leased()
    ends = at_once(lambda number: renew(Resource.objects.get(pk=lease.pk)), BOUGHT)
    assert ends == {"done": WORKERS}
    periods = list(LeasePeriod.objects.order_by("begins_at"))
    assert len(periods) == WORKERS + 1
    for before, after in zip(periods, periods[1:], strict=False):
        assert before.ends_at == after.begins_at
    assert Resource.objects.get().expires_at == periods[-1].ends_at == beijing("2024-08-01 23:59:59")


def test_a_renewal_and_the_expiry_at_once_leave_it_in_use(real_db):
    lease = leased()

    def either(number: int) -> None:
        if number == 0:
            renew(Resource.objects.get(pk=lease.pk))
        else:
            jobs.move_leases_on()

    ends = at_once(either, beijing("2024-02-02 00:00"))
    assert ends == {"done": WORKERS}
    renewed = Resource.objects.get()
    assert (renewed.state, renewed.due_at) == (ResourceState.IN_USE, beijing("2024-03-01 23:59:59"))


def test_several_workers_send_a_notice_once(real_db):
    leased()
    ends = at_once(lambda number: jobs.send_notices(), beijing("2024-01-17 10:00"))
    assert ends == {"done": WORKERS}
    assert OutboxMessage.objects.filter(template="subscriptions.expiring", channel="mail").count() == 1
