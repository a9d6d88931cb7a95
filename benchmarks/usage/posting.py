"""Posting the results of many customers, beside writing the very same rows by COPY and SQL.

The opponent computes nothing and checks nothing: it is given the finished rows of an earlier posting as files, copies
them in, and sets the balances from a table that it copies in too, in one transaction. Ours reads the rating's groups,
finds the differences, locks and charges, writes the ledger and the fees, some thousand customers a transaction.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.figures import ROUNDS, Compared, machine, say, take_turns
from benchmarks.usage import months
from benchmarks.usage.generator import sql_type

MONTH = "2026-10"
AT = datetime(2026, 11, 3, 2, tzinfo=UTC)
WRITTEN = (
    "ledger_account",
    "ledger_entry",
    "ledger_transfer",
    "billing_feerecord",
    "billing_groupsettlement",
    "billing_chargedmonth",
    "foundation_trailentry",
)
"""The tables that posting adds rows to, parents first."""

# Three groups a customer on the average; amounts with something to cut off.
GROUPS = """
SELECT id AS customer_id, 'CNY' AS currency, '{month}' AS cycle, 5 AS bill_type, 3 AS charging_mode,
       'hws.service.type.s' || g AS service_type, 'hws.resource.type.r' || g AS resource_type, 'cn-north-1' AS region,
       '0' AS enterprise_project_id, '{partner}' AS partner_id, '' AS distributor_id, 'referral' AS association_type,
       '' AS manager_id, 100 AS lines, payable AS official, 0 AS discount, payable,
       (trunc(payable, 2) * 100)::BIGINT AS payable_minor, payable - trunc(payable, 2) AS cut_off
  FROM (SELECT id, g, (((n * 7919 + g * 104729) % 1000003) * 0.0123456789)::DECIMAL(28, 10) AS payable
          FROM (SELECT unnest(?) AS id, generate_subscripts(?, 1) AS n), range(1, 6) AS t(g) WHERE g <= 1 + n % 5)
 ORDER BY customer_id, service_type"""


def run(options: argparse.Namespace) -> list[str]:
    """Both on fresh copies of one PostgreSQL database, in turns."""
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        raise SystemExit("This benchmark wants PostgreSQL: set DATABASE_URL.")

    import django

    import tests.environment  # noqa: F401 - secrets and folders

    django.setup()
    from django.conf import settings
    from django.db import connection

    from tests import database

    folder = months.VAR / "posting"
    folder.mkdir(parents=True, exist_ok=True)
    settings.PARTNER_CENTER_STORE = str(folder / "store")
    with database.copy_of(database.template()) as base:
        with database.standing_on(base):
            say(f"building {options.bills:,} customers")
            rating = _build(options.bills)
            with connection.cursor() as cursor:
                cursor.execute("SHOW fsync")
                fsync = cursor.fetchone()[0]
        with _standing_on_copy(base):
            before = _last_ids()
            _ours(rating)
            rows = _save(folder, before)
        say(f"posting {rows['billing_feerecord']:,} fee records")

        def ours() -> float:
            with _standing_on_copy(base):
                return _ours(rating)

        def bare() -> float:
            with _standing_on_copy(base):
                return _bare(folder, rows)

        taken: Compared = take_turns(ours, bare, min(options.rounds, ROUNDS))
    ours_rate, bare_rate = (options.bills / sorted(one)[len(one) // 2] for one in (taken.ours, taken.theirs))
    counted = ", ".join(f"{count:,} in {table}" for table, count in rows.items())
    return [
        f"{machine()}, PostgreSQL with fsync {fsync}, {options.bills:,} customers, the rows of both: {counted}; the"
        f" median of {len(taken.ours)} rounds after a warm-up, each on a fresh copy of the database.",
        "",
        "| work | ours, customers a second | COPY and SQL | ratio | target |",
        "|---|---|---|---|---|",
        f"| post a month's results | {ours_rate:,.0f} | {bare_rate:,.0f} | **{taken.ratio:.2f}** | 0.5 |",
    ]


@contextmanager
def _standing_on_copy(base: str) -> Iterator[None]:
    from tests import database

    with database.copy_of(base) as name, database.standing_on(name):
        yield


def _build(bills: int) -> int:
    """A customer made by the product, and copies of it; each with cash. Returns the key of their rating."""
    from django.db import connection

    from partner_center.billing.models import Rating, RatingKind, RatingState
    from partner_center.customers.makers import make_customer
    from partner_center.funds.makers import make_money, make_usage
    from partner_center.kernel import clock
    from partner_center.ledger.models import Account as LedgerAccount
    from partner_center.partners.makers import make_solution_provider

    with clock.at(AT):
        first = make_customer(make_solution_provider(), association_type="referral")
        make_money(first, "10000000.00")
        make_usage(first, "1.00")
        rating = Rating.objects.create(
            month=MONTH, kind=RatingKind.OPEN, folder="runs/benchmark", rated_at=AT, state=RatingState.READY
        )
    copies = f"FROM {{table}} o, generate_series(2, {bills}) AS g(n) WHERE {{where}}"
    with connection.cursor() as cursor:
        for model, changed, where in (
            (
                type(first.account),
                {"id": "md5('c' || g.n)", "name": "'copy-' || g.n"},
                f"o.id = '{first.pk}'",
            ),
            (type(first), {"account_id": "md5('c' || g.n)"}, f"o.account_id = '{first.pk}'"),
            (
                LedgerAccount,
                {"address": "replace(o.address, o.owner, md5('c' || g.n))", "owner": "md5('c' || g.n)"},
                f"o.owner = '{first.pk}'",
            ),
        ):
            _copy_rows(cursor, model, changed, copies, where)
        cursor.execute("SELECT id FROM identity_account WHERE kind = 'customer' ORDER BY id")
        ids = [row[0] for row in cursor.fetchall()]
        cursor.execute("VACUUM ANALYZE")
    _write_groups(rating, ids, partner=str(first.partner_id))
    key: int = rating.pk
    return key


def _copy_rows(cursor: Any, model: Any, changed: dict[str, str], copies: str, where: str) -> None:
    fields = [one.column for one in model._meta.concrete_fields if one.get_internal_type() != "BigAutoField"]
    values = [changed.get(name, f"o.{name}") for name in fields]
    source = copies.format(table=model._meta.db_table, where=where)
    cursor.execute(
        f"INSERT INTO {model._meta.db_table} ({', '.join(fields)}) SELECT {', '.join(values)} {source}"
    )


def _write_groups(rating: Any, ids: list[str], *, partner: str) -> None:
    import duckdb

    from partner_center.billing.totals import groups_file
    from partner_center.rating.schemas import GROUPS as SCHEMA

    path = groups_file(rating)
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = ", ".join(f"{field.name}::{sql_type(field.type)} AS {field.name}" for field in SCHEMA)
    rows = GROUPS.format(month=MONTH, partner=partner)
    with duckdb.connect() as engine:
        engine.execute(f"COPY (SELECT {columns} FROM ({rows})) TO '{path}' (FORMAT parquet)", [ids, ids])


def _ours(rating_key: int) -> float:
    from partner_center.billing.actions import post_rating
    from partner_center.billing.models import Rating
    from partner_center.foundation.actor import Actor
    from partner_center.kernel import clock

    rating = Rating.objects.get(pk=rating_key)
    with clock.at(AT):
        began = time.perf_counter()
        post_rating(Actor.system("benchmarks"), rating=rating)
        return time.perf_counter() - began


def _save(folder: Path, before: dict[str, int]) -> dict[str, int]:
    """The rows that a posting has added and the balances it has left, as files of COPY; how many rows a table."""
    from django.db import connection

    rows = {}
    with connection.cursor() as cursor:
        for table, last in before.items():
            cursor.execute(f"SELECT count(*) FROM {table} WHERE id > %s", [last])
            rows[table] = cursor.fetchone()[0]
            _copy_out(cursor, f"SELECT * FROM {table} WHERE id > {last}", folder / table)
        balances = f"SELECT id, balance_minor FROM ledger_account WHERE id <= {before['ledger_account']}"
        _copy_out(cursor, balances, folder / "balances")
    return {table: count for table, count in rows.items() if count}


def _bare(folder: Path, rows: dict[str, int]) -> float:
    from django.db import connection, transaction

    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for table in rows:
            _copy_in(cursor, table, folder / table)
        cursor.execute("CREATE TEMP TABLE balances (id bigint, balance_minor bigint) ON COMMIT DROP")
        _copy_in(cursor, "balances", folder / "balances")
        cursor.execute("ANALYZE balances")
        cursor.execute(
            "UPDATE ledger_account a SET balance_minor = b.balance_minor FROM balances b"
            " WHERE b.id = a.id AND b.balance_minor IS DISTINCT FROM a.balance_minor"
        )
    return time.perf_counter() - began


def _last_ids() -> dict[str, int]:
    from django.db import connection

    with connection.cursor() as cursor:
        last = {}
        for table in WRITTEN:
            cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
            last[table] = cursor.fetchone()[0]
    return last


def _copy_out(cursor: Any, query: str, path: Path) -> None:
    with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT binary)") as rows, path.open("wb") as file:
        for part in rows:
            file.write(part)


def _copy_in(cursor: Any, table: str, path: Path) -> None:
    with cursor.copy(f"COPY {table} FROM STDIN (FORMAT binary)") as rows, path.open("rb") as file:
        while part := file.read(1 << 20):
            rows.write(part)
