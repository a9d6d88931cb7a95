"""What another specification or size would cost or give back: asked before it is ordered, and by the order itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from partner_center.catalogue.errors import NotSoldThisWay, ProductNotFound
from partner_center.catalogue.models import Product
from partner_center.catalogue.queries import product_for
from partner_center.kernel.money import Money
from partner_center.orders.errors import NotChangeable, NothingToChange
from partner_center.orders.quoting import Choice, FrozenOffer, mode_number
from partner_center.orders.refunds import paid_periods
from partner_center.orders.rules.change import downgrade_refund
from partner_center.orders.rules.refund import refund_of
from partner_center.pricing.models import DiscountMode, OrderKind
from partner_center.pricing.queries import quote_basket
from partner_center.pricing.quotes import Offer, PeriodLine, Quote
from partner_center.subscriptions.models import LeasePeriod, Resource, ResourceState
from partner_center.subscriptions.queries import refund_basis
from partner_center.subscriptions.rules import Term, hours_between


@dataclass(frozen=True, slots=True)
class PeriodDifference:
    """What the change makes of one held period: the list price difference of its rest, and what comes back of it."""

    period: LeasePeriod
    official: Money
    cash: Money
    credit: Money

    @property
    def refund(self) -> Money:
        return self.cash + self.credit


@dataclass(frozen=True, slots=True)
class ChangeQuote:
    """A change priced: `official` above zero is charged, less the chosen discount; otherwise `refund` comes back."""

    resource: Resource
    product: Product
    size: int | None
    periods: tuple[PeriodDifference, ...]
    offers: tuple[FrozenOffer, ...]

    @property
    def currency(self) -> str:
        return self.periods[0].official.currency

    @property
    def official(self) -> Money:
        return Money.total((one.official for one in self.periods), self.currency)

    @property
    def is_upgrade(self) -> bool:
        return self.official.minor > 0

    @property
    def refund(self) -> Money:
        return Money.total((one.refund for one in self.periods), self.currency)

    @property
    def best(self) -> Choice | None:
        best = max(self.offers, key=lambda one: (one.reduction.minor, one.discount_type == 605), default=None)
        return Choice(best.discount_type, best.discount_id, (best.reduction,)) if best else None

    @property
    def ends_at(self) -> datetime:
        """When the period under way ends: until then the change has to be paid."""
        return min(one.period.ends_at for one in self.periods)


def quote_change(
    resource: Resource, *, at: datetime, resource_spec: str = "", size: int | None = None
) -> ChangeQuote:
    """What changing the resource to `resource_spec` and/or `size` makes of everything paid ahead.

    Both specifications are priced by today's book for each period's own term; of the difference the rest counts.
    Raises ProductNotFound, SizeMissing, SizeNotSold, NothingToChange and NotChangeable.
    """
    if resource.state is not ResourceState.IN_USE or resource.is_frozen:
        raise NotChangeable(resource_id=resource.resource_id, reason=_("it is not in use."))
    product = _product(resource, resource_spec)
    size = size if size is not None else resource.size
    if product.pk == resource.product_id and (not product.is_linear or size == resource.size):
        raise NothingToChange(resource_id=resource.resource_id)
    held = refund_basis(resource, at)
    bases = [period for period in held if period.kind != LeasePeriod.Kind.CHANGE]
    differences = tuple(_difference(resource, base, held, product, size, at) for base in bases)
    signs = {one.official.minor > 0 for one in differences if one.official}
    if len(signs) > 1:
        raise NotChangeable(
            resource_id=resource.resource_id, reason=_("some of its periods would cost more, some less.")
        )
    quoted = _quoted(resource, product, size, bases[0].term, at)
    plain = ChangeQuote(resource, product, size if product.is_linear else None, differences, ())
    if not plain.is_upgrade:
        return plain
    return ChangeQuote(resource, product, plain.size, differences, _offers(quoted, plain.official))


def _product(resource: Resource, resource_spec: str) -> Product:
    if not resource_spec or resource_spec == resource.resource_spec:
        return product_for(
            resource.cloud_service_type, resource.resource_type, resource.resource_spec, resource.region
        )
    return product_for(
        resource.cloud_service_type,
        resource.resource_type,
        resource_spec,
        resource.region,
        resource.available_zone,
    )


def _difference(
    resource: Resource,
    base: LeasePeriod,
    held: list[LeasePeriod],
    product: Product,
    size: int | None,
    at: datetime,
) -> PeriodDifference:
    new = _quoted(resource, product, size, base.term, at).official
    old = _old_official(resource, base, at)
    nominal = max(hours_between(base.begins_at, base.ends_at - timedelta(days=base.extra_days)), 1)
    whole = max(hours_between(base.begins_at, base.ends_at), 1)
    remaining = whole - min(hours_between(base.begins_at, at), whole) if at > base.begins_at else whole
    official = (new - old).share(remaining, nominal)
    nothing = Money.zero(official.currency)
    if official.minor >= 0:
        return PeriodDifference(base, official, nothing, nothing)
    return _downgraded(base, held, official, at)


def _downgraded(
    base: LeasePeriod, held: list[LeasePeriod], official: Money, at: datetime
) -> PeriodDifference:
    rows = [one for one in held if one.ends_at == base.ends_at and one.begins_at >= base.begins_at]
    left = Money.total(
        (refund_of(paid, at=at, in_full=False).refund for paid in paid_periods(rows)), base.currency
    )
    nothing = Money.zero(base.currency)
    back = downgrade_refund(
        difference=official,
        old_official=base.official,
        paid=base.cash + base.credit,
        unused=max(left, nothing),
    )
    if not back:
        return PeriodDifference(base, official, nothing, nothing)
    cash, credit = back.split([base.cash.minor, base.credit.minor])
    return PeriodDifference(base, official, cash, credit)


def _old_official(resource: Resource, base: LeasePeriod, at: datetime) -> Money:
    """Today's list price of what the resource is now; what it was bought for where it is no longer sold."""
    try:
        return _quoted(resource, resource.product, resource.size, base.term, at).official
    except (NotSoldThisWay, ProductNotFound):
        paid_then: Money = base.official
        return paid_then


def _quoted(resource: Resource, product: Product, size: int | None, term: Term, at: datetime) -> Quote:
    line = PeriodLine(product, term.unit, term.number, 1, size, OrderKind.CHANGE)
    return quote_basket(customer_id=resource.customer_id, lines=[line], at=at)


def _offers(quoted: Quote, official: Money) -> tuple[FrozenOffer, ...]:
    """Discounts that are a rate of the new price hold for the difference at the same rate; others do not."""
    offers = []
    for offer in quoted.offers:
        reduction = official - official.share(offer.payable.minor, quoted.official.minor)
        if offer.mode == DiscountMode.RATIO and reduction:
            offers.append(_frozen(offer, reduction))
    return tuple(offers)


def _frozen(offer: Offer, reduction: Money) -> FrozenOffer:
    return FrozenOffer(
        offer.discount_type, offer.discount_id, mode_number(offer.mode), offer.ratio, reduction
    )
