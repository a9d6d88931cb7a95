"""What the door asks when a partner wants to act for a customer (POST /v3/auth/tokens, assume_role).

An agency (委托) is the customer's active authorisation of its partner; its name is one of the partner's
platform identities (xaccount type). It is looked at when a token is asked for and again at every use, so
that revoking stops the partner at once.
"""

from __future__ import annotations

from partner_center.customers.models import Customer, PermissionGroup
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


def assumed_customer(
    partner_id: str, *, agency_name: str, domain_id: str = "", domain_name: str = ""
) -> str | None:
    """The customer (by id, preferred, or account name) that has an agency of this name for the partner.

    None when there is no such customer, platform or authorisation: the caller learns no difference.
    """
    rows = Customer.objects.of_partner(partner_id)
    rows = rows.filter(pk=domain_id) if domain_id else rows.filter(account__name=domain_name)
    customer_id = rows.values_list("pk", flat=True).first()
    if customer_id is None or not owns_platform(partner_id, agency_name):
        return None
    return customer_id if authorised_groups(customer_id, partner_id) else None


def acting_permissions(partner_id: str, customer_id: str) -> frozenset[str]:
    """Permission patterns with which the partner acts for the customer now; empty when it may not."""
    groups = authorised_groups(customer_id, partner_id)
    return frozenset(pattern for group in groups for pattern in PERMISSIONS_OF_GROUP[PermissionGroup(group)])
