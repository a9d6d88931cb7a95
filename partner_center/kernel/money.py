"""Money is an integer of minor units; an Amount is an exact product that has not been settled yet.

The only place that rounds is `Amount.settle`: it truncates toward zero, so that a refund is the exact
negative of its charge, and says what it cut off.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Context, Decimal, InvalidOperation
from fractions import Fraction
from math import floor

MINOR_DIGITS = {"JPY": 0, "KRW": 0, "CLP": 0}
DEFAULT_MINOR_DIGITS = 2
_EXACT = Context(prec=76)


def minor_digits(currency: str) -> int:
    """How many decimal places one unit of `currency` has (2 unless the currency says otherwise)."""
    return MINOR_DIGITS.get(currency, DEFAULT_MINOR_DIGITS)


@dataclass(frozen=True, slots=True)
class Money:
    """A settled sum: `minor` units (cents) of one currency. Arithmetic stays within the currency."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        assert type(self.minor) is int, f"not minor units: {self.minor!r}"

    @classmethod
    def of(cls, text: str | int | Decimal, currency: str) -> Money:
        """Money from a decimal text such as "30.00". Raises ValueError when it is finer than the minor unit."""
        try:
            exact = Decimal(text)
        except InvalidOperation as error:
            raise ValueError(f"not an amount: {text!r}") from error
        if not exact.is_finite():
            raise ValueError(f"not an amount: {text!r}")
        scaled = _EXACT.scaleb(exact, minor_digits(currency))
        minor = int(scaled)
        if minor != scaled:
            raise ValueError(f"{text} {currency} is finer than the minor unit")
        return cls(minor, currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(0, currency)

    @classmethod
    def total(cls, parts: Iterable[Money], currency: str) -> Money:
        """The sum of `parts`; zero of `currency` when there are none."""
        result = cls.zero(currency)
        for part in parts:
            result += part
        return result

    @property
    def decimal(self) -> Decimal:
        """The exact value in whole units with all its places: Decimal("30.00")."""
        return _EXACT.scaleb(Decimal(self.minor), -minor_digits(self.currency))

    @property
    def exact(self) -> Amount:
        return Amount(self.decimal, self.currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other).minor, self.currency)

    def __mul__(self, count: int) -> Money:
        assert isinstance(count, int), "money times a fraction is an Amount"
        return Money(self.minor * count, self.currency)

    __rmul__ = __mul__

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __abs__(self) -> Money:
        return Money(abs(self.minor), self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other).minor

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other).minor

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other).minor

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other).minor

    def share(self, numerator: int, denominator: int) -> Money:
        """`numerator/denominator` of this sum, truncated toward zero to the minor unit: multiply first, then divide."""
        assert denominator > 0, "a share of nothing"
        product = self.minor * numerator
        whole = abs(product) // denominator
        return Money(whole if product >= 0 else -whole, self.currency)

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Parts in proportion to `weights` (non-negative, at least one above zero) that sum to the whole.

        Each boundary between parts lies at the floor of its exact place, so no part is further than one
        minor unit from its exact share, and a part of weight zero gets nothing.
        """
        assert weights and all(weight >= 0 for weight in weights) and sum(weights) > 0, f"weights {weights}"
        whole, parts, seen, given = sum(weights), [], 0, 0
        for weight in weights:
            seen += weight
            upto = floor(Fraction(abs(self.minor) * seen, whole))
            parts.append(Money((upto - given) if self.minor >= 0 else given - upto, self.currency))
            given = upto
        return parts

    def __str__(self) -> str:
        return f"{self.decimal:.{minor_digits(self.currency)}f} {self.currency}"

    def _same(self, other: Money) -> Money:
        assert isinstance(other, Money), f"not money: {other!r}"
        assert self.currency == other.currency, f"{self.currency} beside {other.currency}"
        return other


@dataclass(frozen=True, slots=True)
class Settled:
    """What an exact amount becomes on a bill: the money, and what was cut off (抹零), exact = money + cut_off."""

    money: Money
    cut_off: Decimal


@dataclass(frozen=True, slots=True)
class Amount:
    """An exact product of prices and quantities, kept at full scale until it is settled once."""

    exact: Decimal
    currency: str

    def __post_init__(self) -> None:
        assert isinstance(self.exact, Decimal), f"not exact: {self.exact!r}"
        assert self.exact.is_finite(), f"not an amount: {self.exact}"

    @classmethod
    def of(cls, text: str | int | Decimal, currency: str) -> Amount:
        return cls(Decimal(text), currency)

    @classmethod
    def zero(cls, currency: str) -> Amount:
        return cls(Decimal(0), currency)

    def __add__(self, other: Amount) -> Amount:
        return Amount(_EXACT.add(self.exact, self._same(other).exact), self.currency)

    def __sub__(self, other: Amount) -> Amount:
        return Amount(_EXACT.subtract(self.exact, self._same(other).exact), self.currency)

    def __mul__(self, factor: int | Decimal) -> Amount:
        assert isinstance(factor, int | Decimal), f"not exact: {factor!r}"
        return Amount(_EXACT.multiply(self.exact, Decimal(factor)), self.currency)

    __rmul__ = __mul__

    def __neg__(self) -> Amount:
        return Amount(-self.exact, self.currency)

    def __bool__(self) -> bool:
        return self.exact != 0

    def settle(self) -> Settled:
        """Truncate toward zero to the minor unit. The one place in Python that rounds money."""
        cents = int(
            _EXACT.scaleb(self.exact, minor_digits(self.currency)).to_integral_value(rounding=ROUND_DOWN)
        )
        money = Money(cents, self.currency)
        return Settled(money, _EXACT.subtract(self.exact, money.decimal))

    def truncated(self, places: int) -> Decimal:
        """The value cut to `places` decimals toward zero, for answers with a documented precision."""
        return self.exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_DOWN, context=_EXACT)

    def _same(self, other: Amount) -> Amount:
        assert isinstance(other, Amount), f"not an amount: {other!r}"
        assert self.currency == other.currency, f"{self.currency} beside {other.currency}"
        return other
