"""The open month: what customers have used so far is known within a minute, and follows prices and discounts."""

from __future__ import annotations

import pytest

from partner_center.billing.models import CustomerRating, Rating, RatingKind, RatingState
from partner_center.billing.runs import opened, queries, rated, schedule
from partner_center.billing.runs.folders import RunFolder
from partner_center.billing.tests.running import OPERATOR, House, beijing, deliver, make_house, publish
from partner_center.foundation.jobs import Slot
from partner_center.kernel import clock
from partner_center.kernel.period import BillMonth
from partner_center.metering.models import Arrival
from partner_center.pricing.actions import revoke_discount
from partner_center.pricing.makers import make_discount
from partner_center.pricing.queries import quote_on_demand

NOON = beijing(2026, 3, 10, 12)
MARCH = BillMonth(2026, 3)


@pytest.fixture
def house(db, tmp_path, settings) -> House:
    settings.PARTNER_CENTER_RATING_ENGINE = rated.PLAIN
    return make_house(tmp_path, settings)


def so_far(customer) -> int:
    return CustomerRating.objects.get(customer=customer, month="2026-03").payable.minor


def test_new_usage_is_rated_in_the_next_turn_and_only_its_customers(house):
    with clock.at(NOON):
        deliver([house.use(one, beijing(2026, 3, 9, 8), 10) for one in (house.lin, house.mei)])
        assert queries.next_arrival() == NOON, "the background work sees it at once"
        assert schedule.rate_arrivals() == {"rated": 2, "failed": 0}
        assert (so_far(house.lin), so_far(house.mei)) == (200, 200)
        first = CustomerRating.objects.get(customer=house.mei).rating
    with clock.at(beijing(2026, 3, 10, 13)):
        deliver([house.use(house.lin, beijing(2026, 3, 10, 8), 2)])
        assert schedule.rate_arrivals() == {"rated": 1, "failed": 0}
        assert schedule.rate_arrivals() == {"rated": 0}
        assert queries.next_arrival() is None
    assert (so_far(house.lin), so_far(house.mei)) == (240, 200)
    assert CustomerRating.objects.get(customer=house.mei).rating == first


def test_usage_that_comes_while_its_customer_is_rated_is_rated_after_that(house, monkeypatch):
    with clock.at(NOON):
        deliver([house.use(house.lin, beijing(2026, 3, 9, 8), 10)])
        honest = rated.rate_folder

        def slow(*args, **facts):
            with clock.at(beijing(2026, 3, 10, 12, 0, 30)):
                deliver([house.use(house.lin, beijing(2026, 3, 10, 8), 1)])
            return honest(*args, **facts)

        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(rated, "rate_folder", slow)
            schedule.rate_arrivals()
    assert so_far(house.lin) == 200 and Arrival.objects.exists()
    with clock.at(beijing(2026, 3, 10, 12, 1)):
        schedule.rate_arrivals()
    assert so_far(house.lin) == 220 and not Arrival.objects.exists()


def test_one_customer_that_cannot_be_rated_does_not_stop_the_others(house, monkeypatch):
    honest = rated.rate_plainly

    def choking(came, out):
        import pyarrow.parquet as pq

        if house.mei.pk in pq.read_table(came / "customers.parquet").column("customer_id").to_pylist():
            raise ArithmeticError("an amount that nobody can hold")
        return honest(came, out)

    monkeypatch.setattr(rated, "rate_plainly", choking)
    with clock.at(NOON):
        deliver([house.use(one, beijing(2026, 3, 9, 8), 10) for one in house.customers])
        assert schedule.rate_arrivals() == {"rated": 2, "failed": 1}
        assert queries.next_arrival() == NOON + opened.LATER, "it is put off, not lost"
    assert (so_far(house.lin), so_far(house.solo)) == (200, 200)
    assert not CustomerRating.objects.filter(customer=house.mei).exists()


