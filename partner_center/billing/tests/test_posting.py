"""Bulk posting is the one-by-one version in a few statements: held against it turn by turn, and repeated."""

import random
from decimal import Decimal

import pytest
from django.db import transaction

from partner_center.billing.actions import charge_usage, post_rating
from partner_center.billing.actions.posting import post_singly
from partner_center.billing.bulk import sharing
from partner_center.billing.makers import group_total, make_rating
from partner_center.billing.models import ChargedMonth, FeeRecord, GroupSettlement
from partner_center.billing.totals import groups_file, read_totals
from partner_center.customers.makers import make_customer
from partner_center.foundation.actor import Actor
from partner_center.foundation.laws import LAWS
from partner_center.funds import trades
from partner_center.funds.actions import adjust_balance, grant_credit
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.kernel.period import BillMonth
from partner_center.ledger.models import Account, Entry, Transfer
from partner_center.ledger.tests.test_races import race
from partner_center.orders.tests.conftest import beijing
from partner_center.partners.makers import make_solution_provider

ACTOR = Actor.system("tests")
MARCH = BillMonth(2026, 3)


@pytest.fixture(autouse=True)
def store(tmp_path, settings):
    settings.PARTNER_CENTER_STORE = str(tmp_path)


@pytest.fixture
def people(db):
    """Customers who pay for themselves, with much, little or nothing, and three for whom a partner abroad pays."""
    with clock.at(beijing(2026, 1, 1)):
        here, abroad = make_solution_provider(), make_solution_provider(site="intl")
        own = [make_customer(here, association_type="referral") for _ in range(5)]
        resold = [make_customer(abroad, budget="1000") for _ in range(3)]
    for account, cash, credit in (
        (own[0].account, 10**6, 0),
        (own[1].account, 700, 500),
        (own[2].account, 0, 10**6),
        (own[3].account, 333, 0),
        (abroad.account, 1500, 2500),
    ):
        if cash:
            adjust_balance(ACTOR, account=account, amount=Money(cash, account.currency), memo="test")
        if credit:
            grant_credit(ACTOR, account=account, limit=Money(credit, account.currency))
    return own + resold


@pytest.mark.parametrize("seed", range(2))
def test_in_bulk_and_one_by_one_come_to_the_same(people, seed):
    chance = random.Random(seed)
    totals = {}
    with clock.at(beijing(2026, 3, 1, 1, 0)):
        for turn in range(4):
            with clock.at(beijing(2026, 3, 2 + turn * 7, 10, 0)):
                _go_on(totals, people, chance, may_fall=turn > 0)
                rating = make_rating(list(totals.values()))
                singly = _undone(lambda rating=rating: _post_singly(rating, people))
                in_bulk = _undone(lambda rating=rating: post_rating(ACTOR, rating=rating))
                assert in_bulk == singly
                assert singly["fees"], "a turn in which nothing is charged compares nothing"
                post_rating(ACTOR, rating=rating, chunk=3)

    assert not [breach for law in LAWS.values() for breach in law.first_breaches()]


def test_a_repeat_posts_nothing_and_an_older_rating_comes_too_late(people):
    with clock.at(beijing(2026, 3, 2, 10, 0)):
        older = make_rating([group_total(people[0], "5.00")], rated_at=beijing(2026, 3, 2, 8, 0))
        rating = make_rating([group_total(one, "7.015") for one in people])
        first = post_rating(ACTOR, rating=rating)
        state = _state()
        again, late = post_rating(ACTOR, rating=rating), post_rating(ACTOR, rating=older)

    assert (first.charged, first.records) == (len(people), len(people))
    assert (again.charged, again.records, late.charged) == (0, 0, 0)
    assert _state() == state


def test_who_is_left_out_is_not_charged(people):
    with clock.at(beijing(2026, 3, 2, 10, 0)):
        rating = make_rating([group_total(one, "7.00") for one in people])
        post_rating(ACTOR, rating=rating, leave_out=[people[0].pk])

    assert set(FeeRecord.objects.values_list("customer_id", flat=True)) == {one.pk for one in people[1:]}


def test_fees_that_only_pass_through_a_rating_are_not_charged_again(people):
    with clock.at(beijing(2026, 3, 2, 10, 0)):
        bought = group_total(people[0], "100.00", bill_type=1, charging_mode=1)
        done = post_rating(ACTOR, rating=make_rating([bought, group_total(people[1], "1.00")]))

    assert (done.charged, done.records) == (1, 1)


def test_a_posting_that_is_killed_goes_on_where_it_stopped(people):
    class Killed(Exception):
        """As if the process had ended between two transactions."""

    def kill(done, of):
        if done > 3:
            raise Killed

    with clock.at(beijing(2026, 3, 2, 10, 0)):
        rating = make_rating([group_total(one, "7.015") for one in people])
        undisturbed = _undone(lambda: post_rating(ACTOR, rating=rating, chunk=2))
        with pytest.raises(Killed):
            post_rating(ACTOR, rating=rating, chunk=2, told=kill)
        assert 0 < FeeRecord.objects.count() < len(people)
        post_rating(ACTOR, rating=rating, chunk=2)

    assert _state() == undisturbed


