"""Renewing leases: by hand, for a customer by its partner, and by itself."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.customers.queries import check_may_renew, payer_of
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.funds.queries import balances_of
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.ledger.errors import InsufficientBalance
from partner_center.orders.actions.drafting import Draft, write_order
from partner_center.orders.actions.paying import pay_order
from partner_center.orders.actions.placing import first_state, may_order_for
from partner_center.orders.errors import RenewalOutOfRange
from partner_center.orders.models import Order
from partner_center.orders.notices import tell_to_confirm
from partner_center.orders.policy import policy
from partner_center.orders.quoting import PERIOD_TYPES, choose, frozen_offers
from partner_center.orders.rules.deadlines import payment_deadline
from partner_center.orders.states import OrderState, OrderType
from partner_center.subscriptions.actions import hold_for_order
from partner_center.subscriptions.errors import BeingChanged, InUnpaidOrder, NotMainResource, NotRenewable
from partner_center.subscriptions.models import HeldFor, Resource
from partner_center.subscriptions.renewals import RenewalQuote, quote_renewal
from partner_center.subscriptions.rules import Term

RENEWABLE = {"month": range(1, 12), "year": range(1, 4)}
"""How long a renewal may be: 1 to 11 months, 1 to 3 years (spec/api/operations.md, renewal_resources)."""


@action("orders.renew", label=_("Renew"))
def renew_resource(
    actor: Actor,
    *,
    resource: Resource,
    term: Term,
    best_offer: bool = False,
    automatic: bool = False,
    number: str = "",
) -> Order:
    """Order the renewal of a main resource with its children, from the old expiry on (order type 2).

    best_offer: choose the best discount (automatic payment). automatic: auto-renewal places it.
    Raises MayNotOrderFor, what check_may_renew raises (real-name authentication is always needed), NotMainResource,
    NotRenewable, InUnpaidOrder, BeingChanged, RenewalOutOfRange and what price inquiry raises.
    """
    if actor.kind != "system":
        may_order_for(actor, resource.customer)
    check_may_renew(resource.customer)
    _refuse(resource, term)
    now = clock.now()
    quoted = quote_renewal([resource], term, at=now)
    choice = choose(quoted.quote, best=best_offer)
    if automatic:
        _refuse_without_money(
            resource, quoted.quote.official - choice.total if choice else quoted.quote.official
        )
    order = write_order(
        actor,
        customer=resource.customer,
        type=OrderType.RENEWAL,
        drafts=[_draft(quoted, position, term) for position in range(len(quoted.resources))],
        placed_at=now,
        state=first_state(actor, {resource.cloud_service_type}),
        choice=choice,
        number=number,
        payment_due_at=payment_deadline(now, days=policy().payment_days),
        is_automatic=automatic,
    )
    hold_for_order(actor, resource=resource, order_number=order.number, purpose=HeldFor.RENEWAL)
    if order.state is OrderState.AWAITING_CONFIRMATION:
        tell_to_confirm(order)
    return order


@action("orders.renew_automatically", permission="orders.renew")
def renew_automatically(actor: Actor, *, resource: Resource) -> Order:
    """Renew by one month or year and pay at once with the best discount, or leave everything as it was.

    Raises InsufficientBalance before anything is written, and what `renew_resource` and `pay_order` raise.
    """
    term = Term(resource.auto_renewal.unit, 1)  # type: ignore[arg-type]
    order = renew_resource(actor, resource=resource, term=term, best_offer=True, automatic=True)
    pay_order(actor, order=order)
    return order


def _refuse_without_money(resource: Resource, due: Money) -> None:
    """Nobody is asked, so no order is written that could not be paid. Raises InsufficientBalance."""
    spendable = balances_of(payer_of(resource.customer)).spendable
    if spendable < due:
        raise InsufficientBalance(needed=due, available=spendable)


def _refuse(resource: Resource, term: Term) -> None:
    if term.number not in RENEWABLE.get(term.unit, ()):
        raise RenewalOutOfRange()
    if resource.main_resource is not None:
        raise NotMainResource(
            resource_id=resource.resource_id, main_resource_id=resource.main_resource.resource_id
        )
    if resource.is_frozen:
        raise NotRenewable(resource_id=resource.resource_id)
    if resource.order_in_hand:
        if resource.held_for == HeldFor.RENEWAL and not resource.order_is_running:
            raise InUnpaidOrder(resource_id=resource.resource_id, order_number=resource.order_in_hand)
        raise BeingChanged(resource_id=resource.resource_id)


def _draft(quoted: RenewalQuote, position: int, term: Term) -> Draft:
    renewed = quoted.resources[position]
    resource = renewed.resource
    return Draft(
        product=resource.product,
        official=quoted.quote.lines[position].official,
        offers=frozen_offers(quoted.quote, position),
        facts={
            "available_zone": resource.available_zone,
            "resource_size": resource.size,
            "size_measure_id": resource.size_measure_id,
            "period_type": PERIOD_TYPES[term.unit],
            "period_num": term.number,
            "resource_name": resource.name,
            "enterprise_project_id": resource.enterprise_project_id,
            "resource_id": resource.resource_id,
            "resource_ids": [resource.resource_id],
            "base_order_number": resource.order_number,
            "effective_at": resource.expires_at,
            "expires_at": renewed.expires_at,
            "terms": {"extra_days": renewed.extra_days},
        },
    )
