"""Real-name status of a customer. Applications, their papers and their review are the channel's (real_name)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.customers.errors import NoRightOverCustomer
from partner_center.customers.lifecycles import VerifiedStatus
from partner_center.customers.models import Customer, CustomerType
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.steps import advance
from partner_center.identity.notices import tell
from partner_center.kernel import clock
from partner_center.kernel.lifecycle import Step
from partner_center.partners.errors import OnlyTheVendor


@action("customers.submit_real_name", takes=VerifiedStatus.submit)
def submit_real_name(actor: Actor, *, customer: Customer, customer_type: str, name: str) -> None:
    """Put the customer forward for authentication under `name`, as an individual or an enterprise.

    The vendor, the customer itself or its partner may. Nobody else: NoRightOverCustomer.
    """
    itself = actor.kind == "customer" and actor.account_id == customer.pk
    its_partner = actor.kind == "partner" and customer.partner_id == actor.account_id
    if not (actor.is_house or itself or (its_partner and actor.sees_customer(customer.pk))):
        raise NoRightOverCustomer(customer=str(customer))
    _take(
        actor,
        customer,
        VerifiedStatus.submit,
        customer_type=CustomerType(customer_type),
        name=name,
        review_opinion="",
    )


@action("customers.change_real_name", label=_("Change real-name authentication"))
def change_real_name(actor: Actor, *, customer: Customer, name: str) -> None:
    """Make an enterprise of an authenticated individual, under the name that was proven.

    Raises OnlyTheVendor, and NoRightOverCustomer when it is no authenticated individual (any more).
    """
    if not actor.is_house:
        raise OnlyTheVendor()
    individual = Customer.objects.filter(
        pk=customer.pk, verified_status=VerifiedStatus.VERIFIED, customer_type=CustomerType.INDIVIDUAL
    )
    changes = {"customer_type": CustomerType.ENTERPRISE, "name": name, "verified_at": clock.now()}
    if not individual.update(**changes):
        raise NoRightOverCustomer(customer=str(customer))
    for field, value in changes.items():
        setattr(customer, field, value)
    record(actor, "customer.change_real_name", customer, about=customer.pk)
    tell(
        customer.account,
        "customers.real_name_decided",
        customer=str(customer),
        state=VerifiedStatus.VERIFIED.label,
        opinion="–",
    )


@action("customers.approve_real_name", takes=VerifiedStatus.approve)
def approve_real_name(actor: Actor, *, customer: Customer) -> None:
    """The name is proven; the customer may renew."""
    _decide(actor, customer, VerifiedStatus.approve, verified_at=clock.now(), review_opinion="")


@action("customers.reject_real_name", takes=VerifiedStatus.reject)
def reject_real_name(actor: Actor, *, customer: Customer, opinion: str) -> None:
    """The application is not good enough; it may be submitted again."""
    _decide(actor, customer, VerifiedStatus.reject, review_opinion=opinion)


@action("customers.fail_real_name", takes=VerifiedStatus.fail)
def fail_real_name(actor: Actor, *, customer: Customer, opinion: str) -> None:
    """The check could not be completed (international site); it may be submitted again."""
    if customer.account.site != "intl":
        raise NoRightOverCustomer(customer=str(customer))
    _decide(actor, customer, VerifiedStatus.fail, review_opinion=opinion)


@action("customers.withdraw_real_name", takes=VerifiedStatus.withdraw)
def withdraw_real_name(actor: Actor, *, customer: Customer, opinion: str) -> None:
    """Take an authentication back, for instance after a forged certificate."""
    _decide(actor, customer, VerifiedStatus.withdraw, verified_at=None, review_opinion=opinion)


def _decide(actor: Actor, customer: Customer, step: Step, **changes: Any) -> None:
    if not actor.is_house:
        raise OnlyTheVendor()
    _take(actor, customer, step, **changes)
    tell(
        customer.account,
        "customers.real_name_decided",
        customer=str(customer),
        state=step.target.label,
        opinion=customer.review_opinion or "–",
    )


def _take(actor: Actor, customer: Customer, step: Step, **changes: Any) -> None:
    advance(actor, customer, step, field="verified_status", about=customer.pk, **changes)
