"""Parts that several operations about bills share: their enumerations, their windows of time, whose lines they ask for.

Names of fields are the contract's; amounts of records go up to eight places, those of sums are cents.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from partner_center.billing.reading import Line, Scope, months_back, plain, scope_of_customer, tidy
from partner_center.customers.models import AssociationType
from partner_center.foundation.actor import Actor
from partner_center.kernel.period import BillMonth
from partner_center.orders.states import PeriodType
from partner_center.wire.errors import InvalidParameter, MissingParameter
from partner_center.wire.schema import Choices, Paging, Site, WireModel, field

YUAN = 1
CUSTOMER_HISTORY = 36
"""Months that a customer's bills reach back (flows §10.14)."""
PARTNER_HISTORY = 18
"""Months that a partner's records and amortised costs reach back."""

CHARGING_MODES = (1, 3, 10, 11)
CHARGE_MODES = ("1", "3", "10", "11")
STATISTICS = (1, 2, 3)
METHODS = ("oneself", "sub_customer", "all")
CN_BILL_TYPES = (1, 2, 3, 4, 5, 8, 9, 14, 16, 18, 20, 23, 24, 25, 103)
INTL_BILL_TYPES = (1, 2, 3, 4, 5, 8, 9, 14, 15, 16, 17, 18, 20, 23, 24, 100, 101, 102)
BILL_TYPES: Mapping[Site, Choices] = {"cn": CN_BILL_TYPES, "intl": INTL_BILL_TYPES}
_PERIODS = {
    PeriodType.DAY: 24,
    PeriodType.MONTH: 20,
    PeriodType.YEAR: 19,
    PeriodType.HOUR: 25,
    PeriodType.ONE_OFF: 5,
}
_MEANS = {
    "cash": "cash_amount",
    "credit": "credit_amount",
    "coupon": "coupon_amount",
    "flexi": "flexipurchase_coupon_amount",
    "card": "stored_card_amount",
    "bonus": "bonus_amount",
    "debt": "debt_amount",
    "writeoff": "adjustment_amount",
}
ASSOCIATIONS = {AssociationType.REFERRAL.value: "1", AssociationType.RESALE.value: "2"}
"""`association_type` on the China site."""
NO_PROJECT = "null"
"""How the contract writes that a row belongs to no enterprise project."""


class OfOwnOrMembers(WireModel):
    """Whose bills: the caller's own, or those of a member of its enterprise."""

    method: str = field("all", one_of=METHODS)
    sub_customer_id: str | None = field(None, max_length=64)

    def scope(self, actor: Actor) -> Scope:
        """Raises MissingParameter, NoRightOverCustomer."""
        if self.method == "sub_customer" and not self.sub_customer_id:
            raise MissingParameter(parameter="sub_customer_id")
        member = self.sub_customer_id if self.method == "sub_customer" else None
        return scope_of_customer(actor, member)


class OwnPaging(Paging, OfOwnOrMembers):
    """A page of the caller's own bills, or of a member's."""


def known_month(name: str, month: BillMonth, most: int) -> BillMonth:
    """`month`, unless it is further back than `most` months. Raises InvalidParameter."""
    if months_back(month) > most:
        raise InvalidParameter(
            parameter=name, reason=_("it is more than {months} months ago").format(months=most)
        )
    return month


def window(
    name: str, month: BillMonth, begin: date | None, end: date | None
) -> tuple[date | None, date | None]:
    """The days asked for, both or none: one alone is passed over, as the contract says. Raises InvalidParameter."""
    if begin is None or end is None:
        return None, None
    for one in (begin, end):
        if (one.year, one.month) != (month.year, month.month):
            raise InvalidParameter(parameter=name, reason=_("it is not in the month asked for"))
    if begin > end:
        raise InvalidParameter(parameter=name, reason=_("it is after the end"))
    return begin, end


def bill_period(period_type: int | None) -> int | None:
    """The period of an order's line in the numbers that bills use for the same: 19 year, 20 month, 24 day, 25 hour."""
    return None if period_type is None else _PERIODS.get(PeriodType(period_type))


def means_of(line: Line) -> dict[str, Decimal]:
    """Who paid what of a line, under the names that records of resources use."""
    return {key: plain(line.means[name]) for name, key in _MEANS.items()}


def quantity_text(quantity: Decimal | None) -> str | None:
    """A quantity where the contract has text."""
    exact = tidy(quantity)
    return None if exact is None else f"{exact:f}"


def moment_text(moment: datetime | None) -> str | None:
    """A UTC moment where the contract has mere text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def span_text(begins_at: datetime | None, ends_at: datetime | None) -> str | None:
    """From when until when something was used, as the contract writes both in one text."""
    if begins_at is None or ends_at is None:
        return None
    return f"{moment_text(begins_at)}/{moment_text(ends_at)}"


def project_filter(asked: str | None, none: str = NO_PROJECT) -> str | None:
    """An enterprise project to filter on; the contract's word for "in no project" is the empty text here."""
    return "" if asked == none else asked
