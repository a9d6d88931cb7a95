"""Hot statements do what the ORM does: same rows, same values, same refusals."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from partner_center.foundation.hot import Prepared, insert, insert_together, move
from partner_center.foundation.models import JobRun, JobRunState, OutboxMessage, OutboxState, TrailEntry
from partner_center.kernel import clock

MOMENT = clock.machine_now().replace(microsecond=123000)


def trail(**more):
    values = {
        "happened_at": MOMENT,
        "verb": "order.pay",
        "subject_type": "orders.order",
        "subject_id": "1",
        "subject_name": "CS'1 \\ 中",
        "actor_kind": "customer",
        "door": "wire",
        "facts": {"amount": "30.00 CNY", "n": [1, None, True]},
    }
    return TrailEntry(**values | more)


def columns_of(row):
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.primary_key
    }


def test_an_inserted_row_is_the_one_the_orm_writes(db):
    ours = insert(trail())
    theirs = TrailEntry.objects.bulk_create([trail()])[0]

    read = TrailEntry.objects.get(pk=ours.pk)
    assert ours.pk != theirs.pk and not ours._state.adding
    assert columns_of(read) == columns_of(TrailEntry.objects.get(pk=theirs.pk)) == columns_of(trail())


def test_states_go_in_and_come_out_as_members(db):
    row = insert(JobRun(job="a", slot="1", moment=MOMENT))
    assert JobRun.objects.get(pk=row.pk).state is row.state is JobRunState.RUNNING


def test_what_the_database_refuses_is_refused(db):
    insert(JobRun(job="a", slot="1", moment=MOMENT))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(JobRun(job="a", slot="1", moment=MOMENT))


def message(**more):
    values = {
        "channel": "mail",
        "recipient": "a@b.cn",
        "template": "t",
        "language": "en",
        "subject": "s",
        "body": "b",
    }
    return OutboxMessage.objects.create(**values | more)


def test_a_row_moves_once_and_only_from_where_it_may(db):
    row, other = message(), message()
    changes = {"state": OutboxState.SENT, "sent_at": MOMENT, "attempts": 3}

    assert move(OutboxMessage, row.pk, "state", (OutboxState.WAITING,), changes) is True
    assert move(OutboxMessage, row.pk, "state", (OutboxState.WAITING,), changes) is False
    assert move(OutboxMessage, row.pk, "state", (OutboxState.WAITING, OutboxState.SENT), changes) is True

    row.refresh_from_db()
    assert (row.state, row.sent_at, row.attempts) == (OutboxState.SENT, MOMENT, 3)
    other.refresh_from_db()
    assert (other.state, other.sent_at, other.attempts) == (OutboxState.WAITING, None, 0)


def test_an_expression_is_left_to_the_orm(db):
    row = message(attempts=4)
    changes = {"attempts": F("attempts") + 1, "due_at": MOMENT + timedelta(days=1)}
    assert move(OutboxMessage, row.pk, "state", (OutboxState.WAITING,), changes)
    row.refresh_from_db()
    assert (row.attempts, row.due_at) == (5, MOMENT + timedelta(days=1))


def test_a_prepared_question_gets_the_orms_answer(db):
    rows = [message(about_id=name, template="x' OR 1=1") for name in ("a", "b", "a")]

    def ask(about, template):
        return OutboxMessage.objects.filter(about_id=about, template=template, attempts=0).order_by("-pk")

    find = Prepared(ask)
    for about in ("a", "b", "nobody", "' OR ''='"):
        found, expected = find.first(about, "x' OR 1=1"), ask(about, "x' OR 1=1").first()
        assert found == expected
        if found:
            assert columns_of(found) == columns_of(expected)
    assert find.first("a", "x' OR 1=1").pk == rows[2].pk


def test_a_gap_that_nothing_asks_about_is_an_error(db):
    with pytest.raises(AssertionError, match="gap"):
        Prepared(lambda one, other: OutboxMessage.objects.filter(about_id=one)).first("a", "b")


def test_pages_counts_moments_numbers_and_notes_are_the_orms(db):
    for number in range(7):
        message(about_id="a", attempts=number % 2, due_at=MOMENT + timedelta(hours=number))

    def ask(about, since, attempts):
        rows = OutboxMessage.objects.filter(about_id=about, due_at__gte=since, attempts=attempts)
        return rows.annotate(twice=F("attempts") + F("attempts")).order_by("-due_at")

    find = Prepared(ask, kinds=(str, datetime, int))
    for values in (("a", MOMENT + timedelta(hours=2), 1), ("a", MOMENT, 0), ("b", MOMENT, 0)):
        expected = ask(*values)
        assert find.count(*values) == expected.count()
        found = find.rows(*values, limit=2, offset=1)
        assert [columns_of(row) for row in found] == [columns_of(row) for row in expected[1:3]]
        assert [row.twice for row in found] == [row.twice for row in expected[1:3]]


def test_what_cannot_be_prepared_is_an_error(db):
    with pytest.raises(AssertionError, match="plain"):
        Prepared(lambda one: OutboxMessage.objects.filter(about_id=one)[:3]).first("a")


def test_rows_written_together_are_those_written_one_by_one(db):
    insert_together(trail(verb="a"), JobRun(job="a", slot="1", moment=MOMENT), trail(verb="b"))

    assert [columns_of(row) for row in TrailEntry.objects.order_by("verb")] == [
        columns_of(trail(verb="a")),
        columns_of(trail(verb="b")),
    ]
    assert JobRun.objects.get(job="a").state is JobRunState.RUNNING


def test_what_stands_beside_a_move_is_written_only_when_it_happens(db):
    row = message()
    sent = {"state": OutboxState.SENT}

    assert move(OutboxMessage, row.pk, "state", (OutboxState.WAITING,), sent, beside=trail()) is True
    assert move(OutboxMessage, row.pk, "state", (OutboxState.WAITING,), sent, beside=trail()) is False

    assert [columns_of(entry) for entry in TrailEntry.objects.all()] == [columns_of(trail())]
