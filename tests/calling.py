"""Calling the APIs as the vendor's SDK does: a signed request, in process or to a live server.

    answer = call(key, "GET", "/v2/orders/customer-orders", limit=5)      # a Key, an Account, or a User
    assert answer.status_code == 200 and answer.json()["total_count"] == 1

`parameters` go to the query for GET and DELETE, to the JSON body otherwise. `body=` sends raw bytes, `query=` a raw
query, `headers=` more headers (signed), `at=` another moment of signing, `token=` a token instead of a signature.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote, urlencode

from django.test import Client

from partner_center.identity.makers import make_access_key, owner_of
from partner_center.identity.models import Account, User
from partner_center.kernel import clock

HOST = "testserver"


@dataclass(frozen=True, slots=True)
class Key:
    """An access key as its owner keeps it."""

    ak: str
    sk: str

    @classmethod
    def of(cls, whose: Account | User) -> Key:
        """A key of this user, or of this account's owner; made when first asked for."""
        user = whose if isinstance(whose, User) else owner_of(whose)
        kept = user.access_keys.filter(enabled=True).first()
        if kept is not None:
            return cls(kept.ak, kept.sk)
        key, secret = make_access_key(user)
        return cls(key.ak, secret)


def call(
    who: Key | Account | User | None,
    method: str,
    path: str,
    /,
    *,
    query: str | None = None,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    at: datetime | None = None,
    token: str = "",
    **parameters: Any,
) -> Any:
    """Sign and send one request to the application in this process; returns Django's test response."""
    in_query = method in ("GET", "DELETE")
    if query is None:
        query = canonical_query(parameters) if in_query else ""
    if body is None:
        body = b"" if in_query else json.dumps(parameters, default=str).encode()
    sent = {
        "content-type": "application/json",
        "host": HOST,
        **{k.lower(): v for k, v in (headers or {}).items()},
    }
    if token:
        sent["x-auth-token"] = token
    elif who is not None:
        key = who if isinstance(who, Key) else Key.of(who)
        sent = signed(key, method, path, query, body, sent, at=at)
    return send(method, path, query, body, sent)


def send(method: str, path: str, query: str, body: bytes, headers: Mapping[str, str]) -> Any:
    """Send exactly this, without signing."""
    environ: dict[str, Any] = {
        f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()
    }
    if "HTTP_CONTENT_TYPE" in environ:
        environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE")
    client = Client(raise_request_exception=False)
    return client.generic(method, path, body, content_type="", QUERY_STRING=query, **environ)


def signed(
    key: Key,
    method: str,
    path: str,
    query: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    at: datetime | None = None,
) -> dict[str, str]:
    """`headers` with X-Sdk-Date and Authorization, written after spec/api/auth.md, not after our verifier."""
    date = (at or clock.machine_now()).strftime("%Y%m%dT%H%M%SZ")
    covered = {**headers, "x-sdk-date": date}
    names = sorted(covered)
    uri = quote(unquote(path), safe="/~")
    canonical = "\n".join(
        [
            method,
            uri if uri.endswith("/") else uri + "/",
            query,
            "".join(f"{name}:{covered[name].strip()}\n" for name in names),
            ";".join(names),
            hashlib.sha256(body).hexdigest(),
        ]
    )
    to_sign = f"SDK-HMAC-SHA256\n{date}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(key.sk.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    authorization = f"SDK-HMAC-SHA256 Access={key.ak}, SignedHeaders={';'.join(names)}, Signature={signature}"
    return {**covered, "authorization": authorization}


def canonical_query(parameters: Mapping[str, Any]) -> str:
    """The query as the SDK sends it: sorted, None left out, lists as repeated keys, booleans as words."""
    pairs = []
    for name, value in parameters.items():
        for one in value if isinstance(value, list) else [value]:
            if one is not None:
                pairs.append((name, str(one).lower() if isinstance(one, bool) else str(one)))
    return urlencode(sorted(pairs), safe="~", quote_via=quote)
