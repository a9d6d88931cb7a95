"""Invitations run out by themselves."""

from __future__ import annotations

from partner_center.channel.actions.resellers import expire_reseller_invitation
from partner_center.channel.models import ResellerInvitation
from partner_center.channel.queries.resellers import next_expiry
from partner_center.foundation.actor import Actor
from partner_center.foundation.errors import WrongState
from partner_center.foundation.jobs import drain
from partner_center.kernel import clock

PER_TURN = 100


@drain("channel.expire_reseller_invitations", due=next_expiry)
def expire_reseller_invitations() -> dict[str, int]:
    """Let invitations to resellers run out after their seven days."""
    actor, expired = Actor.system("channel.expire_reseller_invitations"), 0
    for invitation in ResellerInvitation.objects.expired_by(clock.now())[:PER_TURN]:
        try:
            expire_reseller_invitation(actor, invitation=invitation)
            expired += 1
        except WrongState:
            continue  # accepted or taken back in between
    return {"expired": expired}
