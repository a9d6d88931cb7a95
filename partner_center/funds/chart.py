"""The chart of accounts: the only place that spells a ledger address. An owner is the id of an account.

cash:<owner>        money; never below zero
credit:<owner>      what is left of the credit limit; never below zero
line:<owner>        minus the credit limit granted; no floor
designated:<owner>  the part of the cash that may not be spent or allocated; never below zero
debt:<owner>        minus the arrears; no floor
house:…             the vendor's side, summed, never waited for
"""

from __future__ import annotations

CASH, CREDIT, LINE, DESIGNATED, DEBT = "cash", "credit", "line", "designated", "debt"

BANK = "house:bank"
"""Where remittances come from."""

SALES = "house:sales"
"""What customers have paid for."""

ADJUSTMENTS = "house:adjustments"
"""Corrections and gifts of the vendor."""

EARMARKS = "house:earmarks"
"""The other side of designated sums."""


def cash(owner: str) -> str:
    return f"{CASH}:{owner}"


def credit(owner: str) -> str:
    return f"{CREDIT}:{owner}"


def line(owner: str) -> str:
    return f"{LINE}:{owner}"


def designated(owner: str) -> str:
    return f"{DESIGNATED}:{owner}"


def debt(owner: str) -> str:
    return f"{DEBT}:{owner}"


def gateway(name: str) -> str:
    """Where money paid through the payment gateway `name` comes from."""
    return f"house:gateway:{name}"
