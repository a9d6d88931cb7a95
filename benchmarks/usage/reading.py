"""A page of one customer's bill lines out of a month's files: our server over HTTP, beside bare DuckDB.

Ours takes a signed request, finds out who asks and what they may see, which file holds their lines and how their groups
were paid, reads, counts, and answers in JSON. The opponent is a connection that stays open in this process; it is told
which file to open, and fetches the page's rows and their number.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.figures import machine, say, take_turns
from benchmarks.usage import answers, generator, months

ASKED = 40
"""Customers that ask in a round, each for one page."""
PAGE = 100


def run(options: argparse.Namespace) -> list[str]:
    """Both in turns, request by request; the records must be the same."""
    import django

    import tests.environment  # noqa: F401 - secrets and folders

    django.setup()
    from tests import database

    made = months.month(options.records)
    say(f"rating {made.records:,} records")
    out = months.rated(made)
    people = _people(out)
    with database.copy_of(database.template()) as name:
        with database.standing_on(name):
            keys = _know(people, out)
        url = database.url_of(name)

        from benchmarks import calls, load

        with calls.server(url, "ours", PARTNER_CENTER_STORE=str(out)) as host, duckdb.connect() as bare:
            bare.execute("SET threads = 2")
            bare.execute("SET parquet_metadata_cache = true")
            _demand_the_same(load, host, keys, bare, people, out)

            def ours() -> float:
                with closing(HTTPConnection(host, timeout=60)) as connection:
                    return statistics.median(
                        _timed(lambda shot=shot: _ask(connection, shot))
                        for shot in _shots(load, host, keys, people)
                    )

            def theirs() -> float:
                return statistics.median(_timed(lambda one=one: _bare(bare, out, one)) for one in people)

            say(f"reading pages of {ASKED} customers")
            taken = take_turns(ours, theirs, options.rounds)
    one, other = (statistics.median(seconds) * 1000 for seconds in (taken.ours, taken.theirs))
    return [
        f"{machine()}, {made.records:,} lines in {len(list((out / 'lines').iterdir()))} files, pages of {PAGE} lines of"
        f" {ASKED} customers who have {min(p['lines'] for p in people):,} to {max(p['lines'] for p in people):,} each;"
        f" the median of {options.rounds} rounds after a warm-up of the median request. Both give the same records.",
        "",
        "| work | ours over HTTP, ms | bare DuckDB, ms | ratio | target |",
        "|---|---|---|---|---|",
        f"| a page of a customer's lines | {one:.1f} | {other:.1f} | **{taken.ratio:.2f}** | 0.3 |",
    ]


def _people(out: Path) -> list[dict[str, Any]]:
    """Customers spread over all that have lines, from the largest to the smallest."""
    rows = duckdb.sql(
        f"SELECT customer_id, file, lines FROM {answers.source(out, 'customer_totals')}"
        f" WHERE currency = 'CNY' AND lines >= {PAGE} ORDER BY customer_id"
    ).fetchall()
    step = max(1, len(rows) // ASKED)
    return [dict(zip(("id", "file", "lines"), row, strict=True)) for row in rows[::step]][:ASKED]


def _know(people: list[dict[str, Any]], out: Path) -> list[Any]:
    """These customers in the database, each with a key, and the rating's files; their keys."""
    from partner_center.billing.models import CustomerRating, RatedFile, Rating, RatingKind, RatingState
    from partner_center.customers.makers import make_customer
    from partner_center.customers.models import Customer
    from partner_center.identity.models import Account, User
    from partner_center.kernel import clock
    from tests.calling import Key

    first = make_customer()
    rating = Rating.objects.create(
        month=generator.MONTH,
        kind=RatingKind.OPEN,
        folder="out",
        rated_at=clock.now(),
        state=RatingState.READY,
    )
    files = {
        f"lines/{path.name}": RatedFile.objects.create(
            rating=rating,
            path=f"lines/{path.name}",
            bucket=number,
            rows=0,
            size=path.stat().st_size,
            sha256="",
        )
        for number, path in enumerate(sorted((out / "lines").iterdir()))
    }
    keys = []
    for number, one in enumerate(people):
        account, customer = Account.objects.get(pk=first.pk), Customer.objects.get(pk=first.pk)
        user = User.objects.get(account_id=first.pk)
        account.pk, account.name = one["id"], f"reader-{number}"
        account.save(force_insert=True)
        customer.pk = one["id"]
        customer.save(force_insert=True)
        user.pk, user.account_id, user.login = None, one["id"], f"reader-{number}"
        user.save(force_insert=True)
        CustomerRating.objects.create(
            customer_id=one["id"],
            month=generator.MONTH,
            rating=rating,
            file=files[one["file"]],
            rows=one["lines"],
            currency="CNY",
            official=0,
            payable=0,
        )
        keys.append(Key.of(account))
    return keys


def _shots(load: Any, host: str, keys: list[Any], people: list[dict[str, Any]]) -> list[Any]:
    return [
        load.shot(
            host,
            key,
            "GET",
            "/api/v1/bill-lines",
            bill_cycle=generator.MONTH,
            limit=PAGE,
            offset=_offset(one),
        )
        for key, one in zip(keys, people, strict=True)
    ]


def _offset(one: dict[str, Any]) -> int:
    """A page in the middle."""
    return int(one["lines"]) // 2 // PAGE * PAGE


def _ask(connection: HTTPConnection, shot: Any) -> dict[str, Any]:
    connection.request(shot.method, shot.target, headers=shot.headers)
    answered = connection.getresponse()
    text = answered.read()
    if answered.status != 200:
        raise SystemExit(f"{answered.status}: {text[:500]!r}")
    said: dict[str, Any] = json.loads(text)
    return said


def _bare(bare: duckdb.DuckDBPyConnection, out: Path, one: dict[str, Any]) -> list[tuple[Any, ...]]:
    return bare.execute(
        f"SELECT *, count(*) OVER () FROM read_parquet('{out / one['file']}') WHERE customer_id = ?"
        f" ORDER BY cycle, begin_at, batch, position LIMIT {PAGE} OFFSET ?",
        [one["id"], _offset(one)],
    ).fetchall()


def _demand_the_same(
    load: Any,
    host: str,
    keys: list[Any],
    bare: duckdb.DuckDBPyConnection,
    people: list[dict[str, Any]],
    out: Path,
) -> None:
    with closing(HTTPConnection(host, timeout=60)) as connection:
        for shot, one in zip(_shots(load, host, keys, people), people, strict=True):
            said, rows = _ask(connection, shot), _bare(bare, out, one)
            columns = [column[0] for column in bare.description or ()]
            resources = [row[columns.index("resource_id")] for row in rows]
            if [line["resource_id"] for line in said["lines"]] != resources or said["total_count"] != rows[0][
                -1
            ]:
                raise SystemExit(f"the two answer differently for {one}")


def _timed(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
