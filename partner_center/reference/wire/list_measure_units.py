"""查询度量单位列表: every unit of the caller's site."""

from __future__ import annotations

from partner_center.foundation.actor import Actor
from partner_center.reference.models import Measure
from partner_center.wire.operation import operation
from partner_center.wire.schema import WireModel


class MeasureUnitRest(WireModel):
    measure_id: int
    measure_name: str
    abbreviation: str
    measure_type: int


class Response(WireModel):
    measure_units: list[MeasureUnitRest]


@operation("GET", "/v2/bases/measurements", callers="A", localised=True)
def list_measure_units(actor: Actor) -> Response:
    """List the measure units."""
    return Response(
        measure_units=[
            MeasureUnitRest(
                measure_id=measure.pk,
                measure_name=measure.name_in(actor.language),
                abbreviation=measure.abbreviation,
                measure_type=measure.kind,
            )
            for measure in Measure.objects.visible_to(actor).on_site(actor.site)
        ]
    )
