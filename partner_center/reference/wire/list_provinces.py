"""查询省份信息."""

from __future__ import annotations

from partner_center.foundation.actor import Actor
from partner_center.reference.models import Province
from partner_center.reference.wire.places import PlaceInfo, PlacePaging
from partner_center.wire.operation import operation
from partner_center.wire.schema import WireModel


class Response(WireModel):
    count: int
    provinces: list[PlaceInfo]


@operation("GET", "/v2/systems/configs/provinces", callers="A", sites=("cn",), localised=True)
def list_provinces(actor: Actor, request: PlacePaging) -> Response:
    """List the provinces."""
    rows = Province.objects.visible_to(actor)
    return Response(
        count=rows.count(), provinces=[PlaceInfo(code=one.code, name=one.name) for one in request.slice(rows)]
    )
