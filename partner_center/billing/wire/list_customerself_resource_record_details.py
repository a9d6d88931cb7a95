"""查询资源详单: what each resource cost, with what it belongs to; by month, by day or line by line."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.utils.translation import gettext as _

from partner_center.billing.reading import Line, Names, Statistic, Wanted, lines_of, plain
from partner_center.billing.wire.shapes import (
    BILL_TYPES,
    CHARGING_MODES,
    CUSTOMER_HISTORY,
    STATISTICS,
    YUAN,
    OwnPaging,
    bill_period,
    known_month,
    means_of,
    moment_text,
    project_filter,
    window,
)
from partner_center.customers.errors import NoRightOverCustomer
from partner_center.foundation.actor import Actor
from partner_center.funds.queries import currency_of
from partner_center.kernel.period import BillMonth
from partner_center.wire.errors import InvalidParameter, MissingParameter
from partner_center.wire.operation import operation
from partner_center.wire.schema import Day, Maybe, Moment, Month, Number, WireModel, Yuan, field

FIRST_MONTH = BillMonth(2019, 1)
"""There are no details of earlier months."""
BY_MONTH, BY_DAY = "BILLCYCLE", "DAILY"


class Request(OwnPaging):
    cycle: Month
    cloud_service_type: Maybe[str] = field(None, max_length=64)
    resource_type: Maybe[str] = field(None, max_length=64)
    region: Maybe[str] = field(None, max_length=64)
    res_instance_id: Maybe[str] = field(None, max_length=64)
    charge_mode: Maybe[int] = field(None, one_of=CHARGING_MODES)
    bill_type: Maybe[int] = field(None, one_of=BILL_TYPES)
    enterprise_project_id: Maybe[str] = field(None, max_length=64)
    include_zero_record: Maybe[bool] = None
    statistic_type: int = field(1, one_of=STATISTICS)
    query_type: str = field(BY_MONTH, one_of=(BY_MONTH, BY_DAY))
    bill_cycle_begin: Maybe[Day] = None
    bill_cycle_end: Maybe[Day] = None
    payer_account_id: Maybe[str] = field(None, max_length=64)

    def days(self, month: BillMonth) -> tuple[date | None, date | None]:
        """The days asked for; none when whole months are. Raises MissingParameter, InvalidParameter."""
        if self.query_type == BY_MONTH:
            return None, None
        if self.statistic_type == Statistic.CYCLE:
            raise InvalidParameter(parameter="query_type", reason=_("days are told by statistic type 2 or 3"))
        for name in ("bill_cycle_begin", "bill_cycle_end"):
            if getattr(self, name) is None:
                raise MissingParameter(parameter=name)
        return window("bill_cycle_begin", month, self.bill_cycle_begin, self.bill_cycle_end)


class AzCodeInfo(WireModel):
    az_code: Maybe[str] = None


class RelationInfo(WireModel):
    relative_resource_id: Maybe[str] = None
    relative_type: Maybe[str] = None


class ResRelation(WireModel):
    self_resource_id: Maybe[str] = None
    relation_infos: Maybe[list[RelationInfo]] = None


class MonthlyBillRes(WireModel):
    cycle: Maybe[Month] = None
    bill_date: Maybe[Day] = None
    bill_type: Maybe[int] = None
    customer_id: Maybe[str] = None
    region: Maybe[str] = None
    region_name: Maybe[str] = None
    cloud_service_type: Maybe[str] = None
    resource_type_code: Maybe[str] = field(None, key="resource_Type_code")
    cloud_service_type_name: Maybe[str] = None
    resource_type_name: Maybe[str] = None
    res_instance_id: Maybe[str] = None
    resource_name: Maybe[str] = None
    resource_tag: Maybe[str] = None
    sku_code: Maybe[str] = None
    enterprise_project_id: Maybe[str] = None
    enterprise_project_name: Maybe[str] = None
    charge_mode: Maybe[int] = None
    consume_amount: Maybe[Yuan] = None
    cash_amount: Maybe[Yuan] = None
    credit_amount: Maybe[Yuan] = None
    coupon_amount: Maybe[Yuan] = None
    flexipurchase_coupon_amount: Maybe[Yuan] = None
    stored_card_amount: Maybe[Yuan] = None
    bonus_amount: Maybe[Yuan] = None
    debt_amount: Maybe[Yuan] = None
    adjustment_amount: Maybe[Yuan] = None
    official_amount: Maybe[Yuan] = None
    discount_amount: Maybe[Yuan] = None
    measure_id: Maybe[int] = None
    period_type: Maybe[int] = None
    root_resource_id: Maybe[str] = None
    parent_resource_id: Maybe[str] = None
    trade_id: Maybe[str] = None
    id: Maybe[str] = None
    product_spec_desc: Maybe[str] = None
    sub_service_type_code: Maybe[str] = None
    sub_service_type_name: Maybe[str] = None
    sub_resource_type_code: Maybe[str] = None
    sub_resource_type_name: Maybe[str] = None
    sub_resource_id: Maybe[str] = None
    sub_resource_name: Maybe[str] = None
    pre_order_id: Maybe[str] = None
    az_code_infos: Maybe[list[AzCodeInfo]] = None
    payer_account_id: Maybe[str] = None
    effective_time: Maybe[str] = None
    expire_time: Maybe[str] = None
    consume_time: Maybe[Moment] = None
    be_id: Maybe[str] = None
    extend_params: Maybe[ResRelation] = None
    account_name: Maybe[str] = field(None, max_length=128)
    period_num: Maybe[Number] = None
    is_spot: Maybe[str] = None
    promotion_type: Maybe[str] = None
    payment_type: Maybe[str] = None

    @classmethod
    def of(cls, line: Line, names: Names, statistic: Statistic) -> Self:
        single, parent = line.id is not None, names.parent(line.resource_id)
        zone = names.zone(line.resource_id)
        return cls(
            cycle=BillMonth.parse(line.month),
            bill_date=line.day if statistic is Statistic.DAY else None,
            bill_type=line.bill_type,
            customer_id=line.customer_id,
            region=line.region or None,
            region_name=names.region(line.region),
            cloud_service_type=line.service_type or None,
            resource_type_code=line.resource_type or None,
            cloud_service_type_name=names.service(line.service_type),
            resource_type_name=names.resource_type(line.service_type, line.resource_type),
            res_instance_id=line.resource_id or None,
            resource_name=line.resource_name or names.resource(line.resource_id),
            sku_code=line.resource_spec or None,
            enterprise_project_id=line.enterprise_project_id or None,
            charge_mode=line.charging_mode,
            consume_amount=plain(line.amount),
            official_amount=plain(line.official),
            discount_amount=plain(line.discount),
            measure_id=YUAN,
            period_type=bill_period(line.period_type),
            root_resource_id=parent,
            parent_resource_id=parent,
            trade_id=line.trade_id or None,
            id=str(line.id) if single else None,
            product_spec_desc=names.description(line.product_id, line.size),
            az_code_infos=[AzCodeInfo(az_code=zone)] if zone else None,
            payer_account_id=line.payer_id or None,
            effective_time=moment_text(line.begins_at) if single and line.is_usage else None,
            expire_time=moment_text(line.ends_at) if single and line.is_usage else None,
            consume_time=(line.happened_at or line.begins_at) if single else None,
            extend_params=_relation(line.resource_id, parent),
            account_name=names.account(line.customer_id),
            period_num=line.period_num,
            promotion_type=(line.discount_type or None) if single else None,
            **means_of(line),
        )


class Response(WireModel):
    monthly_records: list[MonthlyBillRes]
    total_count: int
    currency: str


@operation(
    "POST",
    "/v2/bills/customer-bills/res-records/query",
    callers="C",
    items=("billing:billDetail:view",),
    localised=True,
    errors=(NoRightOverCustomer,),
)
def list_customerself_resource_record_details(actor: Actor, request: Request) -> Response:
    """The resources' costs of one month: orders and adjustments first, then usage."""
    month = known_month("cycle", request.cycle, CUSTOMER_HISTORY)
    if month < FIRST_MONTH:
        raise InvalidParameter(parameter="cycle", reason=_("it is out of range"))
    first, last = request.days(month)
    statistic = Statistic(request.statistic_type)
    wanted = Wanted(
        service_type=request.cloud_service_type,
        resource_type=request.resource_type,
        region=request.region,
        resource_id=request.res_instance_id,
        charging_mode=request.charge_mode,
        bill_type=request.bill_type,
        enterprise_project_id=project_filter(request.enterprise_project_id),
        payer_id=request.payer_account_id,
        first_day=first,
        last_day=last,
        with_zero=request.include_zero_record is not False,
    )
    page = lines_of(
        actor, request.scope(actor), month, wanted, statistic, offset=request.offset, limit=request.limit
    )
    names = Names.of(page.lines, actor.language)
    return Response(
        monthly_records=[MonthlyBillRes.of(line, names, statistic) for line in page.lines],
        total_count=page.total,
        currency=currency_of(actor),
    )


def _relation(resource_id: str, parent: str | None) -> ResRelation | None:
    if parent is None:
        return None
    both = [RelationInfo(relative_resource_id=parent, relative_type=kind) for kind in ("PARENT", "ROOT")]
    return ResRelation(self_resource_id=resource_id, relation_infos=both)
