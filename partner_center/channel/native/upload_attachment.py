"""Papers for real-name authentication, into the partner's download/ folder."""

from __future__ import annotations

from partner_center.channel.actions.access import upload_paper
from partner_center.channel.errors.real_name import PathMalformed, UploadOff
from partner_center.foundation.actor import Actor
from partner_center.foundation.errors import StoreUnavailable
from partner_center.identity.errors import AttachmentKind, AttachmentTooLarge
from partner_center.partners.queries import own_partner
from partner_center.wire.native import native
from partner_center.wire.schema import WireModel, field


class Request(WireModel):
    path: str = field(max_length=255)


class Response(WireModel):
    path: str
    kind: str
    size: int
    sha256: str


@native(
    "PUT",
    "/attachments/download/{path}",
    callers="P",
    raw=True,
    errors=(UploadOff, PathMalformed, AttachmentTooLarge, AttachmentKind, StoreUnavailable),
)
def upload_attachment(actor: Actor, request: Request, content: bytes) -> Response:
    """Upload a file (jpg, jpeg, bmp, png, gif, pdf; at most 10 MB) for the real-name operations of the wire API.

    They name it by its path below download/, as it is spelled here. The same path again replaces the file.
    """
    kept = upload_paper(actor, partner=own_partner(actor), path=request.path, content=content)
    return Response(path=kept.name, kind=kept.kind, size=kept.size, sha256=kept.sha256)
