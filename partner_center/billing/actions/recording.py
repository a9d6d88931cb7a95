"""What orders moved becomes fee records: one for each resource of a payment, one for each line of a refund.

The orders room knows nothing of bills: a drain picks up its ledger entries (`jobs.py`). An entry is recorded once: by
the numbers of its records, which are unique.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from partner_center.billing.actions.charging import credit_of
from partner_center.billing.actions.settling import LOOK_BACK
from partner_center.billing.models import BillType, ChargingMode, FeeRecord, Progress
from partner_center.catalogue.models import PackageKind, PackageOffer
from partner_center.customers.models import ManagerAssignment
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.funds import trades
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.kernel.period import BEIJING, BillMonth
from partner_center.ledger.models import Entry
from partner_center.orders.models import CHARGING_TYPES, Order, OrderLine, RefundLine
from partner_center.orders.shares import Unit, charges_of
from partner_center.orders.states import OrderState, OrderType, RefundKind
from partner_center.partners.models import Partner

ORDER_FEES = "order_fees"
PAID = (trades.ORDER_PAID, trades.ONE_OFF_PAID)
GIVEN_BACK = (trades.UNSUBSCRIBED, trades.REFUNDED)

WAIT_FOR_DELIVERY = timedelta(hours=1)
"""A purchase is recorded when its resources have ids; if the platform takes longer, without, and named later."""

NAMED_WITHIN = timedelta(days=60)

REFUND_TYPES = {OrderType.CHANGE: BillType.DOWNGRADE, OrderType.TO_ON_DEMAND: BillType.CONVERSION}
PURCHASE_TYPES = {OrderType.RENEWAL: BillType.RENEWAL, OrderType.CHANGE: BillType.CHANGE}
MODE_OF_PACKAGE: dict[str, ChargingMode] = {
    PackageKind.RESERVED: ChargingMode.RESERVED,
    PackageKind.SAVINGS_PLAN: ChargingMode.SAVINGS_PLAN,
}


@action("billing.record_order_fees")
def record_order_fees(actor: Actor, *, entry: Entry) -> list[FeeRecord]:
    """Write the fee records of a payment or refund of an order; none when they are written."""
    order = _orders().get(number=entry.about)
    if FeeRecord.objects.filter(entry_id=entry.pk).exists():
        return []
    if entry.kind in PAID:
        records = _purchase(order, entry.happened_at, entry.pk)
    else:
        records = _refund(order, entry)
    return FeeRecord.objects.bulk_create(records)


@action("billing.record_free_order", permission="billing.record_order_fees")
def record_free_order(actor: Actor, *, order: Order) -> list[FeeRecord]:
    """Write the fee records of an order for which nothing was due: no money moved, but it was bought."""
    assert order.paid_at is not None and not order.payable, f"{order} was not free"
    if FeeRecord.objects.filter(order_number=order.number).exists():
        return []
    return FeeRecord.objects.bulk_create(_purchase(order, order.paid_at, None))


@action("billing.name_resources", permission="billing.record_order_fees")
def name_resources(actor: Actor, *, order: Order) -> int:
    """Give the records of a purchase the resources that have been delivered since. How many it named."""
    lines = {line.number: line for line in order.lines.all()}
    named = 0
    for record in FeeRecord.objects.filter(order_number=order.number, bill_type=BillType.NEW, resource_id=""):
        line, index = lines[record.order_line or 0], int(record.number.rpartition("-")[2])
        facts = _resource_facts(line, index - 1)
        if facts["resource_id"]:
            named += FeeRecord.objects.filter(pk=record.pk).update(**facts)
    return named


def waiting_entries(most: int) -> list[Entry]:
    """Payments and refunds of orders without fee records, the oldest first."""
    entries = Entry.objects.filter(
        Exists(Order.objects.filter(number=OuterRef("about"))),
        ~Exists(FeeRecord.objects.filter(entry_id=OuterRef("pk"))),
        kind__in=(*PAID, *GIVEN_BACK),
    )
    since = _since()
    if since is not None:
        entries = entries.filter(happened_at__gte=since)
    return list(entries.order_by("happened_at", "pk")[:most])


def ready_at(entries: Sequence[Entry]) -> dict[int, datetime]:
    """From when on each of these entries may be recorded: a purchase when it is delivered, or has waited long."""
    numbers = {entry.about for entry in entries if entry.kind in PAID}
    undelivered = set(
        Order.objects.filter(number__in=numbers, type=OrderType.NEW)
        .exclude(state__in=(OrderState.COMPLETED, OrderState.CANCELLED))
        .values_list("number", flat=True)
    )
    return {
        entry.pk: entry.happened_at
        + (WAIT_FOR_DELIVERY if entry.kind in PAID and entry.about in undelivered else timedelta(0))
        for entry in entries
    }


def free_orders(most: int) -> list[Order]:
    """Paid orders for which nothing was due, without fee records."""
    orders = _orders().filter(payable=0, paid_at__isnull=False, type__in=CHARGING_TYPES)
    since = _since()
    if since is not None:
        orders = orders.filter(paid_at__gte=since)
    recorded = FeeRecord.objects.filter(order_number=OuterRef("number"))
    return list(orders.exclude(Exists(recorded)).order_by("paid_at", "pk")[:most])


def unnamed_orders(most: int) -> list[Order]:
    """Delivered orders whose purchase was recorded before its resources had ids."""
    unnamed = FeeRecord.objects.filter(
        bill_type=BillType.NEW, resource_id="", happened_at__gte=clock.now() - NAMED_WITHIN
    )
    numbers = unnamed.exclude(order_number="").values("order_number")
    return list(_orders().filter(number__in=numbers, state=OrderState.COMPLETED).order_by("pk")[:most])


def tie_at(customer_id: str, partner_id: str | None, moment: datetime) -> dict[str, str]:
    """The distributor above a partner, and who looked after its customer at that moment."""
    if not partner_id:
        return {"partner_id": "", "distributor_id": "", "manager_id": ""}
    distributor_id = Partner.objects.filter(pk=partner_id).values_list("distributor_id", flat=True).first()
    assigned = ManagerAssignment.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=moment),
        customer_id=customer_id,
        partner_id=partner_id,
        created_at__lte=moment,
    )
    manager_id = assigned.order_by("-created_at").values_list("manager_id", flat=True).first()
    return {
        "partner_id": partner_id,
        "distributor_id": distributor_id or "",
        "manager_id": str(manager_id or ""),
    }


def _since() -> datetime | None:
    upto = Progress.objects.filter(name=ORDER_FEES).values_list("upto", flat=True).first()
    return None if upto is None else upto - LOOK_BACK


def _orders() -> QuerySet[Order]:
    return Order.objects.select_related("customer__account").prefetch_related("lines", "payments")


def _purchase(order: Order, moment: datetime, entry_id: int | None) -> list[FeeRecord]:
    units = charges_of(order, list(order.lines.all()))
    bill_type = (
        BillType.AUTO_RENEWAL
        if order.type == OrderType.RENEWAL and order.is_automatic
        else PURCHASE_TYPES.get(OrderType(order.type), BillType.NEW)
    )
    facts = _facts(order, moment, bill_type, entry_id) | {
        **tie_at(order.customer_id, order.partner_id, moment),
        "association_type": order.association_type,
        "payer_id": order.payer_id or order.customer_id,
        "discount_type": str(order.discount_type or ""),
        "discount_id": order.discount_id,
    }
    return [_bought(unit, order, facts) for unit in units]


def _bought(unit: Unit, order: Order, facts: dict[str, Any]) -> FeeRecord:
    charge, line = unit.charge, unit.line
    return FeeRecord(
        number=f"{line.item_id(order.number)}-{unit.index + 1}",
        **facts,
        **_line_facts(line),
        **_resource_facts(line, unit.index),
        official=charge.official,
        discount=charge.official - charge.payable,
        consume=charge.payable,
        cash=charge.cash,
        credit=charge.credit,
    )


def _refund(order: Order, entry: Entry) -> list[FeeRecord]:
    """One record a line of the refund: negative, as it was paid back. Credit that no longer fitted came as cash."""
    payee_id = entry.reference.rpartition(":")[2]
    lines = order.refund_lines.filter(kind=RefundKind.REFUND, payee_id=payee_id).select_related("line")
    facts = _facts(
        order, entry.happened_at, REFUND_TYPES.get(OrderType(order.type), BillType.UNSUBSCRIPTION), entry.pk
    )
    to_credit = credit_of(entry)
    records = []
    for line in lines.order_by("pk"):
        credit = min(line.credit.minor, to_credit)
        to_credit -= credit
        records.append(_given_back(order, line, credit, payee_id, entry.happened_at, facts))
    return records


def _given_back(
    order: Order, refund: RefundLine, credit: int, payee_id: str, moment: datetime, facts: dict[str, Any]
) -> FeeRecord:
    consume = -refund.amount
    official = _at_list_price(refund, consume)
    return FeeRecord(
        number=f"{order.number}-R{refund.pk}",
        **facts,
        **_whose(order, refund, payee_id, moment),
        **_line_facts(refund.line),
        resource_id=refund.resource_id,
        resource_name=refund.line.resource_name,
        effective_at=refund.line.effective_at,
        expires_at=refund.line.expires_at,
        payer_id=payee_id,
        official=official,
        discount=official - consume,
        consume=consume,
        cash=Money(consume.minor + credit, order.currency),
        credit=Money(-credit, order.currency),
        reason=str(refund.rule),
    )


def _whose(order: Order, refund: RefundLine, payee_id: str, moment: datetime) -> dict[str, str]:
    """The tie of the order that gives back; what returns to a partner after the tie ended is that partner's."""
    if payee_id == order.customer_id or payee_id == order.partner_id:
        tie = tie_at(order.customer_id, order.partner_id, moment)
        return tie | {"association_type": order.association_type if tie["partner_id"] else ""}
    paid = Order.objects.filter(number=refund.base_order_number).first()
    return tie_at(order.customer_id, payee_id, moment) | {
        "association_type": paid.association_type if paid is not None else ""
    }


