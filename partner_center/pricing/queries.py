"""The price inquiry: a question, never a change.

quote = quote_period(customer_id=…, product=…, size=30, period_type="month", period_num=5)
quote.official, quote.best, offer_for(quote, discount_id)
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from partner_center.catalogue.errors import NotSoldThisWay
from partner_center.catalogue.models import ChargeMode, PriceDraft, PriceItem, Product, ProductPolicy
from partner_center.catalogue.queries import package_price_at, price_at, usage_type_for
from partner_center.customers.models import Customer
from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.kernel.money import Amount, Money
from partner_center.pricing import rules
from partner_center.pricing.errors import (
    AmountTooLarge,
    ContractNotFound,
    CustomerNotPriced,
    DiscountNotApplicable,
    DiscountNotFound,
    SizeMissing,
    SizeNotSold,
    UsageUnitWrong,
)
from partner_center.pricing.models import Contract, Discount, DiscountKind, OrderKind
from partner_center.pricing.quotes import (
    Offer,
    PeriodLine,
    Quote,
    QuotedLine,
    UsageLine,
    UsageOffer,
    UsageQuote,
)
from partner_center.pricing.rules import Charge, Terms
from partner_center.reference.errors import UnitsDoNotConvert
from partner_center.reference.queries import convert


def quote_period(
    *,
    customer_id: str,
    product: Product,
    size: int | None = None,
    period_type: str,
    period_num: int,
    subscription_num: int = 1,
    at: datetime | None = None,
    order_kind: str = OrderKind.NEW,
    draft: PriceDraft | None = None,
) -> Quote:
    """What one yearly/monthly line costs this customer; see `quote_basket`."""
    line = PeriodLine(product, period_type, period_num, subscription_num, size, order_kind)
    return quote_basket(customer_id=customer_id, lines=[line], at=at, draft=draft)


def quote_basket(
    *,
    customer_id: str,
    lines: Sequence[PeriodLine],
    at: datetime | None = None,
    draft: PriceDraft | None = None,
) -> Quote:
    """What these yearly/monthly lines cost the customer together, with every discount that applies to any of them.

    at: the moment whose prices and discounts hold (default: now). draft: as if this price draft were published.
    Raises ProductNotFound, NotSoldThisWay, SizeMissing, SizeNotSold, AmountTooLarge, CustomerNotPriced.
    """
    moment = at or clock.now()
    customer = _customer(customer_id)
    quoted = tuple(_quoted(line, customer.account.currency, moment, draft) for line in lines)
    currency = customer.account.currency
    official = Money.total((line.official for line in quoted), currency)
    discounts = _discounts(customer, moment)
    closed = _closed_to_partners(discounts, moment)
    offers = tuple(offer for one in discounts if (offer := _offer(one, quoted, closed)) is not None)
    best: Offer | None = None
    for offer in offers:
        if best is None or rules.is_better(_rank(offer), _rank(best)):
            best = offer
    return Quote(moment, currency, official, quoted, offers, best)


def quote_on_demand(
    *,
    customer_id: str,
    product: Product,
    factor: str,
    value: Decimal,
    measure_id: int,
    size: int | None = None,
    subscription_num: int = 1,
    at: datetime | None = None,
) -> UsageQuote:
    """What a metered usage costs this customer, exactly, with the one discount it is charged by.

    Commercial discounts come first; among the others the largest reduction. Raises ProductNotFound, NotSoldThisWay,
    UsageFactorNotFound, UsageUnitWrong, SizeMissing, SizeNotSold, AmountTooLarge, CustomerNotPriced.
    """
    moment = at or clock.now()
    customer = _customer(customer_id)
    currency = customer.account.currency
    question = UsageLine(product, factor, value, measure_id, subscription_num, size)
    usage_type = usage_type_for(product, factor)
    price = price_at(
        product, charge_mode=ChargeMode.ON_DEMAND, currency=currency, at=moment, usage_type=usage_type
    )
    try:
        quantity = convert(value, measure_id, usage_type.measure_id)
    except UnitsDoNotConvert as unit:
        raise UsageUnitWrong(unit=measure_id, spec=product.spec) from unit
    times = Decimal(_size(product, size) * subscription_num)
    tariff = price.tariff
    official = Amount(tariff.amount(quantity), currency) * times
    _check_amount(official, currency)
    units = rules.metered_units([part.quantity for part in tariff.parts(quantity)], times)
    offer = _usage_offer(customer, product, official, units, moment)
    return UsageQuote(question, usage_type, price, quantity, official, offer)


def offer_for(quote: Quote, discount_id: str) -> Offer:
    """The offer of this discount in `quote`. Raises DiscountNotApplicable."""
    for offer in quote.offers:
        if offer.discount_id == discount_id:
            return offer
    raise DiscountNotApplicable(discount=discount_id)


def discount_for(actor: Actor, number: str) -> Discount:
    """The discount with this ID, if the actor may see it. Raises DiscountNotFound."""
    rows = Discount.objects.visible_to(actor).select_related(
        "customer__account", "grantor", "contract", "service", "resource_type", "product__region", "region"
    )
    discount = rows.filter(number=number).first()
    if discount is None:
        raise DiscountNotFound(discount=number)
    return discount


def contract_for(actor: Actor, number: str) -> Contract:
    """The framework contract with this ID, if the actor may see it. Raises ContractNotFound."""
    contract = Contract.objects.visible_to(actor).select_related("customer").filter(number=number).first()
    if contract is None:
        raise ContractNotFound(contract=number)
    return contract


def quote_list_price(
    *,
    currency: str,
    product: Product,
    size: int | None = None,
    period_type: str,
    period_num: int,
    subscription_num: int = 1,
    at: datetime | None = None,
) -> Quote:
    """What a yearly/monthly line costs on the list, for nobody in particular. Raises as `quote_basket`."""
    moment = at or clock.now()
    line = _quoted(
        PeriodLine(product, period_type, period_num, subscription_num, size), currency, moment, None
    )
    return Quote(moment, currency, line.official, (line,), (), None)


def discounts_in_force(customer_id: str, at: datetime | None = None) -> list[Discount]:
    """Every discount that this customer has at that moment, whatever it covers."""
    return _discounts(_customer(customer_id), at or clock.now())


def _customer(customer_id: str) -> Customer:
    customer = Customer.objects.select_related("account", "partner").filter(pk=customer_id).first()
    if customer is None:
        raise CustomerNotPriced()
    return customer


def _quoted(line: PeriodLine, currency: str, moment: datetime, draft: PriceDraft | None) -> QuotedLine:
    price, periods = _price_of(line, currency, moment, draft)
    units = rules.units_of(_size(line.product, line.size), periods, line.subscription_num)
    unit_price = _flat(price)
    _check_amount(Amount(unit_price, currency) * units, currency)
    return QuotedLine(line, price, unit_price, units, rules.official(unit_price, units, currency))


def _price_of(
    line: PeriodLine, currency: str, moment: datetime, draft: PriceDraft | None
) -> tuple[PriceItem, int]:
    """The price of a line and how many times its term counts: a package is priced for its whole validity."""
    asked: dict[str, Any] = {
        "currency": currency,
        "at": moment,
        "period_type": line.period_type,
        "draft": draft,
    }
    try:
        price = price_at(line.product, charge_mode=ChargeMode.PERIOD, **asked)
    except NotSoldThisWay:
        return package_price_at(line.product, period_num=line.period_num, **asked), 1
    if price.period_numbers and line.period_num not in price.period_numbers:
        raise NotSoldThisWay(spec=line.product.spec)
    return price, line.period_num


def _flat(price: PriceItem) -> Decimal:
    unit_price: Decimal | None = price.unit_price
    assert unit_price is not None and price.scheme == "flat", "yearly/monthly prices are flat"
    return unit_price


def _size(product: Product, size: int | None) -> int:
    """The factor that a size puts on the price: 1 unless the product is linear."""
    if not product.is_linear:
        return 1
    if size is None:
        raise SizeMissing(spec=product.spec)
    if not product.accepts(size):
        raise SizeNotSold(
            spec=product.spec,
            size=size,
            least=product.least_size,
            greatest=product.greatest_size,
            step=product.size_step,
        )
    return size


def _check_amount(amount: Amount, currency: str) -> None:
    if amount.exact > rules.MOST:
        raise AmountTooLarge(most=f"{rules.MOST} {currency}")


def _discounts(customer: Customer, moment: datetime) -> list[Discount]:
    """In force at `moment`. A partner's holds only while the customer is its own or its reseller's."""
    rows = Discount.objects.select_related("contract").of_customer(customer.pk).in_force(moment)
    rows = rows.filter(currency=customer.account.currency)
    partner = customer.partner
    grantors = {None, partner.pk, partner.distributor_id} if partner else {None}
    return [row for row in rows.order_by("kind", "begins_at", "pk") if row.grantor_id in grantors]


def _offer(discount: Discount, quoted: Sequence[QuotedLine], closed: frozenset[int]) -> Offer | None:
    """What `discount` makes of the lines; None when it covers none of them or reduces nothing."""
    charges = [
        Charge(
            line.official,
            line.units,
            _applies(discount, line.question.product, line.price.charge_mode, line.question, closed),
        )
        for line in quoted
    ]
    if not any(charge.covered for charge in charges):
        return None
    terms = terms_of(discount)
    lines = tuple(rules.payables(terms, charges))
    payable = Money.total(lines, discount.currency)
    reduction = Money.total((line.official for line in quoted), discount.currency) - payable
    if not reduction:
        return None
    return Offer(
        discount_id=discount.number,
        discount_type=int(discount.kind),
        name=discount.name,
        mode=discount.mode,
        ratio=terms.ratio,
        reduction=reduction,
        payable=payable,
        lines=lines,
        ends_at=ends_at(discount),
    )


def _usage_offer(
    customer: Customer, product: Product, official: Amount, units: Decimal, moment: datetime
) -> UsageOffer | None:
    discounts = _discounts(customer, moment)
    closed = _closed_to_partners(discounts, moment)
    best: UsageOffer | None = None
    for discount in discounts:
        if best is not None and best.discount_type == int(DiscountKind.COMMERCIAL) != int(discount.kind):
            break
        if not _applies(discount, product, ChargeMode.ON_DEMAND, None, closed):
            continue
        reduced = rules.metered(terms_of(discount), official.exact, units)
        if reduced < (best.amount.exact if best else official.exact):
            amount = Amount(reduced, official.currency)
            best = UsageOffer(discount.number, int(discount.kind), discount.name, discount.mode, amount)
    return best


def covers(discount: Discount, product: Product, charge_mode: str, line: PeriodLine | None) -> bool:
    """Whether the scope of `discount` holds for this product, charging mode, term and kind of order."""
    scope = (
        (discount.service_id, product.service_id),
        (discount.resource_type_id, product.resource_type_id),
        (discount.product_id, product.pk),
        (discount.region_id, product.region_id),
        (discount.family or None, product.family),
        (discount.charge_mode or None, charge_mode),
    )
    if any(wanted is not None and wanted != has for wanted, has in scope):
        return False
    if line is None:
        return not discount.period_type
    if discount.order_kinds and line.order_kind not in discount.order_kinds:
        return False
    if discount.period_type and discount.period_type != line.period_type:
        return False
    return discount.period_number is None or discount.period_number == line.period_num


def terms_of(discount: Discount) -> Terms:
    """What the row says, as plain values."""
    return Terms(
        discount.mode,
        rules.ratio_of(discount.ratio) if discount.ratio is not None else None,
        discount.fixed_price,
        discount.amount_off,
        discount.threshold,
    )


def ends_at(discount: Discount) -> datetime | None:
    """When it stops to hold: its own end or its contract's, whichever comes first."""
    ends = [
        end for end in (discount.ends_at, discount.contract.ends_at if discount.contract else None) if end
    ]
    return min(ends, default=None)


def _applies(
    discount: Discount, product: Product, charge_mode: str, line: PeriodLine | None, closed: frozenset[int]
) -> bool:
    if discount.kind != DiscountKind.COMMERCIAL and product.service_id in closed:
        return False
    return covers(discount, product, charge_mode, line)


def _closed_to_partners(discounts: Sequence[Discount], moment: datetime) -> frozenset[int]:
    """The services whose policy lets no partner discount apply; asked only where there is such a discount."""
    if all(discount.kind == DiscountKind.COMMERCIAL for discount in discounts):
        return frozenset()
    policies = ProductPolicy.objects.in_force(moment).filter(allows_discount=False)
    return frozenset(policies.values_list("service_id", flat=True))


def _rank(offer: Offer) -> tuple[Money, str]:
    return offer.reduction, str(offer.discount_type)
