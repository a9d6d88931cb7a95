"""The price book: a draft is written, looked at and published; a published price is never changed.

docs/decisions/price-book.md tells why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partner_center.catalogue import tariffs
from partner_center.catalogue.errors import DraftNotOpen, PriceNotPublishable
from partner_center.catalogue.fields import fits
from partner_center.catalogue.models import (
    ChargeMode,
    DraftPrice,
    DraftState,
    PeriodType,
    PriceDraft,
    PriceItem,
    PriceRow,
    Product,
    UsageType,
    begun,
)
from partner_center.catalogue.tariffs import Tariff
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.steps import advance
from partner_center.kernel import clock

Item = tuple[int, str, str, int | None, str]


@dataclass(frozen=True, slots=True)
class PriceEntry:
    """A price to be: of one product, in one mode, term or usage, in one currency, from `begins_at` on.

    begins_at: None means at the moment of publication (a draft wants a moment).
    price: a unit (None: off sale from then on). tiers: as in tariffs.py.
    withdraws: take back the coming row that begins at this moment.
    """

    product: Product
    charge_mode: str
    currency: str
    begins_at: datetime | None
    price: Decimal | None
    period_type: str = ""
    usage_type: UsageType | None = None
    scheme: str = "flat"
    tiers: dict[str, Any] = field(default_factory=dict)
    period_numbers: tuple[int, ...] = ()
    withdraws: bool = False

    @property
    def item(self) -> Item:
        usage = self.usage_type.pk if self.usage_type else None
        return (self.product.pk, self.charge_mode, self.period_type, usage, self.currency)

    @property
    def canonical_tiers(self) -> dict[str, Any]:
        """The tiers in the one spelling that the price book keeps; none for a price that is off sale."""
        return {} if self.price is None else Tariff.read(self.scheme, self.price, self.tiers).tiers()

    def columns(self) -> dict[str, Any]:
        """The values of a row."""
        return {
            "product": self.product,
            "charge_mode": self.charge_mode,
            "period_type": self.period_type,
            "usage_type": self.usage_type,
            "currency": self.currency,
            "begins_at": self.begins_at,
            "unit_price": self.price,
            "scheme": self.scheme,
            "tiers": self.canonical_tiers,
            "period_numbers": list(self.period_numbers),
        }


@action("catalogue.publish_prices", label=_("Publish prices"))
def publish_prices(actor: Actor, *, prices: Sequence[PriceEntry]) -> list[PriceRow]:
    """Publish without a draft: the first prices of a product, or a file an operator has checked elsewhere.

    Raises PriceNotPublishable; nothing is published then.
    """
    now = clock.now()
    rows = _publish(
        [one if one.begins_at else replace(one, begins_at=now) for one in prices], now, draft=None
    )
    if rows:
        record(actor, "pricebook.published", rows[0], prices=len(rows))
    return rows


@action("catalogue.draft_prices", label=_("Draft prices"))
def draft_prices(
    actor: Actor, *, prices: Sequence[PriceEntry], draft: PriceDraft | None = None, name: str = ""
) -> PriceDraft:
    """Put `prices` into `draft`, or into a new draft called `name`; a price for the same item and moment is replaced.

    Raises PriceNotPublishable, DraftNotOpen.
    """
    for entry in prices:
        _check(entry, clock.now())
    if draft is None:
        draft = PriceDraft.objects.create(name=name or gettext("Price changes"))
    else:
        _still_open(draft)
    for entry in prices:
        assert entry.begins_at is not None, "checked"
        same = draft.prices.filter(product=entry.product, charge_mode=entry.charge_mode)
        same = same.filter(period_type=entry.period_type, usage_type=entry.usage_type)
        same.filter(currency=entry.currency, begins_at=entry.begins_at).delete()
    DraftPrice.objects.bulk_create(
        [DraftPrice(draft=draft, withdraws=entry.withdraws, **entry.columns()) for entry in prices],
        batch_size=200,
    )
    record(actor, "pricedraft.written", draft, prices=len(prices))
    return draft


@action("catalogue.remove_draft_price", permission="catalogue.draft_prices", label=_("Remove from the draft"))
def remove_draft_price(actor: Actor, *, price: DraftPrice) -> None:
    """Take one price out of its draft. Raises DraftNotOpen."""
    _still_open(price.draft)
    record(actor, "pricedraft.price_removed", price.draft, price=str(price))
    price.delete()


@action("catalogue.publish_draft", takes=DraftState.publish, permission="catalogue.publish_prices")
def publish_draft(actor: Actor, *, draft: PriceDraft) -> list[PriceRow]:
    """Publish every price of `draft`, or none. Raises DraftNotOpen, PriceNotPublishable."""
    advance(actor, draft, DraftState.publish, refusal=DraftNotOpen, published_at=clock.now())
    lines = list(draft.prices.select_related("product__service", "product__region", "usage_type"))
    return _publish([_entry(line) for line in lines], clock.now(), draft=draft)


@action("catalogue.discard_draft", takes=DraftState.discard, permission="catalogue.draft_prices")
def discard_draft(actor: Actor, *, draft: PriceDraft) -> None:
    """Give up `draft`. It stays readable. Raises DraftNotOpen."""
    advance(actor, draft, DraftState.discard, refusal=DraftNotOpen)


@action(
    "catalogue.withdraw_price", permission="catalogue.publish_prices", label=_("Take back a coming price")
)
def withdraw_price(actor: Actor, *, price: PriceRow) -> None:
    """Take back a published price that has not begun. Raises PriceNotPublishable when it has."""
    if begun(price):
        raise PriceNotPublishable(
            item=str(price), reason=gettext("it has begun; a new price can only follow it")
        )
    record(actor, "pricebook.withdrawn", price, item=str(price))
    price.delete()


def _publish(prices: Sequence[PriceEntry], now: datetime, *, draft: PriceDraft | None) -> list[PriceRow]:
    """Lock the products, look at what is there, insert: two publications of one item cannot interleave."""
    products = {entry.product.pk for entry in prices}
    locked = Product.objects.select_for_update().order_by("pk").filter(pk__in=products)
    list(locked.values_list("pk", flat=True))
    there: dict[tuple[Item, datetime | None], PriceRow] = {
        (row.item, row.begins_at): row
        for row in PriceRow.objects.filter(product_id__in=products, begins_at__gte=now)
    }
    for entry in (one for one in prices if one.withdraws):
        _check(entry, now)
        coming = there.pop((entry.item, entry.begins_at), None)
        if coming is None:
            raise PriceNotPublishable(item=_words(entry), reason=gettext("no coming price begins then"))
        coming.delete()
    rows, taken = [], set(there)
    for entry in (one for one in prices if not one.withdraws):
        _check(entry, now)
        if (entry.item, entry.begins_at) in taken:
            raise PriceNotPublishable(
                item=_words(entry), reason=gettext("another price begins at the same moment")
            )
        taken.add((entry.item, entry.begins_at))
        rows.append(PriceRow(draft=draft, **entry.columns()))
    return PriceRow.objects.bulk_create(rows, batch_size=200)


def _check(entry: PriceEntry, now: datetime) -> None:
    """Raises PriceNotPublishable for a price that the price book cannot take."""
    reason = problem_of(entry, now)
    if reason:
        raise PriceNotPublishable(item=_words(entry), reason=reason)


def problem_of(entry: PriceEntry, now: datetime) -> str:
    """Why the price book cannot take this price, in the reader's language; empty when it can."""
    if entry.begins_at is None:
        return gettext("a draft states when a price begins")
    if entry.begins_at < now:
        return gettext("it would begin in the past")
    if len(entry.currency) != 3 or not entry.currency.isascii() or not entry.currency.isupper():
        return gettext("the currency is not a code of three letters")
    if entry.withdraws:
        return ""
    match entry.charge_mode:
        case ChargeMode.ON_DEMAND:
            if entry.usage_type is None or entry.period_type:
                return gettext("a pay-per-use price names a usage type and no term")
            if entry.usage_type.resource_type_id != entry.product.resource_type_id:
                return gettext("the usage type belongs to another resource type")
        case ChargeMode.PERIOD:
            if entry.usage_type is not None or entry.period_type not in PeriodType.values:
                return gettext("a yearly/monthly price names a term and no usage type")
        case ChargeMode.ONE_TIME | ChargeMode.PACKAGE:
            if entry.usage_type is not None or entry.period_type:
                return gettext("a one-off price names neither a term nor a usage type")
        case _:
            return gettext("unknown charging mode")
    if any(number < 1 for number in entry.period_numbers):
        return gettext("the terms sold are numbers from 1")
    if entry.charge_mode != ChargeMode.ON_DEMAND and entry.scheme != "flat":
        return gettext("tiers are for pay-per-use")
    if entry.price is None:
        return ""
    return "; ".join(tariffs.problems(Tariff.read(entry.scheme, entry.price, entry.tiers), fits))


def _still_open(draft: PriceDraft) -> None:
    """Lock `draft`, so that it cannot be published while it is written to. Raises DraftNotOpen."""
    current = PriceDraft.objects.select_for_update().get(pk=draft.pk)
    if current.state is not DraftState.OPEN:
        raise DraftNotOpen(subject=str(draft), state=current.state)


def _entry(line: PriceItem) -> PriceEntry:
    return PriceEntry(
        product=line.product,
        charge_mode=line.charge_mode,
        currency=line.currency,
        begins_at=line.begins_at,
        price=line.unit_price,
        period_type=line.period_type,
        usage_type=line.usage_type,
        scheme=line.scheme,
        tiers=line.tiers,
        period_numbers=tuple(line.period_numbers),
        withdraws=getattr(line, "withdraws", False),
    )


def _words(entry: PriceEntry) -> str:
    how = entry.usage_type.code if entry.usage_type else entry.period_type or entry.charge_mode
    return f"{entry.product.spec} {entry.product.region.code} {how} {entry.currency}"
