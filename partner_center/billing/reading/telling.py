"""An explanation in words: one sentence a step, in the active language, with the exact figures beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Context, Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from partner_center.billing.models.fees import MEANS, BillType
from partner_center.billing.reading.explanation import Charged, Explained, Step
from partner_center.billing.reading.line import plain, tidy
from partner_center.billing.reading.names import Names, unit_name
from partner_center.billing.reading.shares import exact_parts
from partner_center.billing.reading.stored import Row, StoredLine
from partner_center.billing.reading.tariff_parts import parts_at
from partner_center.billing.reading.usage import moment_of
from partner_center.billing.runs.spans import FOREVER
from partner_center.billing.sums import MEANS_WORDS
from partner_center.catalogue.models import Scheme
from partner_center.kernel.period import BEIJING
from partner_center.metering.cycles import item_and_cycle
from partner_center.metering.models import PackageItem, UsageBatch
from partner_center.pricing.models import DiscountKind, DiscountMode
from partner_center.reference.models import Measure

_EXACT = Context(prec=76)
_SUMS = ("amount", "consume", "discount", "exact", "official", "payable")


def told(explained: Explained, language: str) -> list[Step]:
    """The steps from the record of use, or from the order, to the ledger; names of things in `language`."""
    names = Names.of([explained.line], language)
    if explained.stored is not None:
        usage = _Usage(explained, explained.stored, names, language)
        return [*usage.measured(), *usage.priced(), *usage.settled()]
    return [*_recorded(explained, names), *_ledger(explained.charged)]


class _Usage:
    """The steps of a usage line."""

    def __init__(self, explained: Explained, stored: StoredLine, names: Names, language: str) -> None:
        self.explained, self.stored, self.names, self.language = explained, stored, names, language
        self.row: Row = stored.line
        self.currency = stored.line["currency"]

    @cached_property
    def measures(self) -> dict[int, str]:
        """The units of what was reported and of the price."""
        kinds = (self.row["measure_id"], self.names.price_measure(self.row["usage_type_id"]))
        rows = Measure.objects.filter(pk__in=[one for one in kinds if one is not None])
        return {one.pk: unit_name(one.name_in(self.language)) for one in rows}

    @property
    def unit(self) -> str:
        """The unit that the price is per."""
        return self.measures.get(self.names.price_measure(self.row["usage_type_id"]) or 0, "")

    def measured(self) -> Iterator[Step]:
        yield self._record()
        row = self.row
        if row["late"]:
            text = _("It arrived after {cycle} was closed, and is billed in {month}.")
            yield _step("late", text, cycle=row["cycle"], month=self.explained.line.month)
        if self.stored.peak is not None:
            yield self._peak(self.stored.peak)
        elif row["measure_id"] != self.names.price_measure(row["usage_type_id"]):
            yield _step(
                "conversion",
                _("{value} {measure} are {quantity} {unit}, the measure of the price."),
                value=row["value"],
                measure=self.measures.get(row["measure_id"], ""),
                quantity=row["quantity"],
                unit=self.unit,
            )
        yield from self._covered()

    def priced(self) -> Iterator[Step]:
        row, price = self.row, self.stored.price
        if price is None:
            return
        yield self._price(price)
        if row["free_quantity"]:
            text = _("{quantity} {unit} lie within the {free} {unit} that the price leaves free in a month.")
            yield _step("free", text, quantity=row["free_quantity"], unit=self.unit, free=price["free"])
        yield from self._parts(price)
        yield self._listed()
        yield from self._discounted()

    def settled(self) -> Iterator[Step]:
        """Where the line stands in its group, what of it was cut off, and who paid the rest."""
        row, settled = self.row, self.explained.settled
        if not row["payable"]:
            yield _step("nothing", _("Nothing is to be paid for it."))
            return
        yield _step(
            "group",
            _(
                "Amounts are cut off to cents not line by line, but for the lines of a month that share service, type"
                " of resource, region, project and partner. There this line covers {begin} to {end} {currency}."
            ),
            begin=row["before"],
            end=row["before"] + row["payable"],
            currency=self.currency,
        )
        if settled is not None:
            yield _step(
                "truncation",
                _(
                    "Of the group {consume} {currency} are charged; {cut_off} {currency} below a cent are not."
                ),
                consume=settled.consume.decimal,
                cut_off=settled.cut_off,
                currency=self.currency,
            )
        parts = exact_parts(row["before"], row["payable"], settled, self.currency)
        if cut_off := parts.pop("cut_off"):
            text = _("{amount} {currency} of this line are cut off with them.")
            yield _step("cut_off", text, amount=cut_off, currency=self.currency)
        yield from _shares(parts, self.currency)
        yield from _ledger(self.explained.charged)

    def _record(self) -> Step:
        row = self.row
        batch = UsageBatch.objects.filter(pk=row["batch"]).first()
        return _step(
            "usage",
            _(
                "Record {position} of the batch {batch}, received {received}: {value} {measure} of {usage_type} by"
                " resource {resource} from {begin} to {end}."
            ),
            batch=batch.batch_id if batch else str(row["batch"]),
            position=row["position"],
            received=_moment(batch.received_at) if batch else "",
            value=row["value"],
            measure=self.measures.get(row["measure_id"], ""),
            measure_id=row["measure_id"],
            usage_type=row["usage_type"],
            resource=row["resource_id"],
            begin=_moment(moment_of(row["begin_at"])),
            end=_moment(moment_of(row["end_at"])),
        )

    def _peak(self, peak: Row) -> Step:
        return _step(
            "peak",
            _(
                "Of {points} five-minute points the {left_out} highest are left out; the highest of the others is"
                " {peak} {unit}. The points are {actual_days} of {days_in_month} days."
            ),
            points=peak["points"],
            left_out=peak["left_out"],
            peak=peak["peak"],
            unit=self.unit,
            actual_days=peak["actual_days"],
            days_in_month=peak["days_in_month"],
        )

    def _covered(self) -> Iterator[Step]:
        by_item = dict.fromkeys(item_and_cycle(bucket)[0] for bucket, _quantity in self.stored.coverage)
        items = PackageItem.objects.select_related("package").in_bulk(list(by_item))
        for bucket, quantity in self.stored.coverage:
            item = items.get(item_and_cycle(bucket)[0])
            text = _("{quantity} {unit} are covered by {item} of the package {package}.")
            yield _step(
                "package",
                text,
                quantity=quantity,
                unit=self.unit,
                item=item.name_in(self.language) if item else str(bucket),
                package=item.package.number if item else "",
            )

    def _price(self, price: Row) -> Step:
        ends = price["ends_at"]
        return _step(
            "price",
            _("The price {price} is in force from {begin} until {end}: {scheme}."),
            price=price["price_id"],
            begin=_moment(moment_of(price["begins_at"])),
            end=_("further notice") if ends >= FOREVER else _moment(moment_of(ends)),
            scheme=str(Scheme(price["scheme"]).label),
            unit_price=price["unit_price"],
        )

    def _parts(self, price: Row) -> Iterator[Step]:
        """The charged quantity, part by part: each at its own price."""
        row = self.row
        if not row["charged_quantity"]:
            return
        if price["scheme"] != Scheme.FLAT.value and row["cum_before"]:
            yield _step(
                "position",
                _("Earlier records of {cycle} had reached {quantity} {unit}; the steps go on from there."),
                cycle=row["cycle"],
                quantity=row["cum_before"],
                unit=self.unit,
            )
        for quantity, unit_price in parts_at(row, price, self.stored.tiers):
            text = (
                _("{quantity} blocks of {block} {unit} × {price} {currency} = {amount} {currency}.")
                if price["scheme"] == Scheme.BLOCK.value
                else _("{quantity} {unit} × {price} {currency} = {amount} {currency}.")
            )
            yield _step(
                "part",
                text,
                quantity=quantity,
                block=price["block"],
                unit=self.unit,
                price=unit_price,
                amount=_EXACT.multiply(quantity, unit_price),
                currency=self.currency,
            )
        if row["size"] != 1:
            text = _("For a size of {size} {unit} that is taken {size} times.")
            yield _step("size", text, size=row["size"], unit=self.names.size_unit(row["product_id"]))

    def _listed(self) -> Step:
        row, peak = self.row, self.stored.peak
        if peak is not None:
            text = _(
                "{points} / 288 / {days} of that month's price is {exact} {currency}; cut off after ten places the list"
                " price is {official} {currency}."
            )
        else:
            text = _(
                "In all {exact} {currency}; cut off after ten places the list price is {official} {currency}."
            )
        return _step(
            "list_price",
            text,
            exact=row["list_exact"],
            official=row["official"],
            currency=self.currency,
            **({"points": peak["points"], "days": peak["days_in_month"]} if peak is not None else {}),
        )

    def _discounted(self) -> Iterator[Step]:
        row, rebate = self.row, self.stored.rebate
        if row["discount_type"] and rebate is not None:
            figures = {
                "discount": str(DiscountKind(row["discount_type"]).label),
                "discount_type": row["discount_type"],
                "discount_id": row["discount_id"],
                "amount": row["discount"],
                "currency": self.currency,
            }
            if rebate["mode"] == DiscountMode.RATIO.value:
                text = _(
                    "{discount} {discount_id}: {kept} of the list price is paid, {amount} {currency} less."
                )
                yield _step("discount", text, kept=rebate["kept"], **figures)
            else:
                text = _(
                    "{discount} {discount_id}: {price} {currency} a unit instead, {amount} {currency} less."
                )
                yield _step("discount", text, price=rebate["unit_price"], **figures)
        yield _step(
            "payable",
            _("{official} - {discount} = {payable} {currency} are to be paid."),
            official=row["official"],
            discount=row["discount"],
            payable=row["payable"],
            currency=self.currency,
        )


def _recorded(explained: Explained, names: Names) -> Iterator[Step]:
    """What an order or an adjustment was for, and what it came to."""
    line, fee = explained.line, explained.charged[0].fee
    kind = str(BillType(line.bill_type).label)
    if line.order_number:
        yield _step(
            "order",
            _("{kind}: line {line} of the order {order}, {product}, resource {resource}."),
            kind=kind,
            order=line.order_number,
            line=fee.order_line,
            product=names.description(line.product_id, line.size) or line.resource_spec,
            resource=line.resource_id or "-",
        )
    else:
        yield _step("record", _("{kind} {number}: {reason}"), kind=kind, number=fee.number, reason=fee.reason)
    if line.begins_at is not None and line.ends_at is not None:
        text = _("It is for the time from {begin} to {end}.")
        yield _step("period", text, begin=_moment(line.begins_at), end=_moment(line.ends_at))
    if line.discount_type:
        known = {one.value: str(one.label) for one in DiscountKind}
        yield _step(
            "discount",
            _("{discount} {discount_id}: {amount} {currency} less."),
            discount=known.get(line.discount_type, line.discount_type),
            discount_type=line.discount_type,
            discount_id=fee.discount_id,
            amount=line.discount,
            currency=line.currency,
        )
    yield _step(
        "payable",
        _("{official} - {discount} = {payable} {currency} are to be paid."),
        official=line.official,
        discount=line.discount + line.cut_off,
        payable=line.amount,
        currency=line.currency,
    )
    yield from _shares(line.means, line.currency)


def _shares(means: Any, currency: str) -> Iterator[Step]:
    for name in MEANS:
        if means[name]:
            yield _step(
                "share",
                _("{means}: {amount} {currency}."),
                means=str(MEANS_WORDS[name]),
                by=name,
                amount=means[name],
                currency=currency,
            )


def _ledger(charged: Sequence[Charged]) -> Iterator[Step]:
    if not charged:
        yield _step("open", _("It has not been charged yet."))
    for one in charged:
        if one.entry is not None:
            yield _step(
                "entry",
                _("Charged {moment} under {trade}: ledger entry {entry}, reference {reference}."),
                moment=_moment(one.entry.happened_at),
                trade=one.fee.trade_id,
                entry=one.entry.pk,
                reference=one.entry.reference,
                fee=one.fee.number,
            )
        for entry in one.repaid_by:
            yield _step(
                "repayment",
                _("Arrears of it were repaid {moment}: ledger entry {entry}, reference {reference}."),
                moment=_moment(entry.happened_at),
                entry=entry.pk,
                reference=entry.reference,
            )


def _step(kind: str, text: str, /, **figures: Any) -> Step:
    """Figures without zeros at their ends; sums of money keep their cents."""
    clean = {name: _clean(name, one) if isinstance(one, Decimal) else one for name, one in figures.items()}
    words = {name: f"{one:f}" if isinstance(one, Decimal) else one for name, one in clean.items()}
    return Step(kind, text.format(**words), clean)


def _clean(name: str, figure: Decimal) -> Decimal | None:
    return plain(figure) if name in _SUMS else tidy(figure)


def _moment(moment: datetime) -> str:
    """Beijing time, by which bills are made."""
    return f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"
