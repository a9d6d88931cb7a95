"""Ending an association or changing its type: asked by one side, answered by the other, or done by the vendor.

The association is held (`customers.holding`) from the check to the last row, so that no allocation, payment,
authorisation or assignment comes in between. Rules: spec/domain/features.md E2 to E4, spec/domain/lifecycles.md 6.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from partner_center.channel.errors.ties import (
    AccountCheckFailed,
    AnswerTooLate,
    AssociationGone,
    NotYoursToAnswer,
    NotYoursToWithdraw,
    RequestOpen,
)
from partner_center.channel.models.ties import AssociationRequest, RequestKind, RequestState, Side
from partner_center.channel.queries.ties import checks_of, failing, side_of
from partner_center.channel.rules.ties import ANSWER_WITHIN, answering_side, other_type
from partner_center.customers.actions import end_association, switch_type
from partner_center.customers.errors import NotACustomerOfThePartner
from partner_center.customers.holding import hold
from partner_center.customers.models import AssociationType, Customer
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.steps import advance
from partner_center.funds.actions import reclaim_all_from_customer
from partner_center.funds.models import Adjustment
from partner_center.funds.queries import has_money_account
from partner_center.identity.models import Account
from partner_center.identity.notices import tell
from partner_center.kernel import clock
from partner_center.partners.errors import OnlyTheVendor


@action("channel.request_disassociation", label=_("Request disassociation"), critical=True)
def request_disassociation(actor: Actor, *, customer: Customer, reason: str = "") -> AssociationRequest:
    """Ask the other side to end the association. Its answer ends it, or leaves it as it is.

    Raises NotACustomerOfThePartner, RequestOpen, and AccountCheckFailed with the items that stand in the way.
    """
    return _ask(actor, customer, RequestKind.DISASSOCIATE, reason)


@action("channel.request_switch", label=_("Request a switch of the association type"), critical=True)
def request_switch(actor: Actor, *, customer: Customer, reason: str = "") -> AssociationRequest:
    """Ask the other side to go on in the other association type. Raises as `request_disassociation`."""
    return _ask(actor, customer, RequestKind.SWITCH, reason)


@action("channel.agree_request", takes=RequestState.agree, critical=True)
def agree_request(actor: Actor, *, request: AssociationRequest) -> None:
    """The other side agrees, and it is done at once, with everything that hangs on it.

    The account check counts as it stands now. Raises NotYoursToAnswer, AssociationGone, AccountCheckFailed,
    WrongState, AnswerTooLate.
    """
    customer = hold(request.customer)
    _require_answerer(actor, request)
    if not _stands(request, customer):
        raise AssociationGone(subject=str(request), state=request.state)
    if request.expires_at <= clock.now():
        raise AnswerTooLate()
    kind = RequestKind(request.kind)
    _require_passed(customer, kind, Side(request.side), answering=True)
    partner = request.partner
    advance(actor, request, RequestState.agree, decided_at=clock.now())
    if kind == RequestKind.DISASSOCIATE:
        separate(actor, customer, scene="disassociation")
    else:
        change_type(actor, customer, request.to_type)
    for account in (partner.account, customer.account):
        _tell(account, "channel.tie_agreed", request)


@action("channel.reject_request", takes=RequestState.reject, critical=True)
def reject_request(actor: Actor, *, request: AssociationRequest, answer: str) -> None:
    """The other side does not want it; nothing changes, and the request has been used up.

    Raises NotYoursToAnswer, WrongState.
    """
    _require_answerer(actor, request)
    advance(actor, request, RequestState.reject, decided_at=clock.now(), answer=answer[:256])
    for account in (request.partner.account, request.customer.account):
        _tell(account, "channel.tie_rejected", request, reason=answer)


@action("channel.withdraw_request", takes=RequestState.withdraw)
def withdraw_request(actor: Actor, *, request: AssociationRequest) -> None:
    """The asker thinks better of it; the request has been used up. Raises NotYoursToWithdraw, WrongState."""
    if _side_in(actor, request) != request.side:
        raise NotYoursToWithdraw()
    advance(actor, request, RequestState.withdraw, decided_at=clock.now())
    _tell(_answerer(request), "channel.tie_withdrawn", request)


@action("channel.expire_request", takes=RequestState.expire, label=_("Expire unanswered requests"))
def expire_request(actor: Actor, *, request: AssociationRequest) -> None:
    """Nobody has answered in time. Raises WrongState."""
    advance(actor, request, RequestState.expire, decided_at=clock.now())
    for account in (request.partner.account, request.customer.account):
        _tell(account, "channel.tie_expired", request)


@action(
    "channel.overtake_request",
    takes=RequestState.overtake,
    label=_("Close requests whose association has ended otherwise"),
)
def overtake_request(actor: Actor, *, request: AssociationRequest) -> None:
    """The association has ended or changed in another way; nobody's quota was used. Raises WrongState."""
    advance(actor, request, RequestState.overtake, decided_at=clock.now())


