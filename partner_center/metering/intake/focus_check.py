"""A FOCUS file as price book and usage: rated by the production engine, compared with the provider's own ListCost.

What is compared is the exact list amount, unrounded. Equal means: to the last place the provider states. Providers
round their costs (AWS to 10 places), so a line is equal when the difference is at most half a unit of the last place
that any ListCost of the same provider has in the file; what is off by more is reported with its reason.

A negative quantity is a refund, the exact negative of the same usage (docs/algorithms/rating.md).
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from partner_center.metering.intake.focus import FocusLine, read_focus
from partner_center.metering.intake.records import LIMIT, PLACES, WIDE

PRICE_PLACES = 10
PRICE_LIMIT = Decimal(10) ** 7
"""A unit price has 17 digits, 10 of them behind the point (rating/schemas.py)."""
BATCH = 1
DAY, BEIJING = 86_400, 28_800


@dataclass(frozen=True, slots=True)
class Difference:
    """A line whose rated amount is not the provider's ListCost, and why."""

    line: int
    expected: Decimal | None
    actual: Decimal | None
    reason: str

    def as_json(self) -> dict[str, Any]:
        return {
            "line": self.line,
            "expected": _shown(self.expected),
            "actual": _shown(self.actual),
            "reason": self.reason,
        }


@dataclass(slots=True)
class Comparison:
    """How many lines are equal, and those that are not. `to_the_digit`: of the equal ones, without any rounding."""

    equal: int = 0
    to_the_digit: int = 0
    differences: list[Difference] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "equal": self.equal,
            "different": len(self.differences),
            "differences": [one.as_json() for one in self.differences],
        }


def check_focus(path: Path, scratch: Path, *, told: Callable[[int], None] = lambda read: None) -> Comparison:
    """Rate the file in the empty folder `scratch` and compare line by line. Raises UsageFileUnreadable."""
    book = _Book(scratch / "in")
    for lines, read in read_focus(path):
        for line in lines:
            book.enter(line)
        told(read)
    amounts = book.rate(scratch / "out")
    comparison = Comparison()
    for lines, read in read_focus(path):
        for line in lines:
            _compare(line, book, amounts.get(line.number), comparison)
        told(read)
    return comparison


