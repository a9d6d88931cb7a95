"""What stays visible of personal data (spec/domain/features.md V1)."""

from __future__ import annotations

_STARS = "****"


def mask(value: str, kind: str = "text") -> str:
    """Hide the middle of a value. A short value is hidden altogether.

    >>> mask("13812345678", "mobile"), mask("lin@example.com", "email"), mask("Lin Hua", "name")
    ('138****5678', 'l****@example.com', 'L****')
    """
    match kind:
        case "mobile":
            return value[:3] + _STARS + value[-4:] if len(value) >= 10 else _STARS + value[-2:]
        case "email":
            name, at, domain = value.partition("@")
            return name[:1] + _STARS + at + domain if at else _STARS
        case "name":
            return value[:1] + _STARS
        case "account":
            return value[:2] + _STARS + value[-2:] if len(value) > 5 else value[:1] + _STARS
    return value[:2] + _STARS + value[-2:] if len(value) > 8 else _STARS
