"""Invitations of project specialists run out by themselves."""

from __future__ import annotations

from partner_center.channel.actions.specialists import expire_specialist
from partner_center.channel.models import ProjectSpecialist
from partner_center.channel.queries.people import next_specialist_expiry
from partner_center.foundation.actor import Actor
from partner_center.foundation.errors import WrongState
from partner_center.foundation.jobs import drain
from partner_center.kernel import clock

PER_TURN = 100


@drain("channel.expire_specialists", due=next_specialist_expiry)
def expire_specialists() -> dict[str, int]:
    """Let invitations of project specialists run out after their seven days."""
    actor, expired = Actor.system("channel.expire_specialists"), 0
    for one in ProjectSpecialist.objects.expired_by(clock.now())[:PER_TURN]:
        try:
            expire_specialist(actor, specialist=one)
            expired += 1
        except WrongState:
            continue  # accepted in between
    return {"expired": expired}
