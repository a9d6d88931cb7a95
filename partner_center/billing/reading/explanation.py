"""Why a bill line costs what it costs: from the record of use, or the order, to the ledger entry that settled it.

Every step is a sentence in the reader's language beside the exact figures it speaks of. The figures are those that
were stored when the line was rated, recorded and charged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from partner_center.billing.errors import LineNotFound
from partner_center.billing.models.fees import FeeRecord, GroupSettlement
from partner_center.billing.reading.asking import Scope
from partner_center.billing.reading.charges import charges_of, charges_within, group_text
from partner_center.billing.reading.fees import as_lines, fee_records
from partner_center.billing.reading.ids import LineId
from partner_center.billing.reading.line import Line
from partner_center.billing.reading.scopes import scope_of_reader
from partner_center.billing.reading.shares import settlements
from partner_center.billing.reading.stored import StoredLine, stored_line
from partner_center.billing.reading.usage import line_of
from partner_center.customers.errors import NoRightOverCustomer
from partner_center.foundation.actor import Actor
from partner_center.ledger.models import Entry


@dataclass(frozen=True, slots=True)
class Charged:
    """A fee record that a line was charged with, the ledger entry that moved its money, and those that repaid it."""

    fee: FeeRecord
    entry: Entry | None
    repaid_by: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Explained:
    """Everything that is known of one line. stored, settled: of usage only."""

    line: Line
    charged: tuple[Charged, ...]
    stored: StoredLine | None = None
    settled: GroupSettlement | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One sentence and its figures: exact decimals, moments, codes, by name."""

    kind: str
    text: str
    figures: Mapping[str, Any]


def explained(actor: Actor, line_id: str) -> Explained:
    """The line with this id, with all that was stored of it. Raises LineNotFound: absent and not yours are the same."""
    wanted = LineId.parse(line_id)
    if wanted is None:
        raise LineNotFound(line=line_id)
    try:
        scope = scope_of_reader(actor, wanted.customer_id)
    except NoRightOverCustomer:
        raise LineNotFound(line=line_id) from None
    found = _usage(scope, wanted) if wanted.is_usage else _fee(actor, scope, wanted)
    if found is None:
        raise LineNotFound(line=line_id)
    return found


def _usage(scope: Scope, wanted: LineId) -> Explained | None:
    stored = stored_line(wanted)
    if stored is None or not scope.holds(stored.line):
        return None
    group = _group_of(stored.line)
    settled = settlements([wanted.customer_id], wanted.month).get(group)
    charges = charges_of([wanted.customer_id], wanted.month).get(group, [])
    start, payable = stored.line["before"], stored.line["payable"]
    met = charges_within(charges, *sorted((start, start + payable))) if payable else []
    fees = FeeRecord.objects.in_bulk([one.fee_id for one in met])
    return Explained(
        line_of(stored.line, wanted.month, settled, charges),
        _charged([fees[one.fee_id] for one in met]),
        stored,
        settled,
    )


def _fee(actor: Actor, scope: Scope, wanted: LineId) -> Explained | None:
    record = fee_records(actor, scope, wanted.month).filter(pk=wanted.position).first()
    if record is None:
        return None
    return Explained(as_lines([record])[0], _charged([record]))


def _charged(fees: list[FeeRecord]) -> tuple[Charged, ...]:
    parts = {
        fee.pk: [part.write_off.entry_id for part in fee.settlings.select_related("write_off")]
        for fee in fees
    }
    ids = {fee.entry_id for fee in fees} | {entry for several in parts.values() for entry in several}
    entries = Entry.objects.in_bulk([one for one in ids if one is not None])
    return tuple(
        Charged(
            fee,
            entries.get(fee.entry_id) if fee.entry_id is not None else None,
            tuple(entries[one] for one in parts[fee.pk] if one in entries),
        )
        for fee in fees
    )


def _group_of(row: Mapping[str, Any]) -> str:
    return group_text(_Attributes(row))


class _Attributes:
    """A row of a data file read by attribute, as rows of the database are."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self._row = row

    def __getattr__(self, name: str) -> Any:
        return self._row[name]
