"""Rising to a tier, and what a partner's standing does down the tree (features A6, A8, lifecycles 1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from partner_center.channel.errors.programmes import StillHeld
from partner_center.channel.queries.programmes import checklist, left_of
from partner_center.customers.lifecycles import FreezeState
from partner_center.customers.models import AssociationType, Customer, FrozenBy
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.steps import advance
from partner_center.identity.notices import tell
from partner_center.kernel import clock
from partner_center.partners.actions import freeze_partner, lift_partner
from partner_center.partners.actions.memberships import end_memberships
from partner_center.partners.actions.standing import refuse_waiting_applications, tell_of_standing
from partner_center.partners.errors import (
    HighestTier,
    NotAMember,
    OnlyTheVendor,
    RequirementsNotMet,
    UnderReviewAlready,
)
from partner_center.partners.models import Membership, Partner, PartnerState, Tier, TierUpgrade


@action("channel.apply_for_tier", label=_("Raise tier"))
def apply_for_tier(actor: Actor, *, membership: Membership) -> TierUpgrade:
    """Ask for the next tier. Only when every requirement is met: RequirementsNotMet names those that are not.

    Raises NotAMember, HighestTier, UnderReviewAlready.
    """
    if actor.account_id != membership.partner_id or not membership.stands:
        raise NotAMember()
    tier = Tier(membership.tier).next
    if tier is None:
        raise HighestTier()
    lines = checklist(membership, tier)
    missing = [line for line in lines if not line.met]
    if missing:
        raise RequirementsNotMet(missing=", ".join(str(line.label) for line in missing))
    try:
        with transaction.atomic():
            upgrade = TierUpgrade.objects.create(
                partner=membership.partner,
                membership=membership,
                tier=tier,
                checklist=[
                    {"what": line.what, "at_least": line.at_least, "found": line.found} for line in lines
                ],
            )
    except IntegrityError:
        raise UnderReviewAlready() from None
    record(actor, "channel.apply_for_tier", upgrade, about=membership.partner_id, tier=tier.value)
    return upgrade


@action("channel.let_partner_leave", takes=PartnerState.leave)
def let_partner_leave(actor: Actor, *, partner: Partner, reason: str) -> None:
    """The partner has asked offline to leave: its identity ends, incentives can be cashed for another year.

    Raises StillHeld while customers or resellers are associated with it, or its balances are not settled.
    """
    if not actor.is_house:
        raise OnlyTheVendor()
    advance(
        actor,
        partner,
        PartnerState.leave,
        about=partner.pk,
        state_reason=reason,
        left_at=partner.left_at or clock.now(),
    )
    left = [_said(what, found) for what, found in left_of(partner)]
    if left:
        raise StillHeld(left=", ".join(left))
    end_memberships(partner)
    refuse_waiting_applications(actor, partner, reason)
    tell_of_standing(partner, reason)


@action("channel.freeze_partner_and_customers", label=_("Freeze"))
def freeze_partner_and_customers(actor: Actor, *, partner: Partner, reason: str) -> None:
    """Freeze a partner and, abroad, its resale customers with their resources; a distributor's resellers likewise.

    Everywhere the resale customers of the whole tree can no longer spend, from the same moment on.
    """
    freeze_partner(actor, partner=partner, reason=reason)
    for reseller in _resellers(partner, (PartnerState.JOINED, PartnerState.RESTRICTED)):
        freeze_partner(actor, partner=reseller, reason=reason)
        _freeze_customers(actor, reseller, reason)
    _freeze_customers(actor, partner, reason)


@action("channel.lift_partner_and_customers", label=_("Lift restrictions"))
def lift_partner_and_customers(actor: Actor, *, partner: Partner, reason: str = "") -> None:
    """Lift a partner and what was frozen together with it: its customers, its resellers and theirs.

    Who was frozen on its own account stays so.
    """
    was_frozen, together = partner.state is PartnerState.FROZEN, partner.state_reason
    lift_partner(actor, partner=partner, reason=reason)
    if not was_frozen:
        return
    for reseller in _resellers(partner, (PartnerState.FROZEN,)):
        if reseller.state_reason == together:
            lift_partner(actor, partner=reseller, reason=reason)
            _unfreeze_customers(actor, reseller)
    _unfreeze_customers(actor, partner)


def _resellers(partner: Partner, states: Iterable[PartnerState]) -> list[Partner]:
    rows = Partner.objects.resellers_of(partner.pk).filter(state__in=list(states))
    return list(rows.select_related("account"))


def _freeze_customers(actor: Actor, partner: Partner, reason: str) -> None:
    if partner.account.site != "intl":
        return
    for customer in _resale_customers(partner).filter(freeze_state=FreezeState.ACTIVE):
        _step(
            actor,
            customer,
            FreezeState.freeze_with_resources,
            frozen_by=FrozenBy.STANDING,
            freeze_reason=reason,
            frozen_at=clock.now(),
        )


def _unfreeze_customers(actor: Actor, partner: Partner) -> None:
    for customer in _resale_customers(partner).filter(frozen_by=FrozenBy.STANDING):
        _step(actor, customer, FreezeState.unfreeze, frozen_by="", freeze_reason="", frozen_at=None)


def _resale_customers(partner: Partner) -> Any:
    rows = Customer.objects.of_partner(partner.pk).filter(association_type=AssociationType.RESALE)
    return rows.select_related("account")


def _step(actor: Actor, customer: Customer, step: Any, **changes: Any) -> None:
    advance(actor, customer, step, field="freeze_state", about=customer.pk, **changes)
    tell(
        customer.account,
        "customers.freeze_changed",
        customer=str(customer),
        state=step.target.label,
        reason=changes["freeze_reason"] or "–",
    )


def _said(what: str, found: Any) -> str:
    match what:
        case "customers":
            return ngettext("%(n)d customer", "%(n)d customers", found) % {"n": found}
        case "resellers":
            return ngettext("%(n)d reseller", "%(n)d resellers", found) % {"n": found}
        case "cash":
            return gettext("a balance of {amount}").format(amount=found)
    return gettext("arrears of {amount}").format(amount=found)
