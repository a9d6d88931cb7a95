"""SDK-HMAC-SHA256: read a signed request and check it against a secret key (spec/api/auth.md section 2).

Pure and stateless: who owns a key, whether it is enabled or locked, is asked elsewhere. The query is
verified as it was received; if that fails, once more in its sorted form, for signers that sort after sending.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, unquote_to_bytes

from django.utils.translation import gettext_lazy as _

from partner_center.wire.errors import SignatureOutOfTime, SignatureRefused

ALGORITHM = "SDK-HMAC-SHA256"
WINDOW = timedelta(minutes=15)
REQUIRED_HEADERS = ("host", "x-sdk-date")
EMPTY_BODY = hashlib.sha256(b"").hexdigest().encode()
MOST_SIGNED_HEADERS = 64
_DATE = re.compile(rb"[0-9]{8}T[0-9]{6}Z")


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """What was signed, ready to be compared. `access` names the key; nothing here is trusted yet."""

    access: str
    moment: datetime
    _date: bytes
    _head: bytes
    _query: bytes
    _tail: bytes
    _signature: bytes

    def matches(self, secret: str) -> bool:
        """Whether `secret` made this signature, in constant time."""
        if self._matches(secret, self._query):
            return True
        ordered = _sorted_query(self._query)
        return ordered != self._query and self._matches(secret, ordered)

    def require_fresh(self, now: datetime) -> None:
        """Raises SignatureOutOfTime when signed more than 15 minutes before or after `now`."""
        if abs(now - self.moment) > WINDOW:
            raise SignatureOutOfTime(server_time=now.strftime("%Y%m%dT%H%M%SZ"))

    def _matches(self, secret: str, query: bytes) -> bool:
        canonical = hashlib.sha256(self._head + query + self._tail).hexdigest()
        to_sign = b"SDK-HMAC-SHA256\n" + self._date + b"\n" + canonical.encode()
        made = hmac.digest(secret.encode(), to_sign, "sha256").hex()
        return hmac.compare_digest(made.encode(), self._signature)


def read(environ: Mapping[str, object], body: bytes) -> SignedRequest:
    """The signature of a request, from its META. Raises SignatureRefused when it cannot be one."""
    access, names, signature = _authorization(str(environ.get("HTTP_AUTHORIZATION", "")))
    lines = []
    for name in names:
        value = _header(environ, name)
        if value is None:
            raise SignatureRefused(reason=_("signed header {name} is absent").format(name=name))
        lines.append(name.encode() + b":" + value.strip() + b"\n")
    date = _header(environ, "x-sdk-date") or b""
    return SignedRequest(
        access=access,
        moment=_moment(date),
        _date=date,
        _head=b"%s\n%s\n" % (str(environ["REQUEST_METHOD"]).encode(), _canonical_path(environ)),
        _query=str(environ.get("QUERY_STRING", "")).encode("latin-1", "replace"),
        _tail=b"\n%s\n%s\n%s" % (b"".join(lines), ";".join(names).encode(), _body_hash(environ, names, body)),
        _signature=signature.encode(),
    )


def _authorization(header: str) -> tuple[str, list[str], str]:
    scheme, _space, rest = header.partition(" ")
    if scheme != ALGORITHM:
        raise SignatureRefused(
            reason=_("the Authorization header is absent or its algorithm is not SDK-HMAC-SHA256")
        )
    parts = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    access, names, signature = parts.get("Access"), parts.get("SignedHeaders"), parts.get("Signature")
    if not (access and names and signature and header.isascii()):
        raise SignatureRefused(reason=_("the Authorization header is malformed"))
    signed = names.split(";")
    if len(signed) > MOST_SIGNED_HEADERS or any("_" in name or name != name.lower() for name in signed):
        raise SignatureRefused(reason=_("the Authorization header is malformed"))
    if any(name not in signed for name in REQUIRED_HEADERS):
        raise SignatureRefused(reason=_("the headers host and x-sdk-date must be signed"))
    return access, signed, signature


def _header(environ: Mapping[str, object], name: str) -> bytes | None:
    key = name.upper().replace("-", "_")
    value = environ.get(key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}")
    return None if value is None else str(value).encode("latin-1", "replace")


def _moment(date: bytes) -> datetime:
    try:
        if _DATE.fullmatch(date):
            return datetime.fromisoformat(date.decode())
    except ValueError:
        pass
    raise SignatureRefused(reason=_("the X-Sdk-Date header is malformed"))


def _canonical_path(environ: Mapping[str, object]) -> bytes:
    """The decoded path encoded anew, so that an encoded slash inside a parameter counts as a slash.

    Django has decoded PATH_INFO as UTF-8 by now; headers and the query are still as WSGI gives them.
    """
    path = quote(str(environ.get("PATH_INFO", "/")), safe="/~", errors="replace").encode()
    return path if path.endswith(b"/") else path + b"/"


def _sorted_query(query: bytes) -> bytes:
    pairs = [part.partition(b"=")[::2] for part in query.split(b"&") if part]
    plain = sorted((unquote_to_bytes(key), unquote_to_bytes(value)) for key, value in pairs)
    return "&".join(f"{quote(key, safe='~')}={quote(value, safe='~')}" for key, value in plain).encode()


def _body_hash(environ: Mapping[str, object], names: list[str], body: bytes) -> bytes:
    """The body's hash, or the word UNSIGNED-PAYLOAD where the contract lets a caller leave the body unsigned."""
    if not body:
        return EMPTY_BODY
    declared = _header(environ, "x-sdk-content-sha256")
    if declared == b"UNSIGNED-PAYLOAD" and "x-sdk-content-sha256" in names:
        kind = str(environ.get("CONTENT_TYPE", ""))
        if kind and not kind.startswith(("application/json", "application/bson")):
            return declared
    return hashlib.sha256(body).hexdigest().encode()
