"""Hot statements: the ORM's own SQL, compiled once and run often.

Composing a statement costs the ORM several times what running it does. Where a path is measured (docs/benchmarks.md)
these do the same with the statement kept: same fields, same conversions, same rows. Tests compare each with the ORM.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, Generic, TypeVar, cast

from django.db import connection
from django.db.models import Field, Model, QuerySet
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=Model)


def insert(row: M) -> M:
    """Write a new row, as `bulk_create([row])` does, and give it its key."""
    model = type(row)
    statement, fields = _insert_of(model)
    with connection.cursor() as cursor:
        cursor.execute(statement, _values_of(row, fields))
        row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, connection.alias
    return row


def insert_together(*rows: Model) -> None:
    """Write new rows, of whatever models, that nobody needs the keys of: one statement where the database can."""
    if connection.vendor != "postgresql":
        for row in rows:
            insert(row)
        return
    parts, values = [], []
    for number, row in enumerate(rows):
        statement, fields = _insert_of(type(row))
        parts.append(f"w{number} AS ({statement})")
        values += _values_of(row, fields)
        row._state.adding, row._state.db = False, connection.alias
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join(parts)} SELECT 1", values)


def move(
    model: type[Model],
    key: Any,
    field: str,
    sources: Sequence[Any],
    changes: Mapping[str, Any],
    *,
    beside: Model | None = None,
) -> bool:
    """UPDATE the row with this key if `field` is one of `sources`, as a filtered `update(**changes)` does.

    True when it was. `changes` are values; an expression is left to the ORM. beside: a new row, written only if the
    other moved; it gets no key.
    """
    if any(hasattr(value, "resolve_expression") for value in changes.values()):
        rows = model._default_manager.filter(pk=key, **{f"{field}__in": sources})
        moved = bool(rows.update(**changes))
    else:
        statement, fields, key_field, state = _update_of(model, field, len(sources), tuple(changes))
        values = [_stored(one, value) for one, value in zip(fields, changes.values(), strict=True)]
        values += [_stored(key_field, key), *(_stored(state, source) for source in sources)]
        with connection.cursor() as cursor:
            if beside is not None and connection.vendor == "postgresql":
                writing, columns = _insert_beside(type(beside))
                cursor.execute(
                    f"WITH moved AS ({statement} RETURNING 1), beside AS ({writing}) SELECT 1 FROM moved",
                    [*values, *_values_of(beside, columns)],
                )
                return cursor.fetchone() is not None
            cursor.execute(statement, values)
            moved = cursor.rowcount > 0
    if moved and beside is not None:
        insert(beside)
    return moved


class Prepared(Generic[M]):
    """A queryset as a question with gaps, for texts unless `kinds` says datetime or int.

        find = Prepared(lambda owner, number: Order.objects.filter(customer_id=owner, number=number))
        find.first(customer.pk, "CS1")

    The queryset is composed at the first call; related rows that it selects and annotations come with it. It may not
    be sliced, distinct or grouped.
    """

    def __init__(self, ask: Callable[..., QuerySet[M]], kinds: Sequence[type] = ()) -> None:
        self._ask, self._kinds = ask, kinds
        self._kept = threading.local()

    def first(self, *values: Any) -> M | None:
        """The first row of the answer, None when it is empty."""
        found = self.rows(*values, limit=1)
        return found[0] if found else None

    def rows(self, *values: Any, limit: int, offset: int = 0) -> list[M]:
        """The rows of the answer from `offset`, at most `limit`."""
        plan = self._plan(len(values))
        with connection.cursor() as cursor:
            cursor.execute(
                f"{plan.statement} LIMIT %s OFFSET %s", [*plan.filled(plan.parts, values), limit, offset]
            )
            return [cast(M, row) for row in plan.rows_of(cursor.fetchall())]

    def count(self, *values: Any) -> int:
        """How many rows the answer has."""
        plan = self._plan(len(values))
        with connection.cursor() as cursor:
            cursor.execute(plan.counting, plan.filled(plan.counting_parts, values))
            return int(cursor.fetchone()[0])

    def _plan(self, gaps: int) -> _Plan:
        plan: _Plan | None = getattr(self._kept, "plan", None)
        if plan is None:
            kinds = [*self._kinds, *[str] * gaps][:gaps]
            marks = [_mark(kind, number) for number, kind in enumerate(kinds)]
            plan = self._kept.plan = _Plan(self._ask(*marks), marks)
        return plan


class _Constant:
    """A parameter of the statement that is always the same."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class _Plan:
    """What the compiler made of a queryset. One a thread: converters belong to its connection."""

    def __init__(self, rows: QuerySet[Any], marks: list[Any]) -> None:
        query = rows.query
        assert not (query.is_sliced or query.distinct or query.group_by), (
            "only whole, plain querysets are prepared"
        )
        compiler = query.get_compiler(using=connection.alias)
        self.statement, parameters = compiler.as_sql()
        self.parts = _gaps(parameters, marks)
        counted, parameters = rows.order_by().values("pk").query.get_compiler(using=connection.alias).as_sql()
        self.counting = "SELECT COUNT(*) FROM " + counted.partition(" FROM ")[2]
        self.counting_parts = _gaps(parameters, marks)
        klass: Any = compiler.klass_info
        columns: Any = compiler.select
        places = klass["select_fields"]
        self._model: type[Model] = klass["model"]
        self._span = slice(places[0], places[-1] + 1)
        self._names = [column[0].target.attname for column in columns[self._span]]
        self._related = get_related_populators(klass, columns, connection.alias)  # type: ignore[call-arg] # of Django 6
        self._noted = list((compiler.annotation_col_map or {}).items())
        self._converters = compiler.get_converters([column[0] for column in columns])
        self._convert = compiler.apply_converters

    def filled(self, parts: Sequence[int | _Constant], values: Sequence[Any]) -> list[Any]:
        """The statement's parameters with the gaps filled."""
        return [_adapted(values[part]) if isinstance(part, int) else part.value for part in parts]

    def rows_of(self, found: Sequence[Sequence[Any]]) -> Iterator[Model]:
        if self._converters:
            found = list(self._convert(found, self._converters))
        for one in found:
            row = self._model.from_db(connection.alias, self._names, one[self._span])
            for populator in self._related:
                populator.populate(one, row)
            for name, place in self._noted:
                setattr(row, name, one[place])
            yield row


