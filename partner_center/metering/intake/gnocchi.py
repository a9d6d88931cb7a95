"""Measures of OpenStack's Gnocchi, as its API answers them.

Read are the answer of /v1/aggregates with details, {"measures": {resource: {metric: {aggregation: points}}},
"references": [{"id", "project_id", …}]}, and the body of /v1/batch/resources/metrics/measures, {resource: {metric:
points}}. A point is [timestamp, granularity, value] or {"timestamp", "granularity", "value"}; it covers `granularity`
seconds from its timestamp.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from partner_center.metering.intake.files import CHUNK_ROWS, unreadable
from partner_center.metering.intake.records import exact, moment


@dataclass(frozen=True, slots=True)
class Point:
    """One measure. `begin` and `end` are epoch seconds, or as written where they cannot be read."""

    resource: str
    project: str
    metric: str
    value: Any
    begin: Any
    end: Any
    original: dict[str, Any]


def read_gnocchi(path: Path) -> Iterator[list[Point]]:
    """The points of a file, some at a time. Raises UsageFileUnreadable."""
    try:
        given = json.loads(path.read_bytes(), parse_float=Decimal)
    except (OSError, ValueError, RecursionError) as error:
        raise unreadable(path, str(error)) from error
    if not isinstance(given, dict):
        raise unreadable(path, _("it is no JSON object"))
    points: list[Point] = []
    for point in _points(path, given):
        points.append(point)
        if len(points) == CHUNK_ROWS:
            yield points
            points = []
    yield points


def _points(path: Path, given: dict[str, Any]) -> Iterator[Point]:
    references = given.get("references", [])
    projects = {
        str(one["id"]): str(one.get("project_id") or "")
        for one in references
        if isinstance(one, dict) and "id" in one
    }
    measures = given.get("measures", given)
    for resource, metrics in _members(path, measures):
        for metric, series in _members(path, metrics):
            if isinstance(series, dict):
                if len(series) != 1:
                    raise unreadable(
                        path,
                        _(
                            "the metric {metric} of {resource} has several aggregations; one is charged"
                        ).format(metric=metric, resource=resource),
                    )
                (series,) = series.values()
            if not isinstance(series, list):
                raise unreadable(path, _("the points of {metric} are no list").format(metric=metric))
            for raw in series:
                yield _point(path, str(resource), projects.get(str(resource), ""), str(metric), raw)


def _point(path: Path, resource: str, project: str, metric: str, raw: Any) -> Point:
    if isinstance(raw, dict):
        at, granularity, value = raw.get("timestamp"), raw.get("granularity"), raw.get("value")
    elif isinstance(raw, list) and len(raw) == 3:
        at, granularity, value = raw
    else:
        raise unreadable(
            path, _("a point of {metric} is no timestamp, granularity and value").format(metric=metric)
        )
    begin, seconds = _seconds(at), exact(granularity)
    end = (
        begin + int(seconds)
        if begin is not None and seconds is not None and seconds == int(seconds)
        else granularity
    )
    original = {"resource_id": resource, "metric": metric, "point": raw}
    return Point(resource, project, metric, value, at if begin is None else begin, end, original)


def _seconds(at: Any) -> int | None:
    """Gnocchi writes UTC, with or without saying so."""
    if isinstance(at, str):
        try:
            read = datetime.fromisoformat(at)
        except ValueError:
            return None
        at = read if read.tzinfo is not None else read.replace(tzinfo=UTC)
    return moment(at)


def _members(path: Path, given: Any) -> Iterator[tuple[Any, Any]]:
    if not isinstance(given, dict):
        raise unreadable(path, _("measures are objects of resources and metrics"))
    yield from given.items()
