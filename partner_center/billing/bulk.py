"""Charging many customers in a few statements. What it does is what `actions.charging` does one by one.

The rows of a chunk are staged in temporary tables; then every step of the one-by-one version is one statement over all
of them: lock the months, find the differences, charge the payers (funds.bulk), write fee records and groups. A test
holds the two versions against each other on both databases. Customers whose consumption went down, and those who share
a payer with them, are left to the one-by-one version.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from partner_center.billing.models import GROUP, MEANS, FeeStatus, Rating
from partner_center.billing.rules import day_within
from partner_center.billing.totals import RatedGroups
from partner_center.foundation.action import inside_action
from partner_center.foundation.sets import Sets
from partner_center.funds import bulk as funds
from partner_center.funds import trades
from partner_center.kernel import clock
from partner_center.kernel.period import BillMonth

if TYPE_CHECKING:
    import pyarrow as pa

AMOUNTS = ("official", "discount", "erase", "consume")
_TABLES = ("billing_asked", "billing_whom", "billing_stage", "billing_change", "billing_record")
_NUMBERS = {"bill_type", "charging_mode"}
_GROUP = "key text, " + ", ".join(f"{name} {'bigint' if name in _NUMBERS else 'text'}" for name in GROUP)
_AMOUNTS = ", ".join(f"{name} bigint" for name in AMOUNTS) + ", cut_off numeric"


@dataclass(frozen=True, slots=True)
class BulkPosted:
    """What was charged in bulk; `left` are the customers that want to be charged one by one, in order."""

    charged: int
    records: int
    owing: tuple[str, ...]
    left: tuple[str, ...]


def post(*, rating: Rating, month: BillMonth, groups: RatedGroups, customer_ids: Sequence[str]) -> BulkPosted:
    """Charge these customers what `rating` says, as far as it can be done in bulk."""
    assert inside_action(), "money moves inside actions"
    with connection.cursor() as cursor:
        work = Sets(cursor)
        _stage(work, groups, customer_ids)
        is_first = _begin_months(work, rating, month) or _lock_months(work, rating, month)
        _find_changes(work, month, is_first)
        left = _set_aside(work)
        _charge(work, month)
        _lay_over_groups(work)
        _write_fees(work, rating, month)
        _write_groups(work, month)
        _finish(work, rating, month, is_first)
        [(charged, records)] = work.rows("SELECT COUNT(DISTINCT customer_id), COUNT(*) FROM billing_record")
        owing = work.rows(
            "SELECT DISTINCT customer_id {c} FROM billing_record WHERE debt > 0 ORDER BY customer_id {c}"
        )
        work.drop(_TABLES)
        funds.clear(work)
    return BulkPosted(int(charged), int(records), tuple(one for (one,) in owing), left)


def sharing(pairs: Iterable[tuple[str, str, Any]]) -> tuple[str, ...]:
    """The customers reached from those to whom something comes back by way of common payers.

    pairs: customer, payer, and whether something of that payer's comes back.
    """
    rows = list(pairs)
    payers = {payer for _customer, payer, back in rows if back}
    while True:
        left = {customer for customer, payer, _back in rows if payer in payers}
        reached = {payer for customer, payer, _back in rows if customer in left}
        if reached == payers:
            return tuple(sorted(left))
        payers = reached


def _stage(work: Sets, groups: RatedGroups, customer_ids: Sequence[str]) -> None:
    """billing_whom: the customers with their site. billing_stage: what their groups come to."""
    work.drop(_TABLES)
    work.create("billing_asked", "customer_id text")
    work.create("billing_whom", "customer_id text PRIMARY KEY, site text, turn bigint")
    work.create("billing_stage", f"{_GROUP}, {_AMOUNTS}")
    if customer_ids:
        work.fill("billing_asked", _asked(customer_ids))
        work.fill("billing_stage", groups.of(customer_ids))
    work.run(
        "INSERT INTO billing_whom SELECT q.customer_id, a.site, 1 FROM billing_asked q"
        " JOIN identity_account a ON a.id = q.customer_id"
    )
    work.ready("billing_whom", "site")
    work.ready("billing_stage", "customer_id, key")


class _Begun(Exception):
    """Somebody has charged one of these months before, or does so now."""


def _begin_months(work: Sets, rating: Rating, month: BillMonth) -> bool:
    """Write the rows of months of which nobody has charged anything, as they will be; False when some had been."""
    try:
        with transaction.atomic():
            work.run(
                "INSERT INTO billing_chargedmonth (customer_id, month, turn, rated_at, rating_id)"
                f" SELECT customer_id, CAST(%s AS varchar), 1, {work.moment}, CAST(%s AS bigint) FROM billing_whom"
                " WHERE TRUE ORDER BY customer_id {c} ON CONFLICT (customer_id, month) DO NOTHING",
                [str(month), work.moment_of(rating.rated_at), rating.pk],
            )
            begun = work.cursor.rowcount
            if begun != work.rows("SELECT COUNT(*) FROM billing_whom")[0][0]:
                raise _Begun
    except _Begun:
        return False
    return True


def _lock_months(work: Sets, rating: Rating, month: BillMonth) -> bool:
    """Wait for whoever charges one of these months; leave out what was charged by a later rating."""
    work.run(
        "INSERT INTO billing_chargedmonth (customer_id, month, turn)"
        " SELECT customer_id, CAST(%s AS varchar), 0 FROM billing_whom WHERE TRUE ORDER BY customer_id {c}"
        " ON CONFLICT (customer_id, month) DO NOTHING",
        [str(month)],
    )
    if work.lock:
        work.run(
            "SELECT COUNT(*) FROM (SELECT m.id FROM billing_chargedmonth m JOIN billing_whom w"
            " ON w.customer_id = m.customer_id WHERE m.month = %s"
            f" ORDER BY m.customer_id {{c}} {work.lock} OF m) locked",
            [str(month)],
        )
    work.run(
        "DELETE FROM billing_whom WHERE customer_id IN"
        f" (SELECT customer_id FROM billing_chargedmonth WHERE month = %s AND rated_at > {work.moment})",
        [str(month), work.moment_of(rating.rated_at)],
    )
    work.run(
        "UPDATE billing_whom SET turn = m.turn + 1 FROM billing_chargedmonth m"
        " WHERE m.customer_id = billing_whom.customer_id AND m.month = %s",
        [str(month)],
    )
    return False


def _find_changes(work: Sets, month: BillMonth, is_first: bool) -> None:
    """Each group's difference from what is charged of it; a group that is rated no more comes to nothing."""
    group, amounts = ", ".join(GROUP), ", ".join(AMOUNTS)
    work.create(
        "billing_change", f"{_GROUP}, {_AMOUNTS}, payer_id text, turn bigint, place bigint, stands bigint"
    )
    changed = " OR ".join(f"d.{name} <> 0" for name in AMOUNTS)
    found, values = (_new_groups(), []) if is_first else (_differences(), [str(month), str(month)])
    work.run(
        f"INSERT INTO billing_change (key, {group}, {amounts}, cut_off, payer_id, turn, place, stands)"
        f" SELECT d.key, {_of('d', GROUP)}, {_of('d', AMOUNTS)}, d.cut_off,"
        " CASE WHEN w.site = 'intl' AND d.association_type = 'resale' AND d.partner_id <> ''"
        " THEN d.partner_id ELSE d.customer_id END, w.turn,"
        " ROW_NUMBER() OVER (PARTITION BY d.customer_id ORDER BY d.key {c}), d.stands"
        f" FROM ({found}) d JOIN billing_whom w ON w.customer_id = d.customer_id WHERE {changed}",
        values,
    )
    work.ready("billing_change", "customer_id")


