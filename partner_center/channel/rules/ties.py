"""The account check before an association ends or changes its type, item by item (spec/domain/lifecycles.md 6).

Each item says what is looked at, how it stands, and what to do where it stands in the way. All items that concern the
case are shown; every failing one must be cleared first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.channel.models.leads import MarkKind
from partner_center.channel.models.ties import RequestKind, Side
from partner_center.customers.models import AssociationType, FrozenBy
from partner_center.kernel.money import Money

QUOTA_MONTHS = 3
QUOTA = {"cn": 1, "intl": 3}
"""Requests in QUOTA_MONTHS, by site (features E3): a customer's own; a partner's for one customer, in which those of
the customer count as well."""

ANSWER_WITHIN = timedelta(days=7)
"""An unanswered request expires (ours: as long as an invitation is valid; the vendor documents no figure)."""

NORTH_AMERICA = ("US", "CA")


@dataclass(frozen=True, slots=True)
class Situation:
    """What the check looks at. `asked` of `allowed` requests were made in the last three months, the next may be
    made at `next_at`; `orders` wait for the partner's payment or the customer's word about what the partner ordered;
    `contract` is the code of one in force. `expansion` and `prepaid` say why the partner cannot have resale customers.
    """

    kind: RequestKind
    side: Side
    site: str
    from_type: str
    asked: int
    allowed: int
    next_at: datetime | None
    debt: Money
    cash: Money
    credit_limit: Money
    orders: int
    contract: str
    marks: frozenset[str]
    frozen_by: str
    country: str
    partner_frozen: bool
    expansion: bool
    prepaid: bool

    @property
    def is_switch(self) -> bool:
        return self.kind == RequestKind.SWITCH

    @property
    def from_resale(self) -> bool:
        return self.from_type == AssociationType.RESALE

    @property
    def to_resale(self) -> bool:
        return self.is_switch and not self.from_resale


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the check.

    concerns: whether the case has it. fails: whether it stands in the way. found: how it stands, in words or a sum.
    of_asking: looked at when asking only, not when the other side agrees. waived: the ecosystem manager may pass it.
    """

    name: str
    title: Any
    fails: Callable[[Situation], bool]
    way_out: Callable[[Situation], Any]
    concerns: Callable[[Situation], bool] = lambda one: True
    found: Callable[[Situation], Any] = lambda one: ""
    of_asking: bool = False
    waived: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """An item with its result for one customer."""

    name: str
    title: Any
    passed: bool
    found: Any
    way_out: Any


def account_check(one: Situation, *, answering: bool = False) -> list[Check]:
    """Every item that concerns the case. answering: the request stands already, so its quota is not asked again."""
    return [
        Check(item.name, item.title, not failed, item.found(one), item.way_out(one) if failed else "")
        for item in ITEMS
        if item.concerns(one)
        and not (item.of_asking and answering)
        and not (item.waived and one.side == Side.VENDOR)
        for failed in (item.fails(one),)
    ]


def other_type(association_type: str) -> str:
    """What an association can be switched to."""
    resale = association_type == AssociationType.RESALE
    return str(AssociationType.REFERRAL if resale else AssociationType.RESALE)


def answering_side(side: str) -> Side:
    """Who answers what this side has asked."""
    return Side.CUSTOMER if side == Side.PARTNER else Side.PARTNER


def _marked(kind: MarkKind) -> Callable[[Situation], bool]:
    return lambda one: kind in one.marks


def _says(words: Any) -> Callable[[Situation], Any]:
    return lambda one: words


def _quota_found(one: Situation) -> Any:
    return _("{asked} of {allowed}").format(asked=one.asked, allowed=one.allowed)


def _abroad(one: Situation) -> bool:
    return one.site == "intl"


def _arrears_way_out(one: Situation) -> Any:
    if one.from_resale:
        return _("The partner allocates enough to write them off.")
    return _("The customer pays them.")


_MANAGER = _says(_("Contact the ecosystem manager."))

