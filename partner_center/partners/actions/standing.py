"""A partner's standing: restricted, frozen, lifted, lapsed, renewed, delisted (features A8, lifecycles 1).

What follows for customers and their resources, and an exit that the partner has asked for, are the channel's.
"""

from __future__ import annotations

from typing import Any

from partner_center.foundation.action import action, inside_action
from partner_center.foundation.actor import Actor
from partner_center.foundation.steps import advance
from partner_center.identity.notices import tell
from partner_center.kernel import clock
from partner_center.kernel.lifecycle import Step
from partner_center.kernel.period import BEIJING, add_months
from partner_center.partners.actions.memberships import MONTHS_OF_A_MEMBERSHIP, end_memberships
from partner_center.partners.errors import OnlyTheVendor
from partner_center.partners.models import (
    ApplicationState,
    Membership,
    Partner,
    PartnerState,
    ProgrammeApplication,
)


@action("partners.restrict", takes=PartnerState.restrict)
def restrict_partner(actor: Actor, *, partner: Partner, reason: str) -> None:
    """Its resale customers, and those of its resellers, can no longer spend."""
    _change_standing(actor, partner, PartnerState.restrict, reason)


@action("partners.freeze", takes=PartnerState.freeze)
def freeze_partner(actor: Actor, *, partner: Partner, reason: str) -> None:
    """As restricting; nor can it bring in customers or resellers, or end an association."""
    _change_standing(actor, partner, PartnerState.freeze, reason)


@action("partners.lift", takes=PartnerState.lift)
def lift_partner(actor: Actor, *, partner: Partner, reason: str = "") -> None:
    """End a restriction or a freeze: its customers may spend again at once."""
    _change_standing(actor, partner, PartnerState.lift, reason)


@action("partners.lapse", takes=PartnerState.lapse)
def lapse_partner(actor: Actor, *, partner: Partner, reason: str) -> None:
    """The annual review was not passed or the contract has run out: it brings in nobody until it is renewed.

    What it has earned can be paid out for another year.
    """
    _change_standing(actor, partner, PartnerState.lapse, reason, left_at=clock.now())
    refuse_waiting_applications(actor, partner, reason)


@action("partners.renew", takes=PartnerState.renew)
def renew_partner(actor: Actor, *, partner: Partner, reason: str = "") -> None:
    """A lapsed partner is one again, for a year."""
    _change_standing(actor, partner, PartnerState.renew, reason, left_at=None)
    own = Membership.objects.filter(partner=partner, ended_at__isnull=True).exclude(programme__makes="")
    own.update(valid_until=add_months(clock.now(), MONTHS_OF_A_MEMBERSHIP))


@action("partners.delist", takes=PartnerState.delist)
def delist_partner(actor: Actor, *, partner: Partner, reason: str) -> None:
    """End the membership. Its customers stay until they are migrated; its resellers can bring in nobody."""
    _change_standing(actor, partner, PartnerState.delist, reason, left_at=partner.left_at or clock.now())
    end_memberships(partner)
    refuse_waiting_applications(actor, partner, reason)


def refuse_waiting_applications(actor: Actor, distributor: Partner, reason: str) -> None:
    """Send back the resellers that wait for a distributor which has gone, so that they may choose another."""
    assert inside_action()
    waiting = ProgrammeApplication.objects.waiting_for(distributor.pk).select_related("account", "programme")
    for application in waiting:
        advance(
            actor,
            application,
            ApplicationState.refuse_cooperation,
            about=application.account_id,
            decided_at=clock.now(),
            opinion=reason,
        )
        tell(
            application.account,
            "partners.cooperation_refused",
            company=application.company_name,
            distributor=distributor.name,
            opinion=reason or "–",
        )


def _change_standing(actor: Actor, partner: Partner, step: Step, reason: str, **changes: Any) -> None:
    if not actor.is_house:
        raise OnlyTheVendor()
    advance(actor, partner, step, about=partner.pk, state_reason=reason, **changes)
    tell_of_standing(partner, reason)


def tell_of_standing(partner: Partner, reason: str) -> None:
    """Tell a partner its new standing and, when its identity is over, until when it can cash its incentives."""
    tell(
        partner.account,
        "partners.state_changed",
        partner=partner.name,
        state=partner.state.label,
        reason=reason or "–",
    )
    if partner.incentives_until is not None:
        tell(
            partner.account,
            "partners.cash_in_time",
            by_sms=False,
            partner=partner.name,
            until=partner.incentives_until.astimezone(BEIJING).strftime("%Y-%m-%d"),
        )
