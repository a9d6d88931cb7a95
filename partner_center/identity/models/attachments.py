"""Files that people attached: the row here, the content sealed in the vault."""

from __future__ import annotations

from typing import cast

from django.db import models
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.actor import Actor
from partner_center.foundation.fields import Record
from partner_center.identity.attachments import CONTENT_TYPES, REVIEWED_WITH
from partner_center.identity.models.accounts import Account
from partner_center.identity.models.users import OwnedQuerySet, User


class AttachmentQuerySet(OwnedQuerySet):
    def visible_to(self, actor: Actor) -> AttachmentQuerySet:
        """An account's own and, for staff, everybody's; what only reviewers see, only with their permission."""
        closed = [
            purpose for purpose, needs in REVIEWED_WITH.items() if not (actor.is_house and actor.may(needs))
        ]
        rows = super().visible_to(actor).exclude(purpose__in=closed)
        return cast(AttachmentQuerySet, rows)


class Attachment(Record):
    """One uploaded file. `key` names it in the vault; `kind` was read from its content, `name` is the uploader's."""

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="attachments", verbose_name=_("Account")
    )
    purpose = models.CharField(_("Purpose"), max_length=32)
    key = models.CharField(max_length=32, unique=True, editable=False)
    name = models.CharField(_("File name"), max_length=255)
    kind = models.CharField(_("Type"), max_length=4)
    size = models.PositiveIntegerField(_("File size"))
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Uploaded by")
    )

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="attachments_are_of_a_known_kind", condition=models.Q(kind__in=sorted(CONTENT_TYPES))
            ),
        ]
        indexes = [models.Index(fields=["account", "purpose"], name="attachments_of_an_account")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[self.kind]
