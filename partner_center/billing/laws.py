"""What is always true of bills, beside the ledger and the orders. Each law is one or two statements over the tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.db import connection

from partner_center.billing import finality
from partner_center.billing.actions.recording import GIVEN_BACK, PAID, WAIT_FOR_DELIVERY
from partner_center.billing.models import AMOUNTS, GROUP, MEANS
from partner_center.billing.models.fees import ADJUSTMENTS, RATED, REFUNDS
from partner_center.foundation.laws import law
from partner_center.funds import chart, trades
from partner_center.kernel import clock
from partner_center.kernel.money import Money

OWN = (trades.USAGE, trades.USAGE_RETURNED, trades.COMPENSATED, trades.DEBITED)
"""Kinds of entries that this room makes: each has its fee records from the moment it exists."""

_SUM = " + ".join(f"{name}_minor" for name in MEANS)


@law(
    "billing.fee_identities",
    says="Each fee record's list price is discount, rounding and amount; its amount is what the means paid.",
)
def fee_records_add_up() -> Iterator[str]:
    rows = _rows(
        "SELECT number FROM billing_feerecord WHERE official_minor <> discount_minor + erase_minor + consume_minor"
        f" OR consume_minor <> {_SUM}"
    )
    for (number,) in rows:
        yield number


@law(
    "billing.fees_and_ledger",
    says="The fee records of a ledger entry sum to what it moved: cash, credit and arrears, to the cent.",
)
def fee_records_match_the_ledger() -> Iterator[str]:
    kinds = (*OWN, *PAID, *GIVEN_BACK)
    moved = ", ".join(
        f"SUM(CASE WHEN s.address LIKE '{purse}:%%' THEN t.amount_minor ELSE 0 END)"
        f" - SUM(CASE WHEN g.address LIKE '{purse}:%%' THEN t.amount_minor ELSE 0 END) AS {purse}"
        for purse in (chart.CASH, chart.CREDIT, chart.DEBT)
    )
    rows = _rows(
        "SELECT l.reference, l.currency, l.cash, l.credit, l.debt, f.cash, f.credit, f.debt FROM"
        f" (SELECT e.id, e.kind, e.reference, t.currency, {moved} FROM ledger_entry e"
        " JOIN ledger_transfer t ON t.entry_id = e.id JOIN ledger_account s ON s.id = t.source_id"
        f" JOIN ledger_account g ON g.id = t.target_id WHERE e.kind IN ({_marks(kinds)})"
        " GROUP BY e.id, e.kind, e.reference, t.currency) l"
        " LEFT JOIN (SELECT entry_id, SUM(cash_minor) AS cash, SUM(credit_minor) AS credit,"
        " SUM(debt_minor + writeoff_minor) AS debt FROM billing_feerecord WHERE entry_id IS NOT NULL"
        " GROUP BY entry_id) f ON f.entry_id = l.id"
        f" WHERE (f.entry_id IS NULL AND l.kind IN ({_marks(OWN)}))"
        " OR f.cash <> l.cash OR f.credit <> l.credit OR f.debt <> l.debt",
        [*kinds, *OWN],
    )
    for reference, currency, *sums in rows:
        amounts = [Money(int(one or 0), currency) for one in sums]
        yield (
            f"{reference}: {amounts[0]} cash, {amounts[1]} credit, {amounts[2]} arrears moved;"
            f" {amounts[3]}, {amounts[4]}, {amounts[5]} in fee records"
        )


@law(
    "billing.order_fees",
    says="Each payment and each refund of an order has its fee records, two hours later at the latest.",
)
def order_entries_are_recorded() -> Iterator[str]:
    before = clock.now() - WAIT_FOR_DELIVERY - timedelta(hours=1)
    rows = _rows(
        "SELECT e.reference FROM ledger_entry e JOIN orders_order o ON o.number = e.about"
        f" WHERE e.kind IN ({_marks((*PAID, *GIVEN_BACK))}) AND e.happened_at < %s AND NOT EXISTS"
        " (SELECT 1 FROM billing_feerecord f WHERE f.entry_id = e.id)",
        [*PAID, *GIVEN_BACK, connection.ops.adapt_datetimefield_value(before)],
    )
    for (reference,) in rows:
        yield f"{reference} is in no fee record"


@law("billing.groups", says="Each settlement group stands where its fee records have brought it.")
def groups_match_their_records() -> Iterator[str]:
    key = ", ".join(("month", *GROUP))
    sums = ", ".join(f"SUM({name}_minor) AS {name}" for name in AMOUNTS)
    same = " AND ".join(f"f.{name} = g.{name}" for name in ("month", *GROUP))
    other = " OR ".join(f"COALESCE(f.{name}, 0) <> g.{name}_minor" for name in AMOUNTS)
    rated = [one.value for one in RATED]
    records = (
        f"SELECT {key}, {sums} FROM billing_feerecord WHERE bill_type IN ({_marks(rated)}) GROUP BY {key}"
    )
    rows = _rows(
        f"SELECT g.customer_id, g.month, g.service_type FROM billing_groupsettlement g LEFT JOIN ({records}) f"
        f" ON {same} WHERE {other}",
        rated,
    )
    for customer, month, service in rows:
        yield f"{customer} {month} {service}"
    lost = _rows(
        f"SELECT f.customer_id, f.month, f.service_type FROM ({records}) f LEFT JOIN billing_groupsettlement g"
        f" ON {same} WHERE g.id IS NULL",
        rated,
    )
    for customer, month, service in lost:
        yield f"{customer} {month} {service}: records without a group"


@law("billing.arrears", says="What fee records still owe is what the payer's account owes.")
def debts_match_the_ledger() -> Iterator[str]:
    waiting = (
        "SELECT a.owner, t.currency, SUM(t.amount_minor) AS minor FROM ledger_entry e"
        " JOIN ledger_transfer t ON t.entry_id = e.id JOIN ledger_account a ON a.id = t.target_id"
        " WHERE e.kind = %s AND NOT EXISTS (SELECT 1 FROM billing_writeoff w WHERE w.entry_id = e.id)"
        " GROUP BY a.owner, t.currency"
    )
    rows = _rows(
        "SELECT f.payer_id, f.currency, f.debt, COALESCE(w.minor, 0), COALESCE(-a.balance_minor, 0) FROM"
        " (SELECT payer_id, currency, SUM(debt_minor) AS debt FROM billing_feerecord WHERE status = 2"
        " GROUP BY payer_id, currency) f"
        f" LEFT JOIN ledger_account a ON a.address = '{chart.DEBT}:' || f.payer_id AND a.currency = f.currency"
        f" LEFT JOIN ({waiting}) w ON w.owner = f.payer_id AND w.currency = f.currency"
        " WHERE f.debt - COALESCE(w.minor, 0) <> COALESCE(-a.balance_minor, 0)",
        [trades.WRITE_OFF],
    )
    for payer, currency, debt, pending, owed in rows:
        left = Money(int(debt) - int(pending), currency)
        yield f"{payer}: {left} in fee records, {Money(int(owed), currency)} in the account"


@law("billing.write_offs", says="What later funds settled of a fee record is written down part by part.")
def write_offs_are_settled() -> Iterator[str]:
    rows = _rows(
        "SELECT f.number FROM billing_feerecord f LEFT JOIN (SELECT fee_id, SUM(amount_minor) AS minor"
        " FROM billing_settling GROUP BY fee_id) s ON s.fee_id = f.id"
        " WHERE f.writeoff_minor <> COALESCE(s.minor, 0)"
    )
    for (number,) in rows:
        yield number
    split = _rows(
        "SELECT w.entry_id FROM billing_writeoff w LEFT JOIN (SELECT write_off_id, SUM(amount_minor) AS minor"
        " FROM billing_settling GROUP BY write_off_id) s ON s.write_off_id = w.id"
        " WHERE w.amount_minor <> w.rest_minor + COALESCE(s.minor, 0)"
    )
    for (entry,) in split:
        yield f"the write-off of entry {entry}"


@law(
    "billing.partner_bills",
    says="A partner's bill is the sum of the records it paid for, and what it repaid the sum of its repayments.",
)
def partner_bills_match_their_records() -> Iterator[str]:
    refunds = ", ".join(str(one.value) for one in REFUNDS)
    adjustments = ", ".join(str(one.value) for one in ADJUSTMENTS)
    rows = _rows(
        "SELECT b.number FROM billing_partnerbill b LEFT JOIN (SELECT payer_id, month,"
        f" SUM(CASE WHEN bill_type IN ({refunds}) THEN consume_minor ELSE 0 END) AS back,"
        f" SUM(CASE WHEN bill_type IN ({adjustments}) THEN consume_minor ELSE 0 END) AS adjusted,"
        " SUM(consume_minor) AS every FROM billing_feerecord GROUP BY payer_id, month) f"
        " ON f.payer_id = b.partner_id AND f.month = b.month"
        " LEFT JOIN (SELECT bill_id, SUM(amount_minor) AS minor FROM billing_repayment GROUP BY bill_id) r"
        " ON r.bill_id = b.id WHERE b.refunds_minor <> COALESCE(f.back, 0)"
        " OR b.adjustments_minor <> COALESCE(f.adjusted, 0) OR b.repaid_minor <> COALESCE(r.minor, 0)"
        " OR b.consume_minor <> COALESCE(f.every - f.back - f.adjusted, 0)"
    )
    for (number,) in rows:
        yield number


@law("billing.invoices", says="An invoice of a month is what its account was charged in it.")
def invoices_match_their_records() -> Iterator[str]:
    rows = _rows(
        "SELECT i.number FROM billing_invoice i LEFT JOIN (SELECT payer_id, month, SUM(consume_minor) AS minor"
        " FROM billing_feerecord GROUP BY payer_id, month) f ON f.payer_id = i.account_id AND f.month = i.month"
        " WHERE i.amount_minor <> COALESCE(f.minor, 0)"
    )
    for (number,) in rows:
        yield number


@law("billing.finality", says="Fee records refuse change.")
def fee_records_refuse_change() -> Iterator[str]:
    for missing in sorted(finality.trigger_names() - finality.present(connection)):
        yield f"trigger {missing} is not in place"


def _marks(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def _rows(statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        return list(cursor.fetchall())