class _Book:
    """The tables of a rating, made of the lines of a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.places: dict[str, int] = defaultdict(int)
        self._usage: list[tuple[Any, ...]] = []
        self._customers: dict[str, str] = {}
        self._usage_types: dict[str, int] = {}
        self._products: dict[tuple[str, ...], int] = {}
        self._prices: dict[tuple[int, int, str], Decimal] = {}

    def enter(self, line: FocusLine) -> None:
        """Take a line's price into the price book and its quantity into the usage, if both can be rated."""
        cost = line.figure("ListCost")
        if cost is not None:
            provider = line.text("ProviderName")
            self.places[provider] = max(self.places[provider], _places(cost))
        if hindrance(line):
            return
        quantity, price = line.figure("PricingQuantity"), line.figure("ListUnitPrice")
        begin, end = line.seconds("ChargePeriodStart"), line.seconds("ChargePeriodEnd")
        assert quantity is not None and price is not None and begin is not None and end is not None
        currency = line["BillingCurrency"] or "USD"
        owner = (line.text("ProviderName"), line["SubAccountId"] or line.text("BillingAccountId"), currency)
        customer = hashlib.sha256("\x1f".join(owner).encode()).hexdigest()[:32]
        self._customers[customer] = currency
        described = tuple(
            line.text(name) for name in ("ProviderName", "ServiceName", "SkuId", "SkuPriceId", "RegionId")
        )
        product = self._products.setdefault((*described, str(price.normalize(WIDE))), len(self._products) + 1)
        unit = line.text("PricingUnit")
        usage_type = self._usage_types.setdefault(unit, len(self._usage_types) + 1)
        self._prices[product, usage_type, currency] = price
        amount = abs(quantity)
        self._usage.append(
            (
                BATCH,
                line.number,
                customer,
                line.text("ResourceId"),
                product,
                usage_type,
                1,
                amount,
                amount,
                0,
                begin,
                end,
                _cycle(begin),
                False,
                "",
            )
        )

    def rate(self, out: Path) -> dict[int, Decimal]:
        """The exact list amount of each rated line."""
        import pyarrow.parquet as pq

        from partner_center.rating import run

        if not self._usage:
            return {}
        self._write_tables()
        run(self.folder, out)
        amounts: dict[int, Decimal] = {}
        for file in sorted((out / "lines").glob("*.parquet")):
            table = pq.read_table(file, columns=["position", "list_exact"])
            amounts.update(zip(table["position"].to_pylist(), table["list_exact"].to_pylist(), strict=True))
        return amounts

    def _write_tables(self) -> None:
        from partner_center.rating.schemas import FOREVER

        self.folder.mkdir(parents=True)
        cycles = {row[12] for row in self._usage}
        month = max(cycles)
        late = 13
        self._write("usage", [(*row[:late], row[12] != month, *row[late + 1 :]) for row in self._usage])
        self._write(
            "products",
            [
                (number, service, provider, f"{sku}/{sku_price}", region)
                for (provider, service, sku, sku_price, region, _price), number in self._products.items()
            ],
        )
        self._write("usage_types", [(number, unit, "sum") for unit, number in self._usage_types.items()])
        self._write("customers", [(customer, currency, "") for customer, currency in self._customers.items()])
        one, none = Decimal(1), Decimal(0)
        self._write(
            "prices",
            [
                (number, product, usage_type, currency, 0, FOREVER, "flat", price, none, one)
                for number, ((product, usage_type, currency), price) in enumerate(
                    self._prices.items(), start=1
                )
            ],
        )
        currencies = dict.fromkeys(sorted(set(self._customers.values())), 2)
        manifest = {"month": month, "currency_minor": currencies, "tables": {}, "ranks": 0}
        (self.folder / "manifest.json").write_text(json.dumps(manifest))

    def _write(self, name: str, rows: list[tuple[Any, ...]]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        from partner_center.rating.schemas import IN

        schema = IN[name]
        columns = zip(*rows, strict=True)
        arrays = [pa.array(column, kind) for column, kind in zip(columns, schema.types, strict=True)]
        pq.write_table(pa.Table.from_arrays(arrays, schema=schema), self.folder / f"{name}.parquet")


def hindrance(line: FocusLine) -> str:
    """Why a line cannot be rated at all; "" when it can."""
    quantity, price = line.figure("PricingQuantity"), line.figure("ListUnitPrice")
    if price is None:
        return _("The line has no list price (ListUnitPrice); its charge category is {category}.").format(
            category=line["ChargeCategory"] or "NULL"
        )
    if quantity is None:
        return _("The line has no quantity (PricingQuantity).")
    if line.seconds("ChargePeriodStart") is None or line.seconds("ChargePeriodEnd") is None:
        return _("The line has no charge period.")
    if _places(quantity) > PLACES or abs(quantity) >= LIMIT:
        return _(
            "The quantity {quantity} has more digits than usage can have: 8 before the point, 12 behind."
        ).format(quantity=quantity)
    if price < 0:
        return _("The list price {price} is negative.").format(price=price)
    if _places(price) > PRICE_PLACES or price >= PRICE_LIMIT:
        return _(
            "The list price {price} has more digits than a price can have: 7 before the point, 10 behind."
        ).format(price=price)
    return ""


def _compare(line: FocusLine, book: _Book, amount: Decimal | None, comparison: Comparison) -> None:
    cost, quantity = line.figure("ListCost"), line.figure("PricingQuantity")
    refund = quantity is not None and quantity < 0
    actual = -amount if amount is not None and refund else amount
    if cost is not None and actual is not None:
        places = book.places[line.text("ProviderName")]
        if _close(actual, cost, places):
            comparison.equal += 1
            comparison.to_the_digit += actual == cost
            return
    comparison.differences.append(Difference(line.number, cost, actual, _reason(line, cost, actual, book)))


def _reason(line: FocusLine, cost: Decimal | None, actual: Decimal | None, book: _Book) -> str:
    """Why they differ, in figures of the line itself."""
    hindered = hindrance(line)
    if hindered:
        return hindered
    if cost is None:
        return _("The provider states no ListCost to compare with.")
    if actual is None:
        return _("The engine did not rate the line.")
    quantity, price = line.figure("PricingQuantity"), line.figure("ListUnitPrice")
    assert quantity is not None and price is not None
    product = WIDE.multiply(quantity, price)
    if product != actual:
        return _("The engine rated {actual}, but quantity × price is {product}.").format(
            actual=_shown(actual), product=_shown(product)
        )
    figures = _(
        "PricingQuantity {quantity} × ListUnitPrice {price} = {product}, but ListCost is {cost}"
    ).format(quantity=_shown(quantity), price=_shown(price), product=_shown(product), cost=_shown(cost))
    return f"{figures}: {_why(line, cost, product, book.places[line.text('ProviderName')])}"


def _why(line: FocusLine, cost: Decimal, product: Decimal, places: int) -> str:
    consumed, price = line.figure("ConsumedQuantity"), line.figure("ListUnitPrice")
    assert price is not None
    if consumed is not None and _close(WIDE.multiply(consumed, price), cost, places):
        return _(
            "the provider's own figures disagree; its cost is ConsumedQuantity {consumed} × ListUnitPrice"
        ).format(consumed=_shown(consumed))
    if cost and product and (times := WIDE.divide(cost, product)) == times.to_integral_value() and times > 1:
        return _("the provider's own figures disagree, by exactly {times} times").format(times=_shown(times))
    if line["CommitmentDiscountId"] is not None:
        return _("a commitment discount ({commitment}) covers the line").format(
            commitment=line.text("CommitmentDiscountId")
        )
    if not cost:
        return _("the provider states that it costs nothing")
    return _("the provider's own figures disagree by more than its rounding to {places} places").format(
        places=places
    )


def _close(one: Decimal, other: Decimal, places: int) -> bool:
    """Whether two amounts are equal but for a rounding at so many places."""
    return abs(one - other) <= Decimal(5).scaleb(-places - 1)


def _places(figure: Decimal) -> int:
    exponent = figure.normalize(WIDE).as_tuple().exponent
    assert isinstance(exponent, int), "a finite number"
    return max(0, -exponent)


def _cycle(begin: int) -> str:
    return str(date(1970, 1, 1) + timedelta(days=(begin + BEIJING) // DAY))[:7]


def _shown(figure: Decimal | None) -> str | None:
    """All digits, without trailing zeros and without an exponent."""
    if figure is None:
        return None
    return f"{figure.normalize(WIDE):f}"
