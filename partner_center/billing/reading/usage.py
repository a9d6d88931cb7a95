"""Lines of usage, read from the files of the ratings that are present: filtered, paged, summed, with who paid what.

Files are sorted by customer and have small row groups, so that one customer's lines are found by the groups' least
and greatest customer. Each file is asked for the customers whose present rating it is, and for nobody else: an older
file may hold other figures of a customer that has been rated again since.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from partner_center.billing.models.fees import GROUP, MEANS, GroupSettlement
from partner_center.billing.models.runs import CustomerRating
from partner_center.billing.reading.asking import Scope, Wanted, day_of, days_since_1970, first_day_of
from partner_center.billing.reading.charges import Charge, charge_at, charges_of
from partner_center.billing.reading.engine import ask
from partner_center.billing.reading.ids import LineId
from partner_center.billing.reading.line import Line, LinePage, shown, shown_sql
from partner_center.billing.reading.scopes import customers_within
from partner_center.billing.reading.shares import edges_of, parts_of, settlements
from partner_center.billing.rules import payer_of_group
from partner_center.customers.models import AssociationType
from partner_center.identity.models.accounts import CURRENCY_OF_SITE, Site
from partner_center.kernel.period import BillMonth
from partner_center.metering.store import Store
from partner_center.subscriptions.models import OnDemandResource

PAYER = (
    f"CASE WHEN association_type = '{AssociationType.RESALE.value}' AND partner_id <> ''"
    f" AND currency = '{CURRENCY_OF_SITE[Site.INTL]}' THEN partner_id ELSE customer_id END"
)
"""Who pays for a line, in DuckDB's words: the same as rules.payer_of_group."""

KEPT = (
    "customer_id",
    "bill_type",
    "charging_mode",
    "service_type",
    "resource_type",
    "region",
    "resource_spec",
    "product_id",
    "usage_type_id",
    "usage_type",
    "measure_id",
    "resource_id",
    "enterprise_project_id",
    "size",
    "mark",
    "currency",
    "partner_id",
    "association_type",
    "manager_id",
)
"""What lines must share to be told as one."""

_OWN = ("cycle", "distributor_id", "batch", "position", "begin_at", "end_at", "unit_price", "scheme")
_FIGURES = ("discount_type", "value", "charged_quantity", "package_quantity", "discount", "payable", "before")
_READ = (*KEPT, *_OWN, *_FIGURES)
_ORDER = "customer_id, cycle, begin_at, batch, position"
_FILTERS = (
    "service_type",
    "resource_type",
    "region",
    "charging_mode",
    "bill_type",
    "resource_id",
    "enterprise_project_id",
    "association_type",
    "manager_id",
)


