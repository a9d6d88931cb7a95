"""What happens to memberships and invitations by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from partner_center.foundation.actor import Actor
from partner_center.foundation.jobs import Slot, drain, job
from partner_center.kernel import clock
from partner_center.partners.actions import expire_programme_invitation, lapse_partner, remind_of_review
from partner_center.partners.models import ProgrammeInvitation, ProgrammeInvitationState
from partner_center.partners.queries import run_out, to_be_reviewed

A_TURN = 100
NOTICE = timedelta(days=30)


def next_invitation_to_expire() -> datetime | None:
    """When the first link runs out."""
    sent = ProgrammeInvitation.objects.filter(state=ProgrammeInvitationState.SENT)
    return sent.order_by("expires_at").values_list("expires_at", flat=True).first()


@drain("partners.expire_programme_invitations", due=next_invitation_to_expire)
def expire_programme_invitations() -> dict[str, int]:
    """Links to programmes run out after seven days."""
    actor = Actor.system("partners.expire_programme_invitations")
    due = ProgrammeInvitation.objects.filter(
        state=ProgrammeInvitationState.SENT, expires_at__lte=clock.now()
    ).order_by("expires_at")[:A_TURN]
    for invitation in due:
        expire_programme_invitation(actor, invitation=invitation)
    return {"expired": len(due)}


@job("partners.annual_review", every="day at 04:00 Asia/Shanghai")
def review_memberships(slot: Slot) -> dict[str, int]:
    """Partners are reminded thirty days before their membership runs out; what has run out lapses."""
    actor = Actor.system("partners.annual_review")
    reminded = [remind_of_review(actor, membership=one) for one in to_be_reviewed(slot.moment + NOTICE)]
    lapsed = list(run_out(slot.moment))
    for membership in lapsed:
        lapse_partner(actor, partner=membership.partner, reason="")
    return {"reminded": len(reminded), "lapsed": len(lapsed)}
