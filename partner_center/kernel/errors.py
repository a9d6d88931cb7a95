"""Refusals. A concrete error is a class in its room's `errors.py`; raising it passes facts only.

    class InsufficientBalance(Refused):
        code = "CBC.99005003"
        says = _("The balance is not enough: {needed} needed, {available} available.")
        needed: Money
        available: Money

`code` and `status` are those of the foreign contract. Each door translates errors in exactly one place.
A broken invariant is an `assert`, never one of these.
"""

from __future__ import annotations

from typing import Any, ClassVar


class DomainError(Exception):
    """A refusal with a code, a translatable sentence and typed facts."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "CBC.0999"
    says: ClassVar[Any] = "The request was refused."

    def __init__(self, **facts: Any) -> None:
        expected = self.fact_names()
        assert facts.keys() == expected, (
            f"{type(self).__name__} wants {sorted(expected)}, got {sorted(facts)}"
        )
        super().__init__()
        self.facts = facts
        for name, value in facts.items():
            setattr(self, name, value)

    @classmethod
    def fact_names(cls) -> set[str]:
        names: set[str] = set()
        for base in cls.__mro__:
            names |= {
                name
                for name, kind in vars(base).get("__annotations__", {}).items()
                if "ClassVar" not in str(kind)
            }
        return names

    def __str__(self) -> str:
        return str(self.says).format(**self.facts)


class Invalid(DomainError):
    """The request itself is wrong."""

    status, code = 400, "CBC.0100"
    says: ClassVar[Any] = "The parameters are invalid."


class Unauthenticated(DomainError):
    """We do not know who is asking."""

    status, code = 401, "CBC.0154"
    says: ClassVar[Any] = "The caller could not be authenticated."


class Forbidden(DomainError):
    """We know who is asking, and the answer is no."""

    status, code = 403, "CBC.0151"
    says: ClassVar[Any] = "Access denied."


class NotFound(DomainError):
    """Absent, or not yours: the same answer."""

    status, code = 404, "CBC.0100"
    says: ClassVar[Any] = "It does not exist."


class Conflict(DomainError):
    """It contradicts what has happened already."""

    status, code = 409, "CBC.0155"
    says: ClassVar[Any] = "It contradicts what has happened already."


class Refused(DomainError):
    """Understood, and not possible now."""

    status, code = 400, "CBC.0100"
    says: ClassVar[Any] = "The request was refused."


class TooMany(DomainError):
    """Asked too often."""

    status, code = 429, "CBC.0250"
    says: ClassVar[Any] = "Connection request control triggered."


class Unavailable(DomainError):
    """Try again later."""

    status, code = 503, "CBC.0999"
    says: ClassVar[Any] = "The service is temporarily unavailable."
