"""Columns: money beside its currency, states of a lifecycle, secrets at rest, and the base of every row.

Their migrations name only Django's own fields, so history does not depend on this file.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from partner_center.kernel import clock
from partner_center.kernel.lifecycle import Lifecycle
from partner_center.kernel.money import Money

if TYPE_CHECKING:
    _MoneyBase = models.BigIntegerField[Money | int, Any]
    _StateBase = models.CharField[Lifecycle | str, Any]
    _TextBase = models.TextField[str, str]
    _CodeBase = models.CharField[str, str]
else:
    _MoneyBase, _StateBase = models.BigIntegerField, models.CharField
    _TextBase, _CodeBase = models.TextField, models.CharField


class Record(models.Model):
    """A row with a number and a birthday by the installation's clock."""

    id = models.BigAutoField(primary_key=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True


class CurrencyField(_CodeBase):
    """The currency of the amounts in the same row, such as "CNY"."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("max_length", 3)
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class _MoneyAttribute(DeferredAttribute):
    def __get__(self, instance: Any, cls: Any = None) -> Any:
        raw = super().__get__(instance, cls)
        if instance is None or raw is None or isinstance(raw, Money):
            return raw
        field: Any = self.field
        return Money(raw, getattr(instance, field.currency))

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class MoneyField(_MoneyBase):
    """An amount in minor units, in the column `<name>_minor`, read as Money of the row's `currency`.

    Accepts Money or an int of minor units; a Money of another currency is an assertion. Sums in queries are ints.
    """

    descriptor_class = _MoneyAttribute

    def __init__(self, *args: Any, currency: str = "currency", **options: Any) -> None:
        self.currency = currency
        super().__init__(*args, **options)

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        self.db_column = self.db_column or f"{name}_minor"
        super().contribute_to_class(cls, name, private_only)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        kwargs["db_column"] = self.db_column or f"{self.name}_minor"
        return name, "django.db.models.BigIntegerField", args, kwargs

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(value.minor if isinstance(value, Money) else value)

    def to_python(self, value: Any) -> Any:
        return value if isinstance(value, Money) else super().to_python(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname)
        if isinstance(value, Money):
            assert value.currency == getattr(model_instance, self.currency), (
                f"{value} in a row of another currency"
            )
        return value


class StateField(_StateBase):
    """A state of `lifecycle`, stored as its value, read as its member."""

    def __init__(self, lifecycle: type[Lifecycle], *args: Any, **options: Any) -> None:
        self.lifecycle = lifecycle
        options.setdefault("max_length", 32)
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        if isinstance(kwargs.get("default"), Lifecycle):
            kwargs["default"] = kwargs["default"].value
        return name, "django.db.models.CharField", args, kwargs

    def clone(self) -> StateField:
        _, _, args, kwargs = super().deconstruct()
        return type(self)(self.lifecycle, *args, **kwargs)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else self.lifecycle(value)

    def to_python(self, value: Any) -> Any:
        return value if value is None or isinstance(value, Lifecycle) else self.lifecycle(value)

    def get_prep_value(self, value: Any) -> Any:
        return value.value if isinstance(value, Lifecycle) else value

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.get_prep_value(self.value_from_object(obj)))


class EncryptedTextField(_TextBase):
    """Text that lies in the database encrypted with AES-GCM under the installation's key, bound to its column."""

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else encrypt(str(value), self._place())

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else decrypt(value, self._place())

    def _place(self) -> str:
        return f"{self.model._meta.label_lower}.{self.name}"


def encrypt(text: str, place: str) -> str:
    """Encrypt `text` for one `place` (a column); it cannot be read as another's."""
    nonce = os.urandom(12)
    sealed = AESGCM(sealing_keys()[0]).encrypt(nonce, text.encode(), place.encode())
    return "1:" + base64.b64encode(nonce + sealed).decode()


def decrypt(stored: str, place: str) -> str:
    """The text that `encrypt` stored for `place`, under the present or an earlier key."""
    version, _, payload = stored.partition(":")
    assert version == "1", "unknown encryption"
    raw = base64.b64decode(payload)
    for key in sealing_keys():
        try:
            return AESGCM(key).decrypt(raw[:12], raw[12:], place.encode()).decode()
        except InvalidTag:
            continue
    raise AssertionError(f"no key opens {place}")


def sealing_keys() -> Sequence[bytes]:
    """The installation's keys: the first one seals, any of them opens."""
    return [_derived(secret) for secret in settings.FIELD_KEYS]


_derived_keys: dict[str, bytes] = {}


def _derived(secret: str) -> bytes:
    key = _derived_keys.get(secret)
    if key is None:
        key = hashlib.scrypt(secret.encode(), salt=b"partner-center/fields", n=2**14, r=8, p=1, dklen=32)
        _derived_keys[secret] = key
    return key
