"""Deeds upon up to ten customers at once: each stands alone, and what fails is told customer by customer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from partner_center.customers.models import Customer
from partner_center.customers.queries import customer_for, scope_of
from partner_center.foundation.actor import Actor
from partner_center.kernel.errors import DomainError
from partner_center.wire.schema import Maybe, WireModel

MOST = 10
"""So many customers a call (spec/api/operations.md, freeze_sub_customers)."""


class CustomerErrorDetail(WireModel):
    error_code: Maybe[str] = None
    error_msg: Maybe[str] = None
    id: Maybe[str] = None


def to_each(
    actor: Actor,
    customer_ids: Sequence[str],
    indirect_partner_id: str | None,
    deed: Callable[[Customer], None],
) -> list[CustomerErrorDetail]:
    """Do `deed` to each customer of the caller, or of the reseller that it names. Answers the refusals.

    Raises NoRightOverReseller.
    """
    partner_id = scope_of(actor, indirect_partner_id)
    failures = []
    for customer_id in dict.fromkeys(customer_ids):
        try:
            deed(customer_for(actor, customer_id, partner_id=partner_id))
        except DomainError as refusal:
            failures.append(
                CustomerErrorDetail(error_code=refusal.code, error_msg=str(refusal), id=customer_id)
            )
    return failures
