"""查询资源包使用量: what is left of items of the caller's resource packages in their present cycle."""

from __future__ import annotations

from typing import Self

from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.metering.models import PackageItem
from partner_center.metering.queries import Left, left_of, packages_shown
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, MomentText, Number, WireModel, field

REUSE_CYCLES = {"hour": 1, "month": 4, "year": 5}
BY_CALENDAR = 1


class Request(WireModel):
    free_resource_ids: list[str] = field(min_items=1, max_items=100, max_length=64)


class FreeResourceDetail(WireModel):
    free_resource_id: str
    free_resource_type_name: str
    quota_reuse_cycle: Maybe[int] = None
    quota_reuse_cycle_type: Maybe[int] = None
    usage_type_name: str
    start_time: MomentText
    end_time: MomentText
    amount: Number
    original_amount: Number
    measure_id: int

    @classmethod
    def of(cls, item: PackageItem, left: Left, language: str) -> Self:
        return cls(
            free_resource_id=item.number,
            free_resource_type_name=item.name_in(language),
            quota_reuse_cycle=REUSE_CYCLES.get(item.renews),
            quota_reuse_cycle_type=BY_CALENDAR if item.renews else None,
            usage_type_name=item.usage_name_in(language),
            start_time=left.span.start,
            end_time=left.span.end,
            amount=left.remaining,
            original_amount=left.original,
            measure_id=item.measure_id,
        )


class Response(WireModel):
    free_resources: list[FreeResourceDetail]


@operation("POST", "/v2/payments/free-resources/usages/details/query", callers="C", localised=True)
def list_free_resource_usages(actor: Actor, request: Request) -> Response:
    """Tell what is left of these items; an id that is unknown, or not the caller's, is passed over."""
    rows = PackageItem.objects.visible_to(actor).filter(
        number__in=request.free_resource_ids, package__in=packages_shown(actor)
    )
    items = list(rows.select_related("package").prefetch_related("scopes__usage_type").order_by("pk"))
    left = left_of(items, clock.now())
    return Response(
        free_resources=[FreeResourceDetail.of(item, left[item.pk], actor.language) for item in items]
    )
