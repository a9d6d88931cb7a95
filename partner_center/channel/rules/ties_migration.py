"""What moving a customer will do, finding by finding: the words of a migration's dry run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.kernel.money import Money

WORDS: dict[str, Any] = {
    "balance": _("{amount} goes back to the source"),
    "own_balance": _("its own balance of {amount} stays"),
    "authorisation": _("the authorisation ends"),
    "manager": _("the account manager loses it"),
    "request": _("an open request is closed"),
    "budget": _("the budget is deleted; frozen until the target sets one"),
    "tag": _("the tag {label} stays"),
    "orders": _("{number} orders of the past stay with the source"),
    "blocked_orders": _("REFUSED: {number} orders wait for the partner or the customer"),
    "blocked_debt": _("REFUSED: arrears of {amount}"),
    "blocked_gone": _("REFUSED: not a customer of the source any more"),
}
"""By finding; those that begin with "blocked" keep the customer where it is."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known of one customer before it is moved. `cash` is without designated sums."""

    is_customer: bool
    is_resale: bool
    is_abroad: bool
    cash: Money
    debt: Money
    label: str
    has_manager: bool
    authorisations: int
    requests: int
    orders: int
    waiting_orders: int


def forecast(one: Outlook) -> list[dict[str, Any]]:
    """What moving the customer will do, as findings with their facts."""
    if not one.is_customer:
        return [{"what": "blocked_gone"}]
    found: list[dict[str, Any]] = []
    if one.waiting_orders:
        found.append({"what": "blocked_orders", "number": one.waiting_orders})
    if one.debt.minor > 0:
        found.append({"what": "blocked_debt", "amount": str(one.debt)})
    if one.cash.minor > 0 and not (one.is_resale and one.is_abroad):
        found.append({"what": "balance" if one.is_resale else "own_balance", "amount": str(one.cash)})
    if one.is_resale and one.is_abroad:
        found.append({"what": "budget"})
    if one.authorisations:
        found.append({"what": "authorisation"})
    if one.has_manager:
        found.append({"what": "manager"})
    if one.requests:
        found.append({"what": "request"})
    if one.label:
        found.append({"what": "tag", "label": one.label})
    if one.orders:
        found.append({"what": "orders", "number": one.orders})
    return found


def is_blocked(findings: list[dict[str, Any]]) -> bool:
    return any(str(one["what"]).startswith("blocked") for one in findings)


def said(finding: Mapping[str, Any]) -> str:
    """A finding in the reader's language."""
    facts = {name: value for name, value in finding.items() if name != "what"}
    return str(WORDS[finding["what"]]).format(**facts)
