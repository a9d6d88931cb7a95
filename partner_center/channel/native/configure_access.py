"""A partner's access configuration."""

from __future__ import annotations

from partner_center.channel.actions.access import switch_real_name_upload
from partner_center.foundation.actor import Actor
from partner_center.partners.queries import own_partner
from partner_center.wire.native import native
from partner_center.wire.schema import WireModel


class Request(WireModel):
    real_name_attachment_upload: bool


class Response(WireModel):
    real_name_attachment_upload: bool


@native("PUT", "/access-configuration", callers="P")
def configure_access(actor: Actor, request: Request) -> Response:
    """Switch the upload of real-name attachments on or off; without it real-name operations get CBC.99005030."""
    on = request.real_name_attachment_upload
    switch_real_name_upload(actor, partner=own_partner(actor), on=on)
    return Response(real_name_attachment_upload=on)