def _at_list_price(refund: RefundLine, consume: Money) -> Money:
    """What goes back at list price: in the proportion in which the original order was discounted."""
    bought = FeeRecord.objects.filter(order_number=refund.base_order_number).purchases()
    if refund.resource_id:
        bought = bought.filter(resource_id=refund.resource_id)
    sums = bought.sums("official", "consume")
    if sums["consume"] <= 0 or sums["official"] < sums["consume"]:
        return consume
    return consume.share(sums["official"], sums["consume"])


def _facts(order: Order, moment: datetime, bill_type: BillType, entry_id: int | None) -> dict[str, Any]:
    month = str(BillMonth.of(moment))
    return {
        "customer": order.customer,
        "site": order.site,
        "currency": order.currency,
        "month": month,
        "cycle": month,
        "day": moment.astimezone(BEIJING).date(),
        "happened_at": moment,
        "bill_type": bill_type,
        "trade_id": order.number,
        "order_number": order.number,
        "entry_id": entry_id,
    }


def _line_facts(line: OrderLine) -> dict[str, Any]:
    return {
        "charging_mode": _mode_of(line),
        "order_line": line.number,
        "product_id": line.product_id,
        "service_type": line.cloud_service_type,
        "resource_type": line.resource_type,
        "resource_spec": line.resource_spec,
        "region": line.region,
        "enterprise_project_id": line.enterprise_project_id,
        "period_type": line.period_type,
        "period_num": line.period_num,
    }


def _mode_of(line: OrderLine) -> ChargingMode:
    """Yearly/monthly, but for what buys hours of a reserved instance or of a savings plan."""
    kind = PackageOffer.objects.filter(product=line.product_id).values_list("kind", flat=True).first()
    return MODE_OF_PACKAGE.get(kind or "", ChargingMode.PERIOD)


def _resource_facts(line: OrderLine, index: int) -> dict[str, Any]:
    """The index-th resource of a line: known from the start, or since it was delivered."""
    ids: Iterable[str] = line.resource_ids or ([line.resource_id] if line.resource_id else [])
    known = list(ids)
    several = line.subscription_num > 1 and line.resource_name
    return {
        "resource_id": known[index] if index < len(known) else "",
        "resource_name": f"{line.resource_name}-{index + 1:04d}"[:128] if several else line.resource_name,
        "effective_at": line.effective_at,
        "expires_at": line.expires_at,
    }
