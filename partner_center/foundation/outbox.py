"""Messages to people: written in the transaction of the deed, sent by a drain afterwards.

message("orders.paid", subject=_("Order {number} is paid"), body=_("…"), sms=_("…"))      # <room>/messages.py
send(channel="mail", to=address, template="orders.paid", language="zh-hans", about=customer_id, number=…)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import structlog
from django.conf import settings
from django.utils import translation
from django.utils.module_loading import import_string

from partner_center.foundation.action import inside_action
from partner_center.foundation.jobs import drain
from partner_center.foundation.models import OutboxMessage, OutboxState
from partner_center.kernel import clock

Channel = Literal["mail", "sms"]
log = structlog.get_logger(__name__)

GIVE_UP_AFTER = 8


@dataclass(frozen=True, slots=True)
class Message:
    """The words of one kind of message; `{facts}` are filled in when it is sent."""

    name: str
    subject: Any
    body: Any
    sms: Any


MESSAGES: dict[str, Message] = {}


def message(name: str, *, subject: Any, body: Any, sms: Any = "") -> None:
    """Declare a kind of message. `sms` is its short form; without one the body is used."""
    assert name not in MESSAGES, f"two messages named {name}"
    MESSAGES[name] = Message(name, subject, body, sms)


def send(
    *, channel: Channel, to: str, template: str, language: str = "zh-hans", about: str = "", **facts: Any
) -> OutboxMessage:
    """Write a message to the outbox, in the words of `language`. It leaves after the transaction commits."""
    assert inside_action(), "messages are written inside actions"
    words = MESSAGES[template]
    with translation.override(language):
        subject = str(words.subject).format(**facts)
        body = str(words.sms if channel == "sms" and words.sms else words.body).format(**facts)
    return OutboxMessage.objects.create(
        channel=channel,
        recipient=to,
        template=template,
        language=language,
        subject=subject,
        body=body,
        about_id=about,
    )


def next_due() -> datetime | None:
    waiting = OutboxMessage.objects.filter(state=OutboxState.WAITING).order_by("due_at")
    return waiting.values_list("due_at", flat=True).first()


@drain("foundation.deliver_outbox", due=next_due)
def deliver_outbox() -> dict[str, int]:
    """Hand up to a hundred waiting messages to their channel's backend; a failure is tried again, ever later."""
    sent = failed = 0
    waiting = OutboxMessage.objects.filter(state=OutboxState.WAITING, due_at__lte=clock.now()).order_by(
        "due_at"
    )[:100]
    for one in waiting:
        if _deliver(one):
            sent += 1
        else:
            failed += 1
    return {"sent": sent, "failed": failed}


def _deliver(one: OutboxMessage) -> bool:
    deliver: Callable[[OutboxMessage], None] = import_string(settings.OUTBOX_BACKENDS[one.channel])
    rows = OutboxMessage.objects.filter(pk=one.pk, state=OutboxState.WAITING)
    try:
        deliver(one)
    except Exception as error:
        attempts = one.attempts + 1
        log.warning(
            "outbox.failed",
            message=one.pk,
            channel=one.channel,
            attempts=attempts,
            error=type(error).__name__,
        )
        rows.update(
            attempts=attempts,
            last_error=type(error).__name__,
            due_at=clock.now() + timedelta(minutes=2**attempts),
            state=OutboxState.FAILED if attempts >= GIVE_UP_AFTER else OutboxState.WAITING,
        )
        return False
    rows.update(state=OutboxState.SENT, sent_at=clock.now(), attempts=one.attempts + 1, last_error="")
    return True
