"""The opponent: a WSGI application by hand, without framework, checks or permissions.

It verifies the signature as the contract says and does the same to the same rows, with hand-written SQL over a pool:
paying an order (audit entry, once-only ledger entry, payment and fulfilment included) and listing a customer's orders.
It knows no flow control, no languages, no discounts, no other caller.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, quote
from uuid import uuid4

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg.rows import tuple_row
from psycopg_pool import ConnectionPool

POOL = ConnectionPool(
    os.environ["DATABASE_URL"],
    min_size=1,
    max_size=8,
    open=False,
    kwargs={"row_factory": tuple_row, "autocommit": True},
)
KEY = """
SELECT k.sk, k.enabled, u.id, u.name, u.state, a.id, a.site, a.state
  FROM identity_accesskey k JOIN identity_user u ON u.id = k.user_id JOIN identity_account a ON a.id = u.account_id
 WHERE k.ak = %s"""
VAULT = AESGCM(
    hashlib.scrypt(
        os.environ["SECRET_KEY"].encode(), salt=b"partner-center/fields", n=2**14, r=8, p=1, dklen=32
    )
)
JSON = msgspec.json.Encoder(decimal_format="number")
EMPTY = hashlib.sha256(b"").hexdigest()
_opened = False

Start = Callable[[str, list[tuple[str, str]]], Any]


def application(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    """Two addresses, each verified."""
    global _opened
    if not _opened:  # in the worker, not in the process it was forked from
        POOL.open()
        _opened = True
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    if "HTTP_AUTHORIZATION" not in environ:
        return _answer(start, "401 Unauthorized", b"")
    with POOL.connection() as connection:
        caller = _verified(connection, environ, body)
        if caller is None:
            return _answer(start, "401 Unauthorized", b'{"error_code":"APIGW.0301"}')
        if environ["REQUEST_METHOD"] == "POST":
            paid = _pay(connection, caller, msgspec.json.decode(body)["order_id"])
            return _answer(start, "204 No Content" if paid else "400 Bad Request", b"")
        return _answer(start, "200 OK", _list(connection, caller, dict(parse_qsl(environ["QUERY_STRING"]))))


def _answer(start: Start, status: str, body: bytes) -> list[bytes]:
    start(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def _verified(connection: Any, environ: dict[str, Any], body: bytes) -> tuple[int, str, str, str] | None:
    """(user id, user name, account id, site) of the key that signed; None when nobody's key did."""
    scheme, _, rest = environ["HTTP_AUTHORIZATION"].partition(" ")
    parts = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    names = parts["SignedHeaders"].split(";")
    date = environ["HTTP_X_SDK_DATE"]
    signed_at = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    if scheme != "SDK-HMAC-SHA256" or abs(datetime.now(UTC) - signed_at) > timedelta(minutes=15):
        return None
    row = connection.execute(KEY, [parts["Access"]]).fetchone()
    if row is None or not row[1] or row[4] != "enabled" or row[7] != "active":
        return None
    path = quote(environ["PATH_INFO"], safe="/~")
    lines = [f"{name}:{_header(environ, name).strip()}\n" for name in names]
    canonical = "\n".join(
        [
            environ["REQUEST_METHOD"],
            path if path.endswith("/") else path + "/",
            environ.get("QUERY_STRING", ""),
            "".join(lines),
            parts["SignedHeaders"],
            hashlib.sha256(body).hexdigest() if body else EMPTY,
        ]
    )
    to_sign = f"SDK-HMAC-SHA256\n{date}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    sealed = base64.b64decode(row[0].partition(":")[2])
    secret = VAULT.decrypt(sealed[:12], sealed[12:], b"identity.accesskey.sk")
    made = hmac.digest(secret, to_sign.encode(), "sha256").hex()
    return (row[2], row[3], row[5], row[6]) if hmac.compare_digest(made, parts["Signature"]) else None


