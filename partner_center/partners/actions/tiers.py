"""Tiers: what they ask for, and decisions on who has reached one (features A6)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.steps import advance
from partner_center.identity.notices import tell
from partner_center.kernel import clock
from partner_center.kernel.lifecycle import Step
from partner_center.partners.errors import NotYourApplication, OnlyTheVendor
from partner_center.partners.models import Membership, Tier, TierRequirement, TierUpgrade, UpgradeState


@action("partners.set_requirement", label=_("Change requirement"))
def set_requirement(actor: Actor, *, requirement: TierRequirement, at_least: int) -> None:
    """Ask for more or less from now on. Applications under review keep the checklist they were submitted with."""
    _require_vendor(actor)
    TierRequirement.objects.filter(pk=requirement.pk).update(at_least=at_least)
    requirement.at_least = at_least
    record(actor, "partners.set_requirement", requirement, at_least=at_least)


@action("partners.approve_upgrade", takes=UpgradeState.approve)
def approve_upgrade(actor: Actor, *, upgrade: TierUpgrade) -> None:
    """The partner has the tier from now on."""
    _require_vendor(actor)
    _decide(actor, upgrade, UpgradeState.approve, "")
    Membership.objects.filter(pk=upgrade.membership_id).update(tier=upgrade.tier)


@action("partners.reject_upgrade", takes=UpgradeState.reject)
def reject_upgrade(actor: Actor, *, upgrade: TierUpgrade, opinion: str) -> None:
    """The tier stays as it is; the partner may apply again."""
    _require_vendor(actor)
    _decide(actor, upgrade, UpgradeState.reject, opinion)


@action("partners.withdraw_upgrade", takes=UpgradeState.withdraw)
def withdraw_upgrade(actor: Actor, *, upgrade: TierUpgrade) -> None:
    """The partner takes its application back."""
    if actor.account_id != upgrade.partner_id:
        raise NotYourApplication()
    advance(actor, upgrade, UpgradeState.withdraw, about=upgrade.partner_id, decided_at=clock.now())


def _decide(actor: Actor, upgrade: TierUpgrade, step: Step, opinion: str) -> None:
    advance(actor, upgrade, step, about=upgrade.partner_id, opinion=opinion, decided_at=clock.now())
    tell(
        upgrade.partner.account,
        "partners.upgrade_decided",
        by_sms=False,
        partner=upgrade.partner.name,
        tier=Tier(upgrade.tier).label,
        state=step.target.label,
        opinion=opinion or "–",
    )


def _require_vendor(actor: Actor) -> None:
    if not actor.is_house:
        raise OnlyTheVendor()