@dataclass(frozen=True)
class UsageLines:
    """The usage lines of a month within a scope, narrowed."""

    scope: Scope
    month: BillMonth
    wanted: Wanted

    @cached_property
    def customers(self) -> list[str]:
        return customers_within(self.scope, self.month)

    def page(self, offset: int, limit: int) -> LinePage:
        """One line each, in order of time, customer by customer."""
        found, values = self._mine()
        if not found:
            return LinePage(0)
        tables, table, condition = f"mine AS ({found})", "mine", "true"
        if not self.wanted.with_zero:
            tables, values = self.parted()
            table, condition = "parted", "amount <> 0"
        columns = (*_READ, "day", "grp")
        rows = ask(
            f"WITH {tables} SELECT {', '.join(columns)}, count(*) OVER () FROM {table} WHERE {condition}"
            f" ORDER BY {_ORDER} LIMIT ? OFFSET ?",
            [*values, limit, offset],
        )
        if not rows:
            return LinePage(self.page(0, 1).total if offset or not limit else 0)
        lines = [dict(zip((*columns, "total"), row, strict=True)) for row in rows]
        people = {one["customer_id"] for one in lines}
        settled, charges = settlements(people, self.month), charges_of(people, self.month)
        return LinePage(
            lines[0]["total"],
            [line_of(one, self.month, settled.get(one["grp"]), charges.get(one["grp"], [])) for one in lines],
        )

    def sums(self, offset: int, limit: int, *, by_day: bool) -> LinePage:
        """What a resource's lines of a kind come to, in the month or on each day."""
        kept = [*KEPT, "day"] if by_day else list(KEPT)
        columns = [*kept, "begin_at", "end_at", *_TOTALS, *MEANS]
        text, values = self.parted()
        if not text:
            return LinePage(0)
        zero = "" if self.wanted.with_zero else "HAVING sum(amount) <> 0"
        rows = ask(
            f"WITH {text} SELECT {', '.join(kept)}, min(begin_at), max(end_at),"
            f" {', '.join(f'sum({name})' for name in (*_TOTALS, *MEANS))}, count(*) OVER ()"
            f" FROM parted GROUP BY {', '.join(kept)} {zero}"
            f" ORDER BY {'customer_id, day,' if by_day else 'customer_id,'} {', '.join(KEPT[1:])} LIMIT ? OFFSET ?",
            [*values, limit, offset],
        )
        if not rows:
            return LinePage(self.sums(0, 1, by_day=by_day).total if offset or not limit else 0)
        named = [dict(zip((*columns, "total"), row, strict=True)) for row in rows]
        return LinePage(named[0]["total"], [self._summed(one) for one in named])

    def parted(self) -> tuple[str, list[Any]]:
        """The lines with their parts, as tables `mine`, `settled`, `placed` and `parted` of a question; "" for none.

        `parted` has the columns of the files, `day` (the Beijing day it counts on), the amounts as they are shown
        (official, discount, cut_off, amount) and the names of MEANS. The same arithmetic as rules.shares_of_line.
        """
        found, values = self._mine()
        if not found:
            return "", []
        settled = settlements(self.customers, self.month)
        edges = [f"e{place}" for place in range(len(MEANS) + 1)]
        rows = ["(?, ?" + ", ?" * len(edges) + ")" for _one in settled]
        rows = rows or ["('', false" + ", 0" * len(edges) + ")"]
        for group, row in settled.items():
            laid = edges_of(row)
            values += [group, laid.mirrored, *laid.means, laid.upto]
        start, end = shown_sql("before"), shown_sql("(before + payable)")
        casts = ", ".join(f"coalesce({edge}, 0)::DECIMAL(28,10) AS {edge}" for edge in edges)
        parts = ", ".join(
            f"{_signed(_overlap('0' if not place else f'e{place - 1}', f'e{place}'))} AS {name}_part"
            for place, name in enumerate(MEANS)
        )
        whole = " + ".join([*(f"{name}_part" for name in MEANS), "open_part"])
        return (
            f"mine AS ({found}), settled(grp, mirrored, {', '.join(edges)}) AS (VALUES {', '.join(rows)}),"
            f" met AS (SELECT mine.*, {start} AS s0, {end} AS s1, mirrored, {casts}"
            " FROM mine LEFT JOIN settled USING (grp)),"
            " placed AS (SELECT *, CASE WHEN mirrored THEN least(-s0, -s1) ELSE least(s0, s1) END AS lo,"
            " CASE WHEN mirrored THEN greatest(-s0, -s1) ELSE greatest(s0, s1) END AS hi FROM met),"
            f" laid AS (SELECT *, {parts}, CASE WHEN mirrored IS NULL THEN s1 - s0"
            f" ELSE {_signed(_beyond(edges[-1]))} END AS open_part FROM placed),"
            f" parted AS (SELECT * EXCLUDE (discount), s1 - s0 + {shown_sql('discount')} AS official,"
            f" {shown_sql('discount')} AS discount, {whole} AS amount, s1 - s0 - ({whole}) AS cut_off,"
            f" {', '.join(_means_column(name) for name in MEANS)} FROM laid)",
            values,
        )

    def _mine(self) -> tuple[str, list[Any]]:
        """The narrowed lines of every file that holds some, as one SELECT, and its values; "" when there is none."""
        by_file = self._files()
        if not by_file:
            return "", []
        narrowed = self._narrowed()
        first_day = days_since_1970(first_day_of(self.month))
        parts: list[str] = []
        values: list[Any] = []
        for path, customers in by_file.items():
            parts.append(
                f"SELECT {', '.join(_READ)}, greatest((begin_at + 28800) // 86400, {first_day}) AS day,"
                f" {_GROUP_TEXT} AS grp FROM read_parquet(?)"
                f" WHERE customer_id IN ({', '.join('?' * len(customers))}) AND source = 'usage'{narrowed.text}"
            )
            values += [path, *customers, *narrowed.values]
        return " UNION ALL ".join(parts), values

    def _files(self) -> dict[str, list[str]]:
        """Which customers to look for in which file of this machine."""
        store = Store.configured()
        present = CustomerRating.objects.current(self.customers, self.month)
        by_file: dict[str, list[str]] = defaultdict(list)
        for path, customer_id in present.filter(file__isnull=False).values_list("file__path", "customer_id"):
            by_file[str(store.local(path))].append(customer_id)
        return by_file

    def _narrowed(self) -> _Condition:
        found = _Condition()
        wanted = self.wanted
        for name, value in wanted.columns(*_FILTERS).items():
            found.add(f"{name} = ?", value)
        for name in ("partner_id", "manager_id", "association_type"):
            if value := getattr(self.scope, name):
                found.add(f"{name} = ?", value)
        if above := self.scope.distributor_id:
            found.add("(partner_id = ? OR distributor_id = ?)", above, above)
        if wanted.payer_id is not None:
            found.add(f"{PAYER} = ?", wanted.payer_id)
        if wanted.trade_id is not None:
            self._charged_under(found, wanted.trade_id)
        if wanted.resource_name is not None:
            named = list(
                OnDemandResource.objects.filter(
                    customer_id__in=self.customers, name=wanted.resource_name
                ).values_list("resource_id", flat=True)
            )
            found.add(f"resource_id IN ({', '.join('?' * len(named)) or 'NULL'})", *named)
        first = days_since_1970(first_day_of(self.month))
        if wanted.first_day is not None:
            found.add(
                f"greatest((begin_at + 28800) // 86400, {first}) >= ?", days_since_1970(wanted.first_day)
            )
        if wanted.last_day is not None:
            found.add(
                f"greatest((begin_at + 28800) // 86400, {first}) <= ?", days_since_1970(wanted.last_day)
            )
        return found

    def _charged_under(self, found: _Condition, trade_id: str) -> None:
        """Only lines that the charge with this number was for."""
        ranges, values = list[str](), list[Any]()
        for group, charges in charges_of(self.customers, self.month).items():
            for one in charges:
                if one.trade_id == trade_id:
                    upper = "" if one is charges[-1] else f" AND {shown_sql('before')} < ?"
                    ranges.append(f"({_GROUP_TEXT} = ? AND {shown_sql('before')} >= ?{upper})")
                    values += [group, one.low, *([one.high] if upper else [])]
        found.add(f"({' OR '.join(ranges) or 'false'})", *values)

    def _summed(self, row: dict[str, Any]) -> Line:
        return Line(
            **_common(row, self.month),
            id=None,
            day=day_of(row["day"]) if "day" in row else None,
            official=row["official"],
            discount=row["discount"],
            cut_off=row["cut_off"],
            amount=row["amount"],
            means={name: row[name] for name in MEANS},
        )


