"""The column of a unit price."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from partner_center.catalogue.tariffs import plain

if TYPE_CHECKING:
    _QuantityBase = models.CharField[Decimal | str, Decimal]
else:
    _QuantityBase = models.CharField

PRICE_PLACES = 10
"""Unit prices have at most ten decimals and seven digits before the point: (17,10), as rating reads them."""
MOST = 10**17 - 1
_EXACT = Context(prec=76)


def fits(price: Decimal) -> bool:
    """Whether `price` can be stored without losing a digit: not negative, at most 7 digits and 10 decimals."""
    scaled = _EXACT.scaleb(price, PRICE_PLACES)
    return price.is_finite() and 0 <= scaled <= MOST and scaled == scaled.to_integral_value()


class _PriceAttribute(DeferredAttribute):
    def __get__(self, instance: Any, cls: Any = None) -> Any:
        raw = super().__get__(instance, cls)
        if instance is None or raw is None or isinstance(raw, Decimal):
            return raw
        return _EXACT.scaleb(Decimal(raw), -PRICE_PLACES)

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class UnitPriceField(models.BigIntegerField):  # type: ignore[type-arg]
    """A price a unit, stored in units of 1e-10 in the column `<name>_e10`, read as an exact Decimal.

    An integer, because SQLite keeps decimals as floats. Accepts Decimal or None; refuses what does not fit.
    """

    descriptor_class = _PriceAttribute

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        self.db_column = self.db_column or f"{name}_e10"
        super().contribute_to_class(cls, name, private_only)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        kwargs["db_column"] = self.db_column or f"{self.name}_e10"
        return name, "django.db.models.BigIntegerField", args, kwargs

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Decimal):
            if not fits(value):
                raise ValidationError(f"{value} does not fit a unit price")
            return int(_EXACT.scaleb(value, PRICE_PLACES))
        return super().get_prep_value(value)

    def to_python(self, value: Any) -> Any:
        return value if isinstance(value, Decimal) else super().to_python(value)


QUANTITY_PLACES = 12
"""Quantities have at most twelve decimals and eight digits before the point: (20,12), as rating reads them."""
MOST_QUANTITY = Decimal(10) ** 8


def fits_quantity(quantity: Decimal) -> bool:
    """Whether `quantity` can be stored without losing a digit: not negative, at most 8 digits and 12 decimals."""
    if not quantity.is_finite() or not 0 <= quantity < MOST_QUANTITY:
        return False
    scaled = _EXACT.scaleb(quantity, QUANTITY_PLACES)
    return scaled == scaled.to_integral_value()


class _QuantityAttribute(DeferredAttribute):
    def __get__(self, instance: Any, cls: Any = None) -> Any:
        raw = super().__get__(instance, cls)
        return Decimal(raw) if instance is not None and isinstance(raw, str) else raw

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class QuantityField(_QuantityBase):
    """An exact quantity, stored as its plain digits ("1234.5"), read as a Decimal. Refuses what does not fit.

    A text, because SQLite keeps decimals as floats and an integer of twelve decimals has too few digits for it.
    Sums are made in Python.
    """

    descriptor_class = _QuantityAttribute

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("max_length", 24)
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else Decimal(value)

    def get_prep_value(self, value: Any) -> Any:
        if value is None:
            return None
        exact = Decimal(value)
        if not fits_quantity(exact):
            raise ValidationError(f"{value} does not fit a quantity")
        return plain(exact)

    def to_python(self, value: Any) -> Any:
        return Decimal(value) if isinstance(value, str) else value
