"""What the door asks when a partner wants to act for a customer (POST /v3/auth/tokens, assume_role).

An agency (委托) is the customer's active authorisation of its partner; its name is one of the partner's
platform identities (xaccount type). It is looked at when a token is asked for and again at every use, so
that revoking stops the partner at once. Where platforms appear at their first use, any name does.
"""

from __future__ import annotations

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from partner_center.customers.models import AuthorisationUse, PermissionGroup, UseKind
from partner_center.customers.queries import authorised_groups
from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.partners.queries import owns_platform

PERMISSIONS_OF_GROUP: dict[str, tuple[str, ...]] = {
    PermissionGroup.VIEW: ("*.view",),
    PermissionGroup.TRADE: ("orders.*", "pricing.*", "subscriptions.*"),
    PermissionGroup.MANAGE_RESOURCES: ("subscriptions.*",),
    PermissionGroup.OPERATE: ("subscriptions.*",),
    PermissionGroup.SECURITY: (),
}
"""Permission patterns, as roles have them. Passwords and policies of cloud services are the cloud's matter."""


def stands(partner_id: str, customer_id: str, agency: str) -> bool:
    """Whether the partner may act for the customer now under this agency's name (settings.AGENCY_STANDS).

    False alike for a customer, a platform or an authorisation that does not exist: the caller learns no
    difference.
    """
    named = settings.PLATFORMS_AT_FIRST_USE or owns_platform(partner_id, agency)
    return named and bool(authorised_groups(customer_id, partner_id))


def acting_permissions(partner_id: str, customer_id: str) -> frozenset[str]:
    """Permission patterns with which the partner acts for the customer now; empty when it may not."""
    groups = authorised_groups(customer_id, partner_id)
    return frozenset(pattern for group in groups for pattern in PERMISSIONS_OF_GROUP[PermissionGroup(group)])


def note_call(actor: Actor, operation: str) -> None:
    """The bearer of a customer's token calls an operation (settings.AGENCY_USED); counted by the hour."""
    _count(actor.account_id, actor.acting_partner_id, UseKind.CALL, operation, actor.name)


def note_token(partner_id: str, customer_id: str, operator: str) -> None:
    """The partner has taken a token to act for its customer (settings.AGENCY_TAKEN); counted by the hour."""
    _count(customer_id, partner_id, UseKind.TOKEN, "", operator)


def note_order(actor: Actor, customer_id: str, number: str) -> None:
    """A partner has placed an order for its customer: by itself, or with the customer's token."""
    partner_id = actor.acting_partner_id or (actor.account_id if actor.kind == "partner" else "")
    if partner_id:
        _count(customer_id, partner_id, UseKind.ORDER, number, actor.name)


def _count(customer_id: str, partner_id: str, kind: UseKind, what: str, operator: str) -> None:
    """One more: a statement where the row of the hour is there already; of two first ones the second counts on."""
    now = clock.now()
    key = {
        "customer_id": customer_id,
        "partner_id": partner_id,
        "kind": kind,
        "what": what[:128],
        "operator": operator[:128],
        "hour": now.replace(minute=0, second=0, microsecond=0),
    }
    rows = AuthorisationUse.objects.filter(**key)
    if rows.update(times=F("times") + 1, last_at=now):
        return
    try:
        with transaction.atomic():
            AuthorisationUse.objects.create(**key, last_at=now)
    except IntegrityError:
        rows.update(times=F("times") + 1, last_at=now)
