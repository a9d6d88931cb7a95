"""The audit trail: who did what to which row, when, through which door. Written once, never changed."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from partner_center.foundation.actor import Actor
from partner_center.foundation.hot import insert
from partner_center.foundation.models import TrailEntry
from partner_center.kernel import clock


def record(actor: Actor, verb: str, subject: Model, *, about: str = "", **facts: Any) -> None:
    """Add an entry to the trail, in the transaction of the deed.

    about: the account the deed concerns (it may read the entry, beside the one that acted).
    facts: plain values; never secrets, never personal data.
    """
    insert(entry_of(actor, verb, subject, about=about, **facts))


def entry_of(actor: Actor, verb: str, subject: Model, *, about: str = "", **facts: Any) -> TrailEntry:
    """The entry that `record` adds, not yet written: for whoever writes it together with the deed."""
    return TrailEntry(
        happened_at=clock.now(),
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        subject_name=str(subject)[:128],
        about_id=about,
        actor_kind=actor.kind,
        actor_account_id=actor.account_id,
        actor_user_id=actor.user_id,
        actor_name=actor.name[:128],
        on_behalf_of_id=actor.acting_partner_id,
        door=actor.door,
        request_id=actor.request_id,
        facts={name: _plain(value) for name, value in facts.items()},
    )


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | bool | list | dict | type(None)) else str(value)
