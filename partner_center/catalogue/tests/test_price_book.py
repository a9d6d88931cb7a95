"""The price book: one price for each instant, and the past stays as it was (R-08, U6)."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from partner_center.catalogue.actions import (
    PriceEntry,
    discard_draft,
    draft_prices,
    publish_draft,
    publish_prices,
    remove_draft_price,
    withdraw_price,
)
from partner_center.catalogue.errors import DraftNotOpen, NotSoldThisWay, PriceNotPublishable, ProductNotFound
from partner_center.catalogue.makers import MAKER, make_product
from partner_center.catalogue.models import DraftState, PriceRow, Product, UsageType
from partner_center.catalogue.queries import changes_of, price_at, price_or_none
from partner_center.foundation.actor import Actor
from partner_center.foundation.errors import NotPermitted
from partner_center.foundation.models import InstallationClock
from partner_center.kernel import clock

START = datetime(2027, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def entry(product: Product, price: str | None, begins_at: datetime | None, **more: Any) -> PriceEntry:
    exact = None if price is None else Decimal(price)
    return PriceEntry(product, "period", "CNY", begins_at, exact, "month", **more)


def at(product: Product, moment: datetime) -> Decimal | None:
    row = price_or_none(product, charge_mode="period", currency="CNY", at=moment, period_type="month")
    return row.unit_price if row else None


@pytest.mark.django_db
class TestOneProduct:
    def test_each_price_ends_where_the_next_begins(self) -> None:
        with clock.at(START):
            product = make_product(month="100")
            publish_prices(
                MAKER, prices=[entry(product, "90", START + 10 * DAY), entry(product, "95", START + 20 * DAY)]
            )
        tick = timedelta(microseconds=1)
        assert at(product, START - tick) is None
        assert [at(product, START + n * DAY) for n in (0, 9, 10, 19, 20, 999)] == [100, 100, 90, 90, 95, 95]
        assert at(product, START + 10 * DAY - tick) == 100

    def test_off_sale_is_a_row_without_a_price(self) -> None:
        with clock.at(START):
            product = make_product(month="100")
            publish_prices(MAKER, prices=[entry(product, None, START + DAY)])
        terms: dict[str, Any] = {"charge_mode": "period", "currency": "CNY", "period_type": "month"}
        assert price_at(product, at=START, **terms).unit_price == 100
        with pytest.raises(ProductNotFound):
            price_at(product, at=START + DAY, **terms)
        with pytest.raises(NotSoldThisWay):
            price_at(product, at=START, **{**terms, "period_type": "day"})

    @pytest.mark.parametrize(
        "change",
        [
            {"begins_at": START - DAY},
            {"begins_at": START},
            {"price": Decimal("-1")},
            {"price": Decimal("0.00000000001")},
            {"price": Decimal("NaN")},
            {"charge_mode": "barter"},
            {"period_type": "fortnight"},
            {"period_type": ""},
            {"currency": "yuan"},
            {"period_numbers": (0,)},
            {"scheme": "graduated"},
            {"charge_mode": "on_demand"},
            {"charge_mode": "one_time"},
        ],
    )
    def test_prices_that_cannot_be_published(self, change: dict[str, Any]) -> None:
        with clock.at(START):
            product = make_product(month="100")
            before = PriceRow.objects.count()
            with pytest.raises(PriceNotPublishable):
                wrong = PriceEntry(**{**_facts(entry(product, "90", START + DAY)), **change})
                publish_prices(MAKER, prices=[entry(product, "80", START + 5 * DAY), wrong])
            assert PriceRow.objects.count() == before, "all or nothing"

    def test_a_usage_type_of_another_resource_is_refused(self) -> None:
        with clock.at(START):
            product = make_product()
            make_product("GPSSD", resource_type="hws.resource.type.volume", service="hws.service.type.ebs")
            foreign = UsageType.objects.get(resource_type__code="hws.resource.type.volume")
            price = PriceEntry(product, "on_demand", "CNY", START + DAY, Decimal(1), usage_type=foreign)
            with pytest.raises(PriceNotPublishable):
                publish_prices(MAKER, prices=[price])

    def test_a_coming_price_can_be_taken_back_and_one_that_has_begun_cannot(self) -> None:
        now = clock.now()
        product = make_product(month="100")
        (coming,) = publish_prices(MAKER, prices=[entry(product, "90", now + 10 * DAY)])
        withdraw_price(MAKER, price=coming)
        assert at(product, now + 11 * DAY) == 100
        with pytest.raises(PriceNotPublishable):
            withdraw_price(MAKER, price=PriceRow.objects.get(product=product, period_type="month"))

    def test_only_those_who_may_publish(self) -> None:
        product = make_product()
        with pytest.raises(NotPermitted):
            publish_prices(Actor(kind="staff"), prices=[entry(product, "1", clock.now() + DAY)])


@pytest.mark.django_db
class TestTheTrigger:
    """The database itself, on either vendor: raw SQL, past the program."""

    def test_no_published_price_is_changed(self) -> None:
        coming = _coming(clock.now() + DAY)
        for row in PriceRow.objects.all():
            with pytest.raises(DatabaseError), transaction.atomic():
                PriceRow.objects.filter(pk=row.pk).update(unit_price=Decimal(1))
        coming.refresh_from_db()
        assert coming.unit_price == 90

    def test_what_has_begun_is_not_deleted_and_what_is_to_come_may_be(self) -> None:
        coming = _coming(clock.now() + DAY)
        with pytest.raises(DatabaseError), transaction.atomic():
            PriceRow.objects.exclude(pk=coming.pk).delete()
        PriceRow.objects.filter(pk=coming.pk).delete()
        assert not PriceRow.objects.filter(pk=coming.pk).exists()

    def test_it_goes_by_the_installations_clock(self) -> None:
        coming = _coming(clock.now() + DAY)
        ahead = int((2 * DAY).total_seconds()) * 1_000_000
        InstallationClock.objects.update_or_create(pk=1, defaults={"ahead_us": ahead})
        with pytest.raises(DatabaseError), transaction.atomic():
            PriceRow.objects.filter(pk=coming.pk).delete()

    def test_two_prices_cannot_begin_at_one_moment(self) -> None:
        coming = _coming(clock.now() + DAY)
        twin = PriceRow(**{**_facts(coming), "unit_price": Decimal(80)})
        with pytest.raises(DatabaseError), transaction.atomic():
            PriceRow.objects.bulk_create([twin])


@pytest.mark.django_db
class TestDrafts:
    def test_a_draft_changes_nothing_until_it_is_published(self) -> None:
        with clock.at(START):
            product = make_product(month="100")
            draft = draft_prices(MAKER, name="Cheaper", prices=[entry(product, "90", START + DAY)])
            (change,) = changes_of(draft)
            assert (change.before.unit_price, change.after.unit_price) == (100, 90)  # type: ignore[union-attr]
            assert (change.difference, change.ends_at) == (Decimal(-10), None)
            assert at(product, START + DAY) == 100
            publish_draft(MAKER, draft=draft)
            assert at(product, START + DAY) == 90
            assert draft.state is DraftState.PUBLISHED

    def test_a_change_ends_where_the_next_price_begins(self) -> None:
        with clock.at(START):
            product = make_product(month="100")
            publish_prices(MAKER, prices=[entry(product, "120", START + 30 * DAY)])
            draft = draft_prices(MAKER, name="A promotion", prices=[entry(product, "90", START + DAY)])
            (change,) = changes_of(draft)
            assert change.ends_at == START + 30 * DAY

    def test_the_same_moment_is_replaced_and_a_price_can_be_taken_out(self) -> None:
        with clock.at(START):
            product = make_product(month="100")
            draft = draft_prices(MAKER, name="Prices", prices=[entry(product, "90", START + DAY)])
            draft_prices(MAKER, draft=draft, prices=[entry(product, "85", START + DAY)])
            assert [line.unit_price for line in draft.prices.all()] == [85]
            remove_draft_price(MAKER, price=draft.prices.get())
            assert not draft.prices.exists()

    def test_a_draft_can_take_back_a_coming_price_and_put_another_in_its_place(self) -> None:
        with clock.at(clock.now() + DAY):
            now = clock.now()
            product = make_product(month="100")
            publish_prices(MAKER, prices=[entry(product, "120", now + 30 * DAY)])
            lines = [
                entry(product, None, now + 30 * DAY, withdraws=True),
                entry(product, "110", now + 31 * DAY),
            ]
            draft = draft_prices(MAKER, name="Later and less", prices=lines)
            publish_draft(MAKER, draft=draft)
            assert [at(product, now + n * DAY) for n in (29, 30, 31)] == [100, 100, 110]

    def test_a_draft_whose_moment_has_passed_is_not_published(self) -> None:
        with clock.at(START):
            product = make_product(month="100")
            draft = draft_prices(MAKER, name="Late", prices=[entry(product, "90", START + DAY)])
        with clock.at(START + 2 * DAY):
            with pytest.raises(PriceNotPublishable):
                publish_draft(MAKER, draft=draft)
            draft.refresh_from_db()
            assert draft.state is DraftState.OPEN
            assert at(product, START + 3 * DAY) == 100

    def test_a_draft_is_published_or_discarded_once(self) -> None:
        with clock.at(START):
            product = make_product(month="100")
            draft = draft_prices(MAKER, name="Once", prices=[entry(product, "90", START + DAY)])
            discard_draft(MAKER, draft=draft)
            for refused in (publish_draft, discard_draft):
                with pytest.raises(DraftNotOpen):
                    refused(MAKER, draft=draft)
            with pytest.raises(DraftNotOpen):
                draft_prices(MAKER, draft=draft, prices=[entry(product, "80", START + DAY)])


class TestAnyHistory(TestCase):
    """R-08: after any sequence of publications and withdrawals each instant has one price, and the past stays."""

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["publish", "withdraw", "wait"]),
                st.integers(-3, 40),
                st.one_of(st.none(), st.decimals(0, 999, places=2)),
            ),
            max_size=12,
        )
    )
    def test_no_gap_no_overlap_one_price(self, steps: list[tuple[str, int, Decimal | None]]) -> None:
        now = clock.now().replace(microsecond=0) + DAY
        with clock.at(now):
            product = make_product(month="100", hour=None, year=None)
        expected: dict[datetime, Decimal | None] = {now: Decimal(100)}
        for verb, days, price in steps:
            moment = now + days * DAY
            with clock.at(now):
                if verb == "wait":
                    now += max(days, 0) * DAY / 7
                elif verb == "publish":
                    allowed = moment >= now and moment not in expected
                    self._publishes(product, price, moment, allowed)
                    if allowed:
                        expected[moment] = price
                else:
                    self._withdraws(product, now, expected)
        begins = sorted(expected)
        for here, following in zip(begins, [*begins[1:], begins[-1] + 9 * DAY], strict=True):
            for instant in (here, here + (following - here) / 2, following - timedelta(microseconds=1)):
                assert at(product, instant) == expected[here], f"{instant} in {here}..{following}"

    def _publishes(self, product: Product, price: Decimal | None, moment: datetime, allowed: bool) -> None:
        if allowed:
            publish_prices(MAKER, prices=[entry(product, None if price is None else str(price), moment)])
            return
        with pytest.raises(PriceNotPublishable):
            publish_prices(MAKER, prices=[entry(product, None if price is None else str(price), moment)])

    def _withdraws(self, product: Product, now: datetime, expected: dict[datetime, Decimal | None]) -> None:
        last = PriceRow.objects.filter(product=product).latest("begins_at")
        if last.begins_at <= now:
            with pytest.raises(PriceNotPublishable):
                withdraw_price(MAKER, price=last)
            return
        withdraw_price(MAKER, price=last)
        del expected[last.begins_at]


def test_two_publications_of_one_item_at_once(real_db: None) -> None:
    """Eight threads publish a price of the same item for the same moment: one does, seven are told."""
    product = make_product(month="100")
    moment, results, ready = clock.now() + DAY, [], threading.Barrier(8)

    def publish(price: str) -> None:
        ready.wait()
        try:
            publish_prices(MAKER, prices=[entry(product, price, moment)])
            results.append("published")
        except PriceNotPublishable:
            results.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=publish, args=(str(n),)) for n in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["published"] + ["refused"] * 7
    assert PriceRow.objects.filter(product=product, begins_at=moment).count() == 1


def _coming(moment: datetime) -> PriceRow:
    product = make_product(month="100")
    (row,) = publish_prices(MAKER, prices=[entry(product, "90", moment)])
    assert connection.vendor in ("sqlite", "postgresql")
    return row


def _facts(row: Any) -> dict[str, Any]:
    names = (
        "product",
        "charge_mode",
        "currency",
        "begins_at",
        "period_type",
        "usage_type",
        "scheme",
        "tiers",
    )
    facts = {name: getattr(row, name) for name in names}
    return facts if isinstance(row, PriceRow) else {**facts, "price": row.price}
