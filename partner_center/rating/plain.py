"""Rating in plain Python, slow and obvious: what the expressions must agree with, row for row.

Nothing is shared with the expressions but the schemas. Record by record, in the order in which usage began: each bucket
is asked in turn, each tier is filled in turn, and exact fractions are cut off in one place, `_cut`.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from partner_center.rating.schemas import GROUP_KEY, LINE_ORDER

Row = dict[str, Any]
Tables = Mapping[str, list[Row]]

ZERO = Decimal(0)
MEANS = ("cash", "credit", "coupon", "flexi", "card", "bonus")


def rate(tables: Tables, month: str, minor_digits: Mapping[str, int]) -> dict[str, list[Row]]:
    """The tables of the way out, as lists of rows, from those of the way in."""
    book = _Book(tables)
    coverage: list[Row] = []
    unrated: list[Row] = []
    points: list[Row] = []
    records: list[Row] = []
    for usage in sorted(tables["usage"], key=lambda row: (row["begin_at"], row["batch"], row["position"])):
        reason, record = book.read(usage)
        if reason:
            unrated.append(
                {name: usage[name] for name in ("batch", "position", "customer_id")} | {"reason": reason}
            )
        elif record["method"] != "sum":
            points.append(record)
        else:
            coverage += book.cover(record)
            records.append(record)
    peaks = [_peak(group) for group in _grouped_points(points).values()]
    lines = []
    cycles = defaultdict(list)
    for record in records:
        cycles[_cycle_of(record)].append(record)
    for record in [*records, *peaks]:
        book.place(record, cycles[_cycle_of(record)])
        if record["followed"] and record["total"] >= 10**8:
            coverage = [row for row in coverage if (row["batch"], row["position"]) != _number_of(record)]
            unrated.append(
                {name: record[name] for name in ("batch", "position", "customer_id")}
                | {"reason": "too_large"}
            )
        else:
            lines.append(book.line(record))
    _before(lines)
    lines += [dict(fee) for fee in tables["fees"]]
    return {
        "lines": sorted(lines, key=lambda line: tuple(line[name] for name in LINE_ORDER)),
        "coverage": coverage,
        "unrated": unrated,
        "groups": _groups(lines, minor_digits),
        "peaks": [peak["report"] for peak in peaks],
        "amortised": [_amortised(period, month) for period in tables["periods"]],
        "customer_totals": _customer_totals(lines, unrated),
    }


class _Book:
    """Prices, discounts, ties, and buckets with what is left in them."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._customers = {row["customer_id"]: row for row in tables["customers"]}
        self._products = {row["product_id"]: row for row in tables["products"]}
        self._usage_types = {row["usage_type_id"]: row for row in tables["usage_types"]}
        self._left: dict[tuple[int, int], Decimal] = {}
        self._sums: dict[tuple[Any, ...], Decimal] = {}
        for row in tables["carried"]:
            self._sums[_cycle_of(row)] = row["quantity"]
        self._totals: dict[tuple[Any, ...], Decimal] = {}
        self._followed: dict[tuple[Any, ...], bool] = {}

    def read(self, usage: Row) -> tuple[str, Row]:
        """Why the record cannot be rated, or what it needs to be."""
        if usage["customer_id"] not in self._customers:
            return "no_customer", {}
        if usage["product_id"] not in self._products:
            return "no_product", {}
        if usage["usage_type_id"] not in self._usage_types:
            return "no_usage_type", {}
        currency = self._customers[usage["customer_id"]]["currency"]
        prices = [
            price
            for price in _in_force(self._tables["prices"], usage["begin_at"])
            if price["product_id"] == usage["product_id"]
            and price["usage_type_id"] == usage["usage_type_id"]
            and price["currency"] == currency
        ]
        if not prices:
            return "no_price", {}
        if usage["quantity"] < 0:
            return "negative_quantity", {}
        tiers = [tier["price"] for tier in self._tables["tiers"] if tier["price_id"] == prices[0]["price_id"]]
        top = prices[0]["unit_price"] if prices[0]["scheme"] in ("flat", "block") else max(tiers)
        if usage["quantity"] * top * usage["size"] >= 10**14:
            return "too_large", {}
        method = self._usage_types[usage["usage_type_id"]]["method"]
        return "", usage | {
            "currency": currency,
            "price": prices[0],
            "method": method,
            "package_quantity": ZERO,
            "by_kind": {},
        }

    def cover(self, record: Row) -> list[Row]:
        """Ask each bucket of the customer in turn."""
        rows = []
        buckets = [b for b in self._tables["buckets"] if b["customer_id"] == record["customer_id"]]
        for bucket in sorted(_in_force(buckets, record["begin_at"]), key=lambda row: int(row["rank"])):
            scope = {
                (row["product_id"], row["usage_type_id"])
                for row in self._tables["bucket_scopes"]
                if row["bucket_id"] == bucket["bucket_id"]
            }
            if (record["product_id"], record["usage_type_id"]) not in scope:
                continue
            hour = record["begin_at"] // 3600 if bucket["per_hour"] else 0
            left = self._left.setdefault((bucket["bucket_id"], hour), bucket["capacity"])
            quantity = min(left, record["quantity"] - record["package_quantity"])
            if quantity > 0:
                self._left[bucket["bucket_id"], hour] -= quantity
                record["package_quantity"] += quantity
                record["by_kind"].setdefault(bucket["kind"], ZERO)
                record["by_kind"][bucket["kind"]] += quantity
                rows.append({name: record[name] for name in ("customer_id", "batch", "position")})
                rows[-1] |= {"bucket_id": bucket["bucket_id"], "quantity": quantity}
        return rows

    def place(self, record: Row, mates: list[Row]) -> None:
        """Where the record stands in the tiers of its cycle, and where the cycle ends."""
        if record["method"] != "sum":
            record |= {"start": ZERO, "total": None, "followed": False}
            return
        key = _cycle_of(record)
        if key not in self._totals:
            basis = sum((mate["quantity"] - mate["package_quantity"] for mate in mates), ZERO)
            self._totals[key] = self._sums.get(key, ZERO) + basis
            self._followed[key] = any(m["price"]["scheme"] != "flat" or m["price"]["free"] > 0 for m in mates)
        start = self._sums.get(key, ZERO)
        self._sums[key] = start + record["quantity"] - record["package_quantity"]
        record |= {"start": start, "total": self._totals[key], "followed": self._followed[key]}

    def line(self, record: Row) -> Row:
        """Price, list amount, discount and names."""
        price, product = record["price"], self._products[record["product_id"]]
        basis = record["quantity"] - record["package_quantity"]
        low = max(record["start"] - price["free"], ZERO)
        high = max(record["start"] + basis - price["free"], ZERO)
        list_exact, unit_price, units = self._listed(record, low, high)
        list_exact = self._shared(list_exact * record["size"], record)
        official = _cut(list_exact, 10)
        kind, number, discount = self._discount(record, official, units)
        marked = [kind for kind in record["by_kind"] if kind in ("reserved", "savings_plan")]
        whole = next((kind for kind in marked if record["by_kind"][kind] == record["quantity"]), "")
        tie: Row = next(
            iter(
                row
                for row in _in_force(self._tables["ties"], record["begin_at"])
                if row["customer_id"] == record["customer_id"]
            ),
            {},
        )
        return {
            "customer_id": record["customer_id"],
            "source": "usage",
            "batch": record["batch"],
            "position": record["position"],
            "bill_type": 23 if whole == "savings_plan" else 5,
            "charging_mode": {"reserved": 10, "savings_plan": 11, "": 3}[whole],
            "cycle": record["cycle"],
            "late": record["late"],
            **{name: product[name] for name in ("service_type", "resource_type", "resource_spec", "region")},
            "product_id": record["product_id"],
            "usage_type_id": record["usage_type_id"],
            "usage_type": self._usage_types[record["usage_type_id"]]["code"],
            "measure_id": record["measure_id"],
            "resource_id": record["resource_id"],
            "enterprise_project_id": record["enterprise_project_id"],
            "size": record["size"],
            "value": record["value"],
            "quantity": record["quantity"],
            "free_quantity": basis - (high - low),
            "package_quantity": record["package_quantity"],
            "charged_quantity": high - low,
            "cum_before": record["start"] if record["followed"] else None,
            "begin_at": record["begin_at"],
            "end_at": record["end_at"],
            "price_id": price["price_id"],
            "scheme": price["scheme"],
            "unit_price": unit_price,
            "list_exact": _cut(list_exact, 22 if record["method"] == "sum" else 10),
            "official": official,
            "discount_type": kind,
            "discount_id": number,
            "discount": discount,
            "payable": official - discount,
            **{
                name: tie.get(name, "")
                for name in ("partner_id", "distributor_id", "association_type", "manager_id")
            },
            "currency": record["currency"],
            "mark": marked[0] if marked else "",
        }

    def _listed(self, record: Row, low: Decimal, high: Decimal) -> tuple[Fraction, Decimal | None, Decimal]:
        """What the quantity from `low` to `high` costs, at which price (None: several), times how much."""
        price = record["price"]
        if price["scheme"] == "flat":
            return Fraction(price["unit_price"]) * Fraction(high - low), price["unit_price"], high - low
        if price["scheme"] == "block":
            blocks = Decimal(_begun(high, price["block"]) - _begun(low, price["block"]))
            return Fraction(price["unit_price"]) * Fraction(blocks), price["unit_price"], blocks
        tiers = sorted(
            (tier for tier in self._tables["tiers"] if tier["price_id"] == price["price_id"]),
            key=lambda tier: int(tier["step"]),
        )
        if price["scheme"] == "volume":
            if record["late"] or record["total"] is None:
                upper, lower = _step(tiers, high)["price"], _step(tiers, low)["price"]
                cost = Fraction(upper) * Fraction(high) - Fraction(lower) * Fraction(low)
                return cost, upper if upper == lower or low == 0 else None, high - low
            reached = _step(tiers, max(record["total"] - price["free"], ZERO))["price"]
            return Fraction(reached) * Fraction(high - low), reached, high - low
        cost, used = Fraction(0), []
        for tier in tiers:
            top = high if tier["upper"] is None else min(high, tier["upper"])
            part = top - max(low, tier["lower"])
            if part > 0:
                cost += Fraction(tier["price"]) * Fraction(part)
                used.append(tier)
        if len(used) > 1:
            return cost, None, high - low
        return cost, (used[0] if used else _step(tiers, high))["price"], high - low

    def _shared(self, amount: Fraction, record: Row) -> Fraction:
        """Of a peak: the share of its points in the month."""
        if record["method"] == "sum":
            return amount
        return amount * Fraction(record["points"], 288 * _days_in(record["cycle"]))

    def _discount(self, record: Row, official: Decimal, units: Decimal) -> tuple[str, str, Decimal]:
        for rebate in _in_force(self._tables["rebates"], record["begin_at"]):
            if (rebate["customer_id"], rebate["product_id"]) != (record["customer_id"], record["product_id"]):
                continue
            if rebate["mode"] == "ratio":
                taken = _cut(Fraction(official) * (1 - Fraction(rebate["kept"])), 10)
            else:
                instead = Fraction(rebate["unit_price"]) * Fraction(units) * record["size"]
                taken = max(official - _cut(self._shared(instead, record), 10), ZERO)
            if taken:
                return rebate["discount_type"], rebate["discount_id"], taken
        return "", "", ZERO