def line_of(
    row: Mapping[str, Any], month: BillMonth, settled: GroupSettlement | None, charges: Sequence[Charge]
) -> Line:
    """A row of a file as the line that is shown, with its shares of what its group was paid by."""
    start = shown(row["before"])
    payable = shown(row["before"] + row["payable"]) - start
    means = parts_of(start, payable, settled, row["currency"])
    cut_off = means.pop("cut_off")
    discount = shown(row["discount"])
    charge = charge_at(charges, start) if row["payable"] else None
    return Line(
        **_common(row, month),
        id=LineId(month, row["customer_id"], True, row["batch"], row["position"]),
        day=max(beijing_day_of(row["begin_at"]), first_day_of(month)),
        official=payable + discount,
        discount=discount,
        cut_off=cut_off,
        amount=payable - cut_off,
        means=means,
        unit_price=row["unit_price"],
        scheme=row["scheme"],
        discount_type=row["discount_type"],
        trade_id=charge.trade_id if charge else "",
    )


def _common(row: Mapping[str, Any], month: BillMonth) -> dict[str, Any]:
    kept = {name: row[name] for name in KEPT if name != "measure_id"}
    return {
        **kept,
        "month": str(month),
        "payer_id": payer_of_group(
            site=Site.INTL if row["currency"] == CURRENCY_OF_SITE[Site.INTL] else Site.CN,
            association_type=row["association_type"],
            partner_id=row["partner_id"],
            customer_id=row["customer_id"],
        ),
        "usage": row["value"],
        "usage_measure_id": row["measure_id"],
        "charged_usage": row["charged_quantity"],
        "package_usage": row["package_quantity"],
        "begins_at": moment_of(row["begin_at"]),
        "ends_at": moment_of(row["end_at"]),
    }


class _Condition:
    """Conditions joined by AND, and their values."""

    def __init__(self, text: str = "") -> None:
        self.text, self.values = text, list[Any]()

    def add(self, text: str, *values: Any) -> None:
        self.text += f" AND {text}"
        self.values += values


def beijing_day_of(seconds: int) -> date:
    return day_of((seconds + 28800) // 86400)


def moment_of(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


_TOTALS = (
    "value",
    "charged_quantity",
    "package_quantity",
    "official",
    "discount",
    "cut_off",
    "amount",
)
_GROUP_TEXT = f"concat_ws(chr(31), {', '.join(GROUP)})"


def _overlap(low: str, high: str) -> str:
    """How much of [lo, hi) lies within [low, high)."""
    return f"greatest(0, least(hi, {high}) - greatest(lo, {low}))"


def _beyond(edge: str) -> str:
    return f"greatest(0, hi - greatest(lo, {edge}))"


def _signed(amount: str) -> str:
    return f"CASE WHEN s1 >= s0 THEN {amount} ELSE -{amount} END"


def _means_column(name: str) -> str:
    return f"{name}_part + open_part AS {name}" if name == "debt" else f"{name}_part AS {name}"
