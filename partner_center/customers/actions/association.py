"""Tying a customer to a partner, directly: at creation, or by the operator.

Invitations, disassociation, switching and migration touch money and orders; they belong to the channel room.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.customers.errors import (
    AlreadyAssociated,
    ApplicantCannotBeACustomer,
    NotAMember,
    WrongSite,
)
from partner_center.customers.lifecycles import FreezeState
from partner_center.customers.models import (
    Association,
    AssociationType,
    Customer,
    FrozenBy,
    ManagerAssignment,
)
from partner_center.customers.queries import becomes_a_partner
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.steps import advance
from partner_center.identity.models import User
from partner_center.identity.notices import tell
from partner_center.kernel import clock
from partner_center.partners.models import Partner
from partner_center.partners.queries import partner_with_distributor
from partner_center.partners.rules import why_not_expand


@action("customers.associate", label=_("Associate with a partner"))
def associate_customer(
    actor: Actor,
    *,
    customer: Customer,
    partner: Partner,
    association_type: str = AssociationType.RESALE,
    manager: User | None = None,
    label: str = "",
) -> Association:
    """Make `customer` the partner's. An international resale customer is frozen until it has a budget.

    manager: the member of the partner who is in charge of it from now on. label: its tag, where it comes with one.
    Raises AlreadyAssociated, WrongSite, NotAMember, ApplicantCannotBeACustomer, or why the partner may not bring in
    customers now.
    """
    partner = partner_with_distributor(partner.pk)
    refusal = why_not_expand(partner, partner.distributor)
    if refusal is not None:
        raise refusal()
    if customer.account.site != partner.account.site:
        raise WrongSite()
    if manager is not None and manager.account_id != partner.pk:
        raise NotAMember(user=manager.login)
    now = clock.now()
    changes: dict[str, Any] = {
        "partner": partner,
        "association_type": association_type,
        "associated_at": now,
        "account_manager": manager,
        **({"label": label} if label else {}),
    }
    if not Customer.objects.filter(pk=customer.pk, partner__isnull=True).update(**changes):
        raise AlreadyAssociated(customer=str(customer))
    if becomes_a_partner(customer):
        raise ApplicantCannotBeACustomer(customer=str(customer))
    for name, value in changes.items():
        setattr(customer, name, value)
    if manager is not None:
        ManagerAssignment.objects.create(customer=customer, partner=partner, manager=manager)
    tie = Association.objects.create(
        customer=customer, partner=partner, association_type=association_type, began_at=now
    )
    record(
        actor,
        "customers.associate",
        customer,
        about=customer.pk,
        partner=partner.pk,
        type=str(association_type),
        **({"manager": manager.login} if manager else {}),
    )
    if customer.is_resale and partner.account.site == "intl" and not customer.frozen:
        advance(
            actor,
            customer,
            FreezeState.freeze,
            field="freeze_state",
            about=customer.pk,
            frozen_by=FrozenBy.ASSOCIATION,
            frozen_at=now,
        )
    tell(
        customer.account,
        "customers.associated",
        customer=str(customer),
        partner=partner.name,
        type=AssociationType(association_type).label,
    )
    return tie
