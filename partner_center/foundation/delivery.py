"""Where messages go. The default keeps them: a line in the log and the row itself, which a sandbox operator may read.

A backend is a function of one message, named in settings.OUTBOX_BACKENDS per channel. It delivers or raises; whoever
calls it (outbox.py) counts, waits ever longer and tries again.

    partner_center.foundation.delivery.keep            the outbox row is the message (default)
    partner_center.foundation.delivery.append_to_file  one JSON line a message, in PARTNER_CENTER_OUTBOX_FILE
    partner_center.foundation.delivery.send_mail       SMTP, by PARTNER_CENTER_SMTP_*
    partner_center.foundation.delivery.send_sms        Twilio's messaging API, by PARTNER_CENTER_SMS_*
"""

from __future__ import annotations

import base64
import json
import os
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

import structlog
from django.conf import settings
from django.core.mail import EmailMessage

from partner_center.foundation.models import OutboxMessage

log = structlog.get_logger(__name__)

TIMEOUT_SECONDS = 10
DEFAULT_COUNTRY = "86"
"""A mobile number written without its country is Chinese (spec/api/operations.md, send_verification_message_code)."""


class NotDelivered(Exception):
    """The gateway took the request and said no; its answer's status or code is the message."""


def keep(message: OutboxMessage) -> None:
    """Deliver nowhere: the outbox row is the message (development and sandboxes)."""
    log.debug("outbox.kept", message=message.pk, channel=message.channel, template=message.template)


def append_to_file(message: OutboxMessage) -> None:
    """Append the message to a file that its owner alone may read, for another program to pick up."""
    path = Path(settings.OUTBOX_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(
        {
            "id": message.pk,
            "channel": message.channel,
            "to": message.recipient,
            "subject": message.subject,
            "body": message.body,
            "template": message.template,
        },
        ensure_ascii=False,
    )
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, line.encode() + b"\n")
    finally:
        os.close(file)


def send_mail(message: OutboxMessage) -> None:
    """Send the message by SMTP. Its Message-ID follows from its row, so that a second try is seen as the same mail."""
    _name, _at, domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")
    EmailMessage(
        subject=" ".join(message.subject.split()),
        body=message.body,
        to=[message.recipient],
        headers={"Message-ID": f"<outbox-{message.pk}@{domain.rstrip('>')}>"},
    ).send()


def send_sms(message: OutboxMessage) -> None:
    """Send the message through Twilio's REST API. Raises NotDelivered unless it was accepted."""
    url = f"{settings.SMS_URL}/2010-04-01/Accounts/{settings.SMS_ACCOUNT}/Messages.json"
    assert url.startswith(("https://", "http://127.0.0.1:")), "SMS leave encrypted"
    form = urlencode(
        {"To": international(message.recipient), "From": settings.SMS_FROM, "Body": message.body}
    )
    credentials = base64.b64encode(f"{settings.SMS_ACCOUNT}:{settings.SMS_TOKEN}".encode()).decode()
    request = urllib.request.Request(url, form.encode(), {"Authorization": f"Basic {credentials}"})
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
        accepted = json.load(answer)
    if accepted.get("error_code"):
        raise NotDelivered(str(accepted["error_code"]))


def international(number: str) -> str:
    """A mobile number as gateways want it: 0086-13800138000, +8613800138000 and 13800138000 are +8613800138000."""
    digits = "".join(character for character in number if character.isdigit())
    if number.startswith("+"):
        return "+" + digits
    if number.startswith("00"):
        return "+" + digits[2:].lstrip("0")
    return f"+{DEFAULT_COUNTRY}{digits}"