def _new_groups() -> str:
    """Of months that nobody has charged: everything is new."""
    columns = ", ".join(("key", *GROUP, *AMOUNTS, "cut_off"))
    return f"SELECT {columns}, CAST(NULL AS bigint) AS stands FROM billing_stage"


def _differences() -> str:
    more = ", ".join(f"s.{name} - COALESCE(g.{name}_minor, 0) AS {name}" for name in AMOUNTS)
    fewer = ", ".join(f"-g.{name}_minor" for name in AMOUNTS)
    return (
        f"SELECT s.key, {_of('s', GROUP)}, {more}, s.cut_off - COALESCE(g.cut_off, 0) AS cut_off, g.id AS stands"
        " FROM billing_stage s LEFT JOIN billing_groupsettlement g"
        " ON g.customer_id = s.customer_id AND g.month = %s AND g.key = s.key"
        f" UNION ALL SELECT g.key, {_of('g', GROUP)}, {fewer}, -g.cut_off, g.id FROM billing_groupsettlement g"
        " JOIN billing_whom w ON w.customer_id = g.customer_id WHERE g.month = %s AND NOT EXISTS"
        " (SELECT 1 FROM billing_stage s WHERE s.customer_id = g.customer_id AND s.key = g.key)"
    )


def _set_aside(work: Sets) -> tuple[str, ...]:
    """Who cannot be charged in bulk: where something comes back, and everybody who shares that payer."""
    if not work.rows("SELECT 1 FROM billing_change WHERE consume < 0 LIMIT 1"):
        return ()
    left = sharing(
        work.rows(
            "SELECT customer_id, payer_id, MIN(consume) < 0 FROM billing_change GROUP BY customer_id, payer_id"
        )
    )
    for table in ("billing_change", "billing_whom"):
        work.cursor.executemany(f"DELETE FROM {table} WHERE customer_id = %s", [(one,) for one in left])
    return left


