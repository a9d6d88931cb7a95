"""Files are attached, looked at and thrown away."""

from __future__ import annotations

import hashlib

from django.utils.translation import gettext_lazy as _

from partner_center.foundation import vault
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.identity.attachments import MOST_BYTES, kind_of, named_otherwise
from partner_center.identity.errors import AttachmentKind, AttachmentTooLarge
from partner_center.identity.models import Account, Attachment

LONGEST_NAME = 255


@action("identity.attach", label=_("Attach file"))
def attach(actor: Actor, *, account: Account, purpose: str, name: str, content: bytes) -> Attachment:
    """Keep a file of `account`, sealed. Its type is read from its content.

    Raises AttachmentTooLarge, AttachmentKind (nothing we take, or not what its name says) and StoreUnavailable.
    """
    if len(content) > MOST_BYTES:
        raise AttachmentTooLarge(limit=MOST_BYTES // 1024**2)
    kind = kind_of(content)
    if kind is None or named_otherwise(name, kind):
        raise AttachmentKind()
    attachment = Attachment.objects.create(
        account=account,
        purpose=purpose,
        key=vault.seal(content),
        name=name[-LONGEST_NAME:],
        kind=kind,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by_id=actor.user_id,
    )
    record(actor, "attachment.attach", attachment, about=account.pk, purpose=purpose, size=len(content))
    return attachment


@action("identity.view_attachment", label=_("View attachment"))
def view_attachment(actor: Actor, *, attachment: Attachment) -> bytes:
    """The content of an attachment the actor may see; that it was looked at can be read by its account.

    Raises StoreUnavailable.
    """
    content = vault.unseal(attachment.key)
    record(actor, "attachment.view", attachment, about=attachment.account_id, purpose=attachment.purpose)
    return content
