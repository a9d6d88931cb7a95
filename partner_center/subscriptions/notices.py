"""Writing to the customer about a lease, in the words of messages.py."""

from __future__ import annotations

from datetime import datetime

from partner_center.identity import notices
from partner_center.subscriptions.models import Resource


def tell(resource: Resource, what: str, *, days: int, moment: datetime, reason: str = "") -> None:
    """Send `what` (expiring, renewal_failed, release, released) about a main resource to its customer."""
    notices.tell(
        resource.customer.account,
        f"subscriptions.{what}",
        resource=str(resource),
        resource_id=resource.resource_id,
        product=resource.resource_spec,
        days=days,
        moment=moment,
        reason=reason,
    )