def _header(environ: dict[str, Any], name: str) -> str:
    key = name.upper().replace("-", "_")
    return str(environ.get(key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}", ""))


def _pay(connection: Any, caller: tuple[int, str, str, str], number: str) -> bool:
    """The rows of a payment from cash, as partner_center/orders and ledger write them, in one transaction."""
    user, name, account, _site = caller
    now = datetime.now(UTC)
    cursor = connection.cursor()
    order = cursor.execute(
        "SELECT o.id, o.payable_minor, o.currency, o.cloud_service_type, o.payment_due_at, c.freeze_state"
        " FROM orders_order o JOIN customers_customer c ON c.account_id = o.customer_id"
        " WHERE o.number = %s AND o.customer_id = %s",
        [number, account],
    ).fetchone()
    if order is None or order[4] < now or order[5] != "active":
        return False
    order_id, amount, currency, service = order[:4]
    with connection.transaction():
        moved = cursor.execute(
            "UPDATE orders_order SET state = 'processing', paid_at = %s, payer_id = %s"
            " WHERE id = %s AND state = 'awaiting_payment'",
            [now, account, order_id],
        )
        if moved.rowcount != 1:
            return False
        cursor.execute(
            "INSERT INTO foundation_trailentry (happened_at, verb, subject_type, subject_id, subject_name, about_id,"
            " actor_kind, actor_account_id, actor_user_id, actor_name, on_behalf_of_id, door, request_id, facts)"
            " VALUES (%s, 'order.pay', 'orders.order', %s, %s, %s, 'customer', %s, %s, %s, '', 'wire', %s, %s)",
            [now, str(order_id), number, account, account, user, name, uuid4().hex,
             '{"before": "awaiting_payment", "after": "processing"}'],
        )  # fmt: skip
        purse = cursor.execute(
            "SELECT id, balance_minor FROM ledger_account WHERE currency = %s AND address = %s FOR UPDATE",
            [currency, f"cash:{account}"],
        ).fetchone()
        if purse is None or purse[1] < amount:
            raise LookupError("not enough")
        asked = f"charge {account} {amount} {currency}"
        fingerprint = hashlib.sha256(
            f"orders.paid\ncash:{account} house:sales {amount} {currency}".encode()
        ).hexdigest()
        entry = cursor.execute(
            "INSERT INTO ledger_entry (kind, reference, fingerprint, asked, about, memo, happened_at)"
            " VALUES ('orders.paid', %s, %s, %s, %s, %s, %s) ON CONFLICT (reference) DO NOTHING RETURNING id",
            [f"order:{number}", fingerprint, asked, number, service, now],
        ).fetchone()
        if entry is None:
            raise LookupError("paid before")
        after = purse[1] - amount
        cursor.execute("UPDATE ledger_account SET balance_minor = %s WHERE id = %s", [after, purse[0]])
        cursor.execute(
            "INSERT INTO ledger_transfer (entry_id, position, currency, source_id, target_id, amount_minor,"
            " source_after_minor, target_after_minor) SELECT %s, 1, %s, %s, id, %s, %s, NULL FROM ledger_account"
            " WHERE address = 'house:sales' AND currency = %s",
            [entry[0], currency, purse[0], amount, after, currency],
        )
        cursor.execute(
            "INSERT INTO orders_payment (order_id, means, payer_id, currency, amount_minor, entry_id)"
            " VALUES (%s, 'cash', %s, %s, %s, %s)",
            [order_id, account, currency, amount, entry[0]],
        )
        cursor.execute(
            "INSERT INTO orders_fulfilment (created_at, order_id, state, due_at, attempts, last_error)"
            " VALUES (%s, %s, 'waiting', %s, 0, '')",
            [now, order_id, now],
        )
    return True


COUNT = """
SELECT COUNT(*) FROM orders_order WHERE customer_id = %s AND state = %s AND created_at >= %s AND created_at <= %s"""
PAGE = """
SELECT o.number, o.customer_id, o.cloud_service_type, s.name, o.source, o.type, o.payable_minor,
       o.official_minor, o.created_at, o.paid_at, o.currency, o.discount_type
  FROM orders_order o LEFT JOIN catalogue_cloudservice s ON s.code = o.cloud_service_type
 WHERE o.customer_id = %s AND o.state = %s AND o.created_at >= %s AND o.created_at <= %s
 ORDER BY o.created_at DESC, o.id DESC LIMIT %s OFFSET %s"""
STATES = {"5": "completed"}


def _list(connection: Any, caller: tuple[int, str, str, str], asked: dict[str, str]) -> bytes:
    """The caller's orders by status and time: counted, a page of them, in the contract's words."""
    if asked["customer_id"] != caller[2]:
        raise LookupError("another's orders")
    narrowed = [caller[2], STATES[asked["status"]], asked["create_time_begin"], asked["create_time_end"]]
    total = connection.execute(COUNT, narrowed).fetchone()[0]
    rows = connection.execute(
        PAGE, [*narrowed, int(asked["limit"]), int(asked.get("offset", "0"))]
    ).fetchall()
    return JSON.encode({"total_count": total, "order_infos": [_order(row) for row in rows]})


def _order(row: tuple[Any, ...]) -> dict[str, Any]:
    (
        number,
        customer,
        service,
        name,
        source,
        kind,
        payable,
        official,
        created,
        paid,
        currency,
        discount,
    ) = row
    zero = _yuan(0)
    discounts = []
    if discount is not None and official != payable:
        discounts = [{"discount_type": str(discount), "discount_amount": _yuan(official - payable)}]
    return {
        "order_id": number,
        "customer_id": customer,
        "service_type_code": service,
        "service_type_name": name or service,
        "source_type": source,
        "status": 5,
        "order_type": kind,
        "amount_after_discount": _yuan(payable),
        "official_amount": _yuan(official),
        "measure_id": 1,
        "create_time": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "payment_time": paid.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "currency": currency,
        "amount_info": {
            "discounts": discounts,
            "flexipurchase_coupon_amount": zero,
            "coupon_amount": zero,
            "stored_card_amount": zero,
        },
    }


def _yuan(minor: int) -> Decimal:
    return Decimal(minor).scaleb(-2)
