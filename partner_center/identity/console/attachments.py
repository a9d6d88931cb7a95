"""An attachment, shown to whom it is visible to. That it was looked at is written down."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from partner_center.console.pages import TemplatePage
from partner_center.foundation.actor import Actor
from partner_center.identity.actions import view_attachment
from partner_center.identity.models import Attachment
from partner_center.kernel.errors import NotFound


def attachment_for(actor: Actor, key: str) -> Attachment:
    """An attachment the actor may see. Raises NotFound."""
    found: Attachment | None = Attachment.objects.visible_to(actor).filter(key=key).first()
    if found is None:
        raise NotFound()
    return found


class ShownAttachment(TemplatePage):
    """The file itself: pictures in the browser, documents as a download. It can run nothing."""

    name, path, title = "attachment", "attachments/<str:key>/", _("Attachment")
    permission = "identity.view_attachment"

    def get(self) -> HttpResponse:
        attachment = attachment_for(self.actor, self.place["key"])
        content = view_attachment(self.actor, attachment=attachment)
        answer = HttpResponse(content, content_type=attachment.content_type)
        shown = "inline" if attachment.content_type.startswith("image/") else "attachment"
        answer["Content-Disposition"] = f'{shown}; filename="{attachment.key[:8]}.{attachment.kind}"'
        answer["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        return answer
