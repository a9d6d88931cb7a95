"""The mails and SMS that went out."""

from __future__ import annotations

from partner_center.foundation.actor import Actor
from partner_center.foundation.models import OutboxMessage
from partner_center.identity.errors import NoSandbox
from partner_center.wire.native import native
from partner_center.wire.schema import Maybe, Moment, Paging, WireModel, field


class Request(Paging):
    recipient: Maybe[str] = field(None, max_length=128)
    template: Maybe[str] = field(None, max_length=64)


class Message(WireModel):
    id: int
    channel: str
    recipient: str
    template: str
    language: str
    subject: str
    body: str
    status: str
    created_at: Moment
    sent_at: Maybe[Moment] = None


class Response(WireModel):
    total_count: int
    messages: list[Message]


@native("GET", "/outbox", callers="O", needs="foundation.read_outbox", errors=(NoSandbox,))
def list_outbox(actor: Actor, request: Request) -> Response:
    """What went out, newest first, so that codes and invitations of a sandbox can be followed without a mail server."""
    NoSandbox.unless_allowed()
    rows = OutboxMessage.objects.visible_to(actor)
    if request.template:
        rows = rows.filter(template=request.template)
    if request.recipient:
        found = [row for row in rows.iterator() if row.recipient == request.recipient]
        return Response(total_count=len(found), messages=[_message(row) for row in request.cut(found)])
    return Response(total_count=rows.count(), messages=[_message(row) for row in request.slice(rows)])


def _message(row: OutboxMessage) -> Message:
    return Message(
        id=row.pk,
        channel=row.channel,
        recipient=row.recipient,
        template=row.template,
        language=row.language,
        subject=row.subject,
        body=row.body,
        status=row.state.value,
        created_at=row.created_at,
        sent_at=row.sent_at,
    )