def _in_force(rows: Iterable[Row], moment: int) -> list[Row]:
    return [row for row in rows if row["begins_at"] <= moment < row["ends_at"]]


def _cycle_of(row: Row) -> tuple[Any, ...]:
    return row["customer_id"], row["resource_id"], row["usage_type_id"], row["cycle"]


def _number_of(row: Row) -> tuple[int, int]:
    return row["batch"], row["position"]


def _step(tiers: list[Row], quantity: Decimal) -> Row:
    """The step that a quantity reaches; its upper bound belongs to it."""
    return next(tier for tier in tiers if tier["upper"] is None or quantity <= tier["upper"])


def _begun(quantity: Decimal, block: Decimal) -> int:
    return -int(-Fraction(quantity) / Fraction(block) // 1)


def _cut(amount: Fraction | Decimal, places: int) -> Decimal:
    """Toward zero after so many places."""
    exact = Fraction(amount)
    units = abs(exact) * 10**places // 1
    return Decimal(int(units if exact >= 0 else -units)).scaleb(-places)


def _grouped_points(points: list[Row]) -> dict[tuple[Any, ...], list[Row]]:
    groups = defaultdict(list)
    for point in points:
        day = (point["begin_at"] + 28800) // 86400 if point["method"] == "peak95_day" else None
        groups[(*_cycle_of(point), point["product_id"], point["late"], day)].append(point)
    return groups


def _peak(points: list[Row]) -> Row:
    """The highest point when the highest twentieth is left out, in the place of the earliest; points are in order."""
    first, count = points[0], len(points)
    left_out = count // 20
    downwards = sorted(points, key=lambda p: (-p["quantity"], p["begin_at"], p["batch"], p["position"]))
    top = downwards[left_out]
    day = ""
    if first["method"] == "peak95_day":
        number = (first["begin_at"] + 28800) // 86400
        day = f"{first['cycle']}-{number - _first_day(first['cycle']) + 1:02d}"
    report = {
        name: first[name]
        for name in (
            "customer_id",
            "resource_id",
            "product_id",
            "usage_type_id",
            "cycle",
            "batch",
            "position",
        )
    }
    report |= {
        "day": day,
        "points": count,
        "left_out": left_out,
        "actual_days": _cut(Fraction(count, 288), 10),
        "days_in_month": _days_in(first["cycle"]),
        "peak": top["quantity"],
    }
    return first | {
        "quantity": top["quantity"],
        "value": top["value"],
        "end_at": max(point["end_at"] for point in points),
        "points": count,
        "report": report,
    }


def _before(lines: list[Row]) -> None:
    """What earlier lines of the same settlement group come to."""
    sums: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for line in sorted(lines, key=lambda line: (line["begin_at"], line["batch"], line["position"])):
        key = tuple(line[name] for name in GROUP_KEY)
        line["before"] = sums[key]
        sums[key] += line["payable"]


def _groups(lines: list[Row], minor_digits: Mapping[str, int]) -> list[Row]:
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for line in lines:
        if line["source"] == "usage":
            groups[tuple(line[name] for name in GROUP_KEY)].append(line)
    rows = []
    for key, members in groups.items():
        payable = sum((line["payable"] for line in members), ZERO)
        digits = minor_digits[members[0]["currency"]]
        charged = _cut(payable, digits)
        rows.append(
            dict(zip(GROUP_KEY, key, strict=True))
            | {
                "lines": len(members),
                "official": sum((line["official"] for line in members), ZERO),
                "discount": sum((line["discount"] for line in members), ZERO),
                "payable": payable,
                "payable_minor": int(charged.scaleb(digits)),
                "cut_off": payable - charged,
            }
        )
    return rows


def _customer_totals(lines: list[Row], unrated: list[Row]) -> list[Row]:
    rows = []
    for customer in sorted({row["customer_id"] for row in [*lines, *unrated]}):
        own = [line for line in lines if line["customer_id"] == customer]
        usage = [line for line in own if line["source"] == "usage"]
        rows.append(
            {
                "customer_id": customer,
                "currency": own[0]["currency"] if own else "",
                "lines": len(own),
                "unrated": sum(row["customer_id"] == customer for row in unrated),
                **{
                    name: sum((line[name] for line in usage), ZERO)
                    for name in ("official", "discount", "payable")
                },
            }
        )
    return rows


def _amortised(period: Row, month: str) -> Row:
    """The shares of a period's amounts before, in and after the month."""
    days = max(period["ends_on"] - period["begins_on"], 1)
    first = _first_day(month)
    before = min(max(first - period["begins_on"], 0), days)
    upto = min(max(first + _days_in(month) - period["begins_on"], 0), days)

    def share(amount: int, gone: int) -> int:
        return int(_cut(Fraction(amount * gone, days), 0))

    def shares(gone: int) -> dict[str, int]:
        row = {name: share(period[name], gone) for name in ("official", "consume")}
        row["discount"] = row["official"] - share(period["official"] - period["discount"], gone)
        running = 0
        for name in MEANS:
            row[name] = share(running + period[name], gone) - share(running, gone)
            running += period[name]
        return row

    past, gone, whole = shares(before), shares(upto), {**period}
    row: Row = {"item_id": period["item_id"], "customer_id": period["customer_id"], "month": month}
    for name in past:
        row[f"past_{name}"] = past[name]
        row[f"current_{name}"] = gone[name] - past[name]
        row[f"future_{name}"] = whole[name] - gone[name]
    return row


def _first_day(month: str) -> int:
    return calendar.timegm((int(month[:4]), int(month[5:]), 1, 0, 0, 0)) // 86400


def _days_in(month: str) -> int:
    return calendar.monthrange(int(month[:4]), int(month[5:]))[1]
