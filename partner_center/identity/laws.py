"""What is always true of attachments."""

from __future__ import annotations

from collections.abc import Iterator

from partner_center.foundation import vault
from partner_center.foundation.laws import law
from partner_center.identity.models import Attachment


@law("identity.attachments", says="Every attachment lies in the vault, as long as it was when it was sealed.")
def attachments_are_there() -> Iterator[str]:
    for pk, key, size in Attachment.objects.order_by("pk").values_list("pk", "key", "size").iterator():
        found = vault.size_of(key)
        if found != size:
            yield f"attachment {pk}: {'not there' if found is None else f'{found} bytes instead of {size}'}"
