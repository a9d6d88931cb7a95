"""Charging many accounts at once: what `actions.charge(may_owe=True)` does for one, in a few statements for all.

The caller stages `funds_due`: payer_id, served (who is served, which orders the needs of one payer), currency, need in
minor units above zero, reference, about, memo. Afterwards `funds_split` has for each of its rows the cash, credit and
debt that paid it and its entry_id. A test holds the result against charging one after the other.
"""

from __future__ import annotations

from django.db import transaction

from partner_center.foundation.action import inside_action
from partner_center.foundation.sets import Sets
from partner_center.funds import chart, trades
from partner_center.kernel import clock
from partner_center.kernel.money import MINOR_DIGITS

PAYING = (chart.CASH, chart.CREDIT, chart.DEBT)
PURSES = (*PAYING, chart.DESIGNATED)
DUE = "payer_id text, served text, currency text, need bigint, reference text, about text, memo text"
"""The columns of `funds_due`."""

_TABLES = ("funds_address", "funds_purse", "funds_split")


class _Raced(Exception):
    """Somebody has spent since it was looked at: its account of arrears has to be opened before anything is locked."""


def charge_many(work: Sets, *, kind: str) -> None:
    """Take every need of `funds_due` from its payer: cash first, then credit, the rest becomes arrears.

    Needs of one payer are served in the order of `served`; one ledger entry each, whose reference must be new.
    """
    assert inside_action(), "money moves inside actions"
    assert kind in trades.TRADES, f"{kind} is not in funds.trades"
    work.drop(_TABLES)
    try:
        with transaction.atomic():
            _charge(work, kind, open_all=False)
    except _Raced:
        _charge(work, kind, open_all=True)


def clear(work: Sets) -> None:
    """Take the tables of a charge away."""
    work.drop((*_TABLES, "funds_due"))


def _charge(work: Sets, kind: str, *, open_all: bool) -> None:
    _name_accounts(work)
    _open_accounts(work, open_all)
    _lock(work)
    _split(work)
    _write_entries(work, kind)
    _write_transfers(work)


def _name_accounts(work: Sets) -> None:
    work.create("funds_address", "payer_id text, currency text, purse text, address text")
    purses = " UNION ALL ".join(
        f"SELECT payer_id, currency, '{purse}', '{purse}:' || payer_id FROM p" for purse in PURSES
    )
    work.run(
        "WITH p AS (SELECT DISTINCT payer_id, currency FROM funds_due)"
        f" INSERT INTO funds_address (payer_id, currency, purse, address) {purses}"
    )


def _open_accounts(work: Sets, every: bool) -> None:
    """The house's side, and an account of arrears for whoever has too little (or for everybody), in address order."""
    work.run(
        "INSERT INTO ledger_account (address, owner, currency)"
        f" SELECT DISTINCT '{chart.SALES}', '', currency FROM funds_address WHERE TRUE"
        " ON CONFLICT (address, currency) DO NOTHING"
    )
    has = (
        f"SELECT b.payer_id, b.currency, SUM(CASE WHEN b.purse = '{chart.DESIGNATED}' THEN -a.balance_minor"
        " ELSE a.balance_minor END) AS minor FROM funds_address b JOIN ledger_account a"
        f" ON a.address = b.address AND a.currency = b.currency WHERE b.purse <> '{chart.DEBT}'"
        " GROUP BY b.payer_id, b.currency"
    )
    work.run(
        "INSERT INTO ledger_account (address, owner, currency, balance_minor)"
        f" SELECT '{chart.DEBT}:' || n.payer_id, n.payer_id, n.currency, 0 FROM"
        " (SELECT payer_id, currency, SUM(need) AS need FROM funds_due GROUP BY payer_id, currency) n"
        f" LEFT JOIN ({has}) h ON h.payer_id = n.payer_id AND h.currency = n.currency"
        f" WHERE {'TRUE' if every else 'n.need > COALESCE(h.minor, 0)'}"
        " ORDER BY n.payer_id {c} ON CONFLICT (address, currency) DO NOTHING"
    )


def _lock(work: Sets) -> None:
    """Lock in address order, so that two charges never wait for each other; then note what lies where."""
    accounts = (
        "FROM funds_address b {join} ledger_account a ON a.address = b.address AND a.currency = b.currency"
    )
    if work.lock:
        work.run(
            f"SELECT COUNT(*) FROM (SELECT a.id {accounts.replace('{join}', 'JOIN')}"
            f" ORDER BY a.address {{c}} {work.lock} OF a) locked"
        )
    named = ", ".join(f"{purse}_id bigint, {purse} bigint" for purse in PURSES)
    held = ", ".join(
        f"MAX(CASE WHEN b.purse = '{purse}' THEN a.id END),"
        f" COALESCE(MAX(CASE WHEN b.purse = '{purse}' THEN a.balance_minor END), 0)"
        for purse in PURSES
    )
    work.create("funds_purse", f"payer_id text, currency text, {named}")
    work.run(
        f"INSERT INTO funds_purse SELECT b.payer_id, b.currency, {held}"
        f" {accounts.replace('{join}', 'LEFT JOIN')} GROUP BY b.payer_id, b.currency"
    )