def _charge(work: Sets, month: BillMonth) -> None:
    """One charge for each customer and payer that needs something."""
    funds.clear(work)
    work.create("funds_due", funds.DUE)
    work.run(
        "INSERT INTO funds_due (payer_id, served, currency, need, reference, about, memo)"
        " SELECT payer_id, customer_id, currency, need, CAST(%s AS text) || customer_id || ':' || CAST(turn AS text)"
        " || CASE WHEN payer_id <> customer_id THEN ':' || payer_id ELSE '' END,"
        f" {_about_of('')}, SUBSTR(first || CASE WHEN others > 0 THEN ' +' || CAST(others AS text) ELSE '' END, 1, 256)"
        " FROM (SELECT payer_id, customer_id, currency, turn, CAST(SUM(consume) AS bigint) AS need,"
        " MIN(service_type {c}) AS first, COUNT(DISTINCT service_type) - 1 AS others"
        " FROM billing_change GROUP BY payer_id, customer_id, currency, turn HAVING SUM(consume) > 0) d",
        [f"usage:{month}:", _about(month)],
    )
    work.ready("funds_due", "payer_id, served")
    funds.charge_many(work, kind=trades.USAGE)


def _lay_over_groups(work: Sets) -> None:
    """billing_record: of each change, which part of it was paid by what."""
    work.create(
        "billing_record",
        "customer_id text, place bigint, entry_id bigint, cash bigint, credit bigint, debt bigint",
    )
    work.run(
        "WITH run AS (SELECT c.customer_id, c.place, c.consume, s.entry_id, COALESCE(s.cash, 0) AS own,"
        " COALESCE(s.credit, 0) AS lent, CAST(SUM(c.consume) OVER"
        " (PARTITION BY c.customer_id, c.payer_id ORDER BY c.place) - c.consume AS bigint) AS before"
        " FROM billing_change c LEFT JOIN funds_split s ON s.served = c.customer_id AND s.payer_id = c.payer_id),"
        f" laid AS (SELECT run.*, {work.overlap('before', 'consume', '0', 'own')} AS cash,"
        f" {work.overlap('before', 'consume', 'own', 'own + lent')} AS credit FROM run)"
        " INSERT INTO billing_record SELECT customer_id, place, CASE WHEN consume <> 0 THEN entry_id END,"
        " cash, credit, consume - cash - credit FROM laid"
    )
    work.ready("billing_record", "customer_id, place")


