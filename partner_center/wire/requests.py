"""What the frame knows of a request before anybody is authenticated: its id, its language, where it comes from."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Mapping
from functools import cache
from typing import Literal

from django.conf import settings

Language = Literal["en", "zh-hans"]
LANGUAGES: dict[str, Language] = {"zh_cn": "zh-hans", "en_us": "en"}


def new_request_id() -> str:
    """32 hexadecimal characters; answered in X-Request-Id, written in the log and the audit trail."""
    return secrets.token_hex(16)


def language_of(environ: Mapping[str, object], default: Language = "en") -> Language:
    """The language of X-Language (zh_CN or en_US in any spelling of case and dash), else `default`."""
    asked = str(environ.get("HTTP_X_LANGUAGE", "")).strip().lower().replace("-", "_")
    return LANGUAGES.get(asked, default)


def speaks_unknown_language(environ: Mapping[str, object]) -> bool:
    """Whether X-Language asks for a language that the contract does not name."""
    asked = str(environ.get("HTTP_X_LANGUAGE", "")).strip().lower().replace("-", "_")
    return asked != "" and asked not in LANGUAGES


def source_of(environ: Mapping[str, object]) -> str:
    """The address of the caller: the nearest one that is not a trusted proxy (settings.TRUSTED_PROXIES).

    X-Forwarded-For is believed only as far as the hops that wrote it are trusted, so nobody can invent an address.
    """
    nearest = str(environ.get("REMOTE_ADDR", ""))
    trusted = _trusted(tuple(getattr(settings, "TRUSTED_PROXIES", ())))
    if not trusted:
        return nearest
    hops = [hop.strip() for hop in str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",") if hop.strip()]
    while hops and _within(nearest, trusted):
        nearest = hops.pop()
    return nearest


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@cache
def _trusted(networks: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(one) for one in networks)


def _within(address: str, networks: tuple[Network, ...]) -> bool:
    try:
        place = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(place in network for network in networks)
