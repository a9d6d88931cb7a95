"""查询城市信息: the cities of one province."""

from __future__ import annotations

from partner_center.foundation.actor import Actor
from partner_center.reference.models import City
from partner_center.reference.wire.places import PlaceInfo, PlacePaging
from partner_center.wire.operation import operation
from partner_center.wire.schema import WireModel


class Request(PlacePaging):
    province_code: str


class Response(WireModel):
    count: int
    cities: list[PlaceInfo]


@operation("GET", "/v2/systems/configs/cities", callers="A", sites=("cn",), localised=True)
def list_cities(actor: Actor, request: Request) -> Response:
    """List the cities of a province; none for a province that does not exist."""
    rows = City.objects.visible_to(actor).filter(province_id=request.province_code)
    return Response(
        count=rows.count(), cities=[PlaceInfo(code=one.code, name=one.name) for one in request.slice(rows)]
    )