def test_what_rates_a_customer_changed_and_the_hourly_turn_finds_out(house):
    slot = Slot("2026-03-10T05:10Z", NOON)
    with clock.at(NOON):
        deliver([house.use(one, beijing(2026, 3, 9, 8), 10) for one in house.customers])
        schedule.rate_arrivals()
        assert opened.stale_customers(MARCH) == [], "rated alone or together, by the same"
    with clock.at(beijing(2026, 3, 1)):
        discount = make_discount(house.lin, ratio="0.5")
    with clock.at(NOON):
        assert opened.stale_customers(MARCH) == [house.lin.pk]
        assert schedule.rate_stale.run(slot) == {"2026-03": {"rated": 1, "failed": 0}}
        assert (so_far(house.lin), so_far(house.mei)) == (100, 200)
    with clock.at(beijing(2026, 3, 9, 12)):
        revoke_discount(OPERATOR, discount=discount)
    with clock.at(beijing(2026, 3, 8)):
        publish(house.server, "0.30", begins_at=beijing(2026, 3, 9, 1))
    with clock.at(NOON):
        assert set(opened.stale_customers(MARCH)) == {one.pk for one in house.customers}
        schedule.rate_stale.run(slot)
    assert so_far(house.lin) == 150, "at 8 the new price held, and the discount still did"
    assert so_far(house.mei) == 300


def test_files_of_replaced_ratings_are_removed_after_a_while(house):
    with clock.at(NOON):
        for hour in (8, 9):
            deliver([house.use(house.lin, beijing(2026, 3, 9, hour))])
            schedule.rate_arrivals()
    old, new = Rating.objects.filter(kind=RatingKind.OPEN).order_by("pk")
    with clock.at(beijing(2026, 3, 10, 12, 30)):
        assert schedule.sweep_ratings.run(Slot("a", NOON)) == {"swept": 0}
    with clock.at(beijing(2026, 3, 10, 14)):
        assert schedule.sweep_ratings.run(Slot("b", NOON)) == {"swept": 1}
    old.refresh_from_db()
    assert old.state is RatingState.DISCARDED and not old.files.exists()
    assert not RunFolder(old.folder).outgoing.exists()
    assert RunFolder(new.folder).came_out("lines").exists()


def test_the_discount_of_every_moment_is_the_one_that_an_inquiry_finds(house):
    """Commercial before granted, the largest among equals, prices a unit beside ratios, each in its own time."""
    with clock.at(beijing(2026, 3, 1)):
        publish(house.server, "0.10", begins_at=beijing(2026, 3, 18))
        make_discount(house.lin, kind="606", ratio="0.7", begins_at=beijing(2026, 3, 2))
        make_discount(
            house.lin, kind="606", ratio="0.6", begins_at=beijing(2026, 3, 5), ends_at=beijing(2026, 3, 7)
        )
        make_discount(house.lin, ratio="0.9", begins_at=beijing(2026, 3, 10), ends_at=beijing(2026, 3, 20))
        make_discount(
            house.lin, fixed_price="0.15", begins_at=beijing(2026, 3, 12), ends_at=beijing(2026, 3, 25)
        )
        make_discount(house.lin, amount_off="5.00", begins_at=beijing(2026, 3, 1, 1))
        make_discount(house.mei, ratio="0.1")
    days = range(1, 30)
    with clock.at(beijing(2026, 3, 30)):
        deliver([house.use(house.lin, beijing(2026, 3, day, 8)) for day in days])
        schedule.rate_arrivals()
    lines = lines_of(house.lin)
    assert len(lines) == len(days)
    found = set()
    for day, line in zip(days, lines, strict=True):
        quote = quote_on_demand(
            customer_id=house.lin.pk,
            product=house.server,
            factor="Duration",
            value=line["value"],
            measure_id=4,
            at=beijing(2026, 3, day, 8),
        )
        assert line["discount_id"] == (quote.offer.discount_id if quote.offer else ""), day
        assert line["payable"] == (quote.offer.amount.exact if quote.offer else quote.official.exact), day
        found.add(line["discount_id"])
    assert len(found) == 5, "each of them had its days, and some had none"


def lines_of(customer):
    import pyarrow.parquet as pq

    file = CustomerRating.objects.get(customer=customer).file
    rows = pq.read_table(RunFolder(file.path.partition("/out/")[0]).came_out("lines")).to_pylist()
    return [row for row in rows if row["customer_id"] == customer.pk]
