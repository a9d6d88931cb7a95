"""Questions about associations that end, change or move."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from partner_center.channel.errors.ties import RequestUnknown
from partner_center.channel.models.leads import AccountMark
from partner_center.channel.models.ties import AssociationRequest, RequestKind, RequestState, Side
from partner_center.channel.queries.leads import is_prepaid_abroad
from partner_center.channel.rules.leads import name_key
from partner_center.channel.rules.ties import (
    QUOTA,
    QUOTA_MONTHS,
    Check,
    Situation,
    account_check,
    other_type,
)
from partner_center.customers.errors import NotACustomerOfThePartner
from partner_center.customers.models import AssociationType, Customer
from partner_center.foundation.actor import Actor
from partner_center.funds.queries import balances_of
from partner_center.kernel import clock
from partner_center.kernel.period import add_months
from partner_center.orders.models import Order
from partner_center.orders.states import UNPAID, OrderState
from partner_center.partners.models import PartnerState
from partner_center.partners.queries import partner_with_distributor
from partner_center.partners.rules import why_not_expand
from partner_center.pricing.models import Contract


def request_for(actor: Actor, pk: int) -> AssociationRequest:
    """Raises RequestUnknown."""
    rows = AssociationRequest.objects.visible_to(actor).select_related(
        "customer__account", "partner__account"
    )
    found = rows.filter(pk=pk).first()
    if found is None:
        raise RequestUnknown(number=str(pk))
    return found


def side_of(actor: Actor, customer: Customer) -> Side:
    """On which side of the customer's association the actor stands.

    Raises NotACustomerOfThePartner for everybody else: also for a distributor of the customer's reseller, and for
    the bearer of a token that the customer's consent gave.
    """
    if actor.is_house and customer.partner_id:
        return Side.VENDOR
    if actor.kind == "customer" and not actor.acting_partner_id:
        if actor.account_id == customer.pk and customer.partner_id:
            return Side.CUSTOMER
    if (
        actor.kind == "partner"
        and actor.account_id == customer.partner_id
        and actor.sees_customer(customer.pk)
    ):
        return Side.PARTNER
    raise NotACustomerOfThePartner(customer=customer.pk)


def checks_of(customer: Customer, *, kind: RequestKind, side: Side, answering: bool = False) -> list[Check]:
    """The account check as it stands now."""
    return account_check(situation_of(customer, kind=kind, side=side), answering=answering)


def checks_to_answer(request: AssociationRequest) -> list[Check]:
    """What stands in the way of agreeing to a request now."""
    return checks_of(
        request.customer, kind=RequestKind(request.kind), side=Side(request.side), answering=True
    )


def situation_of(customer: Customer, *, kind: RequestKind, side: Side) -> Situation:
    """What the account check looks at; the customer has a partner."""
    assert customer.partner_id is not None, "only an association can be asked about"
    partner = partner_with_distributor(customer.partner_id)
    now, site = clock.now(), customer.account.site
    allowed = QUOTA[site]
    asked = asked_lately(customer, partner_id=partner.pk, side=side, now=now)
    balances = balances_of(customer.pk)
    contract = Contract.objects.filter(customer=customer).in_force(now).values_list("code", flat=True).first()
    to_resale = kind == RequestKind.SWITCH and other_type(customer.association_type) == AssociationType.RESALE
    return Situation(
        kind=kind,
        side=side,
        site=site,
        from_type=customer.association_type,
        asked=len(asked),
        allowed=allowed,
        next_at=add_months(asked[-allowed], QUOTA_MONTHS) if len(asked) >= allowed else None,
        debt=balances.debt,
        cash=balances.cash,
        credit_limit=balances.credit_limit,
        orders=orders_in_between(customer).count(),
        contract=contract or "",
        marks=marks_of(customer),
        frozen_by=customer.frozen_by,
        country=customer.country,
        partner_frozen=partner.state is PartnerState.FROZEN,
        expansion=to_resale and why_not_expand(partner, partner.distributor) is not None,
        prepaid=to_resale and is_prepaid_abroad(partner),
    )


def asked_lately(customer: Customer, *, partner_id: str, side: Side, now: datetime) -> list[datetime]:
    """When requests were made that count against the quota of this side, oldest first.

    A customer's own, whatever became of them; for a partner its own and the customer's about their association.
    """
    rows = AssociationRequest.objects.filter(customer=customer, created_at__gt=add_months(now, -QUOTA_MONTHS))
    rows = rows.exclude(state=RequestState.OVERTAKEN)
    if side == Side.CUSTOMER:
        rows = rows.filter(side=Side.CUSTOMER)
    else:
        rows = rows.filter(side__in=(Side.PARTNER, Side.CUSTOMER), partner_id=partner_id)
    return list(rows.order_by("created_at").values_list("created_at", flat=True))


def orders_in_between(customer: Customer) -> QuerySet[Order]:
    """Orders that need both sides: those that wait for the customer's word about what its partner ordered, and where
    the partner pays for its customer all that are not paid."""
    if customer.association_type == AssociationType.RESALE and customer.account.site == "intl":
        return Order.objects.filter(customer=customer, state__in=UNPAID)
    return Order.objects.filter(
        customer=customer,
        placed_by_id=customer.partner_id,
        state__in=(OrderState.UNDER_REVIEW, OrderState.AWAITING_CONFIRMATION),
    )


def marks_of(customer: Customer) -> frozenset[str]:
    """What the vendor knows about the customer's account or its company."""
    about = Q(customer=customer)
    if key := name_key(customer.name):
        about |= Q(site=customer.account.site, name_key=key)
    return frozenset(AccountMark.objects.standing().filter(about).values_list("kind", flat=True))


def failing(checks: Iterable[Check]) -> list[Check]:
    return [check for check in checks if not check.passed]


def to_answer(actor: Actor) -> QuerySet[AssociationRequest]:
    """The requests that wait for this actor's answer."""
    rows = AssociationRequest.objects.visible_to(actor).pending()
    match actor.kind:
        case "partner":
            return rows.filter(partner_id=actor.account_id, side=Side.CUSTOMER)
        case "customer":
            return rows.filter(side=Side.PARTNER)
    return rows.none()


def next_expiry() -> datetime | None:
    """When the first unanswered request expires."""
    rows = AssociationRequest.objects.pending().order_by("expires_at")
    return rows.values_list("expires_at", flat=True).first()
