"""Move money once.

`post` takes the legs of an entry. `post_decided` takes a function that decides the legs when the accounts are
locked: how much of a payment is cash and how much credit is known only then. Both run the same statements:
lock the accounts in address order, write the entry unless its reference exists, write the balances, write the
transfers. Four statements for a payment from one account, two where the database can write several tables in
one; docs/decisions/0020 says why by hand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from partner_center.foundation.action import inside_action
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.ledger.errors import InsufficientBalance, ReferenceReused
from partner_center.ledger.models import HOUSE, Entry


@dataclass(frozen=True, slots=True)
class Leg:
    """`amount` goes from the account at `source` to the one at `target`."""

    source: str
    target: str
    amount: Money


Held = Mapping[str, Money]
"""Balances of locked accounts by address; an account that was never used holds zero."""


def post(
    *,
    kind: str,
    reference: str,
    legs: Sequence[Leg],
    happened_at: datetime | None = None,
    memo: str = "",
    about: str = "",
) -> Entry:
    """Move money once. The same reference with the same legs returns the first entry untouched.

    Legs are carried in their order, and no account may fall below its floor after any of them.
    Raises InsufficientBalance, and ReferenceReused when the reference moved other money before.
    """
    assert legs, "an entry has at least one leg"
    return _post(
        kind=kind,
        reference=reference,
        asked="",
        currency=legs[0].amount.currency,
        using=_guarded(legs),
        reading=(),
        decide=lambda held: legs,
        happened_at=happened_at,
        memo=memo,
        about=about,
    )


def post_decided(
    *,
    kind: str,
    reference: str,
    asked: str,
    currency: str,
    decide: Callable[[Held], Sequence[Leg]],
    using: Iterable[str] = (),
    reading: Iterable[str] = (),
    happened_at: datetime | None = None,
    memo: str = "",
    about: str = "",
) -> Entry:
    """As `post`, but `decide` is shown the locked balances and returns the legs, or raises a refusal.

    `using` names accounts that the legs need (opened when they were never used), `reading` accounts that the
    decision looks at and that need not exist. `asked` says the request in a canonical form: a replay is
    recognised by it, because the legs of the first time may not be possible any more.
    """
    assert asked, "a decided entry says what was asked"
    return _post(
        kind=kind,
        reference=reference,
        asked=asked,
        currency=currency,
        using=tuple(using),
        reading=tuple(reading),
        decide=decide,
        happened_at=happened_at,
        memo=memo,
        about=about,
    )


def open_account(address: str, currency: str, *, floor: Money | None) -> None:
    """Give a never-used account its floor before its first entry: None for no floor, else the lowest balance.

    An account that exists keeps its floor. Accounts that nobody opened get the floor zero with their first entry.
    """
    assert inside_action(), "accounts are opened inside actions"
    assert not address.startswith(HOUSE), "accounts of the house need no opening"
    with connection.cursor() as cursor:
        _insert_accounts(cursor, [address], currency, None if floor is None else floor.minor)


def fingerprint_of(kind: str, legs: Iterable[Leg]) -> str:
    """What an entry did, in 64 characters. Stored with it, and recomputed by `partner-center verify`."""
    lines = [kind, *(f"{leg.source} {leg.target} {leg.amount.minor} {leg.amount.currency}" for leg in legs)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@dataclass(slots=True)
class _Locked:
    """A locked account while an entry is being carried out."""

    id: int
    balance: int
    floor: int | None
    touched: bool = False


def _post(
    *,
    kind: str,
    reference: str,
    asked: str,
    currency: str,
    using: Sequence[str],
    reading: Sequence[str],
    decide: Callable[[Held], Sequence[Leg]],
    happened_at: datetime | None,
    memo: str,
    about: str,
) -> Entry:
    assert inside_action(), "money moves inside actions"
    with connection.cursor() as cursor:
        accounts = _lock(cursor, currency, using, reading)
        held = {address: Money(0, currency) for address in (*using, *reading)}
        held |= {address: Money(account.balance, currency) for address, account in accounts.items()}
        try:
            legs = decide(held)
            afters = _carry(legs, currency, accounts)
        except InsufficientBalance:
            first = Entry.objects.filter(reference=reference).first()
            if first is None:
                raise
            return _replay(first, kind, asked, decided_legs=None if asked else decide(held))

        fingerprint = fingerprint_of(kind, legs)
        entry = Entry(
            kind=kind,
            reference=reference,
            fingerprint=fingerprint,
            asked=asked,
            about=about,
            memo=memo,
            happened_at=happened_at or clock.now(),
        )
        touched = [account for account in accounts.values() if account.touched]
        write = _write_at_once if connection.vendor == "postgresql" else _write_in_turn
        number = write(cursor, entry, touched, list(zip(legs, afters, strict=True)), accounts)
        if number is None:
            return _replay(Entry.objects.get(reference=reference), kind, asked, decided_legs=legs)
        entry.pk = number
        return entry


def _replay(first: Entry, kind: str, asked: str, decided_legs: Sequence[Leg] | None) -> Entry:
    if asked or decided_legs is None:
        same = first.kind == kind and first.asked == asked
    else:
        same = not first.asked and first.fingerprint == fingerprint_of(kind, decided_legs)
    if not same:
        raise ReferenceReused(reference=first.reference)
    first.replayed = True
    return first


def _guarded(legs: Iterable[Leg]) -> tuple[str, ...]:
    return tuple({a for leg in legs for a in (leg.source, leg.target) if not a.startswith(HOUSE)})


def _lock(cursor: Any, currency: str, using: Sequence[str], reading: Sequence[str]) -> dict[str, _Locked]:
    """Lock in address order, so that two entries never wait for each other.

    Nothing is locked before all of `using` exist: a row that does not exist cannot be locked, and one created
    after others were locked would be locked out of order.
    """
    addresses = sorted({*using, *reading})
    if not addresses:
        return {}
    needed = sorted(set(using))
    statement, values = _lock_statement(currency, addresses, needed)
    rows = cursor.execute(statement, values).fetchall()
    if needed and len(rows) < len(needed):
        _insert_accounts(cursor, needed, currency, 0)
        rows = cursor.execute(statement, values).fetchall()
    accounts = {address: _Locked(id, balance, floor) for id, address, balance, floor in rows}
    assert accounts.keys() >= set(needed), f"could not open {set(needed) - accounts.keys()}"
    return accounts


def _lock_statement(currency: str, addresses: list[str], needed: list[str]) -> tuple[str, list[Any]]:
    values: list[Any] = [currency, *addresses]
    complete = ""
    if needed:
        complete = (
            " AND (SELECT COUNT(*) FROM ledger_account n"
            f" WHERE n.currency = %s AND n.address IN ({_marks(needed)})) = %s"
        )
        values += [currency, *needed, len(needed)]
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    return (
        "SELECT a.id, a.address, a.balance_minor, a.floor_minor FROM ledger_account a"
        f" WHERE a.currency = %s AND a.address IN ({_marks(addresses)}){complete} ORDER BY a.address{lock}",
        values,
    )


def _carry(
    legs: Sequence[Leg], currency: str, accounts: dict[str, _Locked]
) -> list[tuple[int | None, int | None]]:
    """Carry the legs out in memory, in order. Raises InsufficientBalance at the first broken floor."""
    assert legs, "an entry has at least one leg"
    afters = []
    for leg in legs:
        amount = leg.amount.minor
        assert leg.amount.currency == currency, f"one entry, one currency: {leg}"
        assert amount > 0 and leg.source != leg.target, f"a leg moves something elsewhere: {leg}"
        source, target = _held(leg.source, accounts), _held(leg.target, accounts)
        if source:
            if source.floor is not None and source.balance - amount < source.floor:
                raise InsufficientBalance(
                    needed=leg.amount, available=Money(source.balance - source.floor, currency)
                )
            source.balance -= amount
            source.touched = True
        if target:
            target.balance += amount
            target.touched = True
        afters.append((source and source.balance, target and target.balance))
    return [(_plain(one), _plain(other)) for one, other in afters]


def _plain(after: Any) -> int | None:
    return after if isinstance(after, int) else None


def _held(address: str, accounts: dict[str, _Locked]) -> _Locked | None:
    if address.startswith(HOUSE):
        return None
    assert address in accounts, f"{address} is not held by this entry"
    return accounts[address]


_INSERT_ENTRY = (
    "INSERT INTO ledger_entry (kind, reference, fingerprint, asked, about, memo, happened_at)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (reference) DO NOTHING RETURNING id"
)
_UPDATE_BALANCE = "UPDATE ledger_account SET balance_minor = %s WHERE id = %s"


_INSERT_TRANSFER = (
    "INSERT INTO ledger_transfer (entry_id, position, currency, source_id, target_id,"
    " amount_minor, source_after_minor, target_after_minor)"
)

After = tuple[int | None, int | None]
"""What a leg leaves on its source and on its target; None for accounts of the house, which keep no balance."""


def _write_in_turn(
    cursor: Any,
    entry: Entry,
    touched: Sequence[_Locked],
    legs: Sequence[tuple[Leg, After]],
    accounts: dict[str, _Locked],
) -> int | None:
    """The id of the new entry; None when its reference exists. Waits for a transaction that is just writing it."""
    row = cursor.execute(_INSERT_ENTRY, _entry_values(entry)).fetchone()
    if row is None:
        return None
    for account in touched:
        cursor.execute(_UPDATE_BALANCE, [account.balance, account.id])
    for position, (leg, after) in enumerate(legs, start=1):
        _insert_transfer(cursor, int(row[0]), position, leg, after, accounts)
    return int(row[0])


def _write_at_once(
    cursor: Any,
    entry: Entry,
    touched: Sequence[_Locked],
    legs: Sequence[tuple[Leg, After]],
    accounts: dict[str, _Locked],
) -> int | None:
    """As `_write_in_turn`, in one statement: PostgreSQL lets writes stand beside each other in a query."""
    parts, values = [f"e AS ({_INSERT_ENTRY})"], _entry_values(entry)
    for number, account in enumerate(touched):
        parts.append(f"b{number} AS ({_UPDATE_BALANCE} AND EXISTS (SELECT 1 FROM e))")
        values += [account.balance, account.id]
    selects = []
    for position, (leg, after) in enumerate(legs, start=1):
        select, found = _transfer_of("e.id", position, leg, after, accounts, ", e")
        selects.append(select)
        values += found
    parts.append(f"l AS ({' UNION ALL '.join(selects)})")
    parts.append(
        f"t AS ({_INSERT_TRANSFER} SELECT * FROM l WHERE (SELECT COUNT(*) FROM l) = {len(legs)} ORDER BY position"
        " RETURNING 1)"
    )
    cursor.execute(f"WITH {', '.join(parts)} SELECT e.id, (SELECT COUNT(*) FROM t) FROM e", values)
    row = cursor.fetchone()
    if row is None:
        return None
    if not row[1]:  # an account of the house that nobody has used before
        for position, (leg, after) in enumerate(legs, start=1):
            _insert_transfer(cursor, int(row[0]), position, leg, after, accounts)
    return int(row[0])


def _entry_values(entry: Entry) -> list[Any]:
    moment = connection.ops.adapt_datetimefield_value(entry.happened_at)
    return [entry.kind, entry.reference, entry.fingerprint, entry.asked, entry.about, entry.memo, moment]


def _insert_transfer(
    cursor: Any, entry_id: int, position: int, leg: Leg, after: After, accounts: dict[str, _Locked]
) -> None:
    """Opens the accounts of the house that the leg needs and that nobody has used before."""
    select, values = _transfer_of("CAST(%s AS bigint)", position, leg, after, accounts)
    statement = f"{_INSERT_TRANSFER} {select}"
    cursor.execute(statement, [entry_id, *values])
    if cursor.rowcount == 1:
        return
    house = [address for address in (leg.source, leg.target) if address.startswith(HOUSE)]
    _insert_accounts(cursor, sorted(house), leg.amount.currency, None)
    cursor.execute(statement, [entry_id, *values])
    assert cursor.rowcount == 1, f"{leg} was not written"


def _transfer_of(
    entry: str, position: int, leg: Leg, after: After, accounts: dict[str, _Locked], beside: str = ""
) -> tuple[str, list[Any]]:
    """The row of a leg as a SELECT. Accounts of the house are found by address: they are not locked, so not known."""
    source, source_values = _place("s", leg.source, leg.amount.currency, accounts)
    target, target_values = _place("t", leg.target, leg.amount.currency, accounts)
    select = (
        f"SELECT {entry}, CAST(%s AS integer) AS position, CAST(%s AS varchar(3)), s.id, t.id,"
        " CAST(%s AS bigint), CAST(%s AS bigint), CAST(%s AS bigint)"
        f" FROM ledger_account s, ledger_account t{beside} WHERE {source} AND {target}"
    )
    amount = leg.amount
    return select, [position, amount.currency, amount.minor, *after, *source_values, *target_values]


def _place(alias: str, address: str, currency: str, accounts: dict[str, _Locked]) -> tuple[str, list[Any]]:
    if address.startswith(HOUSE):
        return f"{alias}.address = %s AND {alias}.currency = %s", [address, currency]
    return f"{alias}.id = %s", [accounts[address].id]


def _insert_accounts(cursor: Any, addresses: Sequence[str], currency: str, floor: int | None) -> None:
    """Open those that do not exist, in address order; wait for a transaction that is just opening one of them."""
    rows = ", ".join(["(%s, %s, %s, %s, %s)"] * len(addresses))
    values: list[Any] = []
    for address in addresses:
        house = address.startswith(HOUSE)
        owner = "" if house else address.partition(":")[2]
        values += [address, owner, currency, None if house else 0, None if house else floor]
    cursor.execute(
        "INSERT INTO ledger_account (address, owner, currency, balance_minor, floor_minor)"
        f" VALUES {rows} ON CONFLICT (address, currency) DO NOTHING",
        values,
    )


def _marks(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))
