"""Messages leave by the configured way, are tried again when it fails, and are never lost or sent twice in a row."""

from __future__ import annotations

import base64
import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest
from django.core import mail

from partner_center.foundation import outbox
from partner_center.foundation.delivery import international
from partner_center.foundation.models import OutboxMessage, OutboxState
from partner_center.foundation.outbox import GIVE_UP_AFTER, deliver_outbox
from partner_center.kernel import clock

DELIVERY = "partner_center.foundation.delivery"


def message(channel="mail", to="lin@example.com"):
    return OutboxMessage.objects.create(
        channel=channel, recipient=to, template="identity.code", subject="Your code", body="It is 123456."
    )


@pytest.fixture
def gateway(settings):
    """A gateway of our own that speaks like the real one; `gateway.answers` are what it says next."""

    class Gateway(BaseHTTPRequestHandler):
        seen: list[dict] = []
        answers: list[tuple[int, dict]] = []

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.seen.append({"path": self.path, "by": self.headers["Authorization"], **parse_qs(body)})
            status, answer = (
                self.answers.pop(0) if self.answers else (201, {"sid": "SM1", "error_code": None})
            )
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_words):
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Gateway)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.OUTBOX_BACKENDS = {"mail": f"{DELIVERY}.keep", "sms": f"{DELIVERY}.send_sms"}
    settings.SMS_URL = f"http://127.0.0.1:{server.server_port}"
    settings.SMS_ACCOUNT, settings.SMS_TOKEN, settings.SMS_FROM = "AC1", "secret", "+15005550006"
    yield Gateway
    server.shutdown()
    server.server_close()


def test_a_mail_leaves_by_smtp_once(db, settings):
    settings.OUTBOX_BACKENDS = {"mail": f"{DELIVERY}.send_mail"}
    row = message()
    assert deliver_outbox() == {"sent": 1, "failed": 0}
    assert deliver_outbox() == {"sent": 0, "failed": 0}
    (sent,) = mail.outbox
    assert (sent.to, sent.subject, sent.body) == (["lin@example.com"], "Your code", "It is 123456.")
    assert sent.extra_headers["Message-ID"].startswith(f"<outbox-{row.pk}@")
    row.refresh_from_db()
    assert row.state is OutboxState.SENT
    assert row.sent_at is not None


def test_an_sms_leaves_through_the_gateway(db, gateway):
    message("sms", "0086-13800138000")
    assert deliver_outbox() == {"sent": 1, "failed": 0}
    (seen,) = gateway.seen
    assert seen["path"] == "/2010-04-01/Accounts/AC1/Messages.json"
    assert base64.b64decode(seen["by"].removeprefix("Basic ")) == b"AC1:secret"
    assert (seen["To"], seen["From"], seen["Body"]) == (
        ["+8613800138000"],
        ["+15005550006"],
        ["It is 123456."],
    )


@pytest.mark.parametrize("answer", [(500, {}), (401, {"code": 20003}), (201, {"error_code": 30008})])
def test_what_the_gateway_refuses_waits_and_is_tried_again(db, gateway, answer):
    gateway.answers.append(answer)
    row = message("sms", "13800138000")
    assert deliver_outbox() == {"sent": 0, "failed": 1}
    row.refresh_from_db()
    assert (row.state, row.attempts) == (OutboxState.WAITING, 1)
    assert deliver_outbox() == {"sent": 0, "failed": 0}
    with clock.at(row.due_at):
        assert deliver_outbox() == {"sent": 1, "failed": 0}


def test_it_waits_ever_longer_and_gives_up_in_the_end(db, settings):
    settings.OUTBOX_BACKENDS = {"mail": f"{DELIVERY}.no_such_backend"}
    with pytest.raises(ImportError):
        message() and deliver_outbox()
    settings.OUTBOX_BACKENDS = {"mail": "partner_center.foundation.tests.test_delivery.refuse"}
    moment, waits = clock.now(), []
    for _attempt in range(GIVE_UP_AFTER):
        with clock.at(moment):
            deliver_outbox()
        row = OutboxMessage.objects.get()
        waits.append(row.due_at - moment)
        moment = row.due_at
    assert waits == sorted(waits)
    assert waits[0] >= timedelta(minutes=1)
    assert row.state is OutboxState.FAILED
    assert row.last_error == "ConnectionError"
    assert outbox.next_due() is None


def test_messages_are_appended_to_a_private_file(db, settings, tmp_path):
    settings.OUTBOX_FILE = str(tmp_path / "deep" / "outbox.jsonl")
    settings.OUTBOX_BACKENDS = {"mail": f"{DELIVERY}.append_to_file"}
    message()
    message(to="mo@example.com")
    assert deliver_outbox() == {"sent": 2, "failed": 0}
    file = tmp_path / "deep" / "outbox.jsonl"
    assert [json.loads(line)["to"] for line in file.read_text().splitlines()] == [
        "lin@example.com",
        "mo@example.com",
    ]
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("13800138000", "+8613800138000"),
        ("0086-13800138000", "+8613800138000"),
        ("+49 170 1234567", "+491701234567"),
        ("0001-5005550006", "+15005550006"),
    ],
)
def test_numbers_are_written_internationally(number, written):
    assert international(number) == written


def refuse(message):
    raise ConnectionError
