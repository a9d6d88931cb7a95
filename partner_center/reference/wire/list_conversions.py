"""查询度量单位进制: how many of a smaller unit a unit is."""

from __future__ import annotations

from partner_center.foundation.actor import Actor
from partner_center.reference.models import Conversion, Measure
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, Site, WireModel, field

INTL = (1, 2, 3, 4, 7, 9, 10, 11, 12, 16, 19, 20, 27, 28, 29, 30, 31, 40, 41, 108)
KINDS: dict[Site, tuple[int, ...]] = {"cn": (*INTL[:-1], 98, 104, 108), "intl": INTL}


class Request(WireModel):
    measure_type: Maybe[int] = field(None, empty="rejected", one_of=KINDS)


class ConversionInfo(WireModel):
    measure_id: int
    ref_measure_id: int
    conversion_ratio: int
    measure_type: int


class Response(WireModel):
    conversions: list[ConversionInfo]


@operation("GET", "/v2/bases/conversions", callers="A", localised=True)
def list_conversions(actor: Actor, request: Request) -> Response:
    """List the conversions between measure units, of one type or of all."""
    measures = Measure.objects.visible_to(actor).on_site(actor.site)
    if request.measure_type is not None:
        measures = measures.filter(kind=request.measure_type)
    conversions = Conversion.objects.visible_to(actor).filter(measure__in=measures).select_related("measure")
    return Response(
        conversions=[
            ConversionInfo(
                measure_id=one.measure_id,
                ref_measure_id=one.ref_measure_id,
                conversion_ratio=one.ratio,
                measure_type=one.measure.kind,
            )
            for one in conversions
        ]
    )
