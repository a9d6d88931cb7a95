"""What is always true of the ledger. Each law is one or two statements over the tables."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection

from partner_center.foundation.laws import law
from partner_center.kernel.money import Money
from partner_center.ledger import finality
from partner_center.ledger.posting import Leg, fingerprint_of

_SIDES = (
    "SELECT source_id AS account_id, id, -amount_minor AS change, source_after_minor AS after_minor"
    " FROM ledger_transfer UNION ALL"
    " SELECT target_id, id, amount_minor, target_after_minor FROM ledger_transfer"
)
"""Every transfer seen from both of its accounts."""


@law("ledger.conservation", says="The balances of each currency sum to zero.")
def balances_sum_to_zero() -> Iterator[str]:
    rows = _rows(
        "SELECT currency, SUM(minor) FROM ("
        " SELECT currency, balance_minor AS minor FROM ledger_account WHERE balance_minor IS NOT NULL"
        " UNION ALL"
        f" SELECT a.currency, s.change FROM ledger_account a JOIN ({_SIDES}) s ON s.account_id = a.id"
        " WHERE a.balance_minor IS NULL"
        ") every GROUP BY currency ORDER BY currency"
    )
    for currency, total in rows:
        if total != 0:
            yield f"{currency}: {Money(int(total), currency)} too much"


@law("ledger.floors", says="No balance is below its floor.")
def no_floor_is_broken() -> Iterator[str]:
    rows = _rows(
        "SELECT address, currency, balance_minor, floor_minor FROM ledger_account WHERE balance_minor < floor_minor"
    )
    for address, currency, balance, floor in rows:
        yield f"{address}: {Money(balance, currency)}, floor {Money(floor, currency)}"


@law("ledger.history", says="Each cached balance equals its history.")
def cached_balances_equal_their_history() -> Iterator[str]:
    rows = _rows(
        "SELECT a.address, a.currency, a.balance_minor, COALESCE(SUM(s.change), 0) FROM ledger_account a"
        f" LEFT JOIN ({_SIDES}) s ON s.account_id = a.id WHERE a.balance_minor IS NOT NULL"
        " GROUP BY a.id, a.address, a.currency, a.balance_minor"
        " HAVING a.balance_minor <> COALESCE(SUM(s.change), 0)"
    )
    for address, currency, cached, history in rows:
        yield f"{address}: cached {Money(cached, currency)}, history {Money(int(history), currency)}"


@law("ledger.chain", says="Each balance after a transfer follows from the one before.")
def after_balances_chain() -> Iterator[str]:
    rows = _rows(
        "SELECT a.address, a.currency, c.id, c.before_minor + c.change, c.after_minor FROM ("
        " SELECT account_id, id, change, after_minor,"
        " COALESCE(LAG(after_minor) OVER (PARTITION BY account_id ORDER BY id), 0) AS before_minor"
        f" FROM ({_SIDES}) s"
        ") c JOIN ledger_account a ON a.id = c.account_id"
        " WHERE (a.balance_minor IS NOT NULL AND (c.after_minor IS NULL OR c.after_minor <> c.before_minor + c.change))"
        " OR (a.balance_minor IS NULL AND c.after_minor IS NOT NULL)"
    )
    for address, currency, transfer, expected, after in rows:
        written = "nothing" if after is None else str(Money(after, currency))
        yield f"{address}, transfer {transfer}: {written} written, {Money(int(expected or 0), currency)} expected"


@law("ledger.fingerprints", says="Each entry's fingerprint matches what it moved.")
def fingerprints_match() -> Iterator[str]:
    rows = _rows(
        "SELECT e.id, e.reference, e.kind, e.fingerprint, t.position, s.address, g.address, t.amount_minor, t.currency"
        " FROM ledger_entry e LEFT JOIN ledger_transfer t ON t.entry_id = e.id"
        " LEFT JOIN ledger_account s ON s.id = t.source_id LEFT JOIN ledger_account g ON g.id = t.target_id"
        " ORDER BY e.id, t.position"
    )
    for _, group in groupby(rows, key=itemgetter(0)):
        transfers = list(group)
        _, reference, kind, fingerprint, first, *_ = transfers[0]
        if first is None:
            yield f"{reference}: no transfer"
            continue
        if [row[4] for row in transfers] != list(range(1, len(transfers) + 1)):
            yield f"{reference}: a transfer is missing"
        legs = [
            Leg(source, target, Money(minor, currency)) for *_, source, target, minor, currency in transfers
        ]
        if fingerprint != fingerprint_of(kind, legs):
            yield f"{reference}: what it moved is not what was fingerprinted"


@law("ledger.currencies", says="Each transfer is in the currency of its accounts.")
def transfers_keep_their_currency() -> Iterator[str]:
    rows = _rows(
        "SELECT t.id FROM ledger_transfer t JOIN ledger_account s ON s.id = t.source_id"
        " JOIN ledger_account g ON g.id = t.target_id WHERE t.currency <> s.currency OR t.currency <> g.currency"
    )
    for (transfer,) in rows:
        yield f"transfer {transfer}"


@law("ledger.finality", says="Entries and transfers refuse change.")
def entries_refuse_change() -> Iterator[str]:
    for missing in sorted(finality.trigger_names() - finality.present(connection)):
        yield f"trigger {missing} is not in place"


def _rows(statement: str) -> Iterator[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        while rows := cursor.fetchmany(2000):
            yield from rows