ITEMS: tuple[Item, ...] = (
    Item(
        "quota",
        _("Requests in the last 3 months"),
        fails=lambda one: one.asked >= one.allowed,
        found=_quota_found,
        way_out=lambda one: (
            _("Wait until the first of them is 3 months old.")
            if one.site == "cn"
            else _("Wait until the first of them is 3 months old, or contact the ecosystem manager.")
        ),
        of_asking=True,
        waived=True,
    ),
    Item(
        "arrears",
        _("Arrears"),
        fails=lambda one: one.debt.minor > 0,
        found=lambda one: one.debt,
        way_out=_arrears_way_out,
    ),
    Item(
        "cash",
        _("Balance of the customer"),
        concerns=lambda one: not (one.from_resale and one.site == "intl"),
        fails=lambda one: one.cash.minor > 0 and not one.from_resale,
        found=lambda one: (
            _("{cash}, goes back to the partner by itself").format(cash=one.cash)
            if one.from_resale
            else one.cash
        ),
        way_out=_says(_("The customer withdraws its balance first.")),
    ),
    Item(
        "postpaid",
        _("Post-paid account"),
        concerns=lambda one: one.is_switch,
        fails=lambda one: one.credit_limit.minor > 0,
        found=lambda one: one.credit_limit,
        way_out=_says(_("Have post-paid ended by the vendor.")),
    ),
    Item(
        "commitment",
        _("Reserved instances and support plans"),
        concerns=lambda one: one.is_switch or one.from_resale,
        fails=_marked(MarkKind.COMMITMENT),
        way_out=_says(_("Unsubscribe them first.")),
        waived=True,
    ),
    Item(
        "orders",
        _("Orders that wait for the partner's payment or the customer's confirmation"),
        fails=lambda one: one.orders > 0,
        found=lambda one: one.orders,
        way_out=_says(_("Pay, confirm or cancel them.")),
    ),
    Item(
        "contract",
        _("Special contract in force"),
        fails=lambda one: bool(one.contract),
        found=lambda one: one.contract,
        way_out=_MANAGER,
        waived=True,
    ),
    Item(
        "master",
        _("Enterprise master with independent members"),
        concerns=_marked(MarkKind.MASTER_OF_INDEPENDENT),
        fails=lambda one: True,
        way_out=lambda one: (
            _("Unlink the members first.") if one.from_resale else _("Disassociate the members first.")
        ),
    ),
    Item(
        "independent_member",
        _("Independent enterprise member"),
        concerns=_marked(MarkKind.INDEPENDENT_MEMBER),
        fails=lambda one: one.is_switch or one.from_resale,
        way_out=_says(_("Unlink it from its master first.")),
    ),
    Item(
        "trusteeship_member",
        _("Enterprise member under unified accounting"),
        concerns=_marked(MarkKind.TRUSTEESHIP_MEMBER),
        fails=lambda one: True,
        way_out=_says(_("Ask on its master's account.")),
    ),
    Item(
        "frozen",
        _("Frozen by hand"),
        concerns=_abroad,
        fails=lambda one: one.frozen_by in (FrozenBy.PARTNER, FrozenBy.VENDOR),
        way_out=_says(_("Have the account unfrozen first.")),
        waived=True,
    ),
    Item(
        "north_america",
        _("Customer in North America"),
        concerns=lambda one: one.site == "intl" and one.country in NORTH_AMERICA,
        fails=lambda one: True,
        way_out=_says(_("It needs an extra approval: contact the ecosystem manager.")),
        waived=True,
    ),
    Item(
        "partner_frozen",
        _("The partner is frozen"),
        concerns=lambda one: one.partner_frozen,
        fails=lambda one: True,
        way_out=_MANAGER,
        waived=True,
    ),
    Item(
        "expansion",
        _("The partner may have new resale customers"),
        concerns=lambda one: one.to_resale,
        fails=lambda one: one.expansion or one.prepaid,
        way_out=lambda one: (
            _("A prepaid partner cannot have resale customers.") if one.prepaid else _("Contact the partner.")
        ),
    ),
)
