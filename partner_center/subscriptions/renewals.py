"""What a renewal would cost, and why a resource cannot be renewed. A question, never a change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from partner_center.catalogue.errors import NotSoldThisWay, ProductNotFound
from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.kernel.errors import DomainError
from partner_center.kernel.money import Money
from partner_center.kernel.period import BEIJING, add_term
from partner_center.pricing import rules as pricing_rules
from partner_center.pricing.models import OrderKind
from partner_center.pricing.queries import quote_basket
from partner_center.pricing.quotes import Offer, PeriodLine, Quote
from partner_center.subscriptions import rules
from partner_center.subscriptions.errors import (
    BeingChanged,
    InUnpaidOrder,
    NotMainResource,
    NotRenewable,
    RenewalTermNotSold,
    ResourceGone,
)
from partner_center.subscriptions.models import HeldFor, Resource
from partner_center.subscriptions.queries import renewal_setting_of, with_children
from partner_center.subscriptions.rules import Term


@dataclass(frozen=True, slots=True)
class RenewedResource:
    """One resource of a renewal: until when it would go, and how many of those days lead to the unified day."""

    resource: Resource
    expires_at: datetime
    extra_days: int
    of_days: int


@dataclass(frozen=True, slots=True)
class RenewalQuote:
    """The answer: `resources[i]` is priced by `quote.lines[i]` and by `lines[i]` of every offer.

    Main resources come with their children behind them. Amounts include the extra days; `unit_price` and `units` of
    a line speak of the term alone.
    """

    quote: Quote
    resources: tuple[RenewedResource, ...]

    def payable_of(self, main: Resource) -> Money:
        """What the main resource and its children cost together, with the best offer."""
        lines = (
            self.quote.best.lines if self.quote.best else tuple(line.official for line in self.quote.lines)
        )
        belonging = (
            payable
            for renewed, payable in zip(self.resources, lines, strict=True)
            if main.pk in (renewed.resource.pk, renewed.resource.main_resource_id)
        )
        return Money.total(belonging, self.quote.currency)


def renewable(actor: Actor, resource_id: str) -> Resource:
    """The main resource, if it can be renewed now.

    Raises ResourceGone (absent, not yours, released), NotMainResource, InUnpaidOrder, BeingChanged, NotRenewable.
    """
    found = (
        Resource.objects.visible_to(actor)
        .open()
        .select_related("customer__account", "product__resource_type", "product__service", "main_resource")
        .filter(resource_id=resource_id)
        .first()
    )
    if found is None:
        raise ResourceGone(resource_id=resource_id)
    if found.main_resource is not None:
        raise NotMainResource(resource_id=resource_id, main_resource_id=found.main_resource.resource_id)
    if found.order_in_hand and found.held_for == HeldFor.RENEWAL:
        raise InUnpaidOrder(resource_id=resource_id, order_number=found.order_in_hand)
    if found.order_in_hand:
        raise BeingChanged(resource_id=resource_id)
    if found.is_frozen:
        raise NotRenewable(resource_id=resource_id)
    return found


def quote_renewal(mains: Sequence[Resource], term: Term, *, at: datetime | None = None) -> RenewalQuote:
    """What renewing these main resources of one customer, with their children, by `term` costs together.

    Where the account has a unified expiry day, each goes on to that day and the extra days are priced in proportion
    (docs/algorithms/leases.md). Raises RenewalTermNotSold, NotRenewable.
    """
    assert mains and len({main.customer_id for main in mains}) == 1, "the resources of one customer"
    moment = at or clock.now()
    unified_day = renewal_setting_of(mains[0].customer_id).unified_day
    renewed = tuple(_renewed(one, term, unified_day) for main in mains for one in with_children(main))
    quote = _basket(renewed, term, moment)
    longer = [place for place, one in enumerate(renewed) if one.extra_days]
    if longer:
        quote, renewed = _with_extra_days(quote, renewed, longer, moment)
    return RenewalQuote(quote, renewed)


def renewal_prices(mains: Sequence[Resource], term: Term) -> dict[int, Money]:
    """What renewing each of these main resources by `term` would cost, with its children and the best discount.

    Those that cannot be renewed so are left out. Quoted together for each customer, one by one only where that fails.
    """
    prices: dict[int, Money] = {}
    whose: dict[str, list[Resource]] = defaultdict(list)
    for main in mains:
        whose[main.customer_id].append(main)
    for own in whose.values():
        try:
            quoted = quote_renewal(own, term)
            prices |= {main.pk: quoted.payable_of(main) for main in own}
        except DomainError:
            for main in own:
                with suppress(DomainError):
                    prices[main.pk] = quote_renewal([main], term).quote.payable
    return prices


def _renewed(resource: Resource, term: Term, unified_day: int | None) -> RenewedResource:
    plain = rules.expiry(resource.expires_at, term, anchor_day=resource.anchor_day)
    unified = rules.unify(plain, unified_day)
    return RenewedResource(resource, unified.expires_at, unified.extra_days, unified.of_days)


def _basket(renewed: Sequence[RenewedResource], term: Term, moment: datetime) -> Quote:
    customer_id = renewed[0].resource.customer_id
    lines = [_line(one.resource, term) for one in renewed]
    try:
        return quote_basket(customer_id=customer_id, lines=lines, at=moment)
    except (NotSoldThisWay, ProductNotFound):
        for one in renewed:
            _check_sold(one.resource, term, moment)
        raise


def _line(resource: Resource, term: Term) -> PeriodLine:
    return PeriodLine(
        resource.product, term.unit, term.number, size=resource.size, order_kind=OrderKind.RENEWAL
    )


def _check_sold(resource: Resource, term: Term, moment: datetime) -> None:
    """Say of which resource it is that it cannot be renewed so."""
    try:
        quote_basket(customer_id=resource.customer_id, lines=[_line(resource, term)], at=moment)
    except NotSoldThisWay as refusal:
        raise RenewalTermNotSold(resource_id=resource.resource_id) from refusal
    except ProductNotFound as refusal:
        raise NotRenewable(resource_id=resource.resource_id) from refusal


def _with_extra_days(
    quote: Quote, renewed: tuple[RenewedResource, ...], longer: Sequence[int], moment: datetime
) -> tuple[Quote, tuple[RenewedResource, ...]]:
    """Add the days up to the unified day: their share of one month's price, under the same discount."""
    lines, resources = list(quote.lines), list(renewed)
    added = {offer.discount_id: list(offer.lines) for offer in quote.offers}
    for place in longer:
        resources[place], month = _priced_month(renewed[place], moment)
        extra, of = resources[place].extra_days, resources[place].of_days
        official = month.official.share(extra, of)
        lines[place] = replace(lines[place], official=lines[place].official + official)
        payable_of = {offer.discount_id: offer.payable.share(extra, of) for offer in month.offers}
        for discount_id, payables in added.items():
            payables[place] += payable_of.get(discount_id, official)
    total = Money.total((line.official for line in lines), quote.currency)
    offers = tuple(_again(offer, added[offer.discount_id], total) for offer in quote.offers)
    return replace(quote, official=total, lines=tuple(lines), offers=offers, best=_best(offers)), tuple(
        resources
    )


def _priced_month(renewed: RenewedResource, moment: datetime) -> tuple[RenewedResource, Quote]:
    """The price that the extra days are a share of: one month's, or one year's of what is sold by years only."""
    try:
        return renewed, _basket([renewed], Term("month", 1), moment)
    except RenewalTermNotSold:
        before = renewed.expires_at.astimezone(BEIJING).date()
        year = add_term(renewed.expires_at, "year", 1).astimezone(BEIJING).date() - before
        return replace(renewed, of_days=year.days), _basket([renewed], Term("year", 1), moment)


def _again(offer: Offer, lines: Sequence[Money], official: Money) -> Offer:
    payable = Money.total(lines, official.currency)
    return replace(offer, lines=tuple(lines), payable=payable, reduction=official - payable)


def _best(offers: Sequence[Offer]) -> Offer | None:
    best: Offer | None = None
    for offer in offers:
        if best is None or pricing_rules.is_better(_rank(offer), _rank(best)):
            best = offer
    return best


def _rank(offer: Offer) -> tuple[Money, str]:
    return offer.reduction, str(offer.discount_type)
