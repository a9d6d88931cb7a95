"""Kinds of money movement, and what the contract calls them (spec/api/enums.md, Accounts; spellings are the vendor's).

A kind is stored with the ledger entry. One table serves the wire's trade types and detail types both ways, the
filters of the console, and the word a reader sees.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Trade:
    """`type` and `detail` are the wire's trade_type and trade_detail_type; `billed` kinds belong to a bill cycle."""

    kind: str
    label: Any
    type: str
    detail: str
    channel: str = ""
    billed: bool = False


TRADES: dict[str, Trade] = {}


def _trade(kind: str, label: Any, type: str, detail: str, **more: Any) -> str:
    assert kind not in TRADES, f"two trades of kind {kind}"
    TRADES[kind] = Trade(kind, label, type, detail, **more)
    return kind


REMITTANCE = _trade(
    "funds.remittance", _("Recharge by bank transfer"), "RECHARGE", "SOURCE_OPERAIION_RECHARGE", channel="2"
)
RECHARGE = _trade("funds.recharge", _("Online recharge"), "RECHARGE", "SOURCE_OPERAIION_RECHARGE")
ALLOCATION = _trade(
    "funds.allocation", _("Allocation"), "BEADJUST", "SOURCE_OPERATION_BEADJUST", channel="11"
)
RECLAIM = _trade("funds.reclaim", _("Reclaim"), "BERETRIEVE", "SOURCE_OPERATION_BERETRIEVE", channel="11")
UNBIND = _trade("funds.unbind", _("Unbind reclaim"), "BEUNBIND", "SOURCE_OPERATION_BEUNBIND", channel="10")
CREDIT_LIMIT = _trade(
    "funds.credit_limit", _("Credit limit changed"), "ADJUST", "SOURCE_OPERAIION_ADJUST_CREDIT", channel="11"
)
CREDIT_REPAID = _trade("funds.credit_repaid", _("Credit repaid"), "DEDEUCT", "SOURCE_OPERAIION_WRITEOFF")
WRITE_OFF = _trade("funds.write_off", _("Arrears repaid"), "DEDEUCT", "SOURCE_OPERAIION_WRITEOFF")
ADJUSTMENT = _trade(
    "funds.adjustment", _("Balance adjusted"), "ADJUST", "SOURCE_OPERAIION_ADJUST", channel="11"
)
DESIGNATION = _trade(
    "funds.designation", _("Designated"), "RFROZEN", "SOURCE_OPERAIION_MANUALFROZE", channel="11"
)
RELEASE = _trade("funds.release", _("Released"), "RFROZEN", "SOURCE_OPERAIION_MANUALUNFROZE", channel="11")

ORDER_PAID = _trade(
    "orders.paid", _("Yearly/monthly purchase"), "DEDEUCT", "SOURCE_OPERAIION_DEDEUCT", billed=True
)
ONE_OFF_PAID = _trade(
    "orders.one_off", _("One-off purchase"), "DEDEUCT", "SOURCE_OPERAIION_ONETIME", billed=True
)
USAGE = _trade("billing.usage", _("Pay-per-use charge"), "DEDEUCT", "SOURCE_OPERAIION_USAGE", billed=True)
USAGE_RETURNED = _trade(
    "billing.usage_returned", _("Pay-per-use refund"), "REFUND", "SOURCE_OPERAIION_REFUND", billed=True
)
COMPENSATED = _trade(
    "billing.compensated", _("Compensation"), "ADJUST", "SOURCE_OPERAIION_ADJUST", channel="11", billed=True
)
DEBITED = _trade(
    "billing.debited", _("Debit"), "ADJUST", "SOURCE_OPERAIION_ADJUST", channel="11", billed=True
)
UNSUBSCRIBED = _trade(
    "orders.unsubscribed",
    _("Refund of an unsubscription"),
    "REFUND",
    "SOURCE_OPERAIION_UNSUBSCRIBE",
    billed=True,
)
REFUNDED = _trade("orders.refunded", _("Refund"), "REFUND", "SOURCE_OPERAIION_REFUND", billed=True)

WIRE_TYPES = (
    "RECHARGE", "DEDEUCT", "REFUND", "RFROZEN", "TRANS", "ADJUST", "BEADJUST", "BERETRIEVE", "BEUNBIND",
    "BONUSCONVERT", "TRADE_MODE_TRANSFER",
)  # fmt: skip
"""Every trade_type that a partner may ask for; customers also know EXPIRED and DEPOSIT."""


def kinds_of_type(type: str) -> list[str]:
    """The kinds that the contract files under this trade_type; none for types of retired business models."""
    return [trade.kind for trade in TRADES.values() if trade.type == type]


def kinds_of_channel(channel: str) -> list[str]:
    return [trade.kind for trade in TRADES.values() if trade.channel == channel]


def label_of(kind: str) -> Any:
    return TRADES[kind].label