def test_postings_and_single_charges_at_once_charge_everything_once(real_db):
    with clock.at(beijing(2026, 3, 2, 10, 0)):
        abroad, here = make_solution_provider(site="intl"), make_solution_provider()
        people = [make_customer(abroad, budget="1000") for _ in range(4)]
        people += [make_customer(here, association_type="referral") for _ in range(4)]
        grant_credit(ACTOR, account=abroad.account, limit=Money(2000, "USD"))
        totals = [group_total(one, "7.01") for one in people]
        ratings = [make_rating(totals) for _ in range(3)]
        moment = clock.now()

    def single(total):
        with clock.at(moment):
            charge_usage(
                ACTOR,
                customer_id=total.customer_id,
                month=MARCH,
                totals=[total],
                rated_at=ratings[0].rated_at,
            )

    def post(rating):
        with clock.at(moment):
            post_rating(ACTOR, rating=rating, chunk=3)

    tasks = [lambda one=one: post(one) for one in ratings] + [lambda one=one: single(one) for one in totals]

    assert race(tasks) == {"done": len(tasks)}
    assert FeeRecord.objects.count() == len(people)
    assert GroupSettlement.objects.all().sums("consume") == {"consume": 701 * len(people)}
    assert not [breach for law in LAWS.values() for breach in law.first_breaches()]


def test_customers_who_share_a_payer_stay_together():
    pairs = [
        ("a", "a", False),
        ("b", "p", True),
        ("c", "p", False),
        ("c", "q", False),
        ("d", "q", False),
        ("e", "e", 0),
    ]

    assert sharing(pairs) == ("b", "c", "d")


def _go_on(totals, people, chance, *, may_fall):
    """Some groups grow, some begin, later on some shrink or vanish."""
    services = [
        ("hws.service.type.ec2", "vm"),
        ("hws.service.type.obs", "storage"),
        ("hws.service.type.vpc", "ip"),
    ]
    for customer in people:
        for service, resource in services:
            key = (customer.pk, service)
            if may_fall and key in totals and chance.random() < 0.12:
                del totals[key]
                continue
            if chance.random() < 0.4:
                continue
            earlier = totals[key].payable if key in totals else Decimal(0)
            down = may_fall and chance.random() < 0.15
            step = Decimal(chance.randrange(0, 60_000_000_000)) / 10**10 * (-1 if down else 1)
            payable = max(earlier + step, Decimal(0))
            official = payable + Decimal(chance.randrange(0, 10**10)) / 10**10
            totals[key] = group_total(
                customer, payable, official=official, service_type=service, resource_type=resource
            )


def _post_singly(rating, people):
    known = ChargedMonth.objects.values_list("customer_id", flat=True)
    rated = [
        pk for pk, groups in read_totals(groups_file(rating), [one.pk for one in people]).items() if groups
    ]
    ids = sorted({*known, *rated})
    list(post_singly(ACTOR, rating=rating, month=MARCH, path=groups_file(rating), customer_ids=ids))


def _undone(work):
    """What the tables hold after `work`, which is then taken back."""
    point = transaction.savepoint()
    try:
        work()
        return _state()
    finally:
        transaction.savepoint_rollback(point)


def _state():
    references = dict(Entry.objects.values_list("pk", "reference"))
    references = {pk: _named(reference, references) for pk, reference in references.items()}
    left_out = {"id", "created_at", "entry_id"}
    fees = [
        {name: value for name, value in row.items() if name not in left_out}
        | {"entry": references.get(row["entry_id"])}
        for row in FeeRecord.objects.order_by("number").values()
    ]
    groups = GroupSettlement.objects.order_by("customer_id", "month", "key").values()
    transfers = Transfer.objects.values_list(
        "entry_id", "position", "currency", "source__address", "target__address", "amount_minor",
        "source_after_minor", "target_after_minor",
    )  # fmt: skip
    accounts = Account.objects.exclude(balance_minor=0).order_by("address", "currency")
    months = ChargedMonth.objects.order_by("customer_id")
    entries = Entry.objects.values_list("pk", "kind", "asked", "about", "memo", "happened_at", "fingerprint")
    return {
        "fees": fees,
        "groups": [{name: value for name, value in row.items() if name != "id"} for row in groups],
        "months": list(months.values_list("customer_id", "month", "turn", "rated_at", "rating_id")),
        "accounts": list(accounts.values_list("address", "currency", "balance_minor", "floor_minor")),
        "entries": sorted(
            (references[pk], kind, asked if kind != trades.WRITE_OFF else "", *rest)
            for pk, kind, asked, *rest in entries
        ),
        "transfers": sorted(
            (references[pk], *rest[:5], *(after or 0 for after in rest[5:])) for pk, *rest in transfers
        ),
    }


def _named(reference, references):
    """A write-off is called by the number of the entry that brought its money: by its reference here."""
    kind, _, number = reference.partition(":")
    return f"{kind}:{references[int(number)]}" if kind == "write-off" else reference
