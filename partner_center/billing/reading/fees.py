"""Fee records as they are asked for, and as lines beside those of usage."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from partner_center.billing.models.fees import MEANS, RATED, FeeRecord, FeeRecordQuerySet
from partner_center.billing.reading.asking import Scope, Wanted
from partner_center.billing.reading.ids import LineId
from partner_center.billing.reading.line import Line
from partner_center.foundation.actor import Actor
from partner_center.kernel.period import BillMonth

_COLUMNS = (
    "service_type",
    "resource_type",
    "region",
    "charging_mode",
    "bill_type",
    "resource_id",
    "resource_name",
    "enterprise_project_id",
    "trade_id",
    "association_type",
    "manager_id",
    "payer_id",
    "status",
)


def fee_records(
    actor: Actor, scope: Scope, month: BillMonth, wanted: Wanted | None = None
) -> FeeRecordQuerySet:
    """The fee records of a month within a scope, newest first."""
    return fees_of(actor, scope, wanted or Wanted()).of_month(month)


def fees_of(actor: Actor, scope: Scope, wanted: Wanted) -> FeeRecordQuerySet:
    """The fee records of any month within a scope, narrowed; newest first."""
    rows = FeeRecord.objects.visible_to(actor, through=scope.partner_id)
    rows = rows.filter(_in(scope), **wanted.columns(*_COLUMNS))
    if wanted.first_day is not None:
        rows = rows.filter(day__gte=wanted.first_day)
    if wanted.last_day is not None:
        rows = rows.filter(day__lte=wanted.last_day)
    return rows if wanted.with_zero else rows.exclude(consume=0)


def fees_beside_usage(actor: Actor, scope: Scope, month: BillMonth, wanted: Wanted) -> FeeRecordQuerySet:
    """Those that are lines of their own: orders, refunds, adjustments; the oldest first."""
    return fee_records(actor, scope, month, wanted).exclude(bill_type__in=RATED).order_by("happened_at", "id")


def as_lines(rows: Iterable[FeeRecord], *, by_itself: bool = True) -> list[Line]:
    """by_itself: whether each keeps its id and its moment, or only counts towards its day or month."""
    return [_line(row, by_itself) for row in rows]


def _line(row: FeeRecord, by_itself: bool) -> Line:
    return Line(
        id=LineId(BillMonth.parse(row.month), row.customer_id, False, 0, row.pk) if by_itself else None,
        month=row.month,
        day=row.day,
        customer_id=row.customer_id,
        bill_type=row.bill_type,
        charging_mode=row.charging_mode,
        service_type=row.service_type,
        resource_type=row.resource_type,
        region=row.region,
        resource_spec=row.resource_spec,
        resource_id=row.resource_id,
        enterprise_project_id=row.enterprise_project_id,
        currency=row.currency,
        official=row.official.decimal,
        discount=row.discount.decimal,
        cut_off=row.erase.decimal,
        amount=row.consume.decimal,
        means={name: getattr(row, name).decimal for name in MEANS},
        product_id=row.product_id,
        resource_name=row.resource_name,
        begins_at=row.effective_at,
        ends_at=row.expires_at,
        happened_at=row.happened_at,
        trade_id=row.trade_id,
        order_number=row.order_number,
        period_type=row.period_type,
        period_num=row.period_num,
        discount_type=row.discount_type,
        partner_id=row.partner_id,
        association_type=row.association_type,
        manager_id=row.manager_id,
        payer_id=row.payer_id,
    )


def _in(scope: Scope) -> Q:
    found = Q() if scope.customer_ids is None else Q(customer_id__in=scope.customer_ids)
    for name in ("partner_id", "manager_id", "association_type"):
        if value := getattr(scope, name):
            found &= Q(**{name: value})
    if above := scope.distributor_id:
        found &= Q(partner_id=above) | Q(distributor_id=above)
    return found
