"""What becomes of a customer that a run has parked."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.billing.errors import DecisionMade, ReasonMissing
from partner_center.billing.models import ParkedCustomer, ParkedState
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.steps import advance
from partner_center.kernel import clock


@action("billing.retry_parked", takes=ParkedState.retry, label=_("Bill parked customers again"))
def retry_parked(actor: Actor, *, parked: ParkedCustomer) -> None:
    """Bill the customer by a supplementary run as soon as this one is posted. Raises DecisionMade."""
    advance(
        actor,
        parked,
        ParkedState.retry,
        refusal=DecisionMade,
        decided_by=actor.name[:128],
        decided_at=clock.now(),
    )


@action(
    "billing.waive_parked", takes=ParkedState.waive, label=_("Waive what cannot be billed"), critical=True
)
def waive_parked(actor: Actor, *, parked: ParkedCustomer, reason: str) -> None:
    """Give up what could not be rated, with a reason, and bill the rest. Raises DecisionMade, ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing()
    advance(
        actor,
        parked,
        ParkedState.waive,
        refusal=DecisionMade,
        decision=reason.strip()[:255],
        decided_by=actor.name[:128],
        decided_at=clock.now(),
    )


@action("billing.settle_parked", permission="billing.post_run", takes=ParkedState.billed)
def settle_parked(actor: Actor, *, parked: ParkedCustomer) -> None:
    """A run has billed the customer."""
    advance(actor, parked, ParkedState.billed)


@action("billing.supersede_parked", permission="billing.post_run", takes=ParkedState.supersede)
def supersede_parked(actor: Actor, *, parked: ParkedCustomer) -> None:
    """Its run was abandoned, or a later run could not bill the customer either and asks again."""
    advance(actor, parked, ParkedState.supersede)