def _split(work: Sets) -> None:
    """Each need laid over what its payer has. Raises _Raced when arrears have no account."""
    numbers = ", ".join(f"{purse} bigint, {purse}_id bigint, {purse}_after bigint" for purse in PAYING)
    work.create(
        "funds_split",
        f"payer_id text, served text, currency text, need bigint, reference text, about text, memo text, {numbers},"
        " entry_id bigint",
    )
    upto = "PARTITION BY payer_id, currency ORDER BY served {c}"
    moved = ", ".join(
        f"{part}, {purse}_id, CAST({purse}_held - SUM({part}) OVER ({upto}) AS bigint)"
        for purse, part in zip(PAYING, ("cash", "credit", "need - cash - credit"), strict=True)
    )
    held = ", ".join(f"h.{purse}_id, h.{purse} AS {purse}_held" for purse in PAYING)
    work.run(
        "WITH had AS (SELECT p.*, {greatest}(p.cash - p.designated, 0) AS own, {greatest}(p.credit, 0) AS lent"
        " FROM funds_purse p), queue AS (SELECT q.*, CAST(SUM(need) OVER (PARTITION BY payer_id, currency"
        " ORDER BY served {c}) - need AS bigint) AS before FROM funds_due q),"
        " laid AS (SELECT d.payer_id, d.served, d.currency, d.need, d.reference, d.about, d.memo,"
        f" {held}, {work.overlap('d.before', 'd.need', '0', 'h.own')} AS cash,"
        f" {work.overlap('d.before', 'd.need', 'h.own', 'h.own + h.lent')} AS credit"
        " FROM queue d JOIN had h ON h.payer_id = d.payer_id AND h.currency = d.currency)"
        " INSERT INTO funds_split SELECT payer_id, served, currency, need, reference, about, memo,"
        f" {moved}, NULL FROM laid"
    )
    if work.rows("SELECT 1 FROM funds_split WHERE debt > 0 AND debt_id IS NULL LIMIT 1"):
        raise _Raced
    work.ready("funds_split", "reference")


def _write_entries(work: Sets, kind: str) -> None:
    legs = f"'{kind}'" + "".join(
        f" || CASE WHEN {purse} > 0 THEN {work.newline} || '{purse}:' || payer_id || ' {chart.SALES} '"
        f" || CAST({purse} AS text) || ' ' || currency ELSE '' END"
        for purse in PAYING
    )
    work.run(
        "INSERT INTO ledger_entry (kind, reference, fingerprint, asked, about, memo, happened_at)"
        f" SELECT '{kind}', reference, {work.sha256(legs)},"
        f" 'charge ' || payer_id || ' ' || {_written('need')} || ' ' || currency, about, memo, {work.moment}"
        " FROM funds_split ORDER BY payer_id {c}, served {c}",
        [work.moment_of(clock.now())],
    )
    work.run(
        "UPDATE funds_split SET entry_id = e.id FROM ledger_entry e WHERE e.reference = funds_split.reference"
    )


def _write_transfers(work: Sets) -> None:
    """In the order in which the payers' needs were served, so that balances after transfers follow one another."""
    position, legs = "1", []
    for purse in PAYING:
        legs.append(
            f"SELECT payer_id, served, entry_id, {position} AS place, currency, {purse}_id AS source_id,"
            f" {purse} AS minor, {purse}_after AS left_over FROM funds_split WHERE {purse} > 0"
        )
        position += f" + CASE WHEN {purse} > 0 THEN 1 ELSE 0 END"
    moved = " UNION ALL ".join(legs)
    work.run(
        "INSERT INTO ledger_transfer (entry_id, position, currency, source_id, target_id, amount_minor,"
        " source_after_minor) SELECT t.entry_id, t.place, t.currency, t.source_id, h.id, t.minor, t.left_over"
        f" FROM ({moved}) t JOIN ledger_account h ON h.address = '{chart.SALES}' AND h.currency = t.currency"
        " ORDER BY t.payer_id {c}, t.served {c}, t.place"
    )
    work.run(
        "UPDATE ledger_account SET balance_minor = balance_minor - g.minor FROM"
        f" (SELECT source_id, CAST(SUM(minor) AS bigint) AS minor FROM ({moved}) one GROUP BY source_id) g"
        " WHERE g.source_id = ledger_account.id"
    )


def _written(minor: str) -> str:
    """Minor units as Money writes them: 30.00, or 30 in a currency without cents."""
    assert set(MINOR_DIGITS.values()) == {0}, "currencies have two decimals or none"
    whole = ", ".join(f"'{currency}'" for currency in MINOR_DIGITS)
    cents = f"CASE WHEN {minor} %% 100 < 10 THEN '0' ELSE '' END || CAST({minor} %% 100 AS text)"
    return (
        f"CASE WHEN currency IN ({whole}) THEN CAST({minor} AS text)"
        f" ELSE CAST({minor} / 100 AS text) || '.' || {cents} END"
    )