def _write_fees(work: Sets, rating: Rating, month: BillMonth) -> None:
    now = work.moment_of(clock.now())
    same = [name for name in GROUP if name != "customer_id"]
    empty = (
        "resource_spec", "resource_id", "resource_name", "order_number", "discount_type", "discount_id", "reason",
    )  # fmt: skip
    columns: dict[str, tuple[str, list[Any]]] = {
        **{name: (f"c.{name}", []) for name in ("customer_id", *same, "payer_id", "cut_off")},
        **{name: ("''", []) for name in empty},
        **{f"{name}_minor": (f"c.{name}", []) for name in AMOUNTS},
        "site": ("w.site", []),
        "entry_id": ("r.entry_id", []),
        **{f"{name}_minor": (_PARTS.get(name, "0"), []) for name in MEANS},
        "number": (
            "CAST(%s AS text) || c.customer_id || '-' || CAST(c.turn AS text) || '-' || CAST(c.place AS text)",
            [f"{month}-"],
        ),
        "trade_id": (_about_of("c."), [_about(month)]),
        "month": ("CAST(%s AS varchar)", [str(month)]),
        "day": (work.date, [day_within(month, clock.now()).isoformat()]),
        "happened_at": (work.moment, [now]),
        "created_at": (work.moment, [now]),
        "status": (f"CASE WHEN r.debt > 0 THEN {_UNSETTLED} ELSE {_PAID} END", []),
        "rating_id": ("CAST(%s AS bigint)", [rating.pk]),
    }
    work.run(
        f"INSERT INTO billing_feerecord ({', '.join(columns)})"
        f" SELECT {', '.join(sql for sql, _values in columns.values())}"
        f" FROM {_RECORDS} JOIN billing_whom w ON w.customer_id = c.customer_id ORDER BY c.customer_id {{c}}, c.place",
        [value for _sql, values in columns.values() for value in values],
    )


def _write_groups(work: Sets, month: BillMonth) -> None:
    columns = [f"{name}_minor" for name in (*AMOUNTS, *MEANS)] + ["cut_off"]
    values = [*(f"c.{name}" for name in AMOUNTS), *(_PARTS.get(name, "0") for name in MEANS), "c.cut_off"]
    work.run(
        f"INSERT INTO billing_groupsettlement (month, key, {', '.join(GROUP)}, {', '.join(columns)})"
        f" SELECT CAST(%s AS varchar), c.key, {_of('c', GROUP)}, {', '.join(values)} FROM {_RECORDS}"
        " WHERE c.stands IS NULL",
        [str(month)],
    )
    if not work.rows("SELECT 1 FROM billing_change WHERE stands IS NOT NULL LIMIT 1"):
        return
    sums = ", ".join(
        f"{name}_minor = billing_groupsettlement.{name}_minor + {value}"
        for name, value in ({name: f"c.{name}" for name in AMOUNTS} | _PARTS).items()
    )
    work.run(
        f"UPDATE billing_groupsettlement SET {sums}, cut_off = billing_groupsettlement.cut_off + c.cut_off"
        f" FROM {_RECORDS} WHERE c.stands = billing_groupsettlement.id"
    )


def _finish(work: Sets, rating: Rating, month: BillMonth, is_first: bool) -> None:
    """Note how far each customer's month has come."""
    if is_first:
        idle = (
            "SELECT w.customer_id FROM billing_whom w WHERE NOT EXISTS"
            " (SELECT 1 FROM billing_change c WHERE c.customer_id = w.customer_id)"
        )
        if work.rows(f"{idle} LIMIT 1"):
            work.run(
                f"UPDATE billing_chargedmonth SET turn = 0 WHERE month = %s AND customer_id IN ({idle})",
                [str(month)],
            )
        return
    work.run(
        "UPDATE billing_chargedmonth SET turn = w.turn - CASE WHEN c.customer_id IS NULL THEN 1 ELSE 0 END,"
        f" rated_at = {work.moment}, rating_id = CAST(%s AS bigint) FROM billing_whom w"
        " LEFT JOIN (SELECT DISTINCT customer_id FROM billing_change) c ON c.customer_id = w.customer_id"
        " WHERE w.customer_id = billing_chargedmonth.customer_id AND billing_chargedmonth.month = %s",
        [work.moment_of(rating.rated_at), rating.pk, str(month)],
    )


_PAID, _UNSETTLED = FeeStatus.PAID.value, FeeStatus.UNSETTLED.value
_PARTS = {"cash": "r.cash", "credit": "r.credit", "debt": "r.debt"}
_RECORDS = "billing_change c JOIN billing_record r ON r.customer_id = c.customer_id AND r.place = c.place"


def _about_of(alias: str) -> str:
    return f"CAST(%s AS text) || {alias}customer_id || '-' || CAST({alias}turn AS text)"


def _about(month: BillMonth) -> str:
    return f"PU{str(month).replace('-', '')}-"


def _of(alias: str, names: Iterable[str]) -> str:
    return ", ".join(f"{alias}.{name}" for name in names)


def _asked(customer_ids: Sequence[str]) -> pa.Table:
    import pyarrow as pa

    return pa.table({"customer_id": pa.array(list(customer_ids), pa.string())})
