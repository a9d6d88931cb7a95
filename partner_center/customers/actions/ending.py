"""The rows of an association that ends, changes its type or goes to another partner.

Steps of the channel's processes, which have asked whoever must agree, hold the customer (`holding.hold`) and move the
money. What these leave behind is the same from whichever process they are called (spec/domain/lifecycles.md 6, 24).
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from partner_center.customers.actions.authorisation import end_authorisation
from partner_center.customers.actions.freezing import lift_partner_freeze
from partner_center.customers.lifecycles import AuthorisationState, FreezeState
from partner_center.customers.models import (
    Association,
    AssociationType,
    Authorisation,
    Budget,
    BudgetOperation,
    BudgetRecord,
    Customer,
    EndedBecause,
    FrozenBy,
    IdentityMapping,
    ManagerAssignment,
)
from partner_center.foundation.action import inside_action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.steps import advance
from partner_center.identity.notices import LANGUAGE_OF_SITE
from partner_center.kernel import clock
from partner_center.partners.models import Partner


def end_association(actor: Actor, *, customer: Customer) -> None:
    """The customer belongs to nobody from now on; nothing of its partner's stays with it.

    The account manager loses it, the authorisation ends, budget, tag and platform user go, and so does a freeze that
    was not the vendor's.
    """
    now = _begin(customer)
    partner_id = customer.partner_id
    _close(customer, now, EndedBecause.DISASSOCIATED)
    _end_authorisation(actor, customer)
    _end_budget(actor, customer)
    _end_assignment(customer, now)
    IdentityMapping.objects.filter(customer=customer).delete()
    _lift_freeze(actor, customer)
    _change(customer, partner=None, association_type="", associated_at=None, account_manager=None, label="")
    record(actor, "customers.end_association", customer, about=customer.pk, partner=partner_id)


def switch_type(actor: Actor, *, customer: Customer, association_type: str) -> Association:
    """The same partner sells the other way from now on; the account manager stays.

    To referral: authorisation, budget and the partner's freeze end. To resale on the international site: frozen until
    there is a budget, as at every beginning of a resale association.
    """
    now = _begin(customer)
    before = customer.association_type
    _close(customer, now, EndedBecause.SWITCHED)
    if association_type == AssociationType.REFERRAL:
        _end_authorisation(actor, customer)
        _end_budget(actor, customer)
        _lift_freeze(actor, customer)
    _change(customer, association_type=association_type)
    tie = _open(customer, now)
    _freeze_until_budget(actor, customer, now)
    record(
        actor,
        "customers.switch_type",
        customer,
        about=customer.pk,
        before=before,
        after=str(association_type),
    )
    return tie


def move_customer(actor: Actor, *, customer: Customer, partner: Partner) -> Association:
    """The customer belongs to another partner from now on, in the same way; its tag stays.

    The account manager loses it; authorisation, budget, platform user and the partner's freeze end.
    """
    now = _begin(customer)
    source_id = customer.partner_id
    _close(customer, now, EndedBecause.MIGRATED)
    _end_authorisation(actor, customer)
    _end_budget(actor, customer)
    _end_assignment(customer, now)
    IdentityMapping.objects.filter(customer=customer).delete()
    _lift_freeze(actor, customer)
    _change(customer, partner=partner, associated_at=now, account_manager=None)
    tie = _open(customer, now)
    _freeze_until_budget(actor, customer, now)
    record(
        actor,
        "customers.move",
        customer,
        about=customer.pk,
        before=source_id,
        after=partner.pk,
    )
    return tie


def _begin(customer: Customer) -> datetime:
    assert inside_action(), "associations end inside actions"
    assert customer.partner_id is not None, "the caller holds an associated customer"
    return clock.now()


def _close(customer: Customer, now: datetime, because: EndedBecause) -> None:
    Association.objects.filter(customer=customer, ended_at__isnull=True).update(
        ended_at=now, ended_because=because
    )


def _open(customer: Customer, now: datetime) -> Association:
    assert customer.partner is not None, "an association is with a partner"
    return Association.objects.create(
        customer=customer,
        partner=customer.partner,
        association_type=customer.association_type,
        began_at=now,
    )


def _end_authorisation(actor: Actor, customer: Customer) -> None:
    standing = (AuthorisationState.REQUESTED, AuthorisationState.ACTIVE)
    rows = Authorisation.objects.select_for_update().filter(customer=customer, state__in=standing)
    for authorisation in rows:
        end_authorisation(actor, authorisation=authorisation)


def _end_budget(actor: Actor, customer: Customer) -> None:
    for budget in Budget.objects.filter(customer=customer):
        BudgetRecord.objects.create(
            customer=customer,
            partner_id=budget.partner_id,
            operation=BudgetOperation.DELETE,
            budget_type=budget.budget_type,
            currency=budget.currency,
            amount=budget.amount,
            operator=actor.name[:128],
        )
        budget.delete()


def _end_assignment(customer: Customer, now: datetime) -> None:
    ManagerAssignment.objects.filter(customer=customer, ended_at__isnull=True).update(ended_at=now)


def _lift_freeze(actor: Actor, customer: Customer) -> None:
    with override(LANGUAGE_OF_SITE[customer.account.site]):
        reason = _("The association in the resale model has ended.")
    lift_partner_freeze(actor, customer, reason)


def _freeze_until_budget(actor: Actor, customer: Customer, now: datetime) -> None:
    if customer.is_resale and customer.account.site == "intl" and not customer.frozen:
        advance(
            actor,
            customer,
            FreezeState.freeze,
            field="freeze_state",
            about=customer.pk,
            frozen_by=FrozenBy.ASSOCIATION,
            frozen_at=now,
        )


def _change(customer: Customer, **changes: object) -> None:
    Customer.objects.filter(pk=customer.pk).update(**changes)
    for name, value in changes.items():
        setattr(customer, name, value)
