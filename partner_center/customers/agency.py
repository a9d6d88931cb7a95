"""What the door asks when a partner wants to act for a customer (POST /v3/auth/tokens, assume_role).

An agency (委托) is the customer's active authorisation of its partner; its name is one of the partner's
platform identities (xaccount type). It is looked at when a token is asked for and again at every use, so
that revoking stops the partner at once. Where platforms appear at their first use, any name does.
"""

from __future__ import annotations

from django.conf import settings

from partner_center.customers.models import PermissionGroup
from partner_center.customers.queries import authorised_groups
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
