"""Where messages go. The default keeps them: a line in the log and the row itself, which a sandbox operator may read."""

from __future__ import annotations

import structlog

from partner_center.foundation.models import OutboxMessage

log = structlog.get_logger(__name__)


def keep(message: OutboxMessage) -> None:
    """Deliver nowhere: the outbox row is the message (development and sandboxes)."""
    log.info("outbox.kept", message=message.pk, channel=message.channel, template=message.template)
