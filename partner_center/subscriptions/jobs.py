"""Leases move on by themselves: one drain for yearly/monthly resources, one for pay-per-use ones, one for notices."""

from __future__ import annotations

import structlog

from partner_center.foundation.actor import Actor
from partner_center.foundation.errors import WrongState
from partner_center.foundation.jobs import drain
from partner_center.kernel.errors import DomainError
from partner_center.subscriptions import queries
from partner_center.subscriptions.actions.conversion import convert_at_expiry
from partner_center.subscriptions.actions.expiry import expire_lease, release_at_end, retain_lease
from partner_center.subscriptions.actions.notifying import send_due_notices
from partner_center.subscriptions.actions.on_demand import (
    close_on_demand,
    finish_change,
    finish_closing,
    freeze_on_demand,
)
from partner_center.subscriptions.models import (
    ExpirePolicy,
    OnDemandResource,
    OnDemandState,
    Resource,
    ResourceState,
)

log = structlog.get_logger(__name__)
PER_TURN = 100


@drain("subscriptions.move_leases_on", due=queries.next_transition)
def move_leases_on() -> dict[str, int]:
    """Expire, retain, convert and release what is due, each lease for itself, in the order of their moments."""
    actor = Actor.system("subscriptions.move_leases_on")
    moved = 0
    for resource in queries.due_transitions(PER_TURN):
        try:
            _move_on(actor, resource)
            moved += 1
        except WrongState:
            continue  # somebody renewed or returned it in between
    return {"moved": moved}


@drain("subscriptions.move_on_demand_on", due=queries.next_on_demand_transition)
def move_on_demand_on() -> dict[str, int]:
    """Finish changes and closings, freeze and close what stays in arrears."""
    actor = Actor.system("subscriptions.move_on_demand_on")
    moved = 0
    for resource in queries.due_on_demand_transitions(PER_TURN):
        try:
            _move_on_demand_on(actor, resource)
            moved += 1
        except WrongState:
            continue
    return {"moved": moved}


@drain("subscriptions.send_notices", due=queries.next_notice)
def send_notices() -> dict[str, int]:
    """Tell customers of coming expiries, failed renewals and coming releases."""
    actor = Actor.system("subscriptions.send_notices")
    due = queries.due_notices(PER_TURN)
    for resource in due:
        send_due_notices(actor, resource=resource)
    return {"resources": len(due)}


def _move_on(actor: Actor, resource: Resource) -> None:
    match resource.state, resource.expire_policy:
        case ResourceState.IN_USE, ExpirePolicy.TO_ON_DEMAND:
            _convert_or_expire(actor, resource)
        case ResourceState.IN_USE, ExpirePolicy.DELETE:
            release_at_end(actor, resource=resource)
        case ResourceState.IN_USE, ExpirePolicy.FREEZE:
            retain_lease(actor, resource=resource)
        case ResourceState.IN_USE, _:
            expire_lease(actor, resource=resource)
        case ResourceState.GRACE, _:
            retain_lease(actor, resource=resource)
        case ResourceState.RETENTION, _:
            release_at_end(actor, resource=resource)


def _convert_or_expire(actor: Actor, resource: Resource) -> None:
    """What cannot go on by use (frozen, no longer sold so) enters the grace period like the others."""
    try:
        convert_at_expiry(actor, resource=resource)
    except WrongState:
        raise
    except DomainError as refusal:
        log.warning("subscriptions.not_converted", resource=resource.resource_id, code=refusal.code)
        resource.refresh_from_db()
        expire_lease(actor, resource=resource)


def _move_on_demand_on(actor: Actor, resource: OnDemandResource) -> None:
    match resource.state:
        case OnDemandState.CHANGING:
            finish_change(actor, resource=resource)
        case OnDemandState.CLOSING:
            finish_closing(actor, resource=resource)
        case OnDemandState.GRACE:
            freeze_on_demand(actor, resource=resource)
        case OnDemandState.FROZEN:
            close_on_demand(actor, resource=resource)
        case OnDemandState.NORMAL | OnDemandState.CLOSED:
            raise AssertionError(f"{resource} has nothing due")
