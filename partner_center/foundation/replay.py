"""Calls that happen once: the same key and body give the first answer again, another body is a conflict."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction

from partner_center.foundation.actor import Actor
from partner_center.foundation.errors import KeyReused
from partner_center.foundation.models import StoredAnswer

Answer = tuple[int, Any]


def once(actor: Actor, *, key: str, fingerprint: str, run: Callable[[], Answer]) -> Answer:
    """Run `run` and keep its (status, JSON body) under the caller's `key`, in one transaction with its effect.

    A repeated key returns the kept answer without running again. Raises KeyReused when the fingerprint differs.
    A refusal inside `run` is not kept: the caller may mend the request and send the key again.
    """
    try:
        with transaction.atomic():
            kept = StoredAnswer.objects.create(account_id=actor.account_id, key=key, fingerprint=fingerprint)
            kept.status, kept.body = run()
            StoredAnswer.objects.filter(pk=kept.pk).update(status=kept.status, body=kept.body)
            return kept.status, kept.body
    except IntegrityError:
        first = StoredAnswer.objects.filter(account_id=actor.account_id, key=key).first()
        if first is None:
            raise
        if first.fingerprint != fingerprint:
            raise KeyReused(key=key) from None
        return first.status, first.body


def fingerprint_of(*parts: Any) -> str:
    """A digest of a request: its method, path and parsed body."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()
