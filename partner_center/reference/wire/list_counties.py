"""查询区县信息: the counties of one city."""

from __future__ import annotations

from partner_center.foundation.actor import Actor
from partner_center.reference.models import County
from partner_center.reference.wire.places import PlaceInfo, PlacePaging
from partner_center.wire.operation import operation
from partner_center.wire.schema import WireModel, field


class Request(PlacePaging):
    city_code: str
    limit: int = field(10, ge=1, le=1000, empty="rejected")


class Response(WireModel):
    count: int
    counties: list[PlaceInfo]


@operation("GET", "/v2/systems/configs/counties", callers="A", sites=("cn",), localised=True)
def list_counties(actor: Actor, request: Request) -> Response:
    """List the counties of a city; none for a city that does not exist."""
    rows = County.objects.visible_to(actor).filter(city_id=request.city_code)
    return Response(
        count=rows.count(), counties=[PlaceInfo(code=one.code, name=one.name) for one in request.slice(rows)]
    )
