"""What can be asked for: whose lines, of which month, narrowed by what, and how finely."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any

from partner_center.kernel import clock
from partner_center.kernel.period import BillMonth


class Statistic(IntEnum):
    """How finely lines are told; the numbers are the contract's."""

    CYCLE = 1
    DAY = 2
    DETAIL = 3


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose lines. Built by scopes.py from an actor, never from a request alone.

    customer_ids: those customers only; None for all of the partner's, then and now.
    partner_id: only what was consumed while with this partner; "" for everything.
    manager_id: only what was consumed while this account manager was in charge; "" for everything.
    association_type: only what was consumed while associated in this way; "" for everything.
    distributor_id: only what was consumed while with this distributor or one of its resellers; "" for everything.
    """

    customer_ids: tuple[str, ...] | None
    partner_id: str = ""
    manager_id: str = ""
    association_type: str = ""
    distributor_id: str = ""

    def holds(self, row: Mapping[str, Any]) -> bool:
        """Whether a row of the data files, or of the database, lies within."""
        return (
            (self.customer_ids is None or row["customer_id"] in self.customer_ids)
            and self.partner_id in ("", row["partner_id"])
            and self.manager_id in ("", row["manager_id"])
            and self.association_type in ("", row["association_type"])
            and self.distributor_id in ("", row["partner_id"], row["distributor_id"])
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What narrows the lines. None is no filter; an empty text asks for lines where the column is empty.

    first_day, last_day: Beijing days, both included. with_zero: whether lines of amount zero are among them.
    """

    service_type: str | None = None
    resource_type: str | None = None
    region: str | None = None
    charging_mode: int | None = None
    bill_type: int | None = None
    resource_id: str | None = None
    resource_name: str | None = None
    enterprise_project_id: str | None = None
    trade_id: str | None = None
    association_type: str | None = None
    manager_id: str | None = None
    payer_id: str | None = None
    status: int | None = None
    first_day: date | None = None
    last_day: date | None = None
    with_zero: bool = True

    def columns(self, *names: str) -> dict[str, str | int]:
        """Those of these columns that are narrowed, with the value asked for."""
        return {name: value for name in names if (value := getattr(self, name)) is not None}


def months_back(month: BillMonth) -> int:
    """How many months lie between `month` and the present one; below zero for months to come."""
    present = BillMonth.of(clock.now())
    return (present.year - month.year) * 12 + present.month - month.month


def first_day_of(month: BillMonth) -> date:
    return date(month.year, month.month, 1)


def days_since_1970(day: date) -> int:
    """The number that data files give a Beijing day."""
    return day.toordinal() - date(1970, 1, 1).toordinal()


def day_of(number: int) -> date:
    return date.fromordinal(number + date(1970, 1, 1).toordinal())