def _mark(kind: type, number: int) -> Any:
    """A value that no real one equals, to find its place among the statement's parameters."""
    if kind is datetime:
        return datetime(1, 1, 1 + number, tzinfo=UTC)
    return 32_700 + number if kind is int else f"\x02gap {number}\x03"


def _gaps(parameters: Sequence[Any], marks: Sequence[Any]) -> list[int | _Constant]:
    adapted = [_adapted(mark) for mark in marks]
    parts: list[int | _Constant] = [
        adapted.index(one) if one in adapted else _Constant(one) for one in parameters
    ]
    assert {part for part in parts if isinstance(part, int)} == set(range(len(marks))), "a gap is not asked"
    return parts


def _adapted(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def _stored(field: Field[Any, Any], value: Any) -> Any:
    return field.get_db_prep_save(value.pk if isinstance(value, Model) else value, connection)


def _values_of(row: Model, fields: Sequence[Field[Any, Any]]) -> list[Any]:
    return [_stored(field, field.pre_save(row, True)) for field in fields]


@cache
def _insert_beside(model: type[Model]) -> tuple[str, list[Field[Any, Any]]]:
    """An INSERT that happens when `moved` has a row."""
    statement, fields = _insert_of(model)
    head, _values, _rest = statement.partition(" VALUES ")
    marks = ", ".join(f"CAST(%s AS {field.db_type(connection)})" for field in fields)
    return f"{head} SELECT {marks} FROM moved", fields


@cache
def _insert_of(model: type[Model]) -> tuple[str, list[Field[Any, Any]]]:
    quote = connection.ops.quote_name
    key: Any = model._meta.pk
    fields = [field for field in model._meta.concrete_fields if field is not key or not key.db_returning]
    columns = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    table = quote(model._meta.db_table)
    return f"INSERT INTO {table} ({columns}) VALUES ({marks}) RETURNING {quote(key.column)}", fields


@cache
def _update_of(
    model: type[Model], field: str, sources: int, changes: tuple[str, ...]
) -> tuple[str, list[Field[Any, Any]], Field[Any, Any], Field[Any, Any]]:
    quote = connection.ops.quote_name
    key: Any = model._meta.pk
    moved: Any = model._meta.get_field(field)
    fields: list[Any] = [model._meta.get_field(name) for name in changes]
    assigned = ", ".join(f"{quote(one.column)} = %s" for one in fields)
    states = ", ".join(["%s"] * sources)
    statement = (
        f"UPDATE {quote(model._meta.db_table)} SET {assigned}"
        f" WHERE {quote(key.column)} = %s AND {quote(moved.column)} IN ({states})"
    )
    return statement, fields, key, moved
