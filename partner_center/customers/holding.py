"""Keeping a customer's association as it is while something is done that rests on it.

A partner must never act on a customer that it lost a moment ago. Whoever moves money, orders or rights because of an
association holds it first; whatever ends or changes an association holds it too. Of two at once the second waits and
then sees what the first has made of it. The customer's row is locked before any other but an order's.
"""

from __future__ import annotations

from partner_center.customers.models import Customer
from partner_center.foundation.action import inside_action


def hold(customer: Customer) -> Customer:
    """The customer as it is now, with its account and partner; its association stays so until the transaction ends.

    The row that was given is brought up to date as well: callers further up see what is decided on.
    """
    assert inside_action(), "an association is held inside an action"
    present = (
        Customer.objects.select_for_update(of=("self",), no_key=True)
        .select_related("account", "partner__account")
        .get(pk=customer.pk)
    )
    for field in (
        "partner",
        "association_type",
        "associated_at",
        "account_manager_id",
        "freeze_state",
        "frozen_by",
    ):
        setattr(customer, field, getattr(present, field))
    return present
