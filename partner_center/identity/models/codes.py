"""Verification codes: sent by mail or SMS, typed back once."""

from __future__ import annotations

from django.db import models

from partner_center.foundation.actor import Actor
from partner_center.foundation.fields import Record


class CodeQuerySet(models.QuerySet["VerificationCode"]):
    def visible_to(self, actor: Actor) -> CodeQuerySet:
        """Nobody reads codes."""
        return self.none()


class VerificationCode(Record):
    """One code for one purpose and one recipient. Neither the code nor the recipient is kept in clear.

    A new code for the same purpose and recipient replaces the one before. It is dead when `used_at` is set, when
    it has expired, or after three wrong attempts. `serial` numbers the codes of a recipient: of two sent at once, the
    second sees the first when the ceilings are counted.
    """

    scene = models.CharField(max_length=32)
    target_digest = models.CharField(max_length=64)
    serial = models.PositiveIntegerField()
    code_digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    failures = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    objects = CodeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["target_digest", "serial"], name="codes_of_a_target_are_numbered")
        ]
        indexes = [
            models.Index(fields=["target_digest", "created_at"], name="codes_sent_to_a_target"),
            models.Index(fields=["scene", "target_digest"], name="codes_of_a_scene"),
        ]

    def __str__(self) -> str:
        return f"{self.scene} {self.pk}"