@action("channel.disassociate", label=_("End the association"), critical=True)
def disassociate_customer(actor: Actor, *, customer: Customer, reason: str) -> AssociationRequest:
    """The ecosystem manager ends an association that the two sides cannot end themselves.

    Contracts, quotas and approvals are the manager's to judge; money, orders and enterprise ties must be in order.
    Raises OnlyTheVendor, NotACustomerOfThePartner, AccountCheckFailed.
    """
    if not actor.is_house:
        raise OnlyTheVendor()
    customer = hold(customer)
    if customer.partner is None:
        raise NotACustomerOfThePartner(customer=customer.pk)
    _require_passed(customer, RequestKind.DISASSOCIATE, Side.VENDOR)
    overtake_requests(actor, customer)
    now, partner = clock.now(), customer.partner
    done = AssociationRequest.objects.create(
        customer=customer,
        partner=partner,
        kind=RequestKind.DISASSOCIATE,
        side=Side.VENDOR,
        from_type=customer.association_type,
        state=RequestState.AGREED,
        reason=reason[:256],
        expires_at=now,
        decided_at=now,
    )
    separate(actor, customer, scene="disassociation")
    record(actor, "channel.disassociate", done, about=customer.pk, partner=partner.pk)
    for account in (partner.account, customer.account):
        _tell(account, "channel.tie_ended", done, reason=reason)
    return done


def separate(actor: Actor, customer: Customer, *, scene: str) -> None:
    """End the association of a customer that is held: its partner's money first, then the rows."""
    give_back(actor, customer, scene=scene)
    end_association(actor, customer=customer)


def change_type(actor: Actor, customer: Customer, association_type: str) -> None:
    """Switch a customer that is held. What its partner allocated goes back when it will pay for itself."""
    if association_type == AssociationType.REFERRAL:
        give_back(actor, customer, scene="switch")
    switch_type(actor, customer=customer, association_type=association_type)


def give_back(actor: Actor, customer: Customer, *, scene: str) -> Adjustment | None:
    """What a resale customer has left of its partner's money returns to the partner (BEUNBIND)."""
    if not customer.is_resale or not has_money_account(customer):
        return None
    assert customer.partner_id is not None, "a resale customer has a partner"
    return reclaim_all_from_customer(actor, customer=customer, partner_id=customer.partner_id, scene=scene)


def overtake_requests(actor: Actor, customer: Customer) -> None:
    """Close what is still asked about the association of a customer that is held."""
    for request in AssociationRequest.objects.pending().filter(customer=customer):
        overtake_request(actor, request=request)


def _ask(actor: Actor, customer: Customer, kind: RequestKind, reason: str) -> AssociationRequest:
    customer = hold(customer)
    side = side_of(actor, customer)
    if side == Side.VENDOR:
        raise NotACustomerOfThePartner(customer=customer.pk)
    if AssociationRequest.objects.pending().filter(customer=customer).exists():
        raise RequestOpen(customer=str(customer))
    _require_passed(customer, kind, side)
    now, partner = clock.now(), customer.partner
    assert partner is not None, "who has a side has a partner"
    try:
        with transaction.atomic():
            request = AssociationRequest.objects.create(
                customer=customer,
                partner=partner,
                kind=kind,
                side=side,
                from_type=customer.association_type,
                to_type=other_type(customer.association_type) if kind == RequestKind.SWITCH else "",
                reason=reason[:256],
                expires_at=now + ANSWER_WITHIN,
            )
    except IntegrityError:
        raise RequestOpen(customer=str(customer)) from None
    record(actor, f"channel.request_{_verb(kind)}", request, about=customer.pk, partner=request.partner_id)
    _tell(
        _answerer(request),
        "channel.tie_requested",
        request,
        asker=str(customer) if side == Side.CUSTOMER else request.partner.name,
        reason=reason or "–",
        until=f"{request.expires_at:%Y-%m-%d %H:%M} UTC",
    )
    return request


def _verb(kind: RequestKind) -> str:
    return "disassociation" if kind == RequestKind.DISASSOCIATE else "switch"


def _require_passed(customer: Customer, kind: RequestKind, side: Side, *, answering: bool = False) -> None:
    """Raises AccountCheckFailed naming every item that stands in the way."""
    wrong = failing(checks_of(customer, kind=kind, side=side, answering=answering))
    if wrong:
        raise AccountCheckFailed(items="; ".join(str(check.title) for check in wrong))


def _stands(request: AssociationRequest, customer: Customer) -> bool:
    return (
        request.state is RequestState.PENDING
        and customer.partner_id == request.partner_id
        and customer.association_type == request.from_type
    )


def _side_in(actor: Actor, request: AssociationRequest) -> Side | None:
    """On which side of the request the actor stands, if on one."""
    if actor.kind == "customer" and not actor.acting_partner_id and actor.account_id == request.customer_id:
        return Side.CUSTOMER
    if actor.kind == "partner" and actor.account_id == request.partner_id:
        return Side.PARTNER if actor.sees_customer(request.customer_id) else None
    return None


def _require_answerer(actor: Actor, request: AssociationRequest) -> None:
    if _side_in(actor, request) != answering_side(request.side):
        raise NotYoursToAnswer()


def _answerer(request: AssociationRequest) -> Account:
    by_customer = answering_side(request.side) == Side.CUSTOMER
    account: Account = request.customer.account if by_customer else request.partner.account
    return account


def _tell(account: Account, template: str, request: AssociationRequest, **more: object) -> None:
    facts: dict[str, Any] = {
        "customer": str(request.customer),
        "partner": request.partner.name,
        "event": RequestKind(request.kind).label,
        **more,
    }
    tell(account, template, **facts)
