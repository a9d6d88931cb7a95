"""What a partner with a platform of its own switches on, and the real-name attachments that it uploads then."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from partner_center.channel.actions.real_name import PURPOSE
from partner_center.channel.errors.real_name import PathMalformed, UploadOff
from partner_center.channel.models.real_name import AccessConfiguration, RealNamePaper
from partner_center.channel.rules.real_name import path_fits
from partner_center.foundation import vault
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.identity.actions import attach
from partner_center.identity.models import Attachment
from partner_center.kernel import clock
from partner_center.partners.errors import OnlyTheVendor
from partner_center.partners.models import Partner

KEPT_UNUSED = timedelta(days=30)


@action("channel.configure_access", label=_("Change access configuration"))
def switch_real_name_upload(actor: Actor, *, partner: Partner, on: bool) -> None:
    """Whether the partner's platform may upload real-name attachments and apply with them (features T1)."""
    if not (actor.is_house or actor.account_id == partner.pk):
        raise OnlyTheVendor()
    AccessConfiguration.objects.update_or_create(
        partner=partner, defaults={"real_name_upload": on, "changed_at": clock.now()}
    )
    record(actor, "channel.configure_access", partner, about=partner.pk, real_name_upload=on)


@action(
    "channel.upload_paper", permission="customers.submit_real_name", label=_("Upload real-name attachment")
)
def upload_paper(actor: Actor, *, partner: Partner, path: str, content: bytes) -> Attachment:
    """Keep an attachment under `path`, as the real-name operations will name it; it replaces the one before.

    Raises UploadOff, PathMalformed, and what `attach` raises.
    """
    check_upload_on(partner.pk)
    if not path_fits(path):
        raise PathMalformed(path=path[:64])
    before = uploads_of(partner.pk).filter(name=path)
    replaced = list(
        before.exclude(pk__in=RealNamePaper.objects.filter(attachment__in=before).values("attachment"))
    )
    kept = attach(actor, account=partner.account, purpose=PURPOSE, name=path, content=content)
    for one in replaced:
        _discard(one)
    return kept


@action("channel.discard_papers", label=_("Discard real-name attachments that nobody used"))
def discard_unused_papers(actor: Actor, *, most: int = 500) -> int:
    """Forget uploads that no application has named for thirty days, at most so many a turn; how many were."""
    used = RealNamePaper.objects.filter(attachment=models.OuterRef("pk"))
    old = Attachment.objects.filter(purpose=PURPOSE, created_at__lt=clock.now() - KEPT_UNUSED)
    unused = old.filter(~models.Exists(used)).order_by("pk")[:most]
    return sum(_discard(one) for one in list(unused))


def check_upload_on(partner_id: str) -> None:
    """Raises UploadOff unless the partner has switched the upload of real-name attachments on."""
    if not AccessConfiguration.objects.filter(partner=partner_id, real_name_upload=True).exists():
        raise UploadOff()


def uploads_of(partner_id: str) -> models.QuerySet[Attachment]:
    """The real-name attachments that lie in the partner's `download/` folder."""
    rows: models.QuerySet[Attachment] = Attachment.objects.filter(account=partner_id, purpose=PURPOSE)
    return rows


def _discard(attachment: Attachment) -> bool:
    """The row now, the file once that is certain; unless an application that holds the row has just named it."""
    held = Attachment.objects.select_for_update().filter(pk=attachment.pk).first()
    if held is None or RealNamePaper.objects.filter(attachment=held.pk).exists():
        return False
    held.delete()
    transaction.on_commit(partial(vault.discard, attachment.key))
    return True
