"""What has run out is forgotten."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.identity.models import Token, VerificationCode
from partner_center.kernel import clock

KEEP_TOKENS = timedelta(days=7)
KEEP_CODES = timedelta(days=2)
"""Longer than the day over which codes sent to a recipient are counted."""


@action("identity.forget_expired", label=_("Forget expired credentials"))
def forget_expired(actor: Actor) -> dict[str, int]:
    """Delete tokens a week after their end, codes after two days, and sessions that have expired."""
    tokens, _rows = Token.objects.filter(expires_at__lt=clock.machine_now() - KEEP_TOKENS).delete()
    codes, _rows = VerificationCode.objects.filter(created_at__lt=clock.now() - KEEP_CODES).delete()
    SessionStore.clear_expired()
    return {"tokens": tokens, "codes": codes}
